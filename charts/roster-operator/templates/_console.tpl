{{- define "roster-operator.consoleName" -}}
{{ include "roster-operator.fullname" . }}-console
{{- end -}}

{{/* Of the console's own pods; with SQLite it is a container of the operator's, which has the volume. */}}
{{- define "roster-operator.consoleSelectorLabels" -}}
{{- if eq (include "roster-operator.ledger" .) "postgres" -}}
app.kubernetes.io/name: {{ include "roster-operator.name" . }}-console
app.kubernetes.io/instance: {{ .Release.Name }}
{{- else -}}
{{ include "roster-operator.selectorLabels" . }}
{{- end -}}
{{- end -}}

{{- define "roster-operator.consoleAccount" -}}
{{- if eq (include "roster-operator.ledger" .) "postgres" -}}
{{ include "roster-operator.consoleName" . }}
{{- else -}}
{{ include "roster-operator.serviceAccountName" . }}
{{- end -}}
{{- end -}}

{{/* The container, in either pod. */}}
{{- define "roster-operator.consoleContainer" -}}
{{- $ledger := include "roster-operator.ledger" . -}}
name: console
image: {{ include "roster-operator.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: [console]
env:
  {{- if eq $ledger "postgres" }}
  - name: ROSTER_OPERATOR_LEDGER_FILE
    value: /etc/roster-operator/ledger/url
  {{- else }}
  - name: ROSTER_OPERATOR_LEDGER_URL
    value: sqlite:////var/lib/roster-operator/ledger.sqlite
  {{- end }}
  - name: ROSTER_OPERATOR_CONSOLE_PORT
    value: "8443"
  - name: ROSTER_OPERATOR_LOG_LEVEL
    value: {{ .Values.logLevel }}
  - name: ROSTER_OPERATOR_ALLOW_ADDRESSES
    value: {{ join "," .Values.addresses.allow | quote }}
  - name: ROSTER_OPERATOR_DENY_ADDRESSES
    value: {{ join "," .Values.addresses.deny | quote }}
  {{- with .Values.console.trustedProxies }}
  - name: ROSTER_OPERATOR_TRUSTED_PROXIES
    value: {{ join "," . | quote }}
  {{- end }}
  {{- if .Values.console.apply.enabled }}
  - name: ROSTER_OPERATOR_APPLY
    value: "true"
  {{- with .Values.console.apply.groups }}
  - name: ROSTER_OPERATOR_APPLY_GROUPS
    value: {{ join "," . | quote }}
  {{- end }}
  {{- end }}
  {{- with .Values.watch.namespaces }}
  - name: ROSTER_OPERATOR_NAMESPACES
    value: {{ join "," . | quote }}
  {{- end }}
  {{- if .Values.console.tls.secretName }}
  - name: ROSTER_OPERATOR_TLS_CERT
    value: /etc/roster-operator/tls/tls.crt
  - name: ROSTER_OPERATOR_TLS_KEY
    value: /etc/roster-operator/tls/tls.key
  {{- end }}
  {{- include "roster-operator.signInOptions" . | nindent 2 }}
  {{- if .Values.snapshots.enabled }}
  - name: ROSTER_OPERATOR_SNAPSHOT_KEY_FILE
    value: /etc/roster-operator/snapshot/key
  {{- end }}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.envFrom }}
envFrom: {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - name: console
    containerPort: 8443
startupProbe:
  httpGet: {path: /healthz, port: console{{ if .Values.console.tls.secretName }}, scheme: HTTPS{{ end }}}
  periodSeconds: 2
  failureThreshold: 60
  timeoutSeconds: 2
livenessProbe:
  httpGet: {path: /healthz, port: console{{ if .Values.console.tls.secretName }}, scheme: HTTPS{{ end }}}
  periodSeconds: 20
  timeoutSeconds: 5
{{- if eq $ledger "postgres" }}
readinessProbe:
  httpGet: {path: /readyz, port: console{{ if .Values.console.tls.secretName }}, scheme: HTTPS{{ end }}}
  periodSeconds: 10
  timeoutSeconds: 10
{{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- with .Values.console.resources }}
resources: {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  - name: ledger
    {{- if eq $ledger "postgres" }}
    mountPath: /etc/roster-operator/ledger
    readOnly: true
    {{- else }}
    mountPath: /var/lib/roster-operator
    {{- end }}
  {{- if .Values.console.tls.secretName }}
  - name: tls
    mountPath: /etc/roster-operator/tls
    readOnly: true
  {{- end }}
  {{- if include "roster-operator.signInSources" . }}
  - name: sign-in
    mountPath: /etc/roster-operator/sign-in
    readOnly: true
  {{- end }}
  {{- if .Values.snapshots.enabled }}
  - name: snapshot-key
    mountPath: /etc/roster-operator/snapshot
    readOnly: true
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* The key of roster snapshots, which the operator makes when it starts for the first time. */}}
{{- define "roster-operator.snapshotKeyVolume" -}}
name: snapshot-key
secret:
  secretName: {{ include "roster-operator.fullname" . }}-snapshot-key
  optional: true
{{- end -}}
