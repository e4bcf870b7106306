{{/*
What the operator may do with what a namespace holds: the one rule set. A ClusterRoleBinding grants it in
every namespace, or a RoleBinding in each of watch.namespaces. docs/reference/operator-permissions.md says what each rule is for.
*/}}
{{- define "roster-operator.rules" -}}
- apiGroups: [rostering.cpm.org]
  resources: [rosterintegrations]
  # patch: to add and remove the finalizer, and nothing else.
  verbs: [get, list, watch, patch]
- apiGroups: [rostering.cpm.org]
  resources: [rosterintegrations/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [secrets]
  verbs: [get{{ if include "roster-operator.watchesSecrets" . }}, list, watch{{ end }}]
- apiGroups: [""]
  # The catalog of schools and courses on offer, written by server-side apply. RBAC knows no names that end alike; to
  # whom else this would lead, the policy in catalog-policy.yaml refuses.
  resources: [configmaps]
  verbs: [get, create, patch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}
