"""Something goes away in mid-apply: the licenses are those before or after, never in between, and never double."""

from __future__ import annotations

import os
import signal

from hack.postgres import PrivatePostgres
from tests.controller.conftest import Districts
from tests.controller.fakes import wait_until
from tests.journey.conftest import Crew, Store

from roster_operator.api.names import REVOKE_AT_MOST_ANNOTATION


def test_a_kill_grants_nothing_and_the_next_operator_grants_all_once(
    crew: Crew, springfield: int, districts: Districts, store: Store
) -> None:
    with store.applying_stopped():
        operator = crew.hire()
        wait_until(store.applies, seconds=60)
        operator.stop(signal.SIGKILL)
    wait_until(store.unlocked)
    assert store.licenses() == 0

    crew.hire()

    districts.await_condition("springfield", "True", "Synced", seconds=60)
    assert store.licenses() == districts.status("springfield")["licenses"]["active"] == springfield
    assert store.runs(f"{districts.namespace}/springfield") == 1


def test_a_stop_waits_for_the_end_of_what_is_applied_and_reports_it(
    crew: Crew, springfield: int, districts: Districts, store: Store
) -> None:
    with store.applying_stopped():
        operator = crew.hire()
        wait_until(store.applies, seconds=60)
        os.kill(operator.pid, signal.SIGTERM)
        wait_until(lambda: '"stopping"' in crew.logs())

    assert operator.wait(30) == 0
    assert districts.condition("springfield") == ("True", "Synced")
    assert store.licenses() == districts.status("springfield")["lastSync"]["granted"] == springfield


def test_a_database_that_crashes_is_told_and_made_up_for_by_itself(
    crew: Crew, springfield: int, districts: Districts, store: Store, stoppable_postgres: PrivatePostgres
) -> None:
    with store.applying_stopped():
        operator = crew.hire()
        wait_until(store.applies, seconds=60)
        stoppable_postgres.stop(signal.SIGQUIT)
    districts.await_condition("springfield", "False", "LedgerUnavailable")

    stoppable_postgres.start()

    districts.await_condition("springfield", "True", "Synced", seconds=60)
    assert operator.running
    assert store.licenses() == districts.status("springfield")["licenses"]["active"] == springfield


def test_two_operators_at_once_grant_once(crew: Crew, springfield: int, districts: Districts, store: Store) -> None:
    with store.applying_stopped():
        crew.hire()
        wait_until(store.applies, seconds=60)
        crew.hire()
        districts.await_condition("springfield", "False", "DistrictBusy", seconds=60)

    districts.await_condition("springfield", "True", "Synced", seconds=60)
    assert store.licenses() == springfield


def test_a_deletion_revokes_what_was_being_granted(
    crew: Crew, springfield: int, districts: Districts, store: Store
) -> None:
    districts.change("springfield", deletionPolicy="Revoke")
    districts.annotate("springfield", REVOKE_AT_MOST_ANNOTATION, str(springfield))
    with store.applying_stopped():
        crew.hire()
        wait_until(store.applies, seconds=60)
        districts.delete("springfield")

    wait_until(lambda: not districts.exists("springfield"), seconds=60)
    assert store.licenses() == 0
    assert store.ask("SELECT owner FROM districts") in ([], [(None,)])
    assert store.ask("SELECT count(*) FROM journal") in ([(0,)], [(2 * springfield,)])
