"""A snapshot gives back what was read of a person, in few bytes, and names nobody."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roster_operator.errors import InputError
from roster_operator.licensing.causes import Cause
from roster_operator.licensing.class_scope import ClassMemory, ClassNames, KnownReferences
from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.licensing.explanation import Explainer
from roster_operator.licensing.models import Edition, Entitlement
from roster_operator.roster.calendar import calendar
from roster_operator.roster.dates import DayOrder, Days
from roster_operator.roster.models import (
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
from roster_operator.snapshot.format import Header, Kind, decode_header, encode_header
from roster_operator.snapshot.key import SnapshotKey
from roster_operator.snapshot.reader import find
from roster_operator.snapshot.writer import SnapshotWriter

TODAY = "2026-11-24"
KEY = SnapshotKey(b"k" * 32)
EBOOKS = {"MA1": ["algebra"], "MA2": ["geometry"]}
EDITIONS = {"algebra": list(Edition), "geometry": [Edition.STUDENT]}
SESSIONS = [Session("now", "2026-08-01", "2027-06-01"), Session("past", "2025-08-01", "2026-06-01")]
COURSES = [Course("MA1"), Course("MA2"), Course("PE1")]
SCHOOLS = [School("north"), School("south"), School("west")]
SELECTED = ["north", "south"]
BEFORE = ClassMemory(dict.fromkeys(["c0", "lost"], ClassNames.of([], [])))
TERMS = calendar(SESSIONS, Days(TODAY))
ALGEBRA = Entitlement("algebra", Edition.STUDENT)
ON = part(Role.STUDENT, "", "")
Enrolled = tuple[str, str, Part]


def empty_table() -> ClassTable:
    known = KnownReferences({course.id for course in COURSES}, {school.id for school in SCHOOLS}, BEFORE)
    return ClassTable(Offer(EBOOKS, EDITIONS, SELECTED), TERMS, known)


@contextmanager
def written(
    classes: Sequence[ClassSection],
    enrolled: Sequence[Enrolled],
    people: Iterable[PersonRow],
    *,
    rows: int = 50_000,
    most_known: int = 120_000,
    page: int = 5_000,
) -> Iterator[SnapshotWriter]:
    table = empty_table()
    table.add(classes)
    listed = {school.id for school in SCHOOLS}
    with SnapshotWriter(KEY, table, selected=SELECTED, listed=listed, rows=rows, most_known=most_known) as writer:
        writer.add_classes(classes)
        for at in range(0, len(enrolled), page):
            writer.enroll(Enrollments.gathered(enrolled[at : at + page]))
        writer.describe(People.gathered(list(people)))
        writer.finish()
        yield writer


def header(order: DayOrder = DayOrder.UNKNOWN) -> Header:
    return Header(
        day=TODAY,
        zone="UTC",
        order=order,
        schools=SCHOOLS,
        courses=COURSES,
        sessions=SESSIONS,
        selected_schools=SELECTED,
        ebooks_by_course=EBOOKS,
        editions=EDITIONS,
        unclear=[],
        enrollments=0,
        persons=0,
    )


ids = st.sampled_from(["c0", "c1", "c2", "c3", "lost", "nowhere"])
sections = st.builds(
    ClassSection,
    ids,
    st.sampled_from(["MA1", "MA1", "MA2", "PE1", "stray", ""]),
    st.sampled_from(["north", "south", "west", "stray"]),
    st.sampled_from([("now",), ("past",), ("unknown", "past"), ()]),
    st.sampled_from(Status),
)
parts = st.builds(
    part,
    st.sampled_from(Role),
    st.sampled_from(["", "2026-08-01", "?", "2026-11-12/2026-12-11"]),
    st.sampled_from(["", "2026-11-24", "2027-01-01"]),
    st.sampled_from(Status),
)
persons = st.sampled_from(["p0", "p1", "p2", "p3"])
standings = st.tuples(st.sampled_from(Role), st.sampled_from(Status), st.sampled_from([0, 32]))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(sections, max_size=8, unique_by=lambda section: section.id),
    st.lists(st.tuples(persons, ids, parts), max_size=14),
    st.dictionaries(persons, standings),
    st.integers(1, 5),
    st.sampled_from([0, 2, 100]),
    st.sampled_from(DayOrder),
)
def test_a_person_is_explained_by_it_as_by_the_roster_itself(
    classes: list[ClassSection],
    enrolled: list[Enrolled],
    described: dict[str, tuple[Role, Status, int]],
    rows: int,
    most_known: int,
    order: DayOrder,
) -> None:
    people: list[PersonRow] = [(key, standing, "", "", "") for key, standing in described.items()]
    by_id: dict[str, list[ClassSection]] = {}
    for section in classes:
        by_id.setdefault(section.id, []).append(section)
    direct = Explainer(empty_table(), TERMS, Days(TODAY, order=order))
    with written(classes, enrolled, people, rows=rows, most_known=most_known, page=4) as snapshot:
        read = decode_header(encode_header(header(order)))
        assert read is not None
        found = find(read, snapshot.blobs, [KEY.hash_of(f"p{number}") for number in range(4)])
    explainer = found.explainer()
    for key in ("p0", "p1", "p2", "p3"):
        mine = [(section, said) for person, section, said in enrolled if person == key]
        expected = direct.explain(mine, by_id, described.get(key))
        actual = found.explain(KEY.hash_of(key), explainer)
        assert actual.entitlements == expected.entitlements
        assert actual.unclear == expected.unclear
        kept = [chain for chain in expected.chains if Cause.SCHOOL_NOT_SELECTED not in chain.causes]
        told = [chain for chain in actual.chains if Cause.SCHOOL_NOT_SELECTED not in chain.causes]
        assert [(each.class_id, each.causes, each.gives) for each in told] == [
            (each.class_id, each.causes, each.gives) for each in kept
        ]


def test_classes_of_other_schools_are_not_kept_nor_who_is_in_them() -> None:
    classes = [ClassSection("w", "MA1", "west", ("now",)), ClassSection("n", "MA1", "north", ("now",))]
    enrolled = [("p", "w", ON), ("q", "n", ON)]
    people: list[PersonRow] = [(key, (Role.STUDENT, Status.ACTIVE, 0), "", "", "") for key in ("p", "q", "guardian")]
    with written(classes, enrolled, people) as snapshot:
        found = find(header(), snapshot.blobs, list(map(KEY.hash_of, ("p", "q", "guardian"))))
        assert (snapshot.enrollments, snapshot.persons) == (1, 1)
    assert list(found.enrollments) == list(found.standings) == [KEY.hash_of("q")]
    assert list(found.classes) == ["n"]


def test_it_holds_no_id_of_a_person() -> None:
    names = [f"sourced-id-of-{number}" for number in range(50)]
    people: list[PersonRow] = [(n, (Role.STUDENT, Status.ACTIVE, 0), f"login-{n}", f"{n}@x", "4711") for n in names]
    with written([ClassSection("n", "MA1", "north")], [(name, "n", ON) for name in names], people) as snapshot:
        blobs = b"".join(chunk.blob for chunk in snapshot.chunks())
    assert not any(name.encode() in blobs for name in ("sourced-id", "login-", "@x", "4711"))
    assert b"sourced" not in encode_header(header())


def test_another_key_finds_nobody() -> None:
    with written([ClassSection("n", "MA1", "north")], [("p", "n", ON)], []) as snapshot:
        other = SnapshotKey.new()
        assert other.id != KEY.id
        assert not find(header(), snapshot.blobs, [other.hash_of("p")]).enrollments
        assert find(header(), snapshot.blobs, [KEY.hash_of("p")]).enrollments


def district(students: int) -> tuple[list[ClassSection], list[Enrolled], list[PersonRow]]:
    """Seven classes each, in the order in which a SIS lists them: by class, as they were entered."""
    chance = random.Random(4)
    sections = [
        ClassSection(f"{chance.getrandbits(64):016x}", chance.choice(["MA1", "MA2", "PE1"]), SELECTED[n % 2], ("now",))
        for n in range(students * 7 // 25)
    ]
    names = [f"{chance.getrandbits(64):016x}" for _ in range(students)]
    said = [part(Role.STUDENT, f"2026-08-{day:02d}", "") for day in range(1, 29)]
    per_school = 28 * 10
    enrolled = []
    for number, name in enumerate(names):
        first = number // 1000 * per_school
        for section in chance.sample(sections[first : first + per_school], 7):
            enrolled.append((name, section.id, chance.choice(said)))
    places = {section.id: place for place, section in enumerate(sections)}
    enrolled.sort(key=lambda row: places[row[1]])
    people: list[PersonRow] = [(name, (Role.STUDENT, Status.ACTIVE, 0), "", "", "") for name in names]
    return sections, enrolled, people


def test_an_enrollment_takes_twelve_bytes_at_most() -> None:
    sections, enrolled, people = district(10_000)
    with written(sections, enrolled, people) as snapshot:
        size = sum(len(chunk.blob) for chunk in snapshot.chunks()) + len(encode_header(header()))
        assert snapshot.enrollments == len(enrolled)
    assert size / len(enrolled) <= 12


@pytest.mark.slow
def test_memory_does_not_grow_with_the_enrollments() -> None:
    def peak(rounds: int) -> int:
        table = empty_table()
        sections = [ClassSection(f"c{number}", "MA1", "north") for number in range(500)]
        with SnapshotWriter(KEY, table, selected=SELECTED, listed=SELECTED, most_known=5_000) as writer:
            tracemalloc.start()
            try:
                writer.add_classes(sections)
                for page in range(rounds):
                    names = [f"person-{page}-{number}" for number in range(5_000)]
                    writer.enroll(Enrollments(names, [sections[n % 500].id for n in range(5_000)], [ON] * 5_000))
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    assert peak(80) < 1.2 * peak(24) + 8 * 2**20


def test_a_header_of_another_form_is_not_misread() -> None:
    assert decode_header(b"anything") is None
    assert decode_header(encode_header(msgspec.structs.replace(header(), format=header().format + 1))) is None
    assert decode_header(encode_header(header())) == header()


@pytest.mark.parametrize("text", ["", "xyz", "00" * 31, "00" * 33])
def test_a_key_of_another_length_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputError, match=r"Platform: .*right one"):
        SnapshotKey.read(text, "a file")


def test_a_key_is_read_as_it_was_written_and_shows_nothing_of_itself() -> None:
    key = SnapshotKey.new()
    assert SnapshotKey.read(f"{key.written}\n", "a file") == key
    assert key.written not in repr(key)
    assert key.id not in key.written


def test_chunks_are_read_in_the_order_in_which_they_were_written() -> None:
    sections = [ClassSection(f"c{number}", "MA1", "north") for number in range(10)]
    with written(sections, [(f"p{n}", f"c{n}", ON) for n in range(10)], [], rows=3, page=3) as snapshot:
        chunks = list(snapshot.chunks())
    assert [chunk.number for chunk in chunks] == list(range(len(chunks)))
    assert [chunk.kind for chunk in chunks].count(Kind.ENROLLMENTS) == 4
