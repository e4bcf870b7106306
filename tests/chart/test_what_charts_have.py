"""What a platform expects of a chart: labels, placement, alerts, a test, and a page about itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml
from tests.chart.test_rendering import of_kind
from tests.docs.pages import ROOT
from tests.support.chart import CHART

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]

POSTGRES = {"existingSecret": {"name": "ledger"}, "sqlite": {"enabled": False}}
EVERYTHING: Manifest = {
    "console": {"enabled": True},
    "ledger": POSTGRES,
    "networkPolicy": {"enabled": True},
    "podDisruptionBudget": {"enabled": True},
    "metrics": {name: {"enabled": True} for name in ("serviceMonitor", "podMonitor", "prometheusRule", "dashboard")},
}


def ours(manifests: list[Manifest]) -> list[Manifest]:
    """All but the definitions, which outlive the release."""
    return [each for each in manifests if each["kind"] != "CustomResourceDefinition"]


def test_common_labels_and_annotations_are_on_every_object(render: Render) -> None:
    values = {"commonLabels": {"team": "rostering"}, "commonAnnotations": {"example.org/note": "x"}}
    rendered = ours(render({**EVERYTHING, **values}))

    assert {each["metadata"]["labels"].get("team") for each in rendered} == {"rostering"}
    unmarked = {each["kind"] for each in rendered if "example.org/note" not in each["metadata"].get("annotations", {})}
    assert unmarked == {"Pod"}  # the one of `helm test`


def test_every_object_is_where_the_override_says(render: Render) -> None:
    def text(**values: Any) -> str:
        return yaml.safe_dump(ours(render({**EVERYTHING, **values})))

    assert "roster:" in text()
    assert "roster:" not in text(namespaceOverride="elsewhere")
    assert "namespace: roster\n" not in text(namespaceOverride="elsewhere")


def test_both_pods_are_placed_alike(render: Render) -> None:
    placed = {
        "topologySpreadConstraints": [{"maxSkew": 1}],
        "runtimeClassName": "gvisor",
        "hostAliases": [{"ip": "192.0.2.7"}],
        "dnsConfig": {"nameservers": ["192.0.2.53"]},
        "nodeSelector": {"disk": "ssd"},
    }
    pods = [each["spec"]["template"]["spec"] for each in of_kind(render({**EVERYTHING, **placed}), "Deployment")]

    assert len(pods) == 2
    assert all({name: pod[name] for name in placed} == placed for pod in pods)


def test_egress_to_districts_leads_everywhere_but_to_the_credentials_of_machines(render: Render) -> None:
    policies = {policy["metadata"]["name"]: policy for policy in of_kind(render(EVERYTHING), "NetworkPolicy")}

    (sources,) = [rule["to"] for rule in policies["roster-operator"]["spec"]["egress"] if "to" in rule]
    assert [block["ipBlock"]["except"] for block in sources] == [["169.254.0.0/16"], ["fe80::/10"]]


def test_a_pod_monitor_finds_the_port_of_the_pod(render: Render) -> None:
    values = {"metrics": {"service": {"enabled": False}, "podMonitor": {"enabled": True}}}
    manifests = render(values)
    (monitor,) = of_kind(manifests, "PodMonitor")
    (deployment,) = of_kind(manifests, "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]

    assert monitor["spec"]["podMetricsEndpoints"][0]["port"] in {port["name"] for port in container["ports"]}
    assert monitor["spec"]["selector"] == deployment["spec"]["selector"]


def test_the_pod_of_helm_test_asks_the_operator_and_is_not_taken_for_it(render: Render) -> None:
    manifests = render(EVERYTHING)
    (pod,) = of_kind(manifests, "Pod")
    service = next(each for each in of_kind(manifests, "Service") if each["metadata"]["name"].endswith("-metrics"))

    assert pod["metadata"]["annotations"]["helm.sh/hook"] == "test"
    assert not service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    url = pod["spec"]["containers"][0]["args"][-1]
    assert url == f"http://{service['metadata']['name']}:{service['spec']['ports'][0]['port']}/readyz"


def test_the_pod_of_helm_test_reaches_the_operator_whoever_else_may_not(render: Render) -> None:
    manifests = render({**EVERYTHING, "networkPolicy": {"enabled": True, "metricsFrom": [{"podSelector": {}}]}})
    (pod,) = of_kind(manifests, "Pod")
    (policy,) = [each for each in of_kind(manifests, "NetworkPolicy") if each["metadata"]["name"] == "roster-operator"]

    (rule,) = policy["spec"]["ingress"]
    allowed = [peer["podSelector"].get("matchLabels", {}) for peer in rule["from"]]
    assert any(labels and labels.items() <= pod["metadata"]["labels"].items() for labels in allowed)


def test_a_further_object_knows_the_release(render: Render) -> None:
    more = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-more"}}

    assert of_kind(render({"extraObjects": [more]}), "ConfigMap")[0]["metadata"]["name"] == "roster-operator-more"


def test_the_chart_says_whose_it_is() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))

    assert chart.keys() >= {"home", "icon", "sources", "maintainers", "kubeVersion"}
    assert (ROOT / chart["icon"].partition("/main/")[2]).exists()
