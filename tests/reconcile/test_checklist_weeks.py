"""A registrar sees the number fall from week to week."""

from __future__ import annotations

from datetime import UTC, datetime

from roster_operator.api.v1alpha1 import Check, CheckResult, RosterIntegrationStatus
from roster_operator.reconcile.checklist_weeks import week_of, with_last_week

WEEK, NEXT, LATER = "2026-W48", "2026-W49", "2026-W52"


def found(name: str, count: int | None, result: CheckResult = CheckResult.WARN) -> Check:
    return Check(name=name, result=result, count=count)


def status(week: str, *items: Check) -> RosterIntegrationStatus:
    return RosterIntegrationStatus(checklist=items, checklist_week=week)


def after(previous: RosterIntegrationStatus, week: str, *items: Check) -> RosterIntegrationStatus:
    return status(week, *with_last_week(items, previous, week))


def known(told: RosterIntegrationStatus) -> dict[str, int | None]:
    return {item.name: item.last_week for item in told.checklist}


def test_in_the_first_week_nothing_is_known() -> None:
    first = after(RosterIntegrationStatus(), WEEK, found("A", 7))
    again = after(first, WEEK, found("A", 5))

    assert known(first) == known(again) == {"A": None}


def test_what_was_counted_last_in_a_week_before_stays_all_week() -> None:
    monday = after(status(WEEK, found("A", 7)), NEXT, found("A", 5))
    friday = after(monday, NEXT, found("A", 2))
    weeks_later = after(friday, LATER, found("A", 1))

    assert (known(monday), known(friday), known(weeks_later)) == ({"A": 7}, {"A": 7}, {"A": 2})


def test_an_item_that_was_not_there_counted_nothing() -> None:
    monday = after(status(WEEK, found("A", 7)), NEXT, found("A", 7), found("B", 3))

    assert known(monday) == {"A": 7, "B": 0}
    assert known(after(monday, NEXT, found("A", 7), found("B", 3), found("C", 1))) == {"A": 7, "B": 0, "C": 0}


def test_what_is_counted_where_all_is_well_is_no_fault() -> None:
    well, ill = found("A", 12, CheckResult.PASS), found("A", 4)

    assert known(after(status(WEEK, well), NEXT, ill)) == {"A": 0}
    assert known(after(status(WEEK, ill), NEXT, well)) == {"A": 4}
    assert known(after(status(WEEK, well), NEXT, well)) == {"A": None}


def test_weeks_are_those_of_iso_8601() -> None:
    assert week_of(datetime(2026, 11, 30, tzinfo=UTC)) == "2026-W49"
    assert week_of(datetime(2027, 1, 3, 23, 59, tzinfo=UTC)) == "2026-W53"
