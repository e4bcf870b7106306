"""The console that the chart installs: where it runs, what its account may do, and what people get by their roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest
import yaml
from hack.controlplane.cluster import Cluster, CommandFailed
from kubernetes import client
from tests.support.chart import CHART, RELEASE

from roster_operator.cli.console import console
from roster_operator.operations.requests import REQUESTS

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]

GROUP = "rostering.cpm.org"
POSTGRES = {"existingSecret": {"name": "ledger"}, "sqlite": {"enabled": False}}
HOME = "test-chart-console"
ACCOUNT = f"system:serviceaccount:{HOME}:{RELEASE}-console"
SUBRESOURCES = ("people", "sync", "licenses", "approval", "ledger", "exports")


def of_kind(manifests: list[Manifest], kind: str, part: str = "console") -> list[Manifest]:
    return [each for each in manifests if each["kind"] == kind and part in each["metadata"]["name"]]


def test_nothing_of_it_is_installed_unless_it_is_asked_for(render: Render) -> None:
    assert not [each for each in render() if "console" in yaml.safe_dump(each)]


def test_with_postgres_it_has_pods_of_its_own_that_no_other_service_finds(render: Render) -> None:
    manifests = render({"console": {"enabled": True, "replicas": 3}, "ledger": POSTGRES})
    (deployment,), (service,), (budget,) = (
        of_kind(manifests, kind) for kind in ("Deployment", "Service", "PodDisruptionBudget")
    )
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    for selector in (service["spec"]["selector"], budget["spec"]["selector"]["matchLabels"]):
        assert selector.items() <= labels.items()
    (metrics,) = of_kind(manifests, "Service", "metrics")
    assert not metrics["spec"]["selector"].items() <= labels.items()
    assert deployment["spec"]["replicas"] == 3
    pod = deployment["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == f"{RELEASE}-console"
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True


def test_with_sqlite_it_is_a_container_beside_the_volume(render: Render) -> None:
    manifests = render({"console": {"enabled": True}, "networkPolicy": {"enabled": True}})
    assert of_kind(manifests, "Deployment") == []
    (deployment,) = of_kind(manifests, "Deployment", RELEASE)
    operator, beside = deployment["spec"]["template"]["spec"]["containers"]
    assert (operator["args"], beside["args"]) == (["run"], ["console"])
    (service,) = of_kind(manifests, "Service")
    assert service["spec"]["selector"].items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
    (policy,) = of_kind(manifests, "NetworkPolicy", RELEASE)
    assert {rule["ports"][0]["port"] for rule in policy["spec"]["ingress"]} == {"ops", "console"}


def test_it_gets_to_what_a_district_server_is_reached_by_for_the_wizard(render: Render) -> None:
    values = {
        "console": {"enabled": True},
        "ledger": POSTGRES,
        "networkPolicy": {"enabled": True, "sourcePorts": [8443]},
    }
    (policy,) = of_kind(render(values), "NetworkPolicy")
    ports = {each["port"] for rule in policy["spec"]["egress"] for each in rule["ports"]}
    assert ports == {53, 443, 6443, 5432, 8443}


@pytest.mark.parametrize("ledger", [POSTGRES, {}])
def test_the_program_understands_what_the_chart_tells_it(render: Render, ledger: Manifest) -> None:
    sign_in = {
        "url": "https://roster.example.org",
        "sessionKey": {"secretName": "sessions"},
        "openid": {
            "issuerURL": "https://login.example.org",
            "clientID": "roster",
            "usernamePrefix": "oidc:",
            "groupsClaim": "groups",
            "groupsPrefix": "oidc:",
            "groups": ["oidc:a", "oidc:b"],
            "displayName": "Us",
            "requiredClaims": {"hd": "a.example", "tid": "7"},
            "clientSecret": {"name": "client"},
            "ca": {"configMapName": "authority"},
        },
    }
    values = {
        "console": {"enabled": True, "tls": {"secretName": "tls"}, **sign_in},
        "watch": {"namespaces": ["a", "b"]},
    }
    manifests = render({**values, "ledger": ledger})
    containers = [
        container
        for each in of_kind(manifests, "Deployment", RELEASE)
        for container in each["spec"]["template"]["spec"]["containers"]
        if container["args"] == ["console"]
    ]
    (container,) = containers
    options = [option for option in console.params if isinstance(option, click.Option) and option.name]
    known = {option.envvar or f"ROSTER_OPERATOR_{str(option.name).upper()}" for option in options}
    assert {each["name"] for each in container["env"]} <= known
    assert {"name": "ROSTER_OPERATOR_NAMESPACES", "value": "a,b"} in container["env"]
    assert container["startupProbe"]["httpGet"]["scheme"] == "HTTPS"
    assert {"name": "ROSTER_OPERATOR_OIDC_REQUIRED_CLAIMS", "value": "hd=a.example,tid=7"} in container["env"]
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {"tls", "ledger", "tmp", "snapshot-key", "sign-in"}


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"snapshots": {"enabled": False}}, "share no key for sessions"),
        (
            {"console": {"enabled": True, "openid": {"issuerURL": "https://login.example.org"}}},
            "console.openid.clientID",
        ),
        ({"console": {"enabled": True, "url": "http://roster.example.org"}}, "url"),
        ({"console": {"enabled": True, "openid": {"groupsPrefix": "system:"}}}, "groupsPrefix"),
    ],
    ids=["sessions", "client", "plain", "cluster"],
)
def test_a_sign_in_that_could_not_work_or_be_safe_is_not_installed(render: Render, values: Manifest, why: str) -> None:
    with pytest.raises(CommandFailed, match=why):
        render({"console": {"enabled": True}, "ledger": POSTGRES, **values})


def test_replicas_need_no_snapshots_to_share_sessions(render: Render) -> None:
    values = {"console": {"enabled": True, "sessionKey": {"secretName": "sessions"}}, "snapshots": {"enabled": False}}
    (deployment,) = of_kind(render({**values, "ledger": POSTGRES}), "Deployment")
    projected = [each["projected"] for each in deployment["spec"]["template"]["spec"]["volumes"] if "projected" in each]
    items = [{"key": "key", "path": "session-key"}]
    assert projected == [{"sources": [{"secret": {"name": "sessions", "items": items}}]}]


def test_it_may_act_as_people_only_where_that_is_switched_on(render: Render) -> None:
    values = {"console": {"enabled": True, "apply": {"enabled": True, "groups": ["staff"]}}, "ledger": POSTGRES}
    (role,) = (
        each
        for each in of_kind(render(values), "ClusterRole")
        if any("impersonate" in rule["verbs"] for rule in each["rules"])
    )
    assert [(rule["resources"], rule.get("resourceNames")) for rule in role["rules"]] == [
        (["users", "serviceaccounts"], None),
        (["groups"], ["staff"]),
    ]
    (deployment,) = of_kind(render(values), "Deployment")
    told = {each["name"]: each.get("value") for each in deployment["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert told["ROSTER_OPERATOR_APPLY_GROUPS"] == "staff"
    without = render({"console": {"enabled": True}, "ledger": POSTGRES})
    assert "impersonate" not in yaml.safe_dump(without)


def test_the_wizard_asks_no_other_servers_than_the_operator(render: Render) -> None:
    addresses = {"allow": ["10.20.0.0/16"], "deny": ["192.0.2.7"]}
    values = {"console": {"enabled": True}, "addresses": addresses}
    manifests = render({**values, "ledger": POSTGRES})
    (deployment,), (service,) = of_kind(manifests, "Deployment"), of_kind(manifests, "Service")
    told = {each["name"]: each.get("value") for each in deployment["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert told["ROSTER_OPERATOR_ALLOW_ADDRESSES"] == "10.20.0.0/16"
    assert told["ROSTER_OPERATOR_DENY_ADDRESSES"] == "192.0.2.7"
    assert service["spec"]["sessionAffinity"] == "ClientIP"


@pytest.fixture(scope="module")
def installed(control_plane: Cluster, api_client: client.ApiClient) -> Iterator[client.ApiClient]:
    """The chart's permissions, with one person of each role in the namespace `default`."""
    control_plane.kubectl("create", "namespace", HOME)
    templates = [f"--show-only=templates/{name}.yaml" for name in ("rbac-console", "rbac-people", "rbac-aggregated")]
    values = ["--set=console.enabled=true", "--set=ledger.existingSecret.name=l", "--set=ledger.sqlite.enabled=false"]
    manifests = control_plane.helm("template", RELEASE, CHART, "--namespace", HOME, *templates, *values)
    control_plane.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input=manifests)
    for role in ("view", "support", "publisher", "privacy", "district"):
        grant = (f"--clusterrole={HOME}:{RELEASE}:{role}", f"--user=a-{role}", "-n", "default")
        control_plane.kubectl("create", "rolebinding", f"{HOME}-{role}", *grant)
    yield api_client
    for role in ("view", "support", "publisher", "privacy", "district"):
        control_plane.kubectl("delete", "rolebinding", f"{HOME}-{role}", "-n", "default")
    control_plane.kubectl("delete", "-f", "-", "--ignore-not-found", "--wait=false", input=manifests)
    control_plane.kubectl("delete", "namespace", HOME, "--wait=false")


def can(api: client.ApiClient, user: str, verb: str, resource: str, namespace: str = "default") -> bool:
    kind, _, subresource = resource.partition("/")
    plural, _, group = kind.partition(".")
    question = client.V1ResourceAttributes(
        verb=verb, group=group, resource=plural, subresource=subresource, namespace=namespace
    )
    spec = client.V1SubjectAccessReviewSpec(user=user, groups=["system:authenticated"], resource_attributes=question)
    answer = client.AuthorizationV1Api(api).create_subject_access_review(client.V1SubjectAccessReview(spec=spec))
    return bool(answer.status and answer.status.allowed)


@pytest.mark.parametrize(
    ("verb", "resource", "allowed"),
    [
        ("create", "tokenreviews.authentication.k8s.io", True),
        ("create", "subjectaccessreviews.authorization.k8s.io", True),
        ("get", f"rosterintegrations.{GROUP}", True),
        ("list", f"rosterintegrations.{GROUP}", True),
        ("patch", f"rosterintegrations.{GROUP}", False),
        ("get", f"rosterintegrations.{GROUP}/people", False),
        ("get", "secrets", False),
        ("list", "secrets", False),
        ("get", "configmaps", False),
        ("impersonate", "users", False),
        ("create", "serviceaccounts/token", False),
        ("create", "rolebindings.rbac.authorization.k8s.io", False),
    ],
)
def test_its_account_may_ask_and_read_and_nothing_else(
    installed: client.ApiClient, verb: str, resource: str, allowed: bool
) -> None:
    assert can(installed, ACCOUNT, verb, resource) is allowed


MAY = {
    "view": {"get"},
    "support": {"get", "get people", "update sync", "update licenses"},
    "publisher": {"get", "patch", "get people", "update sync", "update licenses", "update approval", "update ledger"},
    "privacy": {"get", "get people", "delete people", "create exports"},
    "district": {"get", "patch", "get people", "update sync"},
}


@pytest.mark.parametrize("role", MAY)
def test_a_role_gives_what_the_page_says(installed: client.ApiClient, role: str) -> None:
    asked = {("get", ""), ("patch", ""), ("create", ""), ("delete", "")}
    asked |= {(verb, name) for verb in ("get", "update", "create", "delete") for name in SUBRESOURCES}
    given = {
        f"{verb} {name}".strip()
        for verb, name in asked
        if can(installed, f"a-{role}", verb, f"rosterintegrations.{GROUP}" + (f"/{name}" if name else ""))
    }
    assert given == MAY[role]
    assert not can(installed, f"a-{role}", "get", f"rosterintegrations.{GROUP}", HOME), "in its own namespace only"


def test_each_request_is_somebodys(installed: client.ApiClient) -> None:
    for request in REQUESTS.values():
        verb, subresource = request.permission
        resource = f"rosterintegrations.{GROUP}" + (f"/{subresource}" if subresource else "")
        assert any(can(installed, f"a-{role}", verb, resource) for role in MAY), request.verb
