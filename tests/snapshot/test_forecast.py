"""The license calendar never disagrees with what syncs of the coming days do with a roster that stays as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.roster.term_rules import term_rules
from tests.snapshot.test_roster_snapshot import KEY

from roster_operator.licensing.class_scope import ClassMemory, ClassNames, KnownReferences
from roster_operator.licensing.comparison import Comparison
from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.licensing.fold import Fold
from roster_operator.licensing.models import Edition, Entitlement
from roster_operator.roster.calendar import calendar
from roster_operator.roster.dates import DayOrder, Days
from roster_operator.roster.models import (
    DISABLED,
    MONTH_FIRST,
    ClassSection,
    Course,
    Enrollments,
    Part,
    People,
    PersonRow,
    Role,
    School,
    Session,
    Status,
    part,
)
from roster_operator.roster.terms import NO_RULES, TermRules
from roster_operator.snapshot.forecast import Forecast, forecast, running
from roster_operator.snapshot.format import Header
from roster_operator.snapshot.writer import SnapshotWriter

FIRST = date(2026, 11, 24)
DAYS = [(FIRST + timedelta(days=ahead)).isoformat() for ahead in range(20)]
BOTH = [Edition.STUDENT, Edition.TEACHER]
EBOOKS = {"MA1": ["algebra"], "MA2": ["geometry", "workbook"], "MA3": ["answers"]}
EDITIONS = {"algebra": BOTH, "geometry": BOTH, "workbook": [Edition.STUDENT], "answers": [Edition.TEACHER]}
SELECTED = ["north", "south"]
COURSES, SCHOOLS = [Course(each) for each in (*EBOOKS, "PE1")], [School(each) for each in (*SELECTED, "west")]
NAMES = ClassNames.of(["course"], ["school"])
STUDENT = (Role.STUDENT, Status.ACTIVE, 0)
ALGEBRA = Entitlement("algebra", Edition.STUDENT)
Enrolled = list[tuple[str, str, Part]]
Described = dict[str, tuple[Role, Status, int]]

dates = st.sampled_from(["", "", *DAYS[1:9:2], "2026-11-01", "2027-03-01", "?", "2026-12-01/2026-12-05"])
sessions = st.lists(
    st.builds(Session, st.sampled_from(["s1", "s2", "s3"]), dates, dates, st.sampled_from([*Status, Status.ACTIVE])),
    max_size=3,
)
ids = st.sampled_from(["c0", "c1", "c2", "c3", "lost", "nowhere"])
sections = st.builds(
    ClassSection,
    ids,
    st.sampled_from(["MA1", "MA1", "MA2", "MA3", "PE1", "stray", ""]),
    st.sampled_from(["north", "north", "south", "west", "stray"]),
    st.sampled_from([("s1",), ("s1",), ("s2",), ("s1", "s2"), (), ("unknown",), ("s3", "unknown")]),
    st.sampled_from([Status.ACTIVE, Status.ACTIVE, Status.ACTIVE, *Status]),
)
parts = st.builds(
    part,
    st.sampled_from([Role.STUDENT, Role.STUDENT, Role.TEACHER, Role.UNKNOWN, *Role]),
    dates,
    dates,
    st.sampled_from([Status.ACTIVE, Status.ACTIVE, Status.ACTIVE, *Status]),
    st.sampled_from([0, 0, MONTH_FIRST]),
)
persons = st.sampled_from(["p0", "p1", "p2", "p3"])
standings = st.tuples(
    st.sampled_from([Role.STUDENT, Role.TEACHER, *Role]),
    st.sampled_from([Status.ACTIVE, Status.ACTIVE, *Status]),
    st.sampled_from([0, DISABLED]),
)
rules = st.just(NO_RULES) | term_rules(DAYS, ["s1", "s2"])


class District:
    """Syncs a roster that stays as it is, day after day."""

    def __init__(
        self,
        terms: list[Session],
        classes: list[ClassSection],
        enrolled: Enrolled,
        described: Described,
        rules: TermRules = NO_RULES,
    ) -> None:
        self.rules = rules
        self.terms, self.classes, self.enrolled, self.described = terms, classes, enrolled, described
        self.before = ClassMemory(dict.fromkeys(["c0", "lost"], NAMES))
        self.states: dict[str, int] = {}
        self.held: dict[str, set[Entitlement]] = {}
        self.order = DayOrder.UNKNOWN

    def table(self, day: str) -> ClassTable:
        known = KnownReferences(
            {course.id for course in COURSES},
            {school.id for school in SCHOOLS},
            self.before,
            {"MA3"},
            dict.fromkeys(EBOOKS, frozenset({"course"})),
            dict.fromkeys(SELECTED, frozenset({"school"})),
        )
        return ClassTable(Offer(EBOOKS, EDITIONS, SELECTED), calendar(self.terms, Days(day), self.rules), known)

    def sync(self, day: str) -> Counter[Entitlement]:
        table = self.table(day)
        table.add(self.classes)
        fold = Fold(table, Days(day))
        fold.add(Enrollments.gathered(self.enrolled))
        fold.conclude()
        comparison = Comparison(fold, table, dict(self.states))
        rows: list[PersonRow] = [(key, standing, f"user-{key}", "", "") for key, standing in self.described.items()]
        for change in comparison.changes(People.gathered(rows)):
            self.held[change.key], self.states[change.key] = set(change.entitlements), change.digest
        comparison.without(comparison.missing())
        for gone in comparison.gone():
            del self.held[gone.key], self.states[gone.key]
        self.before = table.remember(fold.unlisted)
        self.order = fold.order
        return Counter(each for held in self.held.values() for each in held)

    @contextmanager
    def read(self) -> Iterator[SnapshotWriter]:
        """The snapshot that the first sync takes."""
        table = self.table(DAYS[0])
        table.add(self.classes)
        listed = {school.id for school in SCHOOLS}
        with SnapshotWriter(KEY, table, selected=SELECTED, listed=listed, rows=3) as writer:
            writer.add_classes(self.classes)
            writer.enroll(Enrollments.gathered(self.enrolled))
            rows: list[PersonRow] = [(key, standing, "", "", "") for key, standing in self.described.items()]
            writer.describe(People.gathered(rows))
            writer.finish()
            yield writer

    def forecast(self, until: str = DAYS[-1], at_once: int = 100) -> Forecast:
        with self.read() as writer:
            header = Header(
                day=DAYS[0],
                zone="UTC",
                order=self.order,
                schools=SCHOOLS,
                courses=COURSES,
                sessions=self.terms,
                selected_schools=SELECTED,
                ebooks_by_course=EBOOKS,
                editions=EDITIONS,
                unclear=["MA3"],
                enrollments=writer.enrollments,
                persons=writer.persons,
                terms=self.rules,
            )
            return forecast(header, writer.blobs, until, at_once=at_once)


def counted(licenses: dict[Entitlement, int]) -> dict[Entitlement, int]:
    return {each: count for each, count in licenses.items() if count}


@settings(max_examples=150, deadline=None)
@given(
    sessions,
    st.lists(sections, max_size=8),
    st.lists(st.tuples(persons, ids, parts), max_size=12),
    st.dictionaries(persons, standings),
    rules,
    st.sampled_from([1, 2, 100]),
)
def test_it_says_what_syncs_do_day_after_day(
    terms: list[Session],
    classes: list[ClassSection],
    enrolled: Enrolled,
    described: Described,
    rules: TermRules,
    at_once: int,
) -> None:
    district = District(terms, classes, enrolled, described, rules)
    synced = [district.sync(day) for day in DAYS]
    told = district.forecast(at_once=at_once)
    assert [counted(licenses) for _, licenses in running(told, DAYS)] == [counted(each) for each in synced]


@settings(max_examples=150, deadline=None)
@given(sessions, st.lists(sections, max_size=5), st.lists(st.tuples(persons, ids, parts), max_size=8), rules)
def test_until_the_next_change_every_day_is_judged_as_the_day_before(
    terms: list[Session], classes: list[ClassSection], enrolled: Enrolled, rules: TermRules
) -> None:
    district = District(terms, classes, enrolled, {}, rules)
    before: list[tuple[str, int, int]] = []
    until = DAYS[0]
    for day in DAYS:
        table, on = district.table(day), calendar(terms, Days(day), rules)
        table.add(classes)
        fold = Fold(table, Days(day))
        fold.add(Enrollments.gathered(enrolled))
        fold.conclude()
        judged = sorted(fold.entries())
        assert day >= until or judged == before, day
        before, until = judged, min(filter(None, (on.next_change, fold.next_change)), default="9999")


def of_one_class(said: Part, *more: tuple[str, str, Part], terms: tuple[str, str] = ("", "")) -> Forecast:
    classes = [ClassSection("c1", "MA1", "north", ("s1",)), ClassSection("c2", "MA1", "south", ("s1",))]
    enrolled = [("p0", "c1", said), *more]
    return District([Session("s1", *terms)], classes, enrolled, {"p0": STUDENT, "p1": STUDENT}).forecast()


def test_a_day_on_which_as_many_begin_as_end_is_told() -> None:
    first, second = part(Role.STUDENT, "", DAYS[5]), part(Role.STUDENT, DAYS[5], "")
    told = of_one_class(first, ("p1", "c2", second))
    assert told.licenses == {ALGEBRA: 1}
    assert [(day, step.begin, step.end) for day, step in told.steps.items()] == [(DAYS[5], {ALGEBRA: 1}, {ALGEBRA: 1})]


def test_who_changes_class_keeps_the_license() -> None:
    told = of_one_class(part(Role.STUDENT, "", DAYS[5]), ("p0", "c2", part(Role.STUDENT, DAYS[5], "")))
    assert (told.licenses, told.steps) == ({ALGEBRA: 1}, {})


def test_the_end_of_a_term_ends_what_its_classes_bring() -> None:
    told = of_one_class(part(Role.STUDENT, "", ""), terms=("", DAYS[3]))
    assert [(day, step.end) for day, step in told.steps.items()] == [(DAYS[3], {ALGEBRA: 1})]


def test_nothing_is_told_beyond_the_last_day() -> None:
    assert of_one_class(part(Role.STUDENT, "", "2027-02-01")).steps == {}


@pytest.mark.parametrize("standing", [None, (Role.STUDENT, Status.UNRECOGNIZED, 0), (Role.UNCLEAR, Status.ACTIVE, 0)])
def test_of_whom_nobody_can_say_all_are_counted(standing: tuple[Role, Status, int] | None) -> None:
    classes = [ClassSection("c1", "MA1", "north")]
    enrolled = [("p0", "c1", part(Role.TEACHER, "", "")), ("p1", "c1", part(Role.STUDENT, "", ""))]
    described: Described = {"p1": STUDENT} if standing is None else {"p0": standing, "p1": STUDENT}
    told = District([], classes, enrolled, described).forecast()
    assert (told.undecided, told.licenses) == (1, {ALGEBRA: 1})


def test_a_deleted_term_whose_own_dates_end_is_judged_on_that_day() -> None:
    """Until then nobody can say whether its class is on; whoever has a license by it keeps it."""
    district = District(
        [Session("s1", "", DAYS[3], Status.GONE), Session("s2", "", DAYS[1])],
        [ClassSection("c1", "MA1", "north", ("s1",)), ClassSection("c2", "MA1", "north", ("s2",))],
        [("p0", "c1", part(Role.STUDENT, "", "")), ("p0", "c2", part(Role.STUDENT, "", ""))],
        {"p0": STUDENT},
    )
    synced = [district.sync(day)[ALGEBRA] for day in DAYS[:5]]
    told = [licenses[ALGEBRA] for _, licenses in running(district.forecast(), DAYS[:5])]
    assert told == synced == [1, 1, 1, 0, 0]
