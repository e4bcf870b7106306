"""What the API server takes, refuses, keeps and prints of our kinds."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client
from tests.api.bad_manifests import (
    BAD_EBOOKS,
    BAD_INTEGRATIONS,
    MANIFESTS,
    Bad,
    changed,
    good_ebook,
    good_integration,
)
from tests.api.largest import largest_status

from roster_operator.api import names
from roster_operator.api.v1alpha1 import RosterIntegrationStatus

Kubectl = Callable[..., str]

pytestmark = pytest.mark.usefixtures("crds_installed")

AGE = re.compile(r"(?<= )(\d+[ydhms])+(?= |$)", re.MULTILINE)


@pytest.fixture
def objects(api_client: client.ApiClient) -> client.CustomObjectsApi:
    return client.CustomObjectsApi(api_client)


class Integrations:
    """RosterIntegrations of one namespace."""

    def __init__(self, objects: client.CustomObjectsApi, namespace: str) -> None:
        self._objects = objects
        self._kind = (names.GROUP, names.VERSION, namespace, names.ROSTER_INTEGRATION_PLURAL)
        self.namespace = namespace

    def create(self, spec: Mapping[str, Any], name: str = "springfield") -> dict[str, Any]:
        manifest = changed(good_integration(), spec)
        manifest["metadata"] = {"name": name, "namespace": self.namespace}
        created: Any = self._objects.create_namespaced_custom_object(*self._kind, manifest, field_validation="Strict")
        return dict(created)

    def change(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        patched: Any = self._objects.patch_namespaced_custom_object(*self._kind, "springfield", {"spec": spec})
        return dict(patched)

    def set_status(self, status: Mapping[str, Any]) -> dict[str, Any]:
        body = {"status": status}
        patched: Any = self._objects.patch_namespaced_custom_object_status(*self._kind, "springfield", body)
        return dict(patched)


@pytest.fixture
def integrations(objects: client.CustomObjectsApi, namespace: str) -> Integrations:
    return Integrations(objects, namespace)


def refusal(error: client.ApiException) -> str:
    """The words of a refusal."""
    message: str = json.loads(error.body or "{}")["message"]
    return message


@pytest.mark.parametrize(
    "path",
    [path for path in MANIFESTS if path.name != "kustomization.yaml"],
    ids=lambda path: path.stem,
)
def test_every_example_is_accepted(kubectl: Kubectl, namespace: str, path: Path) -> None:
    manifests = list(yaml.safe_load_all(path.read_text("utf-8")))
    for manifest in manifests:
        if "namespace" in manifest["metadata"]:
            manifest["metadata"]["namespace"] = namespace
    stream = "\n---\n".join(json.dumps(manifest) for manifest in manifests)
    applied = kubectl("apply", "--server-side", "--dry-run=server", "-f", "-", input=stream)
    assert applied.count("serverside-applied") == len(manifests)


@pytest.mark.parametrize("bad", BAD_INTEGRATIONS, ids=lambda bad: bad.why)
def test_refuses_a_bad_integration(integrations: Integrations, bad: Bad) -> None:
    with pytest.raises(client.ApiException) as refused:
        integrations.create(bad.change)
    message = refusal(refused.value)
    assert "evaluating rule" not in message, "a rule stumbles over what the schema refuses already"
    assert bad.field in message
    assert (bad.server or bad.says) in message


@pytest.mark.parametrize("bad", BAD_EBOOKS, ids=lambda bad: bad.why)
def test_refuses_a_bad_ebook(objects: client.CustomObjectsApi, bad: Bad) -> None:
    with pytest.raises(client.ApiException) as refused:
        objects.create_cluster_custom_object(
            names.GROUP,
            names.VERSION,
            names.EBOOK_PLURAL,
            changed(good_ebook(), bad.change),
            dry_run="All",
            field_validation="Strict",
        )
    message = refusal(refused.value)
    assert "evaluating rule" not in message, "a rule stumbles over what the schema refuses already"
    assert bad.field in message
    assert (bad.server or bad.says) in message


@pytest.mark.parametrize(
    ("name", "says"), [("a" * 64, "metadata.name must be at most 63"), ("high.school", "metadata.name must hold")]
)
def test_refuses_a_name_from_which_no_other_names_can_be_made(integrations: Integrations, name: str, says: str) -> None:
    with pytest.raises(client.ApiException) as refused:
        integrations.create({}, name=name)
    assert says in refusal(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://sis.example.org",
        "HTTPS://SIS.example.org:8443/our_sis/ims/oneroster/v1p1/",
        "https://sis.example.org/a%20b/~x",
        "http://localhost:8080",
        "http://127.0.0.1:8080/sis",
        "http://[::1]:8080",
        "http://district-simulator.simulator.svc:8080",
        "http://district-simulator.simulator.svc.cluster.local",
    ],
)
def test_accepts_a_url_that_keeps_credentials_safe(integrations: Integrations, url: str) -> None:
    assert integrations.create({"source": {"baseURL": url}})["spec"]["source"]["baseURL"] == url


def test_takes_a_field_that_is_left_empty_for_one_that_is_not_given(kubectl: Kubectl, namespace: str) -> None:
    manifest = good_integration()
    manifest["metadata"]["namespace"] = namespace
    manifest["spec"] |= {"approval": None, "timeZone": None, "guard": {"floor": None}}
    created = kubectl("create", "--dry-run=server", "-f", "-", "-o", "json", input=json.dumps(manifest))
    spec = json.loads(created)["spec"]
    assert (spec.get("approval"), spec["timeZone"], spec["guard"]["floor"]) == (None, "UTC", 10)


def test_defaults_are_shown_in_the_resource(integrations: Integrations) -> None:
    spec = integrations.create({})["spec"]
    assert (spec["live"], spec["retryInterval"], spec["timeout"]) == (False, "15m", "1h")
    assert spec["matching"]["by"] == ["SourcedId", "Username", "Email"]
    assert (spec["matching"]["sameLogin"], spec["matching"]["unconfirmed"]) == ("OnePerson", "NewAccount")
    limits = {"districtPercent": 10, "schoolPercent": 25, "floor": 10, "absentReads": 2}
    assert spec["guard"] == limits | {"studentRemovals": "Apply", "teacherRemovals": "Apply"}
    assert spec["source"] == good_integration()["spec"]["source"] | {
        "type": "OneRoster",
        "vendor": "Generic",
    }


def test_what_is_set_for_a_vendor_is_kept(integrations: Integrations) -> None:
    source = {
        "vendor": "InfiniteCampus",
        "version": "1.2",
        "applicationID": "springfield",
        "tokenURL": "https://springfield.example.org/campus/oauth2/token?appName=springfield",
        "scope": "",
        "tokenRequest": {"credentials": "Body", "parameters": "Query"},
        "missingRoutes": ["teachers", "schools/{id}/classes"],
        "filters": [],
        "endDates": "Inclusive",
    }
    created = integrations.create({"source": source})["spec"]["source"]
    assert {field: created[field] for field in source} == source


def test_the_largest_spec_is_accepted_without_ado(integrations: Integrations) -> None:
    """A rule that compares every entry with every other one keeps the API server busy for half a minute."""
    schools = [{"name": f"{number:03d}".ljust(128, "x")} for number in range(500)]
    books = [f"{number:02d}".ljust(63, "x") for number in range(20)]
    courses = [{"code": f"{number:03d}".ljust(128, "x"), "ebooks": books} for number in range(500)]
    started = time.monotonic()
    created = integrations.create({"schools": schools, "courses": courses, "live": True})
    assert len(created["spec"]["courses"]) == 500
    assert time.monotonic() - started < 10


def test_a_canary_cannot_be_added_while_live(integrations: Integrations) -> None:
    schools = [{"id": "994"}, {"name": "Main"}]
    integrations.create({"live": True, "schools": schools, "canary": {"schools": ["994"]}})
    integrations.change({"canary": {"schools": ["994", "Main"], "promoteAfter": 3}})
    integrations.change({"canary": None})
    with pytest.raises(client.ApiException) as refused:
        integrations.change({"canary": {"schools": ["994"]}})
    assert "spec.canary" in refusal(refused.value)
    assert "all schools are live already" in refusal(refused.value)


def test_a_district_cannot_change_while_live(integrations: Integrations) -> None:
    integrations.create({"district": "springfield", "live": True})
    for district in ("shelbyville", None):
        with pytest.raises(client.ApiException) as refused:
            integrations.change({"district": district})
        assert "spec.district" in refusal(refused.value)
        assert "set live to false first" in refusal(refused.value)
    with pytest.raises(client.ApiException):
        integrations.change({"district": "shelbyville", "live": False})
    integrations.change({"live": False})
    assert integrations.change({"district": "shelbyville"})["spec"]["district"] == "shelbyville"


def test_a_district_cannot_be_named_while_live(integrations: Integrations) -> None:
    integrations.create({"live": True})
    with pytest.raises(client.ApiException):
        integrations.change({"district": "springfield"})


def test_everything_else_can_change_while_live(integrations: Integrations) -> None:
    integrations.create({"live": True})
    changes: dict[str, Any] = {
        "live": False,
        "suspend": True,
        "interval": "1h",
        "source": {"baseURL": "https://new.example.org", "vendor": "Skyward", "secretRef": {"name": "new"}},
        "schools": [],
        "courses": [],
        "deletionPolicy": "Revoke",
    }
    assert integrations.change(changes)["metadata"]["generation"] == 2


@pytest.mark.parametrize("character", ["a", '"', "漢"])
def test_every_field_of_a_status_survives(integrations: Integrations, character: str) -> None:
    integrations.create({})
    status = largest_status(character)
    kept = integrations.set_status(status.to_wire())["status"]
    assert kept == status.to_wire()
    assert RosterIntegrationStatus.model_validate(kept) == status


def test_a_status_does_not_count_as_a_change_of_the_spec(integrations: Integrations) -> None:
    integrations.create({})
    assert integrations.set_status({"observedGeneration": 1})["metadata"]["generation"] == 1


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("ri", "A school district's roster, kept in step with its eBook licenses."),
        ("ri.spec.live", "False is setup mode"),
        ("ri.spec.source.secretRef", "keys clientID and clientSecret"),
        ("ri.spec.courses.ebooks", "kubectl get ebooks"),
        ("ri.spec.approval.plan", "status.plan.digest"),
        ("ri.status.conditions.reason", "docs/reference/rosterintegration.md"),
        ("ebook.spec.editions", "teachers and aides the Teacher edition"),
    ],
)
def test_kubectl_explains_a_field(kubectl: Kubectl, field: str, says: str) -> None:
    assert says in " ".join(kubectl("explain", field).split())


def test_the_columns_answer_live_healthy_suspended_since_when_and_how_many(
    kubectl: Kubectl, integrations: Integrations
) -> None:
    integrations.create({"live": True})
    integrations.set_status(
        {
            "conditions": [
                {
                    "type": "Ready",
                    "status": "True",
                    "reason": "Synced",
                    "message": "240 licenses equal the roster.",
                    "lastTransitionTime": "2026-11-24T02:51:12Z",
                },
                {
                    "type": "Suspended",
                    "status": "True",
                    "reason": "Suspended",
                    "message": "spec.suspend is true: nothing is synced until it is false.",
                    "lastTransitionTime": "2026-11-24T02:51:12Z",
                },
            ],
            "actor": "Publisher",
            "licenses": {"active": 240},
            "plan": {"digest": "0123456789abcdef", "held": 0},
            "lastSyncTime": "2026-01-24T02:51:12Z",
            "nextSyncTime": "2026-11-25T02:51:12Z",
        }
    )
    printed = kubectl("get", "ri", "-n", integrations.namespace)
    assert columns(printed) == [
        ["NAME", "LIVE", "READY", "REASON", "SUSPENDED", "LICENSES", "LAST SYNC", "AGE"],
        ["springfield", "true", "True", "Synced", "True", "240", "<age>", "<age>"],
    ]
    wide = columns(kubectl("get", "ri", "-n", integrations.namespace, "-o", "wide"))
    assert dict(zip(*wide, strict=True)) == {
        "NAME": "springfield",
        "LIVE": "true",
        "READY": "True",
        "REASON": "Synced",
        "SUSPENDED": "True",
        "LICENSES": "240",
        "LAST SYNC": "<age>",
        "HELD": "0",
        "NEXT SYNC": "2026-11-25T02:51:12Z",
        "ACTS": "Publisher",
        "MESSAGE": "240 licenses equal the roster.",
        "SOURCE": "http://district-simulator.simulator.svc:8080",
        "AGE": "<age>",
    }


def columns(printed: str) -> list[list[str]]:
    """The cells of a table of kubectl; ages are not the same twice."""
    return [re.split(r" {2,}", line.strip()) for line in AGE.sub("<age>", printed).splitlines()]


def test_districts_can_be_selected_by_whether_they_are_live(kubectl: Kubectl, integrations: Integrations) -> None:
    integrations.create({"live": True})
    integrations.create({}, name="shelbyville")
    listed = kubectl("get", "ri", "-n", integrations.namespace, "--field-selector", "spec.live=true", "-o", "name")
    assert listed.split() == ["rosterintegration.rostering.cpm.org/springfield"]


def test_districts_can_be_selected_by_who_has_to_act(kubectl: Kubectl, integrations: Integrations) -> None:
    integrations.create({}, name="shelbyville")
    integrations.create({})
    integrations.set_status({"actor": "District"})
    for actor, expected in (("District", ["springfield"]), ("Platform", []), ("", ["shelbyville"])):
        selected = f"status.actor={actor}"
        listed = kubectl("get", "ri", "-n", integrations.namespace, "--field-selector", selected, "-o", "name")
        assert [name.partition("/")[2] for name in listed.split()] == expected
