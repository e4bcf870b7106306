"""What the chart renders, table by table."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hack.controlplane.cluster import CommandFailed
from tests.support.chart import CHART, RELEASE

from roster_operator import __version__
from roster_operator.operations.check import OLDEST
from roster_operator.scratch import MOST

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]

POSTGRES = {"existingSecret": {"name": "ledger"}, "sqlite": {"enabled": False}}
SQLITE_URL = "sqlite:////var/lib/roster-operator/ledger.sqlite"


def of_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def the_pod(manifests: list[Manifest]) -> Manifest:
    (deployment,) = of_kind(manifests, "Deployment")
    pod: Manifest = deployment["spec"]["template"]["spec"]
    return pod


def environment(manifests: list[Manifest]) -> dict[str, Any]:
    (container,) = the_pod(manifests)["containers"]
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in container["env"]}


def test_the_linter_has_no_warning(offline_helm: Callable[..., str]) -> None:
    assert "0 chart(s) failed" in offline_helm("lint", "--strict", CHART)


def test_the_chart_and_the_program_have_one_version(render: Render) -> None:
    (container,) = the_pod(render())["containers"]

    assert container["image"] == f"roster-operator:{__version__}"


def test_temporary_files_of_all_districts_fit_into_what_the_pod_has(render: Render) -> None:
    (temporary,) = [volume for volume in the_pod(render())["volumes"] if volume["name"] == "tmp"]

    assert temporary["emptyDir"]["sizeLimit"] == "4Gi"
    assert MOST + 2**30 <= 4 * 2**30


def test_all_namespaces_are_served_through_one_cluster_role_binding(render: Render) -> None:
    manifests = render()

    assert [binding["roleRef"]["kind"] for binding in of_kind(manifests, "RoleBinding")] == ["Role", "Role"]
    assert {binding["roleRef"]["name"] for binding in of_kind(manifests, "ClusterRoleBinding")} == {
        "roster:roster-operator",
        "roster:roster-operator:ebooks",
    }
    assert environment(manifests)["ROSTER_OPERATOR_NAMESPACES"] == ""


def test_named_namespaces_are_served_through_a_role_binding_in_each(render: Render) -> None:
    manifests = render({"watch": {"namespaces": ["north", "south"]}})

    bindings = [each for each in of_kind(manifests, "RoleBinding") if each["roleRef"]["kind"] == "ClusterRole"]
    assert [binding["metadata"]["namespace"] for binding in bindings] == ["north", "south"]
    assert {binding["roleRef"]["name"] for binding in bindings} == {"roster:roster-operator"}
    assert {binding["roleRef"]["name"] for binding in of_kind(manifests, "ClusterRoleBinding")} == {
        "roster:roster-operator:ebooks",
        "roster:roster-operator:letting-go",
    }
    assert environment(manifests)["ROSTER_OPERATOR_NAMESPACES"] == "north,south"


def test_both_scopes_grant_the_same_rules(render: Render) -> None:
    def rules(manifests: list[Manifest]) -> dict[str, Any]:
        roles = {role["metadata"]["name"]: role["rules"] for role in of_kind(manifests, "ClusterRole")}
        roles.pop("roster:roster-operator:letting-go", None)
        return roles

    secrets = {"watch": True}
    assert rules(render({"secrets": secrets})) == rules(
        render({"secrets": secrets, "watch": {"namespaces": ["north"]}})
    )


@pytest.mark.parametrize("namespaces", [[], ["north", "south"]], ids=str)
@pytest.mark.parametrize("watch", [None, False, True])
def test_secrets_are_listed_only_where_they_are_watched(
    render: Render, watch: bool | None, namespaces: list[str]
) -> None:
    manifests = render({"secrets": {"watch": watch}, "watch": {"namespaces": namespaces}})

    watched = bool(namespaces) if watch is None else watch
    verbs = ["get", "list", "watch"] if watched else ["get"]
    roles = {role["metadata"]["name"]: role for role in of_kind(manifests, "ClusterRole")}
    rules = roles["roster:roster-operator"]["rules"]
    assert [rule["verbs"] for rule in rules if "secrets" in rule["resources"]] == [verbs]
    assert environment(manifests)["ROSTER_OPERATOR_WATCH_SECRETS"] == str(watched).lower()


def test_kubernetes_is_refused_where_it_lacks_something(offline_helm: Callable[..., str]) -> None:
    oldest = ".".join(map(str, OLDEST))

    assert offline_helm("template", RELEASE, CHART, "--kube-version", f"{oldest}.2-eks-1")
    with pytest.raises(CommandFailed, match="incompatible with Kubernetes"):
        offline_helm("template", RELEASE, CHART, "--kube-version", "1.30.9")


def test_no_rule_has_a_wildcard(render: Render) -> None:
    roles = of_kind(render({"secrets": {"watch": True}}), "ClusterRole")

    parts = [rule[part] for role in roles for rule in role["rules"] for part in ("apiGroups", "resources", "verbs")]
    assert parts
    assert not any("*" in entry for part in parts for entry in part)


def test_sqlite_is_on_a_volume_that_outlives_the_release(render: Render) -> None:
    manifests = render({"ledger": {"sqlite": {"size": "5Gi", "storageClass": "fast"}}})

    (claim,) = of_kind(manifests, "PersistentVolumeClaim")
    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert claim["spec"]["resources"]["requests"]["storage"] == "5Gi"
    assert claim["spec"]["storageClassName"] == "fast"
    volumes = {volume["name"]: volume for volume in the_pod(manifests)["volumes"]}
    assert volumes["ledger"]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert environment(manifests)["ROSTER_OPERATOR_LEDGER_URL"] == SQLITE_URL


def test_postgresql_comes_from_a_secret_and_needs_no_volume(render: Render) -> None:
    manifests = render({"ledger": POSTGRES})

    assert of_kind(manifests, "PersistentVolumeClaim") == []
    volumes = {volume["name"]: volume for volume in the_pod(manifests)["volumes"]}
    assert volumes["ledger"]["secret"] == {"secretName": "ledger", "items": [{"key": "url", "path": "url"}]}
    assert environment(manifests)["ROSTER_OPERATOR_LEDGER_FILE"] == "/etc/roster-operator/ledger/url"
    assert "ROSTER_OPERATOR_LEDGER_URL" not in environment(manifests)


@pytest.mark.parametrize(
    ("ledger", "message"),
    [
        ({"existingSecret": {"name": "ledger"}}, "two are chosen.*set ledger.sqlite.enabled=false"),
        ({"sqlite": {"enabled": False}}, "none is chosen.*ledger.existingSecret.name.*ledger.sqlite.enabled=true"),
    ],
)
def test_exactly_one_ledger_is_chosen(render: Render, ledger: Manifest, message: str) -> None:
    with pytest.raises(CommandFailed, match=message):
        render({"ledger": ledger})


@pytest.mark.parametrize(
    ("image", "reference"),
    [
        ({"repository": "registry.example.org/cpm/roster-operator"}, f"{{}}:{__version__}"),
        ({"repository": "registry.example.org/cpm/roster-operator", "tag": "1.2.3"}, "{}:1.2.3"),
        (
            {"repository": "registry.example.org/cpm/roster-operator", "tag": "1", "digest": "sha256:" + "a" * 64},
            "{}@sha256:" + "a" * 64,
        ),
    ],
)
def test_a_digest_wins_over_a_tag_and_a_tag_over_the_version(render: Render, image: Manifest, reference: str) -> None:
    (container,) = the_pod(render({"image": image}))["containers"]

    assert container["image"] == reference.format(image["repository"])


def test_with_sqlite_a_pod_goes_before_the_next_one_comes(render: Render) -> None:
    (deployment,) = of_kind(render(), "Deployment")

    assert deployment["spec"]["replicas"] == 1
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}
    assert environment([deployment])["ROSTER_OPERATOR_LEASE"] == f"$(POD_NAMESPACE)/{RELEASE}"


def test_a_volume_with_rosters_is_never_needed_on_two_nodes_for_an_upgrade(render: Render) -> None:
    files = {"path": "/rosters", "existingClaim": "rosters"}
    (deployment,) = of_kind(render({"ledger": POSTGRES, "rosterFiles": files}), "Deployment")

    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}


def test_sqlite_refuses_more_than_one_replica(render: Render) -> None:
    with pytest.raises(CommandFailed, match="replicas: SQLite is for one operator"):
        render({"replicas": 2})


def test_replicas_stand_by_on_other_nodes_and_are_evicted_one_by_one(render: Render) -> None:
    manifests = render({"replicas": 3, "ledger": POSTGRES})
    (deployment,), (budget,) = of_kind(manifests, "Deployment"), of_kind(manifests, "PodDisruptionBudget")

    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert the_pod(manifests)["topologySpreadConstraints"][0]["topologyKey"] == "kubernetes.io/hostname"
    assert budget["spec"]["maxUnavailable"] == 1
    assert budget["spec"]["selector"] == deployment["spec"]["selector"]


def test_the_pod_is_hardened(render: Render) -> None:
    pod = the_pod(render())
    (container,) = pod["containers"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["enableServiceLinks"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["requests"]
    assert list(container["resources"]["limits"]) == ["memory"]


def test_only_the_operators_pod_gets_a_token(render: Render) -> None:
    manifests = render()

    (account,) = of_kind(manifests, "ServiceAccount")
    assert account["automountServiceAccountToken"] is False
    assert the_pod(manifests)["automountServiceAccountToken"] is True


def test_openshift_may_choose_the_user(render: Render) -> None:
    values = {"securityContext": {"runAsUser": None, "runAsGroup": None, "fsGroup": None}}

    context = the_pod(render(values))["securityContext"]

    assert sorted(context) == ["runAsNonRoot", "seccompProfile"]


@pytest.mark.parametrize("grace", [1, 45, 600])
def test_the_pod_lives_longer_than_the_syncs_that_it_lets_finish(render: Render, grace: int) -> None:
    assert the_pod(render({"shutdownGraceSeconds": grace}))["terminationGracePeriodSeconds"] > grace


def test_probes_and_metrics_are_on_the_same_port(render: Render) -> None:
    manifests = render({"metrics": {"serviceMonitor": {"enabled": True}}, "networkPolicy": {"enabled": True}})

    (container,) = the_pod(manifests)["containers"]
    (port,) = container["ports"]
    (service,) = of_kind(manifests, "Service")
    (monitor,) = of_kind(manifests, "ServiceMonitor")
    (policy,) = of_kind(manifests, "NetworkPolicy")
    probes = [container[f"{kind}Probe"]["httpGet"]["port"] for kind in ("startup", "liveness", "readiness")]
    assert port["containerPort"] == 8080
    assert {*probes, service["spec"]["ports"][0]["targetPort"]} == {port["name"]}
    assert monitor["spec"]["endpoints"][0]["port"] == service["spec"]["ports"][0]["name"]
    assert policy["spec"]["ingress"][0]["ports"] == [{"protocol": "TCP", "port": port["name"]}]


def test_everything_that_selects_the_pod_selects_it(render: Render) -> None:
    manifests = render({"networkPolicy": {"enabled": True}})

    (deployment,) = of_kind(manifests, "Deployment")
    (service,) = of_kind(manifests, "Service")
    (policy,) = of_kind(manifests, "NetworkPolicy")
    labels = deployment["spec"]["template"]["metadata"]["labels"].items()
    assert deployment["spec"]["selector"]["matchLabels"].items() <= labels
    assert service["spec"]["selector"].items() <= labels
    assert policy["spec"]["podSelector"]["matchLabels"].items() <= labels


@pytest.mark.parametrize(("ledger", "database"), [({}, set()), (POSTGRES, {5432})])
def test_the_network_policy_lets_out_what_the_operator_needs(
    render: Render, ledger: Manifest, database: set[int]
) -> None:
    (policy,) = of_kind(render({"networkPolicy": {"enabled": True}, "ledger": ledger}), "NetworkPolicy")

    ports = {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]}
    assert ports == {53, 443, 6443} | database


def test_a_service_monitor_without_its_service_is_refused(render: Render) -> None:
    with pytest.raises(CommandFailed, match=r"serviceMonitor\.enabled needs metrics\.service\.enabled"):
        render({"metrics": {"service": {"enabled": False}, "serviceMonitor": {"enabled": True}}})


def test_an_account_that_is_not_created_must_be_named(render: Render) -> None:
    with pytest.raises(CommandFailed, match=r"serviceAccount\.name must name the account"):
        render({"serviceAccount": {"create": False}})


@pytest.mark.parametrize("kind", ["view", "edit"])
def test_people_with_kubernetes_own_roles_get_the_roles_for_districts(render: Render, kind: str) -> None:
    roles = {role["metadata"]["name"]: role for role in of_kind(render(), "ClusterRole")}

    labels = roles[f"roster:roster-operator:{kind}"]["metadata"]["labels"]
    assert labels[f"rbac.authorization.k8s.io/aggregate-to-{kind}"] == "true"
    assert labels["rbac.authorization.k8s.io/aggregate-to-admin"] == "true"


def test_whoever_may_only_view_may_change_nothing(render: Render) -> None:
    roles = of_kind(render(), "ClusterRole")

    for role in roles:
        if "rbac.authorization.k8s.io/aggregate-to-view" in role["metadata"]["labels"]:
            assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"get", "list", "watch"}


def test_long_names_stay_within_what_kubernetes_allows(render: Render) -> None:
    manifests = render({"fullnameOverride": "a" * 80, "networkPolicy": {"enabled": True}})

    named = [manifest for manifest in manifests if manifest["kind"] != "CustomResourceDefinition"]
    assert max(len(part) for each in named for part in re.split("[:.]", each["metadata"]["name"])) <= 63


def test_releases_in_two_namespaces_share_no_cluster_scoped_name(render: Render) -> None:
    def names(namespace: str) -> set[str]:
        manifests = render({"crds": {"enabled": False}}, namespace=namespace)
        return {manifest["metadata"]["name"] for manifest in manifests if "namespace" not in manifest["metadata"]}

    assert names("north")
    assert not names("north") & names("south")


def test_the_notes_say_how_to_begin_and_in_which_order_to_uninstall(offline_helm: Callable[..., str]) -> None:
    notes = offline_helm(
        "install", RELEASE, CHART, "--namespace", "roster", "--dry-run=client", "--set=watch.namespaces={north}"
    ).partition("NOTES:")[2]

    assert notes.index("kubectl create namespace north") < notes.index(
        "kubectl --namespace north create secret generic"
    )
    assert notes.index("kubectl delete rosterintegrations --all") < notes.index("helm uninstall roster-operator")
    assert '{"metadata":{"finalizers":null}}' in notes
