"""A roster that may be other people's, or is not told as before, changes nothing at all."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from roster_operator.licensing.evidence import Evidence, SectionEvidence, SourceIdentity
from roster_operator.licensing.guards import Case, Limits, SpecChange, Verdict, decide
from roster_operator.licensing.models import Hold, Newcomers, Plan, Recognition
from roster_operator.licensing.rekey import Agreement, Rekey
from roster_operator.roster.quality import Question

EVERYTHING = Hold(everything=True, grants=True)
HERE = SourceIdentity("OneRoster", "Aeries", "", "sis.example/aeries")
THERE = SourceIdentity("OneRoster", "Aeries", "", "other.example/aeries")
TERMS = SectionEvidence("Total", 12, 1, members={"startDate": 12, "endDate": 12})


def told(source: SourceIdentity = HERE, terms: SectionEvidence = TERMS) -> Evidence:
    return Evidence(source, sections={"academic schedules": terms})


def plan(*, known: int = 40, present: int = 40, confirmed: int = 40, changed: int = 0, created: int = 1) -> Plan:
    people = Recognition(known, present, confirmed, changed, linked=True)
    return Plan("digest", grants=1, accounts_created=created, recognition=people)


def judged(plan: Plan, now: Evidence | None, before: Evidence | None) -> Verdict:
    return decide(Case(plan, evidence=now, evidence_before=before))


@pytest.mark.parametrize(
    ("found", "people", "proved"),
    [
        (Agreement(both=40), 40, True),
        (Agreement(both=20), 40, True),
        (Agreement(both=19), 40, False),
        (Agreement(login=20, number=20), 40, True),
        (Agreement(both=39, neither=1), 40, False),
        (Agreement(both=30, neither=10, silent=10), 40, True),
        (Agreement(both=39, ambiguous=1), 40, False),
        (Agreement(both=40, moved=1), 40, False),
        (Agreement(both=38, login=2, at_odds=2), 40, True),
        (Agreement(both=37, login=3, at_odds=3), 40, False),
        (Agreement(neither=1), 1, False),
        (Agreement(), 0, True),
    ],
)
def test_ids_are_those_of_before_where_everybody_who_can_be_told_agrees(
    found: Agreement, people: int, *, proved: bool
) -> None:
    assert found.proves(people) is proved


@pytest.mark.parametrize(
    ("found", "nearly"),
    [
        (Agreement(both=38, neither=2), True),
        (Agreement(both=37, neither=3), False),
        (Agreement(both=40, moved=3), False),
        (Agreement(both=10, neither=30, silent=30), False),
    ],
)
def test_who_cannot_be_told_goes_by_what_ids_are_for_nearly_all_others(found: Agreement, *, nearly: bool) -> None:
    assert found.mostly_proves(40) is nearly


def rekeyed(found: Agreement, retired: int = 0) -> Plan:
    return replace(plan(), rekey=Rekey(found, retired))


def test_another_source_that_needs_a_re_key_waits_and_says_how_many_agree() -> None:
    verdict = judged(
        rekeyed(Agreement(both=30, login=2, number=1, neither=7, silent=4, moved=3), 9), told(THERE), told()
    )
    assert (verdict.hold, verdict.reason) == (EVERYTHING, "SourceChanged")
    assert "was sis.example/aeries (OneRoster, Aeries) and is other.example/aeries" in verdict.why
    assert "30 by login and number, 2 by login only, 1 by number only, 7 by neither (4 have" in verdict.why
    assert "put the former source back" in verdict.remedy
    assert not judged(plan(confirmed=0), told(THERE), told()).hold, "the ledger found that it needs none"


def test_ids_in_the_ledger_may_be_of_an_earlier_source_than_the_last_reading() -> None:
    before = told(THERE).with_ids_of(HERE)
    assert judged(rekeyed(Agreement(neither=9)), told(THERE), before).reason == "SourceChanged"
    assert judged(rekeyed(Agreement(neither=9)), told(HERE), before).reason == "IdentitiesChanged"
    assert Evidence.decode(before.encode()) == before


def test_the_same_source_that_needs_a_re_key_gave_its_ids_to_others() -> None:
    for now in (told(), None):
        verdict = judged(rekeyed(Agreement(both=30, neither=10)), now, told())
        assert (verdict.hold, verdict.reason, verdict.approvable) == (EVERYTHING, "IdentitiesChanged", True)


@pytest.mark.parametrize(
    ("changed", "known", "frozen"), [(2, 3, False), (3, 40, True), (5, 100, False), (6, 100, True), (0, 0, False)]
)
def test_a_delta_read_that_finds_many_ids_with_other_people_waits_for_the_full_one(
    changed: int, known: int, *, frozen: bool
) -> None:
    people = plan(known=known, present=known, confirmed=known - changed, changed=changed)
    verdict = judged(people, None, told())
    assert verdict.hold == (EVERYTHING if frozen else Hold())
    assert (verdict.reason == "IdentitiesChanged") is frozen
    assert verdict.approvable is not frozen


@pytest.mark.parametrize(
    ("created", "known", "confirmed", "frozen"),
    [(11, 40, 19, True), (10, 40, 19, False), (11, 40, 20, False), (11, 0, 0, False), (162, 150, 0, True)],
)
def test_many_strangers_are_a_question_where_few_are_left_who_are_known(
    created: int, known: int, confirmed: int, frozen: bool
) -> None:
    verdict = judged(plan(created=created, known=known, confirmed=confirmed), told(), told())
    assert verdict.hold == (EVERYTHING if frozen else Hold())
    assert (verdict.reason == "RosterInQuestion") is frozen


@pytest.mark.parametrize(
    ("change", "frozen"),
    [
        (SpecChange(), True),
        (SpecChange(schools_removed=True, schools_added=True), False),
        (SpecChange(courses_removed=True, courses_added=True), True),
        (SpecChange(schools_added=True, courses_added=True), True),
    ],
)
@pytest.mark.parametrize("settling", [False, True])
def test_strangers_are_expected_where_another_school_was_chosen(
    change: SpecChange, *, frozen: bool, settling: bool
) -> None:
    many = plan(created=50, known=40, confirmed=0)
    case = Case(many, evidence=told(), evidence_before=told(), spec_change=change, settling=settling)
    in_a_new_term = settling and change.courses_removed
    assert decide(case).hold == (EVERYTHING if frozen and not in_a_new_term else Hold())


def test_a_delta_read_sees_too_little_to_tell_who_is_left() -> None:
    assert not judged(plan(created=50, known=40, confirmed=0), None, told()).hold


@pytest.mark.parametrize(("present", "confirmed", "frozen"), [(50, 0, True), (50, 24, True), (50, 25, False)])
def test_a_school_that_is_left_out_brings_no_strangers(present: int, confirmed: int, frozen: bool) -> None:
    many = plan(created=50, known=90, present=present, confirmed=confirmed)
    change = SpecChange(schools_removed=True)
    verdict = decide(Case(many, evidence=told(), evidence_before=told(), spec_change=change))
    assert verdict.hold == (EVERYTHING if frozen else Hold())


def test_a_section_that_held_rows_and_holds_none_is_a_question() -> None:
    verdict = judged(plan(), told(terms=msgspec.structs.replace(TERMS, rows=0)), told())
    assert (verdict.hold, verdict.reason) == (EVERYTHING, "RosterInQuestion")
    assert "academic schedules held rows before, and holds none now" in verdict.why


def test_a_field_that_was_filled_and_is_filled_nowhere_is_a_question() -> None:
    verdict = judged(plan(), told(terms=msgspec.structs.replace(TERMS, members={"startDate": 12})), told())
    assert (verdict.hold, verdict.reason) == (EVERYTHING, "RosterInQuestion")
    assert "endDate of academic schedules" in verdict.why
    assert "District:" in verdict.remedy


@pytest.mark.parametrize(("field", "held"), [("endDate", False), ("course", True)])
def test_a_field_that_keeps_nobody_from_losing_a_license_is_missed_where_one_is_granted(field: str, held: bool) -> None:
    before = told(terms=msgspec.structs.replace(TERMS, members={"startDate": 12, field: 12}))
    now = told(terms=msgspec.structs.replace(TERMS, members={"startDate": 12}))
    removing = Plan("digest", revocations=1, active=1000)
    assert bool(judged(removing, now, before).hold) is held


def test_fewer_proofs_hold_removals_and_no_grant() -> None:
    worse = told(terms=msgspec.structs.replace(TERMS, proof="EmptyPage"))
    assert not judged(plan(), worse, told()).hold, "there is nothing to hold"
    removing = Plan("digest", revocations=1, active=1000)
    assert judged(removing, worse, told()).hold == Hold(everything=True)


def test_a_plan_that_changes_nothing_waits_for_nothing() -> None:
    same = Plan("digest", recognition=Recognition(40, 40, 0, 0, linked=True))
    assert not judged(same, told(THERE), told()).hold


def coming(*newcomers: Newcomers) -> Plan:
    return replace(plan(known=60, present=220, confirmed=60, created=160), newcomers=newcomers)


@pytest.mark.parametrize(
    ("newcomers", "frozen"),
    [
        (Newcomers("994", coming=160, known=40, there=40), True),
        (Newcomers("994", coming=41, known=40, there=40), True),
        (Newcomers("994", coming=40, known=40, there=40), False),
        (Newcomers("994", coming=160, known=40, there=170), False),
        (Newcomers("994", coming=160, known=10, there=10), False),
        (Newcomers("994", coming=10, known=40, there=2), False),
        (Newcomers("994", coming=11, known=40, there=2), True),
        (Newcomers("", coming=160, known=40, there=40), True),
    ],
)
def test_strangers_who_are_more_than_those_who_are_known_at_a_school_are_a_question(
    newcomers: Newcomers, *, frozen: bool
) -> None:
    verdict = judged(coming(newcomers), told(), told())
    assert verdict.hold == (EVERYTHING if frozen else Hold())
    assert (verdict.reason == "RosterInQuestion") is frozen
    assert judged(coming(newcomers), None, told()).hold == verdict.hold, "by a delta read too"


def test_what_is_new_by_the_spec_or_in_the_first_days_of_a_term_is_none() -> None:
    many = coming(Newcomers("994", coming=160, known=40, there=40))
    assert not decide(Case(many, spec_change=SpecChange(courses_added=True))).hold
    assert decide(Case(many, spec_change=SpecChange(schools_added=True, courses_removed=True))).hold
    assert not decide(Case(many, settling=True)).hold
    assert not decide(Case(many, Limits(school_percent=100))).hold
    assert not decide(Case(many, Limits(floor=200))).hold


@pytest.mark.parametrize(
    ("before", "now", "classes", "frozen"),
    [
        (0, 3, 20, True),
        (0, 2, 4, False),
        (0, 2, 3, True),
        (1, 1, 1, False),
        (0, 10, 100, False),
        (0, 11, 100, True),
        (90, 92, 92, False),
        (90, 120, 120, True),
        (None, 50, 50, False),
    ],
)
def test_many_classes_whose_terms_nobody_knows_any_more_are_a_question(
    before: int | None, now: int, classes: int, frozen: bool
) -> None:
    without = Question.CLASS_WITHOUT_SESSION
    questions_before = None if before is None else {without: before}
    case = Case(plan(), questions={without: now}, questions_before=questions_before, classes=classes)
    verdict = decide(case)
    assert verdict.hold == (EVERYTHING if frozen else Hold())
    assert not decide(replace(case, plan=replace(case.plan, grants=0))).hold, "nobody would gain by it"
