-- The conditions of a RosterIntegration follow kstatus: Ready always, Stalled and Held only while True.
local health = {status = "Progressing", message = "The operator has not looked at this version yet."}

if obj.spec ~= nil and obj.spec.suspend == true then
  health.status = "Suspended"
  health.message = "spec.suspend is true: no sync begins."
  return health
end

if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return health
end

for _, condition in ipairs(obj.status.conditions or {}) do
  if condition.type == "Ready" then
    health.message = condition.reason .. ": " .. condition.message
    if condition.status == "True" then
      health.status = "Healthy"
    elseif condition.status == "False" then
      health.status = "Degraded"
    end
  end
end

return health
