"""How far a term reaches: lead and grace, previews and freezes; each begins once and ends once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.roster.term_rules import term_rules

from roster_operator.roster.calendar import calendar
from roster_operator.roster.dates import Days
from roster_operator.roster.models import Session
from roster_operator.roster.terms import Freeze, Preview, Reach, TermRules, reach

FALL, SPRING = ("2026-08-12", "2027-01-16"), ("2027-01-19", "2027-06-05")
SUMMER = Freeze(first="2027-05-28", next="2027-08-11")
SCHOOL = Freeze(first="2027-05-28", next="2027-08-11", adds_from=("summer",))
PREVIEW = Preview(first="2027-01-04", next="2027-01-19")


@pytest.mark.parametrize(
    ("rules", "term", "counts"),
    [
        (TermRules(), FALL, FALL),
        (TermRules(lead_days=7, grace_days=14), FALL, ("2026-08-05", "2027-01-30")),
        (TermRules(previews=(PREVIEW,)), SPRING, ("2027-01-04", "2027-06-05")),
        (TermRules(previews=(PREVIEW,)), ("2027-01-20", "2027-06-05"), ("2027-01-20", "2027-06-05")),
        (TermRules(previews=(PREVIEW,)), FALL, FALL),
        (TermRules(previews=(PREVIEW,), lead_days=30), SPRING, ("2026-12-20", "2027-06-05")),
        (TermRules(freezes=(SUMMER,)), SPRING, ("2027-01-19", "2027-08-11")),
        (TermRules(freezes=(SUMMER,), grace_days=90), SPRING, ("2027-01-19", "2027-09-03")),
        (TermRules(freezes=(SUMMER,)), FALL, FALL),
        (TermRules(freezes=(SUMMER,)), ("2027-06-07", "2027-07-17"), ("2027-06-07", "2027-08-11")),
        (TermRules(freezes=(SCHOOL,)), ("2027-06-07", "2027-07-17"), ("2027-08-11", "2027-08-11")),
        (TermRules(freezes=(SCHOOL,), lead_days=10), ("2027-08-16", "2028-06-05"), ("2027-08-11", "2028-06-05")),
        (
            TermRules(freezes=(SUMMER, Freeze(first="2027-08-11", next="2027-09-01"))),
            SPRING,
            ("2027-01-19", "2027-09-01"),
        ),
    ],
)
def test_a_term_reaches_so_far(rules: TermRules, term: tuple[str, str], counts: tuple[str, str]) -> None:
    assert rules.reach("t", *term) == counts


def test_in_a_freeze_that_names_summer_school_its_term_begins() -> None:
    assert TermRules(freezes=(SCHOOL,)).reach("summer", "2027-06-07", "2027-07-17") == ("2027-06-07", "2027-08-11")


def of(rules: TermRules, term: tuple[str, str] = SPRING) -> Reach:
    found = reach(term, rules.reach("t", *term), rules.shut(["t"]))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("begin", "counts_from"),
    [
        ("2027-01-19", "2027-01-12"),
        ("2027-01-05", "2027-01-05"),
        ("2027-01-25", "2027-01-12"),
        ("2027-01-26", "2027-01-26"),
        ("", ""),
        ("?", "?"),
        ("2027-01-19/2027-02-19", "2027-01-19/2027-02-19"),
    ],
)
def test_an_enrollment_of_the_first_week_begins_with_its_term(begin: str, counts_from: str) -> None:
    assert of(TermRules(lead_days=7)).begin(begin) == counts_from


@pytest.mark.parametrize(
    ("end", "counts_until"),
    [
        ("2027-06-05", "2027-08-11"),
        ("2027-06-04", "2027-08-11"),
        ("2027-06-03", "2027-06-03"),
        ("2027-07-01", "2027-08-11"),
        ("2027-09-01", "2027-09-01"),
        ("", ""),
        ("?", "?"),
    ],
)
def test_who_left_before_the_end_of_the_term_has_left(end: str, counts_until: str) -> None:
    assert of(TermRules(freezes=(SUMMER,))).end(end) == counts_until


def test_nobody_comes_to_a_frozen_class_where_only_summer_school_adds() -> None:
    frozen = of(TermRules(freezes=(SCHOOL,)))
    assert frozen.begin("2027-06-20") == "2027-08-11"
    assert frozen.begin("2027-05-27") == "2027-05-27"


def test_without_rules_a_class_goes_by_its_own_days() -> None:
    assert reach(SPRING, TermRules().reach("t", *SPRING), ()) is None


ALL = [(date(2026, 12, 1) + timedelta(days=ahead)).isoformat() for ahead in range(30)]


@settings(max_examples=300, deadline=None)
@given(term_rules(ALL, ["t", "u"]), st.sampled_from(ALL), st.sampled_from(ALL))
def test_a_term_begins_once_and_ends_once_whatever_the_rules(rules: TermRules, one: str, other: str) -> None:
    term = Session("t", min(one, other), max(one, other))
    on = [calendar([term], Days(day), rules).is_on(["t"]) for day in ALL]
    assert sum(before != after for before, after in pairwise(on)) <= 2
    if not any(freeze.adds_from is not None for freeze in rules.freezes):
        plain = [calendar([term], Days(day)).is_on(["t"]) for day in ALL]
        assert all(with_rules for with_rules, without in zip(on, plain, strict=True) if without), "it only adds days"


@settings(max_examples=300, deadline=None)
@given(term_rules(ALL, ["t", "u"]), st.sampled_from(ALL), st.sampled_from(ALL), st.sampled_from(ALL))
def test_after_the_last_season_a_term_counts_by_its_days_again(
    rules: TermRules, one: str, other: str, day: str
) -> None:
    """What is forgotten ends by itself; but for grace, nothing reaches beyond it."""
    begin, end = sorted((one, other))
    if day >= max((*rules.bounds, end)) and not rules.grace_days:
        assert calendar([Session("t", begin, end)], Days(day), rules).is_on(["t"]) is False
