"""The ledger in PostgreSQL, as docs/how-to/install.md has it; the database goes and comes back."""

from __future__ import annotations

import time
from pathlib import Path

import yaml

from e2e.journeys.cluster import (
    COURSE,
    RELEASE,
    SCHOOL,
    WIDE,
    apply,
    condition,
    district,
    get,
    is_true,
    kubectl,
    namespace,
    operator_log,
    operator_pod,
    page,
    ready,
    secret,
    shell,
    until,
)

WHERE = ("d", "districts")


def database(replicas: int) -> None:
    kubectl("-n", "database", "scale", "deploy/postgres", f"--replicas={replicas}")
    until("the database is there, or not", lambda: len(get("pods", "-n", "database")["items"]) == replicas)
    if replicas:
        kubectl("-n", "database", "rollout", "status", "deploy/postgres", "--timeout=60s")


def test_the_page_installs_it(sis: str) -> None:
    apply(*yaml.safe_load_all((Path(__file__).parent / "postgres.yaml").read_text()))
    kubectl("-n", "database", "rollout", "status", "deploy/postgres", "--timeout=60s")
    block = page("docs/how-to/install.md", "The ledger in PostgreSQL")[0]
    shell(
        block.replace(
            "db.example.org:5432/roster?sslmode=verify-full&sslrootcert=system",
            "postgres.database.svc:5432/postgres?sslmode=disable",
        ).replace("image.repository=registry.example.org/roster-operator", "'addresses.allow={*.simulator.svc}'")
    )
    kubectl("-n", RELEASE, "rollout", "status", "deployment", RELEASE, "--timeout=90s")
    kubectl("apply", "-f", "examples/ebooks")
    apply(
        namespace("districts"),
        secret("districts"),
        district(*WHERE, sis, live=True, guard=WIDE, schools=SCHOOL, courses=COURSE),
    )
    until("synced", is_true(*WHERE, "Synced"))


def test_a_database_that_is_away_is_told_and_restarts_nothing(sis: str) -> None:
    database(0)
    apply(
        district(
            *WHERE,
            sis,
            live=True,
            guard=WIDE,
            schools=SCHOOL,
            courses=[{"code": "MA102", "ebooks": ["core-connections-course-2"]}],
        )
    )
    until("the district says so", lambda: condition(*WHERE, "Ready").get("reason") == "LedgerUnavailable")
    until("the pod is not ready", lambda: not ready(), 90)
    time.sleep(70)  # longer than the liveness probe bears
    assert operator_pod()["status"]["containerStatuses"][0]["restartCount"] == 0


def test_when_it_is_back_everything_goes_on_by_itself() -> None:
    database(1)
    until("ready", ready)
    until("synced", is_true(*WHERE, "Synced"), 60)


def test_an_operator_that_starts_without_it_waits_for_it() -> None:
    database(0)
    kubectl("-n", RELEASE, "rollout", "restart", "deployment", RELEASE)
    until("the new pod says so", lambda: "the ledger cannot be used" in operator_log(), 60)
    database(1)
    until("ready", ready, 60)
