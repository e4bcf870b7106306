"""Each verb takes its permission and no other; what a question holds beside its district opens no other's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from hack.controlplane.cluster import Cluster
from sqlalchemy import create_engine, insert
from tests.operations.test_fleet import SOURCE
from tests.service.conftest import DISTRICT, People, Served

from roster_operator.ledger.schema import districts
from roster_operator.ledger.store import open_ledger
from roster_operator.operations.request import FleetRequest, Permission
from roster_operator.operations.requests import REQUESTS

BODIES: dict[str, dict[str, Any]] = {
    "details": {"item": "Matching"},
    "explain": {"person": "nobody"},
    "export": {"person": "nobody"},
    "erase": {"person": "nobody", "reason": "x", "dryRun": True},
    "import": {"file": ""},
    "undo": {"run": "0000"},
    "cleanup": {},
    "cleanup-details": {},
    "grant": {"person": "nobody"},
    "block": {"person": "nobody"},
    "plan": {"integration": DISTRICT},
    "approve": {"digest": "plan-0000"},
}

EBOOK = {"metadata": {"name": "e"}, "spec": {"title": "E"}}


@pytest.fixture
def ledger(tmp_path: Path, district: str) -> str:
    """Holds the district of the namespace and another tenant's."""
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    books = open_ledger(url)
    books.migrate()
    books.close()
    engine = create_engine(url)
    with engine.begin() as connection:
        for source, owner in (("sis.example", f"{district}/springfield"), ("district:theirs", "elsewhere/theirs")):
            namespace = owner.partition("/")[0]
            row = {"source": source, "namespace": namespace, "owner": owner, "version": 1}
            connection.execute(insert(districts).values(**row, created=datetime(2026, 9, 1, tzinfo=UTC)))
    engine.dispose()
    return url


def with_permissions(cluster: Cluster, namespace: str, people: Mapping[str, Iterable[Permission]]) -> dict[str, str]:
    """Tokens of people who have these permissions in the namespace and no others."""
    objects: list[dict[str, Any]] = []
    for name, permissions in people.items():
        rules = [
            {
                "apiGroups": ["rostering.cpm.org"],
                "resources": ["rosterintegrations" + (f"/{each.subresource}" if each.subresource else "")],
                "verbs": [each.verb],
            }
            for each in permissions
        ]
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
        subject = {"kind": "ServiceAccount", "name": name, "namespace": namespace}
        rbac, metadata = "rbac.authorization.k8s.io/v1", {"name": name, "namespace": namespace}
        objects += [
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
            {"apiVersion": rbac, "kind": "Role", "metadata": metadata, "rules": rules},
            {"apiVersion": rbac, "kind": "RoleBinding", "metadata": metadata, "roleRef": role, "subjects": [subject]},
        ]
    cluster.kubectl("apply", "-f", "-", input=yaml.safe_dump_all(objects))
    return {name: cluster.kubectl("create", "token", name, "-n", namespace).strip() for name in people}


def test_each_verb_takes_its_permission_and_no_other(
    serve: Callable[..., Served], control_plane: Cluster, ledger: str, district: str
) -> None:
    permissions = sorted({request.permission for request in REQUESTS.values()})
    names = {each: f"{each.verb}-{each.subresource or 'itself'}" for each in permissions}
    tokens = with_permissions(
        control_plane,
        district,
        {f"only-{names[each]}": [each] for each in permissions}
        | {f"not-{names[each]}": [other for other in permissions if other != each] for each in permissions},
    )
    served = serve(ledger)
    for verb, request in REQUESTS.items():
        ask = served.ask_fleet if issubclass(request, FleetRequest) else served.ask
        where = (verb, district) if issubclass(request, FleetRequest) else (district, verb)
        name, body = names[request.permission], BODIES.get(verb, {})
        allowed = ask(tokens[f"only-{name}"], *where, **body)
        refused = ask(tokens[f"not-{name}"], *where, **body)
        assert allowed.status_code in {200, 400, 404}, (verb, allowed.text)
        assert refused.status_code == 403, (verb, refused.text)
        assert f"it takes the permission to {request.permission}." in refused.json()["error"]
    for verb in ("status", "fleet", "check", "plan"):
        wrong_place = served.ask if issubclass(REQUESTS[verb], FleetRequest) else served.ask_fleet
        arguments = (district, verb) if issubclass(REQUESTS[verb], FleetRequest) else (verb, district)
        assert wrong_place(tokens["only-get-itself"], *arguments, **BODIES.get(verb, {})).status_code == 404


def test_a_spec_that_names_the_district_of_another_tenant_tells_nothing_of_it(
    serve: Callable[..., Served], people: People, ledger: str, district: str
) -> None:
    served, token = serve(ledger), people.token(district, "viewer", "get")

    def planned(spec: dict[str, Any], name: str = "springfield", **metadata: Any) -> httpx2.Response:
        integration = {**DISTRICT, "metadata": {"name": name, **metadata}, "spec": {"source": SOURCE, **spec}}
        return served.ask(token, district, "plan", integration=integration)

    own = planned({})
    assert (own.status_code, "No reading of springfield is kept" in own.text) == (400, True), own.text
    theirs, nobodys = planned({"district": "theirs"}), planned({"district": "no-such"})
    assert theirs.status_code == 400
    assert theirs.text == nobodys.text
    assert "elsewhere" not in theirs.text
    placed = planned({}, namespace="elsewhere", uid="x", annotations={"a": "b"})
    assert placed.text == own.text, "the path names the district, and of the resource the spec alone counts"
    assert "is called other" in planned({}, name="other").text
    assert served.ask(token, "elsewhere", "plan", integration=DISTRICT).status_code == 403


def test_a_plan_of_nonsense_is_refused_in_a_line(
    serve: Callable[..., Served], people: People, ledger: str, district: str
) -> None:
    served, token = serve(ledger), people.token(district, "viewer", "get")
    nonsense: tuple[tuple[dict[str, Any], int, str], ...] = (
        ({"integration": {**DISTRICT, "spec": {}}}, 400, "integration is not as it should be"),
        ({"integration": "springfield"}, 400, "integration is not as it should be"),
        ({"integration": DISTRICT, "ebooks": [{}] * 2_000}, 400, "ebooks[0] is not as it should be"),
        ({"integration": DISTRICT, "ebooks": [EBOOK] * 1_001}, 400, "too many eBooks"),
        ({"integration": {**DISTRICT, "x": "x" * 2_000_000}}, 413, "more than 1048576 bytes"),
        ({}, 400, "integration must be given"),
    )
    for body, status, says in nonsense:
        answer = served.ask(token, district, "plan", **body)
        assert (answer.status_code, says in answer.json()["error"]) == (status, True), answer.text
        assert "\n" not in answer.json()["error"]


def test_what_is_nested_without_end_is_refused(
    serve: Callable[..., Served], people: People, ledger: str, district: str
) -> None:
    served, token = serve(ledger), people.token(district, "viewer", "get")
    for depth in (400, 900, 100_000):
        for text in ('{"integration": ' * depth + "1" + "}" * depth, '{"a":' + "[" * depth + "]" * depth + "}"):
            headers = {"Authorization": f"Bearer {token}"}
            path = f"{served.url}/v1/namespaces/{district}/districts/springfield/plan"
            answer = httpx2.post(path, content=text.encode(), headers=headers)
            assert answer.status_code in {400, 413}, answer.text


def test_a_token_of_another_audience_opens_no_verb(
    serve: Callable[..., Served], people: People, ledger: str, district: str, control_plane: Cluster
) -> None:
    served = serve(ledger, ("roster-console",))
    people.token(district, "lister", "get", "list")
    create = ("create", "token", "lister", "-n", district)
    wrong = control_plane.kubectl(*create, "--audience=somebody-else").strip()
    right = control_plane.kubectl(*create, "--audience=roster-console").strip()
    for token, status in ((wrong, 401), (right, 200)):
        assert served.ask_fleet(token, "fleet", district).status_code == status
        assert served.ask_fleet(token, "check", district).status_code == status
        assert served.ask(token, district, "bundle").status_code == status


def test_one_person_who_asks_without_end_keeps_nobody_else_waiting(
    serve: Callable[..., Served], people: People, ledger: str, district: str
) -> None:
    served = serve(ledger)
    busy, calm = people.token(district, "busy", "get", "list"), people.token(district, "calm", "get", "list")
    with ThreadPoolExecutor(40) as many:
        asked = [many.submit(served.ask, busy, district, "bundle") for _ in range(80)]
        answers = [served.ask(calm, district, "status").status_code for _ in range(3)]
        codes = {each.result().status_code for each in asked}
    assert answers == [200] * 3
    assert 200 in codes
    assert codes <= {200, 429}
    assert json.loads(served.ask(busy, district, "status").text)["name"] == "springfield"
