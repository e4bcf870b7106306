{{/* The name of the application in labels. */}}
{{- define "roster-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of the objects in the release's namespace; 50 characters leave room for a suffix. */}}
{{- define "roster-operator.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The name of the release's cluster-scoped objects: releases in several namespaces do not collide. */}}
{{- define "roster-operator.clusterName" -}}
{{- printf "%s:%s" (include "roster-operator.namespace" .) (include "roster-operator.fullname" .) -}}
{{- end -}}

{{- define "roster-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "roster-operator.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.create is false: serviceAccount.name must name the account to use" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "roster-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "roster-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* By which the pod of `helm test` is told from the operator's. */}}
{{- define "roster-operator.testLabels" -}}
app.kubernetes.io/name: {{ include "roster-operator.name" . }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* The namespace of the release's objects. */}}
{{- define "roster-operator.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/* Labels of every object; those of `commonLabels` never take the place of the chart's own. */}}
{{- define "roster-operator.labels" -}}
{{- merge (include "roster-operator.ownLabels" . | fromYaml) .Values.commonLabels | toYaml -}}
{{- end -}}

{{- define "roster-operator.ownLabels" -}}
{{ include "roster-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: roster-operator
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "roster-operator.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Whether Secrets are watched, as "true" or nothing: as it is set, else in named namespaces only. */}}
{{- define "roster-operator.watchesSecrets" -}}
{{- if kindIs "bool" .Values.secrets.watch -}}
{{- if .Values.secrets.watch }}true{{ end -}}
{{- else if .Values.watch.namespaces -}}
true
{{- end -}}
{{- end -}}

{{/* Which ledger was chosen: postgres or sqlite. Both and none are refused. */}}
{{- define "roster-operator.ledger" -}}
{{- $secret := .Values.ledger.existingSecret.name -}}
{{- $sqlite := .Values.ledger.sqlite.enabled -}}
{{- if and $secret $sqlite -}}
{{- fail "ledger: two are chosen. For PostgreSQL (ledger.existingSecret.name is set) also set ledger.sqlite.enabled=false; for SQLite leave ledger.existingSecret.name empty" -}}
{{- else if $secret -}}
postgres
{{- else if $sqlite -}}
sqlite
{{- else -}}
{{- fail "ledger: none is chosen. Set ledger.existingSecret.name to a Secret with the URL of a PostgreSQL database, or ledger.sqlite.enabled=true" -}}
{{- end -}}
{{- end -}}

{{/* Annotations in an object's metadata: its own, and common ones. Takes `root`, and `own` if there are any. */}}
{{- define "roster-operator.annotations" -}}
{{- with merge (deepCopy (.own | default dict)) .root.Values.commonAnnotations }}
  annotations: {{- toYaml . | nindent 4 }}
{{- end -}}
{{- end -}}

{{/* Where and how pods run, by values that are called as the fields of a pod are. */}}
{{- define "roster-operator.scheduling" -}}
{{- $values := .Values -}}
{{- range list "imagePullSecrets" "priorityClassName" "runtimeClassName" "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "hostAliases" "dnsPolicy" "dnsConfig" -}}
{{- $field := . -}}
{{- with index $values $field }}
{{ $field }}:{{ if kindIs "string" . }} {{ . }}{{ else }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Egress of both pods: names of hosts, the Kubernetes API server, the ledger. */}}
{{- define "roster-operator.egressOfAll" -}}
{{- $policy := .Values.networkPolicy -}}
- ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
  {{- with $policy.dnsTo }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
- ports:
    {{- range $policy.apiServerPorts }}
    - {protocol: TCP, port: {{ int . }}}
    {{- end }}
  {{- with $policy.apiServerTo }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- if eq (include "roster-operator.ledger" .) "postgres" }}
- ports:
    - {protocol: TCP, port: {{ int $policy.postgresPort }}}
  {{- with $policy.postgresTo }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}
