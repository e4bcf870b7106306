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
{{- printf "%s:%s" .Release.Namespace (include "roster-operator.fullname" .) -}}
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

{{- define "roster-operator.labels" -}}
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
