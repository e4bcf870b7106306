"""Which school years are read, by the dates of their terms; dates that nobody can read end no year."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from roster_operator.roster.dates import DayOrder, Days
from roster_operator.sources.powerschool.school_year import Term, years_on, years_to_read


def year(start_year: int, start: str = "", end: str = "") -> Term:
    return Term(f"t{start_year}", "12", start_year, start, end)


YEARS = [
    year(2024, "2024-08-10", "2025-06-05"),
    year(2025, "2025-08-10", "2026-06-05"),
    year(2026, "2026-08-10", "2027-06-05"),
]


@pytest.mark.parametrize(
    ("terms", "today", "years"),
    [
        (YEARS, "2025-11-24", {2025}),
        (YEARS, "2026-06-04", {2025, 2026}),
        (YEARS, "2026-03-01", {2025}),
        (YEARS, "2026-06-05", {2025, 2026}),
        (YEARS, "2026-08-10", {2026}),
        (YEARS[:2], "2026-07-20", {2025, 2026}),
        (YEARS[:2], "2026-11-24", {2025, 2026}),
        (YEARS, "2029-01-01", {2026, 2028}),
        (YEARS, "2023-01-01", {2022, 2024, 2025, 2026}),
        ([year(2025), year(2026)], "2026-11-24", {2026}),
        ([year(2025), year(2026)], "2026-07-01", {2026}),
        ([], "2026-11-24", {2026}),
        ([], "2026-06-30", {2025}),
        ([year(0, "", "2027-06-05")], "2026-11-24", {2026}),
        ([year(2026, "2026-08-10", "2026-12-20"), year(2026, "2027-01-05", "2027-06-05")], "2026-12-28", {2026}),
        ([year(2026, "2026-01-20", "2026-12-10")], "2026-11-24", {2026}),
    ],
)
def test_the_school_years_that_are_read(terms: list[Term], today: str, years: set[int]) -> None:
    assert years_to_read(terms, Days(today)) == years


@pytest.mark.parametrize(
    ("start", "end"),
    [("?", "?"), ("2026-08-10", "?"), ("?", "2027-06-05"), ("", "?"), ("2026-08-10", "2027-06-05/2027-05-06")],
)
@pytest.mark.parametrize("today", ["2026-08-10", "2026-11-24", "2027-05-05"])
def test_a_year_of_which_a_date_cannot_be_read_is_on(start: str, end: str, today: str) -> None:
    terms = [*YEARS[:2], year(2026, start, end), year(2027, "2027-08-10", "2028-06-05")]
    assert 2026 in years_to_read(terms, Days(today))
    assert 2026 in years_on(terms, Days(today))


def test_a_year_whose_end_cannot_be_read_is_read_for_another_year_and_then_no_more() -> None:
    terms = [year(2020, "2020-08-10", "?"), year(2025, "2025-08-10", "?"), *YEARS[2:]]
    assert years_to_read(terms, Days("2026-11-24")) == {2025, 2026}


def test_a_date_that_may_be_either_of_two_days_is_the_one_that_the_terms_show_together() -> None:
    terms = [year(2025, "2025-08-10", "2026-03-11/2026-11-03"), year(2026, "2026-08-10", "2027-06-05")]
    assert years_on(terms, Days("2026-10-01")) == {2025, 2026}
    assert years_on(terms, Days("2026-10-01", order=DayOrder.MONTH_FIRST)) == {2026}


def test_a_moment_is_a_day_in_the_district() -> None:
    terms = [year(2026, "2026-08-09T14:00:00+00:00", "2027-06-04T14:00:00+00:00")]
    assert years_on(terms, Days("2027-06-04", ZoneInfo("Australia/Sydney"))) == {2026}
    assert years_on(terms, Days("2027-06-05", ZoneInfo("Australia/Sydney"))) == frozenset()


def test_a_year_whose_dates_are_the_wrong_way_round_is_on_between_them() -> None:
    assert years_on([year(2026, "2027-06-05", "2026-08-10")], Days("2026-11-24")) == {2026}
