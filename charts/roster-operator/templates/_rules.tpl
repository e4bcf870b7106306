{{/*
What the operator may do with what a namespace holds: the one rule set. A ClusterRoleBinding grants it in
every namespace, or a RoleBinding in each of watch.namespaces. docs/how-to/install.md says what each rule is for.
*/}}
{{- define "roster-operator.rules" -}}
- apiGroups: [rostering.cpm.org]
  resources: [rosterintegrations]
  # patch: to add and remove the finalizer, and nothing else.
  verbs: [get, list, watch, patch]
- apiGroups: [rostering.cpm.org]
  resources: [rosterintegrations/status]
  verbs: [get, patch, update]
- apiGroups: [""]
  resources: [secrets]
  verbs: [get{{ if .Values.secrets.watch }}, list, watch{{ end }}]
- apiGroups: [""]
  # The catalog of schools and courses on offer, written by server-side apply.
  resources: [configmaps]
  verbs: [get, create, patch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}
