-- Any new value of the annotation asks for a sync; the status repeats it when the sync has begun.
local os = require("os")

if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["rostering.cpm.org/requested-at"] = os.date("!%Y-%m-%dT%H:%M:%SZ")
return obj
