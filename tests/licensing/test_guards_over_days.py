"""A slow bleed stays under every limit of one sync: so a day and a week have one, too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.licensing.guards import Case, Limits, Verdict, decide
from roster_operator.licensing.guards.case import REMOVALS
from roster_operator.licensing.models import Hold, PastRemovals, Plan

LIMITS = Limits(10, 100, 10)


def judge(
    removals: int, active: int, *lately: PastRemovals, limits: Limits = LIMITS, approved: bool = False
) -> Verdict:
    plan = Plan("digest", revocations=removals, active=active)
    return decide(Case(plan, limits, lately=lately), approved=approved)


def past(days: float, removed: int, active: int = 400, *, approved: bool = False) -> PastRemovals:
    return PastRemovals(timedelta(days=days), removed, active, approved)


def test_what_went_in_seven_days_counts_with_what_would_go_tonight() -> None:
    nights = [past(days, 10) for days in (1, 2, 3)]
    assert not judge(10, 370, *nights).hold
    verdict = judge(11, 370, *nights)
    assert verdict.hold == REMOVALS
    assert verdict.why == (
        "11 of 370 licenses would be removed; with the 30 that syncs of the last 7 days removed without asking, that "
        "is more than 10 % of the district"
    )


def test_what_went_before_that_does_not() -> None:
    assert not judge(11, 370, past(6.9, 10), past(7, 30)).hold


def test_a_night_without_removals_waits_for_nothing() -> None:
    assert not judge(0, 300, past(1, 39), past(2, 39)).hold


def test_the_floor_holds_for_a_week_as_for_a_night() -> None:
    assert not judge(4, 20, past(1, 6, 26)).hold
    assert judge(5, 20, past(1, 6, 26)).hold


@pytest.mark.parametrize("let_go", [past(2, 200, 600, approved=True), past(2, 200, 600)], ids=["approved", "wide"])
def test_what_a_person_let_go_ends_the_count(let_go: PastRemovals) -> None:
    assert not judge(20, 380, past(1, 20), let_go, past(3, 39)).hold
    assert judge(21, 380, past(1, 20), let_go, past(3, 39)).hold


def test_a_day_may_have_a_limit_of_its_own() -> None:
    limits = Limits(10, 100, 10, day_percent=2, week_percent=100)
    assert not judge(12, 1000, past(1, 90, 1000), limits=limits).hold
    verdict = judge(12, 1000, past(0.9, 9, 1000), limits=limits)
    assert verdict.hold == REMOVALS
    assert "the 9 that syncs of the last 24 hours" in verdict.why


def test_a_guard_that_is_off_does_not_count() -> None:
    assert not judge(100, 100, past(1, 200), limits=Limits(100, 100, 0)).hold


def test_an_approval_releases_it() -> None:
    assert judge(11, 370, past(1, 30), approved=True).hold == Hold()


@given(st.integers(50, 5_000), st.lists(st.integers(0, 200), min_size=20, max_size=20))
def test_in_no_seven_days_more_goes_without_asking_than_the_limit_of_one_sync(active: int, nights: list[int]) -> None:
    lately: list[PastRemovals] = []
    for wanted in nights:
        lately = [past(each.age.days + 1, each.removed, each.active) for each in lately]
        removals = min(wanted, active)
        if judge(removals, active, *lately).hold or not removals:
            continue
        lately = [past(0, removals, active), *lately]
        active -= removals
        week = [each for each in lately if each.age.days < 7]
        gone = sum(each.removed for each in week)
        assert not LIMITS.exceeded(gone, active + gone, 10)
