"""An operator is stopped for a while, as a virtual machine that is moved, and wakes up after another began its work."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from hack.processes import Child
from tests.controller.conftest import Districts, steady
from tests.controller.fakes import wait_until
from tests.journey.conftest import Crew, Store

_IDLE = "FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"
ENDED = f"SELECT pg_terminate_backend(pid) {_IDLE}"
"""What the database does by itself to a transaction whose operator says nothing for ten minutes."""
SILENT = f"SELECT count(*) {_IDLE} AND query LIKE '%INTO journal%'"


def stands_still(pid: int) -> bool:
    """Whether each of its threads is stopped: the signal is on its way to them for a moment."""
    states = [
        path.read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        for path in Path(f"/proc/{pid}/task").glob("*/stat")
    ]
    return set(states) == {"T"}


def stopped_in_mid_apply(crew: Crew, store: Store) -> Child:
    """An operator whose transaction is open, with all licenses written."""
    with store.applying_stopped():
        operator = crew.hire()
        wait_until(store.applies, seconds=60)
        os.kill(operator.pid, signal.SIGSTOP)
        wait_until(lambda: stands_still(operator.pid))
    wait_until(lambda: store.ask(SILENT) == [(1,)])
    return operator


def test_one_that_wakes_up_in_time_ends_its_sync_and_nobody_else_begins_one(
    crew: Crew, springfield: int, districts: Districts, store: Store
) -> None:
    stopped = stopped_in_mid_apply(crew, store)
    crew.hire()
    districts.await_condition("springfield", "False", "DistrictBusy", seconds=60)
    assert store.licenses() == 0

    os.kill(stopped.pid, signal.SIGCONT)

    districts.await_condition("springfield", "True", "Synced", seconds=60)
    assert store.licenses() == springfield
    assert stopped.running


def test_one_that_wakes_up_too_late_writes_nothing(
    crew: Crew, springfield: int, districts: Districts, store: Store
) -> None:
    stopped = stopped_in_mid_apply(crew, store)
    store.ask(ENDED)
    crew.hire()
    districts.await_condition("springfield", "True", "Synced", seconds=60)
    assert store.licenses() == springfield

    os.kill(stopped.pid, signal.SIGCONT)

    wait_until(lambda: "sync ended: outcome=Failed reason=LedgerUnavailable" in stopped.log.read_text(), seconds=60)
    with steady(lambda: districts.events("springfield"), seconds=2):
        assert districts.condition("springfield") == ("True", "Synced")
    assert store.runs(f"{districts.namespace}/springfield") == 1
    assert store.licenses() == springfield
