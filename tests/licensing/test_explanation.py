"""Why somebody has an eBook, or has it not, is what the sync decides, said in words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.roster.term_rules import term_rules

from roster_operator.licensing.causes import Cause
from roster_operator.licensing.class_scope import ClassMemory, ClassNames, KnownReferences
from roster_operator.licensing.comparison import Comparison
from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.licensing.explanation import Explainer, Explanation
from roster_operator.licensing.fold import Fold
from roster_operator.licensing.models import Edition, Entitlement
from roster_operator.roster.calendar import Calendar, calendar
from roster_operator.roster.dates import Days
from roster_operator.roster.models import (
    DISABLED,
    MONTH_FIRST,
    ClassSection,
    Enrollments,
    Part,
    People,
    PersonRow,
    Role,
    Session,
    Status,
    part,
)
from roster_operator.roster.terms import NO_RULES, TermRules
from roster_operator.snapshot.reasons import Change

TODAY = "2026-11-24"
DAYS = Days(TODAY)
BOTH = (Edition.STUDENT, Edition.TEACHER)
OFFER = Offer(
    {"MA1": ("algebra",), "MA2": ("geometry", "workbook"), "MA3": ("answers",)},
    {"algebra": BOTH, "geometry": BOTH, "workbook": (Edition.STUDENT,), "answers": (Edition.TEACHER,)},
    ["north", "south"],
)
SESSIONS = [
    Session("now", "2026-08-01", "2027-06-01"),
    Session("past", "2025-08-01", "2026-06-01"),
    Session("next", "2027-08-01", "2028-06-01"),
    Session("odd", "?", "2027-06-01"),
    Session("dropped", "2025-08-01", "2026-06-01", status=Status.GONE),
]
NEAR = [
    Session("now", "2026-08-01", "2026-11-25"),
    Session("past", "2026-08-01", "2026-11-20"),
    Session("next", "2026-11-27", "2027-06-01"),
    *SESSIONS[3:],
]
AROUND = [
    "2026-11-10",
    "2026-11-19",
    "2026-11-20",
    "2026-11-24",
    "2026-11-25",
    "2026-11-26",
    "2026-11-28",
    "2026-12-09",
]
ALGEBRA = Entitlement("algebra", Edition.STUDENT)
TERMS = calendar(SESSIONS, Days(TODAY))
BEFORE = ClassMemory(dict.fromkeys(["c0", "c1", "lost"], ClassNames.of(["course MA1"], ["school north"])))
KNOWN = KnownReferences({"MA1", "MA2", "MA3", "PE1"}, {"north", "south", "west"}, BEFORE, {"MA3"})
ON = part(Role.STUDENT, "", "")


def explained(
    enrollments: Iterable[tuple[str, Part]],
    classes: Iterable[ClassSection],
    standing: tuple[Role, Status, int] | None = (Role.STUDENT, Status.ACTIVE, 0),
    days: Days = DAYS,
    terms: Calendar = TERMS,
) -> Explanation:
    rows: dict[str, list[ClassSection]] = {}
    for section in classes:
        rows.setdefault(section.id, []).append(section)
    return Explainer(ClassTable(OFFER, terms, KNOWN), terms, days).explain(enrollments, rows, standing)


ids = st.sampled_from(["c0", "c1", "c2", "c3", "lost", "nowhere"])
sections = st.builds(
    ClassSection,
    ids,
    st.sampled_from(["MA1", "MA1", "MA2", "MA3", "PE1", "stray", ""]),
    st.sampled_from(["north", "north", "south", "west", "stray"]),
    st.sampled_from(
        [("now",), ("now",), ("past",), ("next",), ("odd",), ("dropped",), (), ("unknown",), ("past", "unknown")]
    ),
    st.sampled_from([Status.ACTIVE, Status.ACTIVE, *Status]),
)
dates = st.sampled_from(["", "", "2026-08-01", *AROUND[1:7], "2027-01-01", "?", "2026-11-12/2026-12-11"])
parts = st.builds(
    part,
    st.sampled_from([Role.STUDENT, Role.TEACHER, Role.UNKNOWN, *Role]),
    dates,
    dates,
    st.sampled_from([Status.ACTIVE, Status.ACTIVE, *Status]),
    st.sampled_from([0, 0, MONTH_FIRST]),
)
persons = st.sampled_from(["p0", "p1", "p2", "p3"])
standings = st.tuples(
    st.sampled_from([Role.STUDENT, Role.TEACHER, *Role]),
    st.sampled_from([Status.ACTIVE, Status.ACTIVE, *Status]),
    st.sampled_from([0, DISABLED]),
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(sections, max_size=8),
    st.lists(st.tuples(persons, ids, parts), max_size=12),
    st.dictionaries(persons, standings),
    st.sampled_from([SESSIONS, NEAR]),
    st.just(NO_RULES) | term_rules(AROUND, ["now", "past", "next"]),
)
def test_it_never_disagrees_with_the_sync(
    classes: list[ClassSection],
    enrolled: list[tuple[str, str, Part]],
    described: dict[str, tuple[Role, Status, int]],
    sessions: list[Session],
    rules: TermRules,
) -> None:
    terms = calendar(sessions, Days(TODAY), rules)
    table = ClassTable(OFFER, terms, KNOWN)
    table.add(classes)
    fold = Fold(table, Days(TODAY))
    fold.add(Enrollments.gathered(enrolled))
    fold.conclude()
    rows: list[PersonRow] = [(key, standing, f"user-{key}", "", "") for key, standing in described.items()]
    granted = Comparison(fold, table, {})
    new = {change.key: set(change.entitlements) for change in granted.changes(People.gathered(rows))}
    known = Comparison(fold, table, dict.fromkeys(("p0", "p1", "p2", "p3"), 1))
    touched = {change.key for change in known.changes(People.gathered(rows))}
    known.without(known.missing())
    gone = {change.key for change in known.gone()}
    for key in ("p0", "p1", "p2", "p3"):
        mine = [(section, said) for person, section, said in enrolled if person == key]
        found = explained(mine, classes, described.get(key), Days(TODAY, order=fold.order), terms)
        assert found.entitlements == new.get(key, set())
        assert found.unclear == (key not in touched | gone)
        assert (key in gone) == (not found.unclear and not found.entitlements)
        for entitlement in OFFER.entitlements:
            assert bool(found.giving(entitlement)) == (entitlement in found.entitlements)
            assert all(each.causes for each in found.lacking(entitlement))


@pytest.mark.parametrize(
    ("section", "said", "causes"),
    [
        (ClassSection("c", "MA1", "north", ("now",)), part(Role.STUDENT, "", "2026-11-01"), [Cause.ENROLLMENT_ENDED]),
        (
            ClassSection("c", "MA1", "north", ("now",)),
            part(Role.STUDENT, "2027-01-01", ""),
            [Cause.ENROLLMENT_NOT_BEGUN],
        ),
        (
            ClassSection("c", "MA1", "north", ("now",)),
            part(Role.STUDENT, "", "", Status.GONE),
            [Cause.ENROLLMENT_DELETED],
        ),
        (ClassSection("c", "MA1", "north", ("now",)), part(Role.OTHER, "", ""), [Cause.ROLE_GIVES_NOTHING]),
        (ClassSection("c", "MA1", "north", ("now",)), part(Role.TEACHER, "", ""), [Cause.STUDENT_AS_TEACHER]),
        (
            ClassSection("c", "MA1", "north", ("now",)),
            part(Role.STUDENT, "2026-09-09", "2026-09-01"),
            [Cause.ENROLLMENT_DATES_REVERSED],
        ),
        (ClassSection("c", "MA1", "north", ("now",)), part(Role.STUDENT, "?", ""), [Cause.ENROLLMENT_DATE_UNCLEAR]),
        (ClassSection("c", "MA1", "north", ("past",)), ON, [Cause.TERM_OVER]),
        (ClassSection("c", "MA1", "north", ("next",)), ON, [Cause.TERM_NOT_BEGUN]),
        (ClassSection("c", "MA1", "north", ("odd",)), ON, [Cause.TERM_UNCLEAR]),
        (ClassSection("c", "PE1", "north", ("now",)), ON, [Cause.COURSE_NOT_MAPPED]),
        (ClassSection("c", "", "north", ("now",)), ON, [Cause.CLASS_WITHOUT_COURSE]),
        (ClassSection("c", "MA1", "west", ("now",)), ON, [Cause.SCHOOL_NOT_SELECTED]),
        (ClassSection("c0", "stray", "north", ("now",)), ON, [Cause.CLASS_REFERENCE_LOST]),
        (ClassSection("c", "MA1", "north", ("now",), Status.GONE), ON, [Cause.CLASS_DELETED]),
        (ClassSection("other", "MA1", "north", ("now",)), ON, [Cause.CLASS_NOT_LISTED]),
        (
            ClassSection("c", "MA1", "west", ("past",)),
            part(Role.STUDENT, "", "2026-11-01"),
            [Cause.ENROLLMENT_ENDED, Cause.TERM_OVER, Cause.SCHOOL_NOT_SELECTED],
        ),
    ],
)
def test_every_link_that_breaks_is_named_and_the_nearest_to_giving_first(
    section: ClassSection, said: Part, causes: list[Cause]
) -> None:
    class_id = section.id if section.id != "other" else "c"
    [found] = explained([(class_id, said)], [section]).lacking(ALGEBRA)
    assert list(found.causes) == causes


@pytest.mark.parametrize(
    ("standing", "cause"),
    [
        (None, Cause.PERSON_NOT_DESCRIBED),
        ((Role.STUDENT, Status.GONE, 0), Cause.PERSON_DELETED),
        ((Role.STUDENT, Status.GONE, DISABLED), Cause.PERSON_DISABLED),
        ((Role.STUDENT, Status.UNRECOGNIZED, 0), Cause.PERSON_STATUS_UNCLEAR),
    ],
)
def test_a_person_who_does_not_count_has_that_for_a_cause(
    standing: tuple[Role, Status, int] | None, cause: Cause
) -> None:
    found = explained([("c", ON)], [ClassSection("c", "MA1", "north", ("now",))], standing)
    assert found.lacking(ALGEBRA)[0].causes == (cause,)
    assert found.entitlements == frozenset()


def test_the_enrollment_that_is_nearest_to_giving_comes_first() -> None:
    classes = [
        ClassSection("sports", "PE1", "north", ("now",)),
        ClassSection("over", "MA1", "west", ("past",)),
        ClassSection("soon", "MA1", "north", ("now",)),
    ]
    enrolled = [("sports", ON), ("over", ON), ("soon", part(Role.STUDENT, "2027-01-01", ""))]
    assert [each.chain.class_id for each in explained(enrolled, classes).lacking(ALGEBRA)] == ["soon", "over", "sports"]


def test_an_edition_that_the_role_does_not_get_is_named() -> None:
    section = ClassSection("c", "MA2", "north", ("now",))
    teacher = (Role.TEACHER, Status.ACTIVE, 0)
    found = explained([("c", part(Role.TEACHER, "", ""))], [section], teacher)
    assert found.lacking(Entitlement("workbook", Edition.STUDENT))[0].causes == (Cause.OTHER_EDITION,)
    alone = explained([("c", ON)], [ClassSection("c", "MA3", "north", ("now",))])
    assert alone.lacking(Entitlement("answers", Edition.TEACHER))[0].causes == (Cause.EDITION_MISSING,)


def test_every_cause_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "reasons.md").read_text(encoding="utf-8")
    assert [cause for cause in Cause if f"| `{cause}` |" not in page] == []
    assert [change for change in Change if f"`{change}`" not in page] == []


def test_who_is_in_a_class_that_is_not_listed_any_more_waits_for_the_order_of_day_and_month() -> None:
    table = ClassTable(OFFER, TERMS, KNOWN)
    fold = Fold(table, Days(TODAY))
    ended = part(Role.STUDENT, "", "2026-11-12/2026-12-11")
    fold.add(Enrollments.gathered([("p", "lost", ended), ("q", "lost", part(Role.STUDENT, "", "", marks=MONTH_FIRST))]))
    fold.conclude()
    assert list(fold.persons) == ["q"]
