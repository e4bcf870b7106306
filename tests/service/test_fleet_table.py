"""The fleet table of the service: a watch keeps it, and everybody gets the rows of the namespaces they may list."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hack.controlplane.cluster import Cluster
from tests.service.conftest import DISTRICT, People, Served

from roster_operator.ledger.store import open_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    books = open_ledger(url)
    books.migrate()
    books.close()
    return url


@pytest.fixture
def elsewhere(control_plane: Cluster, district: str) -> Iterator[str]:
    """The namespace of another tenant, with a district of the same name."""
    name = f"{district}-elsewhere"
    control_plane.kubectl("create", "namespace", name)
    control_plane.kubectl("apply", "-n", name, "-f", "-", input=yaml.safe_dump(DISTRICT))
    yield name
    control_plane.kubectl("delete", "namespace", name, "--wait=false")


def listed(served: Served, token: str, namespace: str = "", **body: Any) -> list[tuple[str, str]]:
    """What somebody is told, once the service has read what there is."""
    until = time.monotonic() + 30
    while True:
        answer = served.ask_fleet(token, "fleet", namespace, **body)
        if answer.status_code != 503 or time.monotonic() > until:
            break
        assert "still being read" in answer.text
        time.sleep(0.05)
    assert answer.status_code == 200, answer.text
    assert answer.json()["districts"] >= answer.json()["found"] >= len(answer.json()["rows"])
    return [(row["namespace"], row["name"]) for row in answer.json()["rows"]]


def comes_to(wanted: bool, asked: Callable[[], bool]) -> bool:
    until = time.monotonic() + 30
    while asked() is not wanted and time.monotonic() < until:
        time.sleep(0.05)
    return asked() is wanted


def test_everybody_is_told_of_the_namespaces_that_they_may_list(
    serve: Callable[..., Served], people: People, ledger: str, district: str, elsewhere: str, control_plane: Cluster
) -> None:
    served, token = serve(ledger), people.token(district, "lister", "list")
    own, theirs = (district, "springfield"), (elsewhere, "springfield")
    assert listed(served, token) == [own], "of all namespaces, those that they may list"
    assert listed(served, token, district) == [own]
    assert served.ask_fleet(token, "fleet").json()["districts"] == 1, "nor are those counted"
    refused, absent = served.ask_fleet(token, "fleet", elsewhere), served.ask_fleet(token, "fleet", "no-such-one")
    assert (refused.status_code, absent.status_code) == (403, 403)
    assert refused.text.replace(elsewhere, "no-such-one") == absent.text
    nobody = people.token(district, "nobody", "get")
    assert served.ask_fleet(nobody, "fleet").status_code == 403
    account = f"--serviceaccount={elsewhere}:lister"
    people.token(elsewhere, "lister")
    control_plane.kubectl("create", "rolebinding", "too", "--role=lister-rosterintegrations", account, "-n", district)
    both = control_plane.kubectl("create", "token", "lister", "-n", elsewhere).strip()
    assert listed(served, both) == [own]
    people.grant(elsewhere, "lister", "list")
    assert set(listed(served, both)) == {own, theirs}
    control_plane.kubectl("delete", "rolebinding", "too", "-n", district)
    assert listed(served, both) == [theirs], "a right that is taken away is gone with the next question"


def test_whoever_may_list_the_cluster_is_told_of_all_in_pages(
    serve: Callable[..., Served], people: People, ledger: str, district: str, elsewhere: str, control_plane: Cluster
) -> None:
    served, token = serve(ledger), people.token(district, "publisher")
    role, account = f"{district}-all", f"--serviceaccount={district}:publisher"
    control_plane.kubectl(
        "create", "clusterrole", role, "--verb=list", "--resource=rosterintegrations.rostering.cpm.org"
    )
    control_plane.kubectl("create", "clusterrolebinding", role, f"--clusterrole={role}", account)
    try:
        wanted = {"contains": district}
        both = [(district, "springfield"), (elsewhere, "springfield")]
        assert listed(served, token, wanted=wanted, order="name") == both
        assert listed(served, token, wanted=wanted, order="name", limit=1) == both[:1]
        assert listed(served, token, wanted=wanted, order="name", limit=1, start=1) == both[1:]
        assert listed(served, token, wanted=wanted, order="name", start=2) == []
    finally:
        control_plane.kubectl("delete", "clusterrolebinding", role)
        control_plane.kubectl("delete", "clusterrole", role)


def test_the_table_follows_what_comes_changes_and_goes(
    serve: Callable[..., Served], people: People, ledger: str, district: str, control_plane: Cluster
) -> None:
    served, token = serve(ledger), people.token(district, "lister", "list")
    another = {**DISTRICT, "metadata": {"name": "shelbyville"}}
    assert listed(served, token) == [(district, "springfield")]
    control_plane.kubectl("apply", "-n", district, "-f", "-", input=yaml.safe_dump(another))
    assert comes_to(True, lambda: (district, "shelbyville") in listed(served, token))
    control_plane.kubectl(
        "patch", "ri", "shelbyville", "-n", district, "--type=merge", "-p", '{"spec": {"suspend": true}}'
    )
    suspended = {"mode": "suspended"}
    assert comes_to(True, lambda: listed(served, token, wanted=suspended) == [(district, "shelbyville")])
    due = '{"status": {"nextSyncTime": "2026-01-01T00:00:00Z"}}'
    patch = ("patch", "ri", "springfield", "-n", district, "--subresource=status", "--type=merge", "-p", due)
    control_plane.kubectl(*patch)
    overdue = {"reason": "Overdue"}
    assert comes_to(True, lambda: listed(served, token, wanted=overdue) == [(district, "springfield")])
    control_plane.kubectl("delete", "ri", "shelbyville", "-n", district)
    assert comes_to(False, lambda: (district, "shelbyville") in listed(served, token))


def test_a_question_that_makes_no_sense_is_told(
    serve: Callable[..., Served], people: People, ledger: str, district: str
) -> None:
    served, token = serve(ledger), people.token(district, "lister", "list")
    nonsense: tuple[tuple[dict[str, Any], str], ...] = (
        ({"limit": 0}, "from 1 to 1000"),
        ({"limit": 1_001}, "from 1 to 1000"),
        ({"start": -1}, "0 or more"),
        ({"order": "by-heart"}, "order is not as it should be"),
        ({"wanted": {"acts": "District"}}, "wanted.acts must be a list"),
        ({"district": "elsewhere"}, "without district and namespace"),
    )
    for body, says in nonsense:
        answer = served.ask_fleet(token, "fleet", district, **body)
        assert (answer.status_code, says in answer.json()["error"]) == (400, True), answer.text
