"""Whoever asks the service is known to the cluster, and gets what its RBAC gives them, of their namespace only."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hack.controlplane.cluster import Cluster
from sqlalchemy import create_engine, insert, select
from tests.service.conftest import People, Served

from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.ledger.queries.store import open_queries
from roster_operator.ledger.schema import access_log, accounts, districts, questions, reservations
from roster_operator.ledger.store import open_ledger
from roster_operator.operations.requests import REQUESTS
from roster_operator.service.scope import NamespaceQueries


@pytest.fixture
def ledger(tmp_path: Path, district: str) -> str:
    """Holds the district of the namespace, and another tenant's, whose names are made to be mixed up."""
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    books = open_ledger(url)
    books.migrate()
    books.close()
    engine = create_engine(url)
    now = datetime(2026, 9, 1, tzinfo=UTC)
    with engine.begin() as connection:
        for source, namespace in (("sis.example", district), ("springfeld", "elsewhere"), ("other", "elsewhere")):
            owner = f"{namespace}/{'springfield' if source == 'sis.example' else source}"
            row = {"source": source, "namespace": namespace, "owner": owner, "version": 1, "created": now}
            connection.execute(insert(districts).values(**row))
    engine.dispose()
    return url


def test_whoever_may_see_a_district_is_answered(
    serve: Callable[..., Served], people: People, ledger: str, district: str
) -> None:
    served, token = serve(ledger), people.token(district, "support", "get")
    answer = served.ask(token, district, "status")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["name"], answer.json()["ledger"]["district"]) == ("springfield", "sis.example")
    assert answer.headers["Cache-Control"] == "no-store"
    assert served.ask(token, district, "history").json() == {
        "district": "springfield",
        "namespace": district,
        "runs": [],
    }
    assert httpx2.get(f"{served.url}/readyz").text == "ok\n"


def test_whoever_may_not_is_told_what_it_takes_and_nothing_else(
    serve: Callable[..., Served], people: People, ledger: str, district: str
) -> None:
    served, nobody = serve(ledger), people.token(district, "nobody")
    only_people = people.token(district, "other", "get", resources="rosterintegrations/people")
    for token in (nobody, only_people):
        there, not_there = served.ask(token, district, "status"), served.ask(token, district, "status", "shelbyville")
        assert (there.status_code, not_there.status_code) == (403, 403)
        assert there.json() == {
            "error": f"You may not do this with {district}/springfield. "
            "Platform: it takes the permission to get rosterintegrations."
        }


def test_who_looks_at_a_person_may_look_at_people_and_it_is_written_down(
    serve: Callable[..., Served], people: People, ledger: str, district: str
) -> None:
    engine = create_engine(ledger)
    now = datetime(2026, 9, 1, tzinfo=UTC)
    with engine.begin() as connection:
        connection.execute(
            insert(accounts).values(
                district_id=1, sourced_id="s-1", username="zebrafish", username_key="zebrafish", created=now
            )
        )
    served, viewer = serve(ledger), people.token(district, "viewer", "get")
    support = people.token(district, "support", "get", resources="rosterintegrations/people")
    asked: dict[str, Any] = {"asked": {"person": "zebrafish"}}
    refused = served.ask(viewer, district, "changes", **asked)
    assert (refused.status_code, "get rosterintegrations/people" in refused.text) == (403, True)
    answer = served.ask(support, district, "changes", **asked)
    assert (answer.status_code, answer.json()["changes"]) == (200, [])
    unknown = served.ask(support, district, "changes", asked={"person": "platypus"})
    assert (unknown.status_code, "zebrafish" in unknown.text) == (404, False)
    with engine.begin() as connection:
        looks = connection.execute(select(access_log.c.actor, access_log.c.verb)).all()
    assert looks == [(f"system:serviceaccount:{district}:support", "changes")]
    engine.dispose()


def test_the_privacy_officer_alone_exports_and_erases(
    serve: Callable[..., Served], people: People, ledger: str, district: str
) -> None:
    engine = create_engine(ledger)
    person = {"sourced_id": "s-1", "username": "zebrafish", "username_key": "zebrafish"}
    with engine.begin() as connection:
        made = datetime(2026, 9, 1, tzinfo=UTC)
        connection.execute(insert(accounts).values(district_id=1, created=made, **person))
    served = serve(ledger)
    support = people.token(district, "support", "get", resources="rosterintegrations/people")
    exports = people.token(district, "exports", "create", resources="rosterintegrations/exports")
    officer = people.token(district, "officer", "delete", resources="rosterintegrations/people")
    order: dict[str, Any] = {"person": "zebrafish", "reason": "request 17", "dryRun": False}
    for token, verb, body in (
        (support, "export", {"person": "zebrafish"}),
        (support, "erase", order),
        (exports, "erase", order),
        (officer, "export", {"person": "zebrafish"}),
    ):
        assert served.ask(token, district, verb, **body).status_code == 403
    told = served.ask(exports, district, "export", person="zebrafish")
    assert (told.status_code, told.json()["person"]["username"]) == (200, "zebrafish")
    certificate = served.ask(officer, district, "erase", **order)
    assert certificate.status_code == 200, certificate.text
    assert certificate.json()["by"] == f"system:serviceaccount:{district}:officer"
    assert "zebrafish" not in certificate.text
    assert served.ask(exports, district, "export", person="zebrafish").status_code == 404
    looks = served.ask(support, district, "access").json()["looks"]
    assert [look["verb"] for look in looks] == ["erase", "export"]
    engine.dispose()


def test_a_right_in_one_namespace_is_none_in_another(
    serve: Callable[..., Served], people: People, ledger: str, district: str
) -> None:
    served, token = serve(ledger), people.token(district, "support", "get")
    assert served.ask(token, "elsewhere", "history", "other").status_code == 403
    for name in ("springfeld", "other"):  # districts of another tenant, by the ledger's names of them
        answer = served.ask(token, district, "history", name)
        assert (answer.status_code, "elsewhere" in answer.text) == (404, False), answer.text
    for name in ("elsewhere%2Fother", "..", "SPRINGFIELD", "sis.example", "springfield%0a"):
        assert served.ask(token, district, "history", name).status_code in {400, 404}
    assert served.ask(token, f"{district}%2F..%2Felsewhere", "history").status_code == 400


def test_who_is_nobody_is_asked_to_sign_in(
    serve: Callable[..., Served], people: People, ledger: str, district: str, control_plane: Cluster
) -> None:
    served, token = serve(ledger), people.token(district, "support", "get")
    nothing = httpx2.post(f"{served.url}/v1/namespaces/{district}/districts/springfield/status")
    assert (nothing.status_code, nothing.headers["WWW-Authenticate"]) == (401, "Bearer")
    for wrong in ("x", token[:-2], token + "x", "a" * 20_000, "é"):
        headers = {b"Authorization": f"Bearer {wrong}".encode()}
        answer = httpx2.post(f"{served.url}/v1/namespaces/{district}/districts/springfield/status", headers=headers)
        assert answer.status_code in {400, 401}, answer.text
        assert wrong not in answer.text or wrong == "x"
    control_plane.kubectl("delete", "serviceaccount", "support", "-n", district)
    assert served.ask(token, district, "status").status_code == 401


def test_a_token_for_somebody_else_is_none(
    serve: Callable[..., Served], people: People, ledger: str, district: str, control_plane: Cluster
) -> None:
    served = serve(ledger, ("roster-console",))
    for_the_cluster = people.token(district, "support", "get")
    assert served.ask(for_the_cluster, district, "status").status_code == 401
    minted = control_plane.kubectl("create", "token", "support", "-n", district, "--audience=roster-console").strip()
    assert served.ask(minted, district, "status").status_code == 200


@pytest.mark.parametrize(
    ("verb", "body", "status", "says"),
    [
        ("history", {"limit": 0}, 400, "from 1 to 1000"),
        ("history", {"limit": "20"}, 400, "limit must be a whole number"),
        ("history", {"limit": True}, 400, "limit must be a whole number"),
        ("history", {"offset": 1}, 400, "offset is no field"),
        ("history", {"limit": 10**30}, 400, "limit is too large"),
        ("history", {"before": "\0"}, 400, "before has a character in it that is none"),
        ("history", {"before": "0000"}, 404, "There is no run 0000"),
        ("history", {"district": {"name": "other", "namespace": "elsewhere"}}, 400, "without district"),
        ("history", {"before": "x" * 70_000}, 413, ""),
        ("delete", {}, 404, "There is nothing to ask here by that name"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_what_would(
    verb: str,
    body: dict[str, Any],
    status: int,
    says: str,
    *,
    serve: Callable[..., Served],
    people: People,
    ledger: str,
    district: str,
) -> None:
    answer = serve(ledger).ask(people.token(district, "support", "get"), district, verb, **body)
    assert (answer.status_code, says in answer.json()["error"]) == (status, True), answer.text


def test_a_ledger_that_is_away_is_told_and_the_service_is_not_ready(
    serve: Callable[..., Served], people: People, ledger: str, district: str
) -> None:
    served, token = serve(ledger), people.token(district, "support", "get")
    Path(ledger.removeprefix("sqlite:///")).write_bytes(b"no database" * 100)
    answer = served.ask(token, district, "history")
    assert (answer.status_code, "ledger" in answer.json()["error"].lower()) == (503, True), answer.text
    assert httpx2.get(f"{served.url}/readyz").status_code == 503
    assert httpx2.get(f"{served.url}/healthz").status_code == 200


def test_all_that_is_asked_of_the_ledger_begins_with_a_district_of_the_namespace() -> None:
    """`NamespaceQueries` lets everything through that is not its own."""
    free = {"check", "close", "health"} | vars(NamespaceQueries).keys()
    for name, method in inspect.getmembers(LedgerQueries, inspect.isfunction):
        if not name.startswith("_") and name not in free:
            assert next(iter(list(inspect.signature(method).parameters)[1:])) == "district_id", name


def test_what_a_namespace_asks_of_the_ledger_is_asked_in_the_same_words() -> None:
    own = [name for name in vars(NamespaceQueries) if not name.startswith("_")]
    for name in own:
        signatures = [inspect.signature(getattr(each, name)) for each in (NamespaceQueries, LedgerQueries)]
        assert signatures[0] == signatures[1], name


def test_a_namespace_sees_no_questions_and_reservations_of_another(ledger: str) -> None:
    engine = create_engine(ledger)
    since = datetime(2026, 9, 1, tzinfo=UTC)
    with engine.begin() as connection:
        row = {"owner": "demo/springfield", "item": "LoginMissing", "person": "p1", "class_id": "", "what": ""}
        connection.execute(insert(questions).values(**row, since=since))
        for owner in ("demo/springfield", "demo-2/springfield"):
            connection.execute(insert(reservations).values(source=owner, owner=owner, created=since))
    engine.dispose()
    queries = open_queries(ledger)
    seen = {each: NamespaceQueries(queries, each) for each in ("demo", "demo-2", "dem", "")}
    assert {name: len(one.questions_about("demo/springfield", "p1")) for name, one in seen.items()} == {
        "demo": 1,
        "demo-2": 0,
        "dem": 0,
        "": 0,
    }
    assert seen["demo"].question_items("demo/springfield") == {"LoginMissing": 1}
    assert seen["demo-2"].question_items("demo/springfield") == {}
    assert sum(seen["demo"].question_schools("demo/springfield", "LoginMissing").values()) == 1
    assert seen["demo-2"].question_schools("demo/springfield", "LoginMissing") == {}
    assert len(seen["demo"].questions("demo/springfield", "LoginMissing", limit=9)) == 1
    assert seen["dem"].questions("demo/springfield", "LoginMissing", limit=9) == []
    (found,) = seen["demo"].questions_about("demo/springfield", "p1")
    assert seen["demo"].person_of_question("demo/springfield", str(found.id)) == "p1"
    assert seen["demo-2"].person_of_question("demo/springfield", str(found.id)) == ""
    assert {name: one.reserving("springfield") for name, one in seen.items()} == {
        "demo": ["demo/springfield"],
        "demo-2": ["demo-2/springfield"],
        "dem": [],
        "": [],
    }
    queries.close()


def test_every_request_says_what_it_takes() -> None:
    subresources = {"", "people", "sync", "licenses", "approval", "ledger", "exports"}
    assert {request.permission.subresource for request in REQUESTS.values()} <= subresources
    assert all(verb == request.verb for verb, request in REQUESTS.items())
