"""A sync that would remove much waits for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from roster_operator.licensing.guards import Case, Doubt, Limits, Verdict, decide
from roster_operator.licensing.models import Edition, Hold, Plan
from roster_operator.roster.models import Role
from roster_operator.roster.quality import Question


def plan(removals: int, active: int, schools: dict[str, tuple[int, int]] | None = None) -> Plan:
    schools = schools or {}
    return Plan(
        "digest",
        revocations=removals,
        active=active,
        removals_by_school={school: counts[0] for school, counts in schools.items()},
        active_by_school={school: counts[1] for school, counts in schools.items()},
    )


def judge(judged: Plan, limits: Limits | None = None, **more: Any) -> Verdict:
    return decide(Case(judged, limits or Limits(), **more))


@pytest.mark.parametrize(
    ("removals", "active", "held"),
    [
        (0, 0, False),
        (10, 10, False),
        (11, 100, True),
        (11, 110, False),
        (12, 119, True),
        (100, 1000, False),
        (101, 1000, True),
        (11, 0, True),
    ],
)
def test_the_district_limit_is_ten_percent_above_a_floor_of_ten(removals: int, active: int, held: bool) -> None:
    assert judge(plan(removals, active)).hold == Hold(everything=held)


def test_only_the_school_that_exceeds_its_limit_waits() -> None:
    verdict = judge(plan(40, 1000, {"north": (30, 100), "south": (10, 100), "tiny": (10, 10)}))
    assert verdict.hold == Hold(schools=frozenset({"north"}))
    assert "north (30 of 100)" in verdict.why


def test_exactly_the_limit_passes() -> None:
    assert not judge(plan(25, 1000, {"north": (25, 100)})).hold
    assert judge(plan(26, 1000, {"north": (26, 100)})).hold


def test_limits_of_zero_hold_every_removal_above_the_floor() -> None:
    assert judge(plan(1, 1000), Limits(0, 0, 0)).hold.everything
    assert not judge(plan(0, 1000), Limits(0, 0, 0)).hold


def test_a_hundred_percent_never_holds() -> None:
    assert not judge(plan(1000, 1000, {"north": (1000, 1000)}), Limits(100, 100, 0)).hold


def test_at_most_five_schools_are_named() -> None:
    schools = {f"school-{number}": (50, 100) for number in range(9)}
    assert "and 4 more" in judge(plan(450, 100_000, schools)).why


STAFF = frozenset({Role.TEACHER, Role.AIDE})
BOTH = Plan("digest", revocations=5, active=5, removals_by_edition={Edition.STUDENT: 3, Edition.TEACHER: 2})


def test_schools_are_named_by_name_and_id() -> None:
    some = plan(40, 1000, {"994": (30, 100), "995": (30, 90)})
    verdict = judge(some, school_names={"994": "North High", "990": "Elsewhere"})
    assert verdict.why.endswith("in school North High with id 994 (30 of 100), 995 (30 of 90)")


def test_nobody_loses_what_a_role_gives_that_the_sis_does_not_tell() -> None:
    verdict = judge(BOTH, untold=STAFF)
    assert verdict.hold == Hold(editions=frozenset({Edition.TEACHER}))
    assert "2 licenses" in verdict.why


def test_what_the_guard_holds_stays_held_beside_it() -> None:
    some = replace(BOTH, removals_by_school={"north": 5}, active=1000, active_by_school={"north": 5})
    verdict = judge(some, Limits(floor=0), untold=STAFF)
    assert verdict.hold == Hold(schools=frozenset({"north"}), editions=frozenset({Edition.TEACHER}))
    assert verdict.why.startswith("more than 25 % would be removed in school north")
    everything = judge(BOTH, Limits(floor=0), untold=STAFF)
    assert everything == judge(BOTH, Limits(floor=0))
    assert everything.hold == Hold(everything=True)


@pytest.mark.parametrize(
    ("plan", "untold"),
    [(BOTH, frozenset()), (Plan("digest", revocations=3, removals_by_edition={Edition.STUDENT: 3}), STAFF)],
)
def test_nothing_waits_without_a_reason(plan: Plan, untold: frozenset[Role]) -> None:
    assert not judge(plan, untold=untold).hold


@pytest.mark.parametrize(
    ("removals", "now", "before", "held"),
    [
        (4, {Question.UNKNOWN_CLASS: 2}, {}, True),
        (4, {Question.UNKNOWN_CLASS: 1}, {}, False),
        (4, {Question.UNKNOWN_PERSON: 1, Question.UNKNOWN_CLASS: 1}, {}, True),
        (4, {Question.UNKNOWN_CLASS: 50}, {Question.UNKNOWN_CLASS: 50}, False),
        (4, {Question.UNKNOWN_CLASS: 52}, {Question.UNKNOWN_CLASS: 50}, True),
        (4, {Question.UNKNOWN_CLASS: 52}, {Question.UNKNOWN_PERSON: 50}, True),
        (30, {Question.UNKNOWN_CLASS: 52}, {Question.UNKNOWN_CLASS: 50}, False),
        (4, {Question.UNKNOWN_CLASS: 1020}, {Question.UNKNOWN_CLASS: 1000}, False),
        (4, {Question.UNKNOWN_CLASS: 1021}, {Question.UNKNOWN_CLASS: 1000}, True),
        (0, {Question.UNKNOWN_CLASS: 50}, {}, False),
        (4, {Question.DUPLICATE_ROW: 50, Question.CLASS_ASTRAY: 50, Question.END_BEFORE_BEGIN: 50}, {}, False),
        (4, {Question.UNKNOWN_CLASS: 50}, None, False),
    ],
)
def test_removals_wait_that_new_rows_which_lead_nowhere_may_explain(
    removals: int, now: Mapping[Question, int], before: Mapping[Question, int] | None, held: bool
) -> None:
    verdict = judge(plan(removals, 1000), questions=now, questions_before=before)
    assert verdict.hold == Hold(everything=held)
    assert bool(verdict.why) is held


@pytest.mark.parametrize(
    ("doubt", "broken"),
    [
        (Doubt.NOWHERE, {"questions": {Question.UNKNOWN_CLASS: 50}, "questions_before": {}}),
        (Doubt.UNREADABLE, {"unreadable": 3}),
        (Doubt.UNTOLD, {"untold_classes": 1}),
    ],
)
def test_what_nobody_puts_right_in_a_week_holds_no_longer(doubt: Doubt, broken: dict[str, Any]) -> None:
    almost = judge(plan(4, 1000), waited={doubt: timedelta(days=6, hours=23)}, **broken)
    assert almost.hold.everything
    assert almost.doubts == {doubt}
    later = judge(plan(4, 1000), waited={doubt: timedelta(days=7)}, **broken)
    assert not later.hold
    assert later.doubts == {doubt}


def test_a_doubt_that_begins_in_the_week_of_another_has_a_week_of_its_own() -> None:
    broken: dict[str, Any] = {"questions": {Question.UNKNOWN_CLASS: 50}, "questions_before": {}, "unreadable": 3}
    both = judge(plan(4, 1000), waited={Doubt.UNREADABLE: timedelta(days=6)}, **broken)
    assert both.doubts == {Doubt.UNREADABLE, Doubt.NOWHERE}
    assert "cannot be read" in both.why
    assert "lead nowhere" in both.why
    week = {Doubt.UNREADABLE: timedelta(days=7), Doubt.NOWHERE: timedelta(days=1)}
    second = judge(plan(4, 1000), waited=week, **broken)
    assert second.hold.everything
    assert second.doubts == {Doubt.UNREADABLE, Doubt.NOWHERE}
    assert "cannot be read" not in second.why


@pytest.mark.parametrize("grants", [0, 5])
def test_a_night_of_broken_rows_is_not_how_a_district_is_though_nobody_loses_anything(grants: int) -> None:
    nobody = Plan("digest", grants=grants)
    tonight = judge(nobody, unreadable=1, questions_before={})
    assert (bool(tonight.hold), tonight.suspension_unacknowledged) == (False, True)
    week = {Doubt.UNREADABLE: timedelta(days=7)}
    assert not judge(nobody, unreadable=1, questions_before={}, waited=week).suspension_unacknowledged, (
        "after a week it is"
    )
    assert not judge(nobody, unreadable=1, questions_before=None).suspension_unacknowledged, "and so is the first night"
    assert not judge(nobody, unreadable=0, questions_before={}).suspension_unacknowledged


def test_what_waits_as_a_whole_is_not_doubted_twice() -> None:
    too_many = judge(plan(40, 100), questions={Question.UNKNOWN_CLASS: 90}, questions_before={}, unreadable=3)
    assert too_many == judge(plan(40, 100))
    assert not too_many.doubts


def test_while_a_name_is_unresolved_all_removals_wait_whatever_was_approved() -> None:
    case = Case(plan(1, 1000), names_unresolved=True)
    assert decide(case).hold == decide(case, approved=True).hold == Hold(everything=True)
    assert not decide(Case(replace(plan(0, 1000), grants=5), names_unresolved=True)).hold


def test_an_approval_releases_everything_else() -> None:
    case = Case(plan(40, 100), unreadable=3, untold=STAFF)
    assert decide(case).hold
    assert not decide(case, approved=True).hold


def test_a_plan_that_changes_nothing_waits_for_nobody() -> None:
    assert decide(Case(plan(0, 1000), names_unresolved=True, unreadable=3, untold=STAFF)) == Verdict(Hold())


def test_one_corrupt_school_of_370_holds_itself_alone() -> None:
    schools = {f"{number:03d}": (1, 100) for number in range(370)}
    verdict = judge(plan(369 + 100, 37_000, schools | {"200": (100, 100)}), school_names={"200": "North High"})
    assert verdict.hold == Hold(schools=frozenset({"200"}))
    assert "North High with id 200 (100 of 100)" in verdict.why


@pytest.mark.parametrize("edition", Edition)
def test_an_edition_that_the_spec_holds_waits_alone_and_for_a_person(edition: Edition) -> None:
    of_both = replace(plan(4, 1000), removals_by_edition={Edition.STUDENT: 3, Edition.TEACHER: 1})
    limits = Limits(held_editions=frozenset({edition}))
    verdict = judge(of_both, limits)
    assert verdict.hold == Hold(editions=frozenset({edition}))
    assert f"{edition} editions" in verdict.why
    assert not decide(Case(of_both, limits), approved=True).hold
    assert not judge(replace(of_both, removals_by_edition={}), limits).hold
