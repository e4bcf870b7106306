"""Every value of the chart has an effect, a schema and a comment, and a wrong one is refused in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hack.controlplane.cluster import CommandFailed
from tests.docs.chart_values import PAGES, written
from tests.docs.pages import text_of
from tests.support.chart import CHART

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]

PROXY = {"to": [{"ipBlock": {"cidr": "192.0.2.7/32"}}], "ports": [{"port": 3128}]}

# For each value another one, and what must be set beside it for it to matter.
CONSOLE: Manifest = {"console": {"enabled": True}}
CONSOLE_WITH_PODS: Manifest = {**CONSOLE, "ledger": {"existingSecret": {"name": "l"}, "sqlite": {"enabled": False}}}
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
    "ledger.existingSecret.key": ("dsn", {"ledger": {"existingSecret": {"name": "l"}, "sqlite": {"enabled": False}}}),
    "ledger.sqlite.enabled": (False, {"ledger": {"existingSecret": {"name": "ledger"}}}),
    "ledger.sqlite.size": ("3Gi", {}),
    "ledger.sqlite.storageClass": ("fast", {}),
    "rosterFiles.path": ("/rosters", {}),
    "rosterFiles.existingClaim": ("rosters", {"rosterFiles": {"path": "/rosters"}}),
    "rosterFiles.shared": (True, {"rosterFiles": {"path": "/rosters"}}),
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
    "rbac.guardConfigMaps": (False, {}),
    "rbac.aggregateToView": (False, {}),
    "rbac.aggregateToEdit": (False, {}),
    "rbac.aggregateToAdmin": (False, {}),
    "metrics.service.enabled": (False, {}),
    "metrics.service.annotations": ({"example.org/note": "x"}, {}),
    "metrics.serviceMonitor.enabled": (True, {}),
    "metrics.serviceMonitor.interval": ("10s", {"metrics": {"serviceMonitor": {"enabled": True}}}),
    "metrics.serviceMonitor.labels": ({"release": "prometheus"}, {"metrics": {"serviceMonitor": {"enabled": True}}}),
    "metrics.serviceMonitor.relabelings": ([{"action": "drop"}], {"metrics": {"serviceMonitor": {"enabled": True}}}),
    "metrics.serviceMonitor.metricRelabelings": (
        [{"action": "drop"}],
        {"metrics": {"serviceMonitor": {"enabled": True}}},
    ),
    "metrics.podMonitor.enabled": (True, {}),
    "metrics.podMonitor.interval": ("10s", {"metrics": {"podMonitor": {"enabled": True}}}),
    "metrics.podMonitor.labels": ({"release": "prometheus"}, {"metrics": {"podMonitor": {"enabled": True}}}),
    "metrics.podMonitor.relabelings": ([{"action": "drop"}], {"metrics": {"podMonitor": {"enabled": True}}}),
    "metrics.podMonitor.metricRelabelings": ([{"action": "drop"}], {"metrics": {"podMonitor": {"enabled": True}}}),
    "metrics.prometheusRule.enabled": (True, {}),
    "metrics.prometheusRule.labels": ({"release": "prometheus"}, {"metrics": {"prometheusRule": {"enabled": True}}}),
    "metrics.prometheusRule.runbookURL": (
        "https://runbooks.example.org/roster",
        {"metrics": {"prometheusRule": {"enabled": True}}},
    ),
    "networkPolicy.enabled": (True, {}),
    "networkPolicy.sourcesTo": ([], {"networkPolicy": {"enabled": True}}),
    "networkPolicy.dnsTo": ([{"namespaceSelector": {}}], {"networkPolicy": {"enabled": True}}),
    "networkPolicy.apiServerTo": ([{"ipBlock": {"cidr": "192.0.2.7/32"}}], {"networkPolicy": {"enabled": True}}),
    "networkPolicy.postgresTo": (
        [{"ipBlock": {"cidr": "192.0.2.7/32"}}],
        {
            "networkPolicy": {"enabled": True},
            "ledger": {"existingSecret": {"name": "ledger"}, "sqlite": {"enabled": False}},
        },
    ),
    "networkPolicy.metricsFrom": ([{"podSelector": {}}], {"networkPolicy": {"enabled": True}}),
    "networkPolicy.sourcePorts": ([8443], {"networkPolicy": {"enabled": True}}),
    "networkPolicy.apiServerPorts": ([16443], {"networkPolicy": {"enabled": True}}),
    "networkPolicy.postgresPort": (
        6432,
        {
            "networkPolicy": {"enabled": True},
            "ledger": {"existingSecret": {"name": "ledger"}, "sqlite": {"enabled": False}},
        },
    ),
    "networkPolicy.extraEgress": ([PROXY], {"networkPolicy": {"enabled": True}}),
    "console.enabled": (True, {}),
    "console.replicas": (3, CONSOLE_WITH_PODS),
    "console.service.annotations": ({"example.org/note": "x"}, CONSOLE),
    "console.tls.secretName": ("console-tls", CONSOLE),
    "console.from": ([{"podSelector": {}}], {**CONSOLE, "networkPolicy": {"enabled": True}}),
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
    "affinity": ({"nodeAffinity": {}}, {}),
    "topologySpreadConstraints": ([{"maxSkew": 1, "topologyKey": "zone"}], {}),
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
    "extraInitContainers": ([{"name": "proxy", "image": "proxy:1", "restartPolicy": "Always"}], {}),
    "extraObjects": ([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-more"}}], {}),
    "extraVolumes": ([{"name": "certificates", "configMap": {"name": "ca"}}], {}),
    "extraVolumeMounts": ([{"name": "certificates", "mountPath": "/certificates"}], {}),
}


def schema() -> Manifest:
    content: Manifest = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    return content


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


def test_the_table_above_has_every_value(default_values: Manifest) -> None:
    assert sorted(leaves(default_values)) == sorted(CHANGES)


@pytest.mark.parametrize("path", CHANGES)
def test_every_value_changes_what_is_rendered(render: Render, path: str) -> None:
    value, beside = CHANGES[path]
    usual = value is False or path == "ledger.existingSecret.name"
    before = {} if usual else beside

    assert render(merged(beside, nested(path, value))) != render(before)


def test_every_value_has_a_schema_of_its_own(default_values: Manifest) -> None:
    def properties(part: Manifest, prefix: str = "") -> Iterator[str]:
        for name, entry in part["properties"].items():
            child = schema()["definitions"][entry["$ref"].split("/")[-1]] if "$ref" in entry else entry
            yield from properties(child, f"{prefix}{name}.") if "properties" in child else [prefix + name]

    known = set(properties(schema()))
    unset = {"global"}
    unset |= {f"{part}resources.limits.{name}" for part in ("", "console.") for name in ("cpu", "ephemeral-storage")}
    unset |= {f"{part}resources.requests.ephemeral-storage" for part in ("", "console.")}
    assert known - unset == set(leaves(default_values))


def test_no_object_of_the_schema_is_open_by_accident() -> None:
    def objects(part: object, path: str) -> Iterator[tuple[str, Manifest]]:
        if isinstance(part, dict):
            if part.get("type") == "object":
                yield path, part
            for name, child in part.items():
                yield from objects(child, f"{path}/{name}")

    open_objects = {path for path, part in objects(schema(), "") if "additionalProperties" not in part}
    # These hold what Kubernetes defines, or other charts.
    assert open_objects == {
        "/definitions/objects/items",
        "/properties/affinity",
        "/properties/dnsConfig",
        "/properties/extraEnv/items/properties/valueFrom",
        "/properties/global",
    }


def test_the_defaults_fit_the_schema(default_values: Manifest) -> None:
    jsonschema.Draft7Validator.check_schema(schema())
    jsonschema.validate(default_values, schema(), jsonschema.Draft7Validator)


def test_the_chart_may_be_a_part_of_another(render: Render) -> None:
    assert render({"global": {"imageRegistry": "registry.example.org"}})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"podLabels": {"app.kubernetes.io/name": "x"}}, "/podLabels/app.kubernetes.io~1name"),
        ({"commonLabels": {"app.kubernetes.io/instance": "x"}}, "/commonLabels/app.kubernetes.io~1instance"),
        ({"worker": 3}, "additional properties 'worker' not allowed"),
        ({"ledger": {"sqlight": {"enabled": True}}}, "/ledger.*additional properties 'sqlight' not allowed"),
        ({"workers": "many"}, "/workers.*got string, want integer"),
        ({"workers": 0}, "/workers.*minimum"),
        ({"logLevel": "debug"}, "/logLevel.*'DEBUG', 'INFO', 'WARNING', 'ERROR'"),
        ({"watch": {"namespaces": "north"}}, "/watch/namespaces.*got string, want array"),
        ({"watch": {"namespaces": ["North"]}}, "/watch/namespaces/0.*does not match pattern"),
        ({"watch": {"namespaces": ["north", "north"]}}, "/watch/namespaces.*items at 0 and 1 are equal"),
        ({"image": {"digest": "latest"}}, "/image/digest.*does not match pattern"),
        ({"image": {"tag": "a:b"}}, "/image/tag.*does not match pattern"),
        ({"securityContext": {"runAsUser": 0}}, "/securityContext/runAsUser.*minimum"),
        ({"ledger": {"sqlite": {"size": "big"}}}, "/ledger/sqlite/size.*does not match pattern"),
        ({"networkPolicy": {"sourcePorts": [70000]}}, "/networkPolicy/sourcePorts/0.*maximum"),
        ({"extraEnv": [{"name": "ROSTER_OPERATOR_WORKERS", "value": "x"}]}, "/extraEnv/0/name"),
        ({"resources": {"limits": {"memory": "lots"}}}, "/resources/limits/memory.*does not match pattern"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(render: Render, values: Manifest, message: str) -> None:
    with pytest.raises(CommandFailed, match=f"(?s){message}"):
        render(values)


def test_every_value_that_the_documentation_names_exists(default_values: Manifest, repository: Path) -> None:
    docs = repository / "docs"
    looked_up = [docs / "reference" / page for page in ("operator-permissions.md", "pod.md")]
    pages = [*(docs / "how-to").glob("*.md"), *looked_up]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    named = {word for word in re.findall(r"`([a-z]\w*(?:\.\w+)+)`", text) if word.split(".")[0] in default_values}
    named |= set(re.findall(r"--set ([a-zA-Z.]+)=", text))

    assert len(named) > 10
    paths = set(leaves(default_values))
    assert {name for name in named if not any(f"{path}.".startswith(f"{name}.") for path in paths)} == set()


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_about_the_values_are_made_of_them(page: str) -> None:
    assert text_of(page) == written(page), "python -m tests.docs.chart_values writes it again"
