"""Two operators share a Lease: the one works, the other stands by and takes over, whatever happened to the first."""

from __future__ import annotations

import os
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from hack.processes import Child
from kubernetes import client
from tests.controller.conftest import Districts, steady
from tests.controller.fakes import wait_until
from tests.journey.conftest import Crew, Store
from tests.journey.test_stopped_operators import stands_still

from district_simulator.library import SimulatedDistrict

LEASE_SECONDS = 6
LEASE = {"LEASE_DURATION": f"{LEASE_SECONDS}s"}


def ask(crew: Crew, operator: Child, path: str) -> tuple[int, str]:
    """What an operator says at a path."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{crew.ports[operator.pid]}/{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def leads(crew: Crew, operator: Child) -> bool:
    return "roster_operator_leader 1.0" in ask(crew, operator, "metrics")[1]


def lease_of(districts: Districts) -> Any:
    leases: Any = client.CoordinationV1Api(districts.core.api_client)
    return leases.read_namespaced_lease("roster-operator", districts.namespace).spec


def pair(crew: Crew) -> tuple[Child, Child]:
    """One that leads, and one that stands by."""
    first = crew.hire(lease=True, **LEASE)
    return first, crew.hire(lease=True, says="standing by", **LEASE)


def seconds_until_it_serves(operator: Child) -> float:
    begun = time.monotonic()
    wait_until(lambda: "serving" in operator.log.read_text() or not operator.running, seconds=60)
    assert operator.running, operator.last_words()
    return time.monotonic() - begun


def test_a_standby_is_ready_and_takes_over_at_once_from_one_that_is_told_to_stop(
    crew: Crew, springfield: int, districts: Districts, store: Store
) -> None:
    first, second = pair(crew)
    districts.await_condition("springfield", "True", "Synced", seconds=60)
    assert ask(crew, second, "readyz") == (200, "standing by: ok\n")
    assert (leads(crew, first), leads(crew, second)) == (True, False)
    assert "roster_operator_ledger_available" not in ask(crew, second, "metrics")[1]

    first.stop(signal.SIGTERM, patience=30)
    took = seconds_until_it_serves(second)

    assert first.wait(0) == 0
    assert "released the Lease" in first.log.read_text()
    assert took < LEASE_SECONDS / 2
    assert leads(crew, second)
    assert lease_of(districts).lease_transitions == 1
    assert store.runs(f"{districts.namespace}/springfield") == 1, "what was synced is not synced again"
    assert store.licenses() == springfield


def test_who_is_killed_in_mid_sync_is_succeeded_within_the_time_of_the_lease(
    crew: Crew, springfield: int, districts: Districts, store: Store
) -> None:
    with store.applying_stopped():
        first, second = pair(crew)
        wait_until(store.applies, seconds=60)
        first.stop(signal.SIGKILL)
        took = seconds_until_it_serves(second)

    assert took < LEASE_SECONDS + 3  # and what a start takes on a busy machine
    districts.await_condition("springfield", "True", "Synced", seconds=60)
    assert store.runs(f"{districts.namespace}/springfield") == 1
    assert store.licenses() == springfield


def test_who_stood_still_in_mid_sync_holds_nobody_up_and_writes_nothing_when_it_wakes(
    crew: Crew, springfield: int, districts: Districts, store: Store
) -> None:
    with store.applying_stopped():
        first, second = pair(crew)
        wait_until(store.applies, seconds=60)
        os.kill(first.pid, signal.SIGSTOP)
        wait_until(lambda: stands_still(first.pid))
    took = seconds_until_it_serves(second)
    assert took < LEASE_SECONDS + 3
    districts.await_condition("springfield", "True", "Synced", seconds=60)
    before = districts.get("springfield")

    os.kill(first.pid, signal.SIGCONT)

    assert first.wait(15) == 1
    assert "the operator ends, because it leads no longer: the Lease" in first.log.read_text()
    with steady(lambda: districts.get("springfield"), seconds=2):
        assert districts.get("springfield") == before
    assert store.runs(f"{districts.namespace}/springfield") == 1
    assert store.licenses() == springfield
    assert leads(crew, second)


def test_who_stands_still_before_it_reads_the_last_page_writes_nothing_when_it_wakes(
    crew: Crew, springfield: int, districts: Districts, store: Store, sis: SimulatedDistrict
) -> None:
    sis.fault("latency=4000,on=enrollments,times=1")
    first, second = pair(crew)
    wait_until(lambda: any("enrollments" in str(route) for route in sis.stats()["requests"]), seconds=30)
    os.kill(first.pid, signal.SIGSTOP)
    seconds_until_it_serves(second)
    districts.await_condition("springfield", "True", "Synced", seconds=60)

    os.kill(first.pid, signal.SIGCONT)

    assert first.wait(15) == 1
    assert store.runs(f"{districts.namespace}/springfield") == 1
    assert store.licenses() == springfield
    assert districts.condition("springfield") == ("True", "Synced")


def test_sqlite_has_no_standby(crew: Crew, tmp_path: Path) -> None:
    url = {"LEDGER_URL": f"sqlite:///{tmp_path / 'ledger.sqlite'}"}
    first = crew.hire(lease=True, **LEASE, **url)
    second = crew.hire(lease=True, says="standing by", **LEASE, **url)

    assert ask(crew, first, "readyz")[0] == 200
    status, told = ask(crew, second, "readyz")
    assert status == 503
    assert "SQLite is for one operator. Platform: run one replica, or give them PostgreSQL." in told
