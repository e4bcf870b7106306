"""`spec.schedule` decides when the clock begins a sync, and the status says why; what people ask for begins at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reconcile.test_due_times import SETTLED
from tests.reconcile.test_sync_windows import CHICAGO, DAY, HOUR, at, blackout, window

from roster_operator.api.v1alpha1 import Schedule
from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Trigger
from roster_operator.reconcile.next_sync import Ended, Next, next_sync
from roster_operator.reconcile.schedule import LATEST_START, NEVER, Due, due
from roster_operator.reconcile.sync_windows import SyncHours

NIGHT = window("01:00", "05:00")
UID = "3f0c"


def hours(*windows: Any, zone: str = "America/Chicago", **more: Any) -> SyncHours:
    return SyncHours.of(Schedule(windows=windows or (NIGHT,), **more), zone)


def after(finished: datetime, found: SyncHours, **more: Any) -> Next:
    ended: dict[str, Any] = {
        "uid": UID, "started": finished - timedelta(minutes=5), "finished": finished, "interval": DAY,
        "retry_interval": timedelta(minutes=15), "failures": 0,
    }  # fmt: skip
    return next_sync(Ended(**ended | more), found)


def local(told: Next) -> datetime:
    assert told.at is not None
    return told.at.astimezone(CHICAGO)


def test_every_night_at_the_same_minute_however_long_a_sync_takes() -> None:
    moment, minutes = at("2026-11-30T12:00"), set()
    for night in range(40):
        told = after(moment + timedelta(minutes=5 + 3 * night), hours(), started=moment)
        minutes.add(f"{local(told):%H:%M}")
        assert local(told).date() == date(2026, 12, 1) + night * DAY
        assert (told.why.reason, told.why.message.split(":")[0]) == ("Window", "By spec.schedule, between 01")
        moment = told.at or moment
    assert len(minutes) == 1


def test_districts_spread_over_their_window() -> None:
    begun = {local(after(at("2026-11-30T12:00"), hours(), uid=str(each))).hour for each in range(50)}
    assert begun == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("finished", "more", "found", "expected"),
    [
        ("2026-11-30T02:30", {"failures": 1}, hours(), ("Retry", "2026-11-30T02")),
        ("2026-11-30T12:00", {"failures": 1}, hours(), ("Window", "2026-12-01T0")),
        ("2026-11-30T02:30", {"failures": 1, "retry_after": 7200.0}, hours(), ("RetryAfter", "2026-11-30T04:30")),
        ("2026-11-30T04:00", {"failures": 1, "retry_after": 7200.0}, hours(), ("Window", "2026-12-01T0")),
        ("2026-11-30T12:00", {}, hours(blackouts=(blackout("2026-12-01", "2026-12-03"),)), ("Blackout", "2026-12-04")),
        ("2026-11-30T12:00", {}, hours(blackouts=(blackout("2026-12-03", "2026-12-03"),)), ("Window", "2026-12-01")),
        ("2026-11-30T12:00", {}, SyncHours(), ("Interval", "2026-12-01T1")),
        ("2026-11-30T12:00", {}, hours(zone="America/Chigaco"), ("TimeZone", "2026-12-01T1")),
        ("2026-11-30T12:00", {"failures": 1}, hours(zone="America/Chigaco"), ("Retry", "2026-11-30T12:1")),
    ],
)
def test_the_status_says_when_and_why(
    finished: str, more: dict[str, Any], found: SyncHours, expected: tuple[str, str]
) -> None:
    told = after(at(finished), found, **more)
    assert (told.why.reason, local(told).isoformat()[: len(expected[1])]) == expected
    assert told.why.message.endswith(".")


def test_a_blackout_is_named_by_its_days() -> None:
    told = after(at("2026-11-30T12:00"), hours(blackouts=(blackout("2026-12-01", "2026-12-03"),)))
    assert "none begins by the clock from 2026-12-01 to 2026-12-03; then Friday at 0" in told.why.message


def test_a_full_read_that_is_due_does_not_wait_for_another_night_nor_for_no_window() -> None:
    soon, noon = at("2026-11-30T02:30"), at("2026-11-30T12:00")
    told = after(at("2026-11-30T02:00"), hours(), full_read_due=soon)
    assert (told.at, told.why.reason) == (soon, "FullRead")
    assert after(noon, hours(), full_read_due=noon + HOUR).why.reason == "Window"


def test_while_the_schedule_is_paused_none_is_due_by_the_clock() -> None:
    told = after(at("2026-11-30T12:00"), hours(paused=True))
    assert (told.at, told.why.reason) == (None, "Paused")


NOON, THREE = at("2026-11-30T12:00"), at("2026-11-30T03:00")


def decide(change: dict[str, Any], now: datetime, found: SyncHours, started: datetime | None = None) -> Due:
    standing = replace(SETTLED, uid=UID, hours=found, **{"next_sync_time": at("2026-12-01T02:00"), **change})
    return due(standing, now=now, started=started or now - 3 * DAY)


TODAY = blackout("2026-11-30", "2026-11-30")


@pytest.mark.parametrize("found", [hours(), hours(paused=True), hours(blackouts=(TODAY,))])
@pytest.mark.parametrize(
    ("change", "trigger"),
    [
        ({"generation": 5}, Trigger.SPEC_CHANGED),
        ({"requested_at": "y"}, Trigger.REQUESTED),
        ({"secret_version": "s2"}, Trigger.SECRET_CHANGED),
    ],
)
def test_what_people_ask_for_begins_at_once_at_any_hour(
    found: SyncHours, change: dict[str, Any], trigger: Trigger
) -> None:
    assert decide(change, NOON, found) == Due(trigger, NOON)


def test_an_ebook_that_changed_waits_for_the_window() -> None:
    change = {"external_trigger": Trigger.EBOOK_CHANGED}
    assert decide(change, THREE, hours()) == Due(Trigger.EBOOK_CHANGED, THREE)
    waits = decide(change, NOON, hours())
    assert waits.trigger is Trigger.EBOOK_CHANGED
    assert waits.at == after(NOON, hours()).at
    assert decide(change, NOON, hours(paused=True)) == NEVER


def test_a_night_that_was_missed_is_not_made_up_for_in_school_hours() -> None:
    missed = {"next_sync_time": at("2026-11-30T02:00")}
    for started in (NOON - HOUR, NOON - 3 * DAY):
        assert decide(missed, NOON, hours(), started).at == after(NOON, hours()).at
    assert decide(missed, THREE, hours()).now(THREE)


def test_what_waited_for_a_worker_may_begin_when_the_window_has_just_closed() -> None:
    last = at("2026-11-30T04:59")
    assert decide({"next_sync_time": last}, last + LATEST_START, hours()).now(last + LATEST_START)
    assert not decide({"next_sync_time": last}, last + 2 * LATEST_START, hours()).now(last + 2 * LATEST_START)


@given(st.integers(0, 400), st.integers(0, 23), st.integers(0, 3), st.sampled_from([HOUR, DAY, 7 * DAY]))
def test_a_time_that_is_published_is_the_time_at_which_it_begins(
    ahead: int, hour: int, failures: int, interval: timedelta
) -> None:
    """Also far away, at the end of holidays or of a week."""
    found = hours(
        window("22:00", "03:00", NIGHT.days[:3]),
        blackouts=(blackout("2026-12-19", "2027-01-03"), blackout("2027-06-10", "2027-08-20")),
    )
    finished = at("2026-11-30T00:00") + ahead * DAY + hour * HOUR
    told = after(finished, found, failures=failures, interval=interval)
    assert told.at is not None
    standing = replace(
        SETTLED, uid=UID, interval=interval, hours=found, failures=failures, next_sync_time=told.at, last_end=finished
    )
    clock = FixedClock(finished)
    decision = due(standing, now=clock.now(), started=finished - DAY)
    assert decision == Due(Trigger.RETRY if failures else Trigger.SCHEDULE, told.at)
    assert not decision.now(clock.now())
    clock.advance(told.at - clock.now())
    assert due(standing, now=clock.now(), started=finished - DAY).now(clock.now())
