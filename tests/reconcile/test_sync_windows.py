"""Syncs begin in the hours that a spec allows, at the same minute every day, whatever the clocks on the wall do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.api.v1alpha1 import Blackout, Schedule, SyncWindow, Weekday
from roster_operator.reconcile.sync_windows import SyncHours, SyncWindows
from roster_operator.roster.time_zone import time_zone

CHICAGO = time_zone("America/Chicago")
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
WEEKDAYS = tuple(Weekday)[:5]


def window(start: str, end: str, days: tuple[Weekday, ...] = tuple(Weekday)) -> SyncWindow:
    return SyncWindow(start=time.fromisoformat(start), end=time.fromisoformat(end), days=days)


def blackout(first: str, last: str) -> Blackout:
    return Blackout(first_day=date.fromisoformat(first), last_day=date.fromisoformat(last))


def at(text: str, fold: int = 0) -> datetime:
    """A time in Chicago."""
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO, fold=fold).astimezone(UTC)


def windows(*some: SyncWindow, blackouts: tuple[Blackout, ...] = ()) -> SyncWindows:
    return SyncWindows.of(Schedule(windows=some, blackouts=blackouts), CHICAGO)


NIGHT = windows(window("22:00", "05:00", WEEKDAYS))


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-11-30T21:59", False),
        ("2026-11-30T22:00", True),
        ("2026-12-01T04:59", True),
        ("2026-12-01T05:00", False),
        ("2026-12-05T04:00", True),  # Friday's, though it is Saturday
        ("2026-12-05T23:00", False),
        ("2026-12-07T01:00", False),  # Sunday has none
    ],
)
def test_a_window_belongs_to_the_day_on_which_it_opens(moment: str, allowed: bool) -> None:
    assert NIGHT.allow(at(moment)) is allowed


def test_a_blackout_is_of_whole_days_both_included() -> None:
    holidays = windows(window("22:00", "05:00"), blackouts=(blackout("2026-12-21", "2027-01-03"),))
    allowed = ["2026-12-20T23:59", "2027-01-04T00:00"]
    forbidden = ["2026-12-21T00:00", "2026-12-21T23:00", "2027-01-03T23:59"]
    assert [holidays.allow(at(each)) for each in (*allowed, *forbidden)] == [True, True, False, False, False]
    found = holidays.first_after(at("2026-12-20T23:00"), interval=DAY, fraction=0.1)
    assert found == at("2027-01-04T22:42"), "a time of Sunday night would have been in the blackout"


def test_without_windows_all_hours_count() -> None:
    assert windows().allow(at("2026-11-30T12:00"))
    assert windows().first_after(at("2026-11-30T12:01"), interval=DAY, fraction=0.5) == at("2026-12-01T12:00")


def times(found: SyncWindows, since: str, *, interval: timedelta, fraction: float, count: int) -> list[datetime]:
    moment, told = at(since), []
    for _ in range(count):
        following = found.first_after(moment, interval=interval, fraction=fraction)
        assert following is not None
        told.append(following)
        moment = following
    return told


def test_a_night_has_one_time_that_is_the_same_every_night_also_when_clocks_change() -> None:
    told = times(windows(window("01:00", "05:00")), "2026-10-25T12:00", interval=DAY, fraction=0.3, count=200)
    assert {each.astimezone(CHICAGO).strftime("%H:%M") for each in told} == {"02:12", "03:12"}
    odd = [each for each in told if each.astimezone(CHICAGO).hour == 3]
    assert [each.astimezone(CHICAGO).date() for each in odd] == [date(2027, 3, 14)], "02:12 is no time of that day"


def test_a_shorter_interval_is_kept_within_the_window() -> None:
    told = times(windows(window("01:00", "03:00")), "2026-11-30T12:00", interval=HOUR, fraction=0.5, count=4)
    assert told == [at(f"2026-12-{day}T{hour}:30") for day in ("01", "02") for hour in ("01", "02")]


def test_an_hour_that_comes_twice_brings_no_time_that_is_past() -> None:
    found = windows(window("00:00", "05:00"))
    moment = at("2026-11-01T01:35", fold=1)
    following = found.first_after(moment, interval=10 * MINUTE, fraction=0)
    assert following == at("2026-11-01T01:40", fold=1)


@pytest.mark.parametrize(
    ("interval", "started", "expected"),
    [
        (DAY, "2026-11-30T02:12", "2026-12-01T02:12"),
        (DAY, "2026-11-30T15:00", "2026-12-01T02:12"),
        (2 * DAY, "2026-11-30T02:12", "2026-12-02T02:12"),
        (2 * DAY, "2026-11-30T15:00", "2026-12-02T02:12"),
        (7 * DAY, "2026-11-30T02:12", "2026-12-07T02:12"),
    ],
)
def test_the_interval_is_the_longest_time_that_passes(interval: timedelta, started: str, expected: str) -> None:
    begun = at(started) + timedelta(seconds=3)
    found = windows(window("01:00", "05:00"))
    following = found.latest_until(begun + interval, after=begun + 20 * MINUTE, interval=interval, fraction=0.3)
    assert following == at(expected)


clocks = st.builds(lambda minutes: time(*divmod(minutes, 60)), st.integers(0, 1439))
days = st.sets(st.sampled_from(list(Weekday)), min_size=1).map(tuple)
some_windows = st.lists(st.builds(SyncWindow, start=clocks, end=clocks, days=days), max_size=3)
firsts = st.dates(date(2026, 9, 1), date(2027, 9, 1))
some_blackouts = st.lists(
    st.builds(lambda first, more: Blackout(first_day=first, last_day=first + more * DAY), firsts, st.integers(0, 60)),
    max_size=4,
)
moments = st.datetimes(datetime(2026, 9, 1), datetime(2027, 9, 1), timezones=st.just(UTC))
intervals = st.integers(60, 30 * 86400).map(lambda seconds: timedelta(seconds=seconds))


@given(some_windows, some_blackouts, moments, intervals, st.floats(0, 1, exclude_max=True))
def test_the_next_time_is_always_ahead_and_allowed(
    opening: list[SyncWindow], closed: list[Blackout], moment: datetime, interval: timedelta, fraction: float
) -> None:
    found = windows(*opening, blackouts=tuple(closed))
    told = [moment]
    for _ in range(5):
        following = found.first_after(told[-1], interval=interval, fraction=fraction)
        assert following is not None
        told.append(following)
    assert all(before < after for before, after in pairwise(told))
    for each in told[1:]:
        assert found.allow(each) or is_put_forward(each), each


def is_put_forward(moment: datetime) -> bool:
    """Whether the clock on the wall skipped the hour before; a time in it comes later than it says."""
    return moment.astimezone(CHICAGO).utcoffset() != (moment - 2 * HOUR).astimezone(CHICAGO).utcoffset()


def test_what_cannot_be_followed_leaves_the_interval() -> None:
    assert SyncHours.of(None, "Nowhere") == SyncHours()
    assert SyncHours.of(Schedule(paused=True), "Nowhere") == SyncHours(paused=True, zone_unknown=True)
    assert SyncHours.of(Schedule(), "UTC").windows == SyncWindows.of(Schedule(), time_zone("UTC"))
