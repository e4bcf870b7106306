"""Dates are read in every form that can mean one day only; what cannot be read is not taken for no date."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.roster.dates import UNREADABLE, DayOrder, Days, later
from roster_operator.roster.models import DAY_FIRST, MONTH_FIRST
from roster_operator.sources.values.dates import end_date, iso_date, written_date

TODAY = "2026-11-30"


@pytest.mark.parametrize(
    "value",
    [
        "2026-08-12",
        "2026-08-12T00:00:00.000Z",
        "2026-08-12T00:00:00",
        "2026-08-12 08:01:05",
        "2026-08-12 12:00:00 AM",
        "2026-08-12T",
        "2026-8-12",
        "2026/08/12",
        "2026.08.12",
        "20260812",
        "20260812T000000Z",
        20260812,
        "12-Aug-2026",
        "12-AUG-26",
        "12 August 2026",
        "August 12, 2026",
        "Aug 12, 2026 12:00:00 AM",
        "Wed Aug 12 2026 00:00:00 GMT+0000 (UTC)",
        "46246",
        46246,
        "1786492800",
        1786492800000,
        "/Date(1786492800000)/",
        "/Date(1786492800000-0500)/",
        *("20260812000000", "202608120800", "2026-08-12T080105", "20260812 0801", "2026-08-12 08.01.05"),
        *("2026-08-12Z", "2026-08-12+00:00", "2026-224", "2026 08 12", "2026_08_12"),
        *("12AUG2026", "12AUG26", "12. August 2026", "Aug-12-2026", "Wed Aug 12 00:00:00 UTC 2026"),
        *(
            "Wed Aug 12 00:00:00 CDT 2026",
            "2026\u201108\u201112",
            "2026\u201308\u201312",
            "'2026-08-12",
            '"2026-08-12"',
        ),
    ],
)
def test_a_form_that_can_mean_one_day_only_is_read(value: str | int) -> None:
    assert iso_date(value) == "2026-08-12"
    assert end_date(value) == "2026-08-12"


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "2026-13-45",
        "2026-02-30",
        "31/31/2026",
        "2021-06",
        "2026",
        "7",
        "-1",
        "Q1 2026",
        "x" * 5000,
        "2026-00-00",
        *("202602301200", "20260230120000", "2026081212", "2026-400", "2025-366", "5 marraskuuta 2026", "1E+05"),
    ],
)
def test_what_cannot_be_read_is_not_taken_for_no_date(value: str) -> None:
    assert iso_date(value) == UNREADABLE
    assert end_date(value) == UNREADABLE


@pytest.mark.parametrize(
    "value",
    [
        *("", None, "NULL", "-", "n/a", "0000-00-00", "00/00/0000", "0000-00-00 00:00:00", "0", "9999-12-31"),
        *("12/31/9999", "0001-01-01T00:00:00", "1970-01-01", "1899-12-30", "12/31/1969", "/Date(-62135596800000)/"),
        *("9999-12-31T23:59:59", -62135596800, 253402300799, "253402300799000", "\u2013"),
    ],
)
def test_what_systems_write_for_no_date_is_none(value: str | int | None) -> None:
    assert iso_date(value) == ""
    assert end_date(value) == ""


@pytest.mark.parametrize(
    ("value", "either", "marks"),
    [
        ("8/1/2020 0:00", "2020-08-01/2020-01-08", 0),
        ("06/05/2026", "2026-06-05/2026-05-06", 0),
        ("06-05-2026", "2026-06-05/2026-05-06", 0),
        ("05.06.2026", "2026-05-06/2026-06-05", 0),
        ("6/5/26", "2026-06-05/2026-05-06", 0),
        ("06/06/2026", "2026-06-06", 0),
        ("06/13/2026", "2026-06-13", MONTH_FIRST),
        ("13/06/2026", "2026-06-13", DAY_FIRST),
        ("13.06.2026", "2026-06-13", DAY_FIRST),
    ],
)
def test_day_and_month_may_be_either_way_round(value: str, either: str, marks: int) -> None:
    read = written_date(value)
    assert (read.begin, read.end, read.marks) == (either, either, marks)


@pytest.mark.parametrize(
    ("written", "order", "on"),
    [
        ("2020-08-01/2020-01-08", DayOrder.UNKNOWN, False),
        ("2027-06-05/2027-05-06", DayOrder.UNKNOWN, True),
        ("2026-12-05/2026-05-12", DayOrder.UNKNOWN, None),
        ("2026-12-05/2026-05-12", DayOrder.MONTH_FIRST, True),
        ("2026-12-05/2026-05-12", DayOrder.DAY_FIRST, False),
        (UNREADABLE, DayOrder.MONTH_FIRST, None),
    ],
)
def test_an_end_that_may_be_two_days_decides_only_where_both_say_the_same(
    written: str, order: DayOrder, on: bool | None
) -> None:
    days = Days(TODAY, order=order)
    assert days.is_on("", days.end(written)) is on


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("2026-08-12T22:59:59", "2026-08-12"),
        ("2026-08-12T23:00:00", "2026-08-13"),
        ("2026-08-12T23:59:59", "2026-08-13"),
        ("2026-08-12 11:59:59 PM", "2026-08-13"),
        ("2026-08-12 11:59:59 AM", "2026-08-12"),
        ("2026-08-12T24:00:00", "2026-08-13"),
        ("2026-12-31 23:59", "2027-01-01"),
        ("8/31/2026 23:59:59", "2026-09-01"),
        ("20260831235959", "2026-09-01"),
        ("2026-08-31T2359", "2026-09-01"),
        ("2026-08-31 23.59.59", "2026-09-01"),
        ("Mon Aug 31 23:59:59 CDT 2026", "2026-09-01"),
        ("8/1/2026 11:59 PM", "2026-08-02/2026-01-09"),
    ],
)
def test_an_end_late_at_night_means_that_this_day_is_the_last(value: str, meant: str) -> None:
    assert end_date(value) == meant


@pytest.mark.parametrize(
    ("value", "zone", "begin", "end"),
    [
        ("2026-06-04T13:00:00Z", "Australia/Sydney", "2026-06-05", "2026-06-05"),
        ("2026-06-04T14:00:00Z", "Australia/Sydney", "2026-06-05", "2026-06-05"),
        ("2026-06-05T05:00:00Z", "America/Chicago", "2026-06-05", "2026-06-05"),
        ("2026-06-05T06:00:00Z", "America/Chicago", "2026-06-05", "2026-06-05"),
        ("2026-06-05T04:00:00Z", "America/Chicago", "2026-06-05", "2026-06-05"),
        ("2026-06-05T00:00:00Z", "America/Chicago", "2026-06-05", "2026-06-05"),
        ("2026-06-05T23:59:59Z", "America/Chicago", "2026-06-05", "2026-06-06"),
        ("2026-06-05T23:59:59-05:00", "America/Chicago", "2026-06-06", "2026-06-06"),
        ("2026-06-05T12:00:00Z", "America/Chicago", "2026-06-05", "2026-06-05"),
        (1780635600, "America/Chicago", "2026-06-05", "2026-06-05"),
    ],
)
def test_a_moment_is_a_day_in_the_district(value: str | int, zone: str, begin: str, end: str) -> None:
    days = Days(TODAY, ZoneInfo(zone))
    assert days.begin(iso_date(value)) == begin
    assert days.end(end_date(value)) == end


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("2026-12-31", "2027-01-01"),
        ("2026-06-05/2026-05-06", "2026-06-06/2026-05-07"),
        ("2026-06-05T23:59:59-05:00", "2026-06-06T23:59:59-05:00"),
        (UNREADABLE, UNREADABLE),
        ("", ""),
        ("9999-12-31", ""),
    ],
)
def test_a_last_day_is_followed_by_the_day_after(written: str, after: str) -> None:
    assert later(written) == after


@given(st.one_of(st.text(max_size=80), st.integers(-(10**16), 10**16), st.none()))
def test_any_cell_becomes_a_date_that_can_be_asked_for(value: str | int | None) -> None:
    days = Days(TODAY, ZoneInfo("America/Chicago"))
    assert days.is_on(days.begin(iso_date(value)), days.end(end_date(value))) in {True, False, None}
