{{/* How people sign in to the console: what it is told, and what is mounted for it. */}}
{{- define "roster-operator.signInOptions" -}}
{{- $console := .Values.console -}}
{{- $openid := $console.openid -}}
{{- $shared := or .Values.snapshots.enabled $console.sessionKey.secretName (and $openid.issuerURL $openid.clientSecret.name) -}}
{{- if and (eq (include "roster-operator.ledger" .) "postgres") (gt (int $console.replicas) 1) (not $shared) -}}
{{- fail "console: its replicas share no key for sessions. Set console.sessionKey.secretName to a Secret with random characters, or snapshots.enabled=true, or console.replicas=1" -}}
{{- end -}}
{{- if $console.sessionKey.secretName }}
- name: ROSTER_OPERATOR_SESSION_KEY_FILE
  value: /etc/roster-operator/sign-in/session-key
{{- end }}
{{- with $console.url }}
- name: ROSTER_OPERATOR_CONSOLE_URL
  value: {{ . | quote }}
{{- end }}
{{- if $openid.issuerURL }}
{{- if not (and $openid.clientID $console.url) }}
{{- fail "console.openid: it needs console.openid.clientID, and console.url, to which the provider sends people back" }}
{{- end }}
{{- $options := dict
  "ISSUER_URL" $openid.issuerURL
  "CLIENT_ID" $openid.clientID
  "NAME" $openid.displayName
  "SCOPES" (join "," $openid.scopes)
  "USERNAME_CLAIM" $openid.usernameClaim
  "USERNAME_PREFIX" $openid.usernamePrefix
  "GROUPS_CLAIM" $openid.groupsClaim
  "GROUPS_PREFIX" $openid.groupsPrefix
  "GROUPS" (join "," $openid.groups) }}
{{- range $name, $value := $options }}
{{- if $value }}
- name: ROSTER_OPERATOR_OIDC_{{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- with $openid.requiredClaims }}
{{- $pairs := list }}
{{- range $claim, $value := . }}{{ $pairs = append $pairs (printf "%s=%s" $claim $value) }}{{ end }}
- name: ROSTER_OPERATOR_OIDC_REQUIRED_CLAIMS
  value: {{ join "," $pairs | quote }}
{{- end }}
{{- if $openid.clientSecret.name }}
- name: ROSTER_OPERATOR_OIDC_CLIENT_SECRET_FILE
  value: /etc/roster-operator/sign-in/client-secret
{{- end }}
{{- if $openid.ca.configMapName }}
- name: ROSTER_OPERATOR_OIDC_CA_FILE
  value: /etc/roster-operator/sign-in/ca.crt
{{- end }}
{{- end }}
{{- end -}}

{{/* Of the volume `sign-in`; empty if it is not needed. */}}
{{- define "roster-operator.signInSources" -}}
{{- $console := .Values.console -}}
{{- with $console.sessionKey }}{{ if .secretName }}
- secret: {name: {{ .secretName }}, items: [{key: {{ .key | quote }}, path: session-key}]}
{{- end }}{{ end }}
{{- if $console.openid.issuerURL }}
{{- with $console.openid.clientSecret }}{{ if .name }}
- secret: {name: {{ .name }}, items: [{key: {{ .key | quote }}, path: client-secret}]}
{{- end }}{{ end }}
{{- with $console.openid.ca }}{{ if .configMapName }}
- configMap: {name: {{ .configMapName }}, items: [{key: {{ .key | quote }}, path: ca.crt}]}
{{- end }}{{ end }}
{{- end }}
{{- end -}}
