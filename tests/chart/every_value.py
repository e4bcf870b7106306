"""Another value than the default for each value of the chart, such as an API server takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Manifest = dict[str, Any]

PROXY = {"to": [{"ipBlock": {"cidr": "192.0.2.7/32"}}], "ports": [{"port": 3128}]}

# What must be set beside some values for them to matter.
CONSOLE: Manifest = {"console": {"enabled": True}}
OPENID: Manifest = {
    "console": {
        "enabled": True,
        "url": "https://roster.example.org",
        "openid": {
            "issuerURL": "https://login.example.org",
            "clientID": "roster",
            "clientSecret": {"name": "client"},
            "ca": {"configMapName": "authority"},
        },
    }
}
SESSION_KEY: Manifest = {"console": {"enabled": True, "sessionKey": {"secretName": "sessions"}}}
POSTGRES: Manifest = {"ledger": {"existingSecret": {"name": "ledger"}, "sqlite": {"enabled": False}}}
POLICY: Manifest = {"networkPolicy": {"enabled": True}}
SERVICE_MONITOR: Manifest = {"metrics": {"serviceMonitor": {"enabled": True}}}
POD_MONITOR: Manifest = {"metrics": {"podMonitor": {"enabled": True}}}
DASHBOARD: Manifest = {"metrics": {"dashboard": {"enabled": True}}}
RULE: Manifest = {"metrics": {"prometheusRule": {"enabled": True}}}

CHANGES: dict[str, tuple[object, Manifest]] = {
    "nameOverride": ("rosters", {}),
    "fullnameOverride": ("rosters", {}),
    "namespaceOverride": ("elsewhere", {}),
    "commonLabels": ({"team": "rostering"}, {}),
    "commonAnnotations": ({"example.org/note": "x"}, {}),
    "image.repository": ("registry.example.org/roster-operator", {}),
    "image.tag": ("1.2.3", {}),
    "image.digest": ("sha256:" + "0" * 64, {}),
    "image.pullPolicy": ("Always", {}),
    "imagePullSecrets": ([{"name": "login"}], {}),
    "watch.namespaces": (["north"], {}),
    "addresses.allow": (["10.20.0.0/16"], {}),
    "addresses.deny": (["other.example.org"], {}),
    "secrets.watch": (True, {}),
    "ledger.existingSecret.name": ("ledger", {"ledger": {"sqlite": {"enabled": False}}}),
    "ledger.existingSecret.key": ("dsn", POSTGRES),
    "ledger.sqlite.enabled": (False, {"ledger": {"existingSecret": {"name": "ledger"}}}),
    "ledger.sqlite.size": ("3Gi", {}),
    "ledger.sqlite.storageClass": ("fast", {}),
    "rosterFiles.path": ("/rosters", {}),
    "rosterFiles.existingClaim": ("rosters", {"rosterFiles": {"path": "/rosters"}}),
    "rosterFiles.shared": (True, {"rosterFiles": {"path": "/rosters"}}),
    "replicas": (3, POSTGRES),
    "lease.duration": ("30s", {}),
    "workers": (9, {}),
    "perServer": (3, {}),
    "perNamespace": (2, {}),
    "longestTimeout": ("2h", {}),
    "shortestInterval": ("5m", {}),
    "history.keepRuns": (30, {}),
    "history.keepChanges": (0, {}),
    "snapshots.enabled": (False, {}),
    "history.keepLogins": (60, {}),
    "logLevel": ("DEBUG", {}),
    "shutdownGraceSeconds": (90, {}),
    "crds.enabled": (False, {}),
    "crds.keep": (False, {}),
    "crds.annotations": ({"example.org/note": "x"}, {}),
    "serviceAccount.create": (False, {"serviceAccount": {"name": "operator"}}),
    "serviceAccount.name": ("operator", {}),
    "serviceAccount.annotations": ({"example.org/note": "x"}, {}),
    "rbac.create": (False, {}),
    "tracing.endpoint": ("http://collector.observability:4318", {}),
    "uninstallWarning": (False, {}),
    "rbac.guardConfigMaps": (False, {}),
    "rbac.outliveNamespaces": (False, {"watch": {"namespaces": ["north"]}}),
    "rbac.aggregateToView": (False, {}),
    "rbac.aggregateToEdit": (False, {}),
    "rbac.aggregateToAdmin": (False, {}),
    "metrics.service.enabled": (False, {}),
    "metrics.service.annotations": ({"example.org/note": "x"}, {}),
    "metrics.serviceMonitor.enabled": (True, {}),
    "metrics.serviceMonitor.interval": ("10s", SERVICE_MONITOR),
    "metrics.serviceMonitor.labels": ({"release": "prometheus"}, SERVICE_MONITOR),
    "metrics.serviceMonitor.relabelings": ([{"action": "labeldrop", "regex": "pod"}], SERVICE_MONITOR),
    "metrics.serviceMonitor.metricRelabelings": ([{"action": "labeldrop", "regex": "pod"}], SERVICE_MONITOR),
    "metrics.podMonitor.enabled": (True, {}),
    "metrics.podMonitor.interval": ("10s", POD_MONITOR),
    "metrics.podMonitor.labels": ({"release": "prometheus"}, POD_MONITOR),
    "metrics.podMonitor.relabelings": ([{"action": "labeldrop", "regex": "pod"}], POD_MONITOR),
    "metrics.podMonitor.metricRelabelings": ([{"action": "labeldrop", "regex": "pod"}], POD_MONITOR),
    "metrics.prometheusRule.enabled": (True, {}),
    "metrics.prometheusRule.labels": ({"release": "prometheus"}, RULE),
    "metrics.prometheusRule.runbookURL": ("https://runbooks.example.org/roster", RULE),
    "metrics.dashboard.enabled": (True, {}),
    "metrics.dashboard.label": ("dashboards", DASHBOARD),
    "metrics.dashboard.annotations": ({"grafana_folder": "Rostering"}, DASHBOARD),
    "networkPolicy.enabled": (True, {}),
    "networkPolicy.sourcesTo": ([], POLICY),
    "networkPolicy.dnsTo": ([{"namespaceSelector": {}}], POLICY),
    "networkPolicy.apiServerTo": ([{"ipBlock": {"cidr": "192.0.2.7/32"}}], POLICY),
    "networkPolicy.postgresTo": ([{"ipBlock": {"cidr": "192.0.2.7/32"}}], {**POLICY, **POSTGRES}),
    "networkPolicy.metricsFrom": ([{"podSelector": {}}], POLICY),
    "networkPolicy.sourcePorts": ([8443], POLICY),
    "networkPolicy.apiServerPorts": ([16443], POLICY),
    "networkPolicy.postgresPort": (6432, {**POLICY, **POSTGRES}),
    "networkPolicy.extraEgress": ([PROXY], POLICY),
    "console.enabled": (True, {}),
    "console.replicas": (3, {**CONSOLE, **POSTGRES}),
    "console.service.annotations": ({"example.org/note": "x"}, CONSOLE),
    "console.tls.secretName": ("console-tls", CONSOLE),
    "console.from": ([{"podSelector": {}}], {**CONSOLE, **POLICY}),
    "console.trustedProxies": (["10.20.0.0/16"], CONSOLE),
    "console.apply.enabled": (True, CONSOLE),
    "console.apply.groups": (["support"], {"console": {"enabled": True, "apply": {"enabled": True}}}),
    "console.url": ("https://console.example.org", CONSOLE),
    "console.sessionKey.secretName": ("sessions", CONSOLE),
    "console.sessionKey.key": ("secret", SESSION_KEY),
    "console.openid.issuerURL": ("https://another.example.org", OPENID),
    "console.openid.clientID": ("console", OPENID),
    "console.openid.clientSecret.name": ("another", OPENID),
    "console.openid.clientSecret.key": ("secret", OPENID),
    "console.openid.ca.configMapName": ("another", OPENID),
    "console.openid.ca.key": ("authority.pem", OPENID),
    "console.openid.displayName": ("District Accounts", OPENID),
    "console.openid.scopes": (["email", "groups"], OPENID),
    "console.openid.usernameClaim": ("email", OPENID),
    "console.openid.usernamePrefix": ("oidc:", OPENID),
    "console.openid.groupsClaim": ("groups", OPENID),
    "console.openid.groupsPrefix": ("oidc:", OPENID),
    "console.openid.groups": (["oidc:support"], OPENID),
    "console.openid.requiredClaims": ({"hd": "district.example"}, OPENID),
    "console.resources.requests.cpu": ("1", CONSOLE),
    "console.resources.requests.memory": ("1Gi", CONSOLE),
    "console.resources.limits.memory": ("1Gi", CONSOLE),
    "resources.requests.cpu": ("1", {}),
    "resources.requests.memory": ("2Gi", {}),
    "resources.limits.memory": ("2Gi", {}),
    "securityContext.runAsUser": (1000, {}),
    "securityContext.runAsGroup": (1000, {}),
    "securityContext.fsGroup": (1000, {}),
    "podLabels": ({"team": "rostering"}, {}),
    "podAnnotations": ({"example.org/note": "x"}, {}),
    "nodeSelector": ({"disk": "ssd"}, {}),
    "tolerations": ([{"operator": "Exists"}], {}),
    "affinity": ({"podAntiAffinity": {}}, {}),
    "topologySpreadConstraints": ([{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}], {}),
    "priorityClassName": ("high", {}),
    "runtimeClassName": ("gvisor", {}),
    "hostAliases": ([{"ip": "192.0.2.7", "hostnames": ["sis.example.org"]}], {}),
    "dnsPolicy": ("None", {}),
    "dnsConfig": ({"nameservers": ["192.0.2.53"]}, {}),
    **{
        f"probes.{probe}.{field}": (number, {})
        for probe, number in (("startup", 90), ("liveness", 30), ("readiness", 40))
        for field in ("periodSeconds", "failureThreshold", "timeoutSeconds")
    },
    "podDisruptionBudget.enabled": (True, {}),
    "podDisruptionBudget.maxUnavailable": (1, {"podDisruptionBudget": {"enabled": True}}),
    "extraEnv": ([{"name": "HTTPS_PROXY", "value": "http://proxy.example.org:3128"}], {}),
    "envFrom": ([{"configMapRef": {"name": "proxy"}}], {}),
    "extraContainers": ([{"name": "proxy", "image": "proxy:1"}], {}),
    "extraInitContainers": ([{"name": "tunnel", "image": "tunnel:1", "restartPolicy": "Always"}], {}),
    "extraObjects": ([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-more"}}], {}),
    "extraVolumes": ([{"name": "certificates", "configMap": {"name": "ca"}}], {}),
    "extraVolumeMounts": ([{"name": "certificates", "mountPath": "/certificates"}], {}),
}


def leaves(values: Manifest, prefix: str = "") -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name


def nested(path: str, value: object) -> Manifest:
    for name in reversed(path.split(".")):
        value = {name: value}
    assert isinstance(value, dict)
    return value


def merged(first: Manifest, second: Manifest) -> Manifest:
    result = dict(first)
    for name, value in second.items():
        both = isinstance(value, dict) and isinstance(result.get(name), dict)
        result[name] = merged(result[name], value) if both else value
    return result


# What cannot be changed in a release that is installed: selectors, and volumes.
FIXED = ("nameOverride", "fullnameOverride", "namespaceOverride", "ledger")


def all_at_once(ledger: Manifest, *, leave_out: tuple[str, ...] = ()) -> Manifest:
    """Every value that is another one than its default, but for what switches others off."""
    changed = ledger
    for path, (value, beside) in CHANGES.items():
        needs_other_ledger = "ledger" in beside and "ledger" not in ledger
        if value is not False and not needs_other_ledger and not path.startswith(leave_out):
            changed = merged(changed, merged({} if "ledger" in beside else beside, nested(path, value)))
    return changed
