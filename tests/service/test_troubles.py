"""Whether the operator seems not to run: syncs were due, and none was done since."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from roster_operator.operations.fleet import FleetRow, Mode, unreadable_row
from roster_operator.service.troubles import not_begun_since

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def row(due: timedelta, last: timedelta | None = None, mode: Mode = Mode.LIVE) -> FleetRow:
    at = NOW + last if last is not None else None
    return replace(unreadable_row("districts", "springfield"), mode=mode, next_sync=NOW + due, last_sync=at)


HOUR = timedelta(hours=1)


def test_it_does_not_run_if_all_that_was_due_waits_since_the_first_of_it() -> None:
    late = [row(-5 * HOUR, -29 * HOUR), row(-3 * HOUR, -27 * HOUR), row(9 * HOUR, -15 * HOUR)]
    assert not_begun_since(late, NOW) == NOW - 5 * HOUR


def test_it_runs_if_another_district_was_synced_since() -> None:
    assert not_begun_since([row(-5 * HOUR), row(20 * HOUR, -4 * HOUR)], NOW) is None


def test_nothing_is_said_of_what_is_a_little_late_suspended_or_not_there() -> None:
    assert not_begun_since([row(-HOUR / 2), row(-9 * HOUR, mode=Mode.SUSPENDED)], NOW) is None
    assert not_begun_since([], NOW) is None
