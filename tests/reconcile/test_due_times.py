"""When a RosterIntegration is reconciled, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.controller.brake import Brake
from roster_operator.reconcile.contract import Trigger
from roster_operator.reconcile.schedule import NEVER, Due, ScheduleInput, due, next_attempt

NOW = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
STARTED = NOW - timedelta(days=3)
HOUR = timedelta(hours=1)
SETTLED = ScheduleInput(
    uid="3f0c", interval=24 * HOUR, generation=4, observed_generation=4, requested_at="x",
    last_handled_requested_at="x", secret_version="s1", observed_secret_version="s1", next_sync_time=NOW + HOUR,
)  # fmt: skip


def decide(standing: ScheduleInput) -> Due:
    return due(standing, now=NOW, started=STARTED)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Due(Trigger.SCHEDULE, NOW + HOUR)),
        ({"next_sync_time": NOW - HOUR}, Due(Trigger.SCHEDULE, NOW - HOUR)),
        ({"failures": 2}, Due(Trigger.RETRY, NOW + HOUR)),
        ({"generation": 5}, Due(Trigger.SPEC_CHANGED, NOW)),
        ({"observed_generation": 0, "next_sync_time": None}, Due(Trigger.SPEC_CHANGED, NOW)),
        ({"requested_at": "y"}, Due(Trigger.REQUESTED, NOW)),
        ({"requested_at": ""}, Due(Trigger.SCHEDULE, NOW + HOUR)),
        ({"secret_version": "s2"}, Due(Trigger.SECRET_CHANGED, NOW)),
        ({"secret_version": ""}, Due(Trigger.SECRET_CHANGED, NOW)),
        ({"secret_version": None}, Due(Trigger.SCHEDULE, NOW + HOUR)),
        ({"external_trigger": Trigger.EBOOK_CHANGED}, Due(Trigger.EBOOK_CHANGED, NOW)),
        ({"generation": 5, "requested_at": "y", "secret_version": "s2"}, Due(Trigger.SPEC_CHANGED, NOW)),
        ({"requested_at": "y", "secret_version": "s2", "failures": 3}, Due(Trigger.REQUESTED, NOW)),
        ({"suspended": True, "next_sync_time": NOW - HOUR}, NEVER),
        ({"suspended": True, "generation": 5, "requested_at": "y"}, NEVER),
    ],
    ids=str,
)
def test_the_most_urgent_reason_decides(change: dict[str, Any], expected: Due) -> None:
    assert decide(replace(SETTLED, **change)) == expected


@pytest.mark.parametrize("interval", [HOUR / 60, 24 * HOUR, 720 * HOUR], ids=str)
def test_what_a_clock_that_was_ahead_left_behind_keeps_no_district_waiting(interval: timedelta) -> None:
    ahead = NOW + timedelta(days=365)
    last = next_attempt(
        now=ahead, uid="3f0c", interval=interval, retry_interval=HOUR / 60, failures=0, retry_after=None
    )
    standing = replace(SETTLED, interval=interval, next_sync_time=last)
    for started in (STARTED, NOW, ahead):
        at = due(standing, now=NOW, started=started).at
        assert at is not None
        assert at <= NOW + timedelta(minutes=10)


@given(st.timedeltas(HOUR / 60, 720 * HOUR), st.integers(0, 30), st.none() | st.floats(0, 1e7))
def test_no_time_that_is_published_is_taken_for_one_of_a_wrong_clock(
    interval: timedelta, failures: int, retry_after: float | None
) -> None:
    retry_after = retry_after if failures else None  # who succeeds is asked for no patience
    at = next_attempt(
        now=NOW, uid="3f0c", interval=interval, retry_interval=24 * HOUR, failures=failures, retry_after=retry_after
    )
    standing = replace(SETTLED, interval=interval, failures=failures, next_sync_time=at)
    assert due(standing, now=NOW, started=STARTED).at == at


def test_a_missing_secret_that_is_known_to_be_missing_is_no_change() -> None:
    standing = replace(SETTLED, secret_version="", observed_secret_version="")
    assert decide(standing).trigger is Trigger.SCHEDULE


def test_a_restart_does_not_bring_forward_what_is_not_due() -> None:
    assert due(SETTLED, now=NOW, started=NOW) == Due(Trigger.SCHEDULE, NOW + HOUR)


def test_what_was_overdue_at_the_start_is_spread_evenly_over_ten_minutes() -> None:
    def minute(number: int) -> int:
        standing = replace(SETTLED, uid=f"uid-{number}", next_sync_time=NOW - HOUR)
        at = due(standing, now=NOW, started=NOW).at
        assert at is not None
        assert at == due(standing, now=NOW + timedelta(minutes=5), started=NOW).at
        return int((at - NOW).total_seconds() // 60)

    minutes = [minute(number) for number in range(1000)]
    assert {minutes.count(each) > 60 for each in range(10)} == {True}
    assert sum(minutes.count(each) for each in range(10)) == 1000


def test_the_spread_is_never_longer_than_an_interval() -> None:
    for number in range(200):
        standing = replace(SETTLED, uid=f"uid-{number}", interval=timedelta(seconds=30), next_sync_time=NOW - HOUR)
        at = due(standing, now=NOW, started=NOW).at
        assert at is not None
        assert NOW <= at < NOW + timedelta(seconds=30)


def test_new_resources_and_requests_are_not_spread() -> None:
    new = replace(SETTLED, observed_generation=0, next_sync_time=None)
    requested = replace(SETTLED, requested_at="y", next_sync_time=NOW - HOUR)
    assert [due(each, now=NOW, started=NOW).at for each in (new, requested)] == [NOW, NOW]


def test_a_due_time_says_whether_it_has_come() -> None:
    assert Due(Trigger.SCHEDULE, NOW).now(NOW)
    assert not Due(Trigger.SCHEDULE, NOW + HOUR).now(NOW)
    assert not NEVER.now(NOW)


def attempt(
    *, uid: str = "3f0c", failures: int = 0, retry_after: float | None = None,
    interval: timedelta = 24 * HOUR, retry_interval: timedelta = timedelta(minutes=5),
) -> timedelta:  # fmt: skip
    at = next_attempt(
        now=NOW, uid=uid, interval=interval, retry_interval=retry_interval, failures=failures, retry_after=retry_after
    )
    return at - NOW


intervals = st.integers(60, 30 * 86400).map(lambda seconds: timedelta(seconds=seconds))
uids = st.uuids().map(str)


@given(uid=uids, interval=intervals)
def test_after_a_success_the_next_sync_comes_within_the_interval_and_not_much_sooner(
    uid: str, interval: timedelta
) -> None:
    delay = attempt(uid=uid, interval=interval)
    assert interval * 0.95 <= delay <= interval


def test_districts_of_one_interval_drift_apart() -> None:
    assert len({attempt(uid=f"uid-{number}") for number in range(100)}) > 90


@given(uid=uids, interval=intervals, retry_interval=intervals, failures=st.integers(1, 10_000))
def test_retries_are_never_more_frequent_than_retry_interval_nor_much_rarer_than_interval(
    uid: str, interval: timedelta, retry_interval: timedelta, failures: int
) -> None:
    delay = attempt(uid=uid, interval=interval, retry_interval=retry_interval, failures=failures)
    assert retry_interval <= delay <= max(interval * 1.1, retry_interval) + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 5), (2, 10), (3, 20), (4, 40), (9, 1280), (10, 1440), (99, 1440)]
)
def test_each_failure_doubles_the_delay_up_to_the_interval(failures: int, minutes: int) -> None:
    delay = attempt(failures=failures)
    assert timedelta(minutes=minutes) * 0.9 <= delay <= timedelta(minutes=minutes) * 1.1


def test_a_server_that_asks_for_patience_gets_it() -> None:
    assert attempt(failures=1, retry_after=3600.4) == timedelta(seconds=3601)


def test_a_server_cannot_ask_for_more_retries_than_retry_interval_allows() -> None:
    assert attempt(failures=1, retry_after=1) >= timedelta(minutes=5)


def test_a_server_cannot_put_a_district_off_for_ever() -> None:
    assert attempt(failures=1, retry_after=1e12) == timedelta(hours=24)
    assert attempt(failures=1, retry_after=1e12, interval=timedelta(days=7)) == timedelta(days=7)


@given(uid=uids, failures=st.integers(0, 20))
def test_the_same_resource_gets_the_same_time_everywhere_and_in_whole_seconds(uid: str, failures: int) -> None:
    delay = attempt(uid=uid, failures=failures)
    assert delay == attempt(uid=uid, failures=failures)
    assert delay.microseconds == 0


@pytest.mark.parametrize("ahead", [2 * HOUR, 21 * HOUR], ids=str)
def test_a_clock_that_was_ahead_by_less_than_the_longest_delay_is_noticed_by_the_last_sync(ahead: timedelta) -> None:
    last = NOW + ahead
    standing = replace(SETTLED, interval=HOUR, next_sync_time=last + HOUR, last_attempt=last)
    assert decide(standing).now(NOW)

    asked_for = replace(standing, last_attempt=NOW, next_sync_time=NOW + 20 * HOUR, failures=1)  # a SIS may ask for it
    assert decide(asked_for).at == NOW + 20 * HOUR


@pytest.mark.parametrize("failures", [0, 1])
def test_a_clock_that_jumped_ahead_in_mid_sync_keeps_no_district_waiting(failures: int) -> None:
    end = NOW + 21 * HOUR
    standing = replace(SETTLED, interval=HOUR, failures=failures, last_attempt=NOW, last_end=end)
    assert decide(replace(standing, next_sync_time=end + HOUR)).now(NOW)


def test_after_a_success_nothing_farther_away_than_the_interval_is_believed() -> None:
    standing = replace(SETTLED, interval=HOUR, last_attempt=NOW, next_sync_time=NOW + 21 * HOUR)
    assert decide(standing).now(NOW)
    assert decide(replace(standing, next_sync_time=NOW + HOUR)).at == NOW + HOUR


def test_what_was_put_off_by_a_clock_that_was_ahead_is_heard_when_it_is_right() -> None:
    brake, ahead = Brake(), NOW + 21 * HOUR
    cause = replace(SETTLED, generation=5)
    assert brake.note(cause, cause, now=ahead, until=ahead + HOUR)
    decision = Due(Trigger.SPEC_CHANGED, NOW)
    assert not brake.applied(decision, cause, ahead).now(ahead)
    assert brake.applied(decision, cause, NOW).now(NOW)
