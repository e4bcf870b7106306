"""Persons in partitions on disk are treated as persons in memory are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import ExitStack
from typing import NamedTuple, TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.licensing.models import Edition, PersonChange
from roster_operator.reconcile.persons import Persons
from roster_operator.reconcile.rows_on_disk import PARTITIONS, Partitions, partition_of
from roster_operator.roster.calendar import calendar
from roster_operator.roster.dates import Days
from roster_operator.roster.models import ClassSection, Enrollment, Person, Role, Status
from roster_operator.roster.quality import Questions

pytestmark = pytest.mark.slow

TODAY = "2026-11-24"
T = TypeVar("T")
NAMES = [f"p{number}" for number in range(12)]


class Found(NamedTuple):
    """What came out, whatever the order."""

    changes: dict[str, PersonChange]
    asked_for: set[str]
    students: int
    staff: int
    questions: Questions


def found(
    max_in_memory: int,
    enrollments: list[Enrollment],
    people: list[Person],
    states: dict[str, int],
    known_by_id: Iterable[Person],
) -> Found:
    table = ClassTable(
        Offer({"MA1": ("algebra",)}, {"algebra": tuple(Edition)}, [f"school-{n}" for n in range(80)]),
        calendar([], Days(TODAY)),
    )
    table.add(ClassSection(f"c{number}", "MA1", f"school-{number * 25}") for number in range(4))
    kept: list[PersonChange] = []
    asked_for: set[str] = set()

    def look_up(missing: set[str], sink: object) -> None:
        asked_for.update(missing)
        assert callable(sink)
        sink([person for person in known_by_id if person.id in missing])

    with ExitStack() as resources:
        persons = Persons(table, Days(TODAY), kept.extend, resources, max_in_memory=max_in_memory)
        for page in pages(enrollments):
            persons.enroll(page)
        persons.compare_with(iter(states.items()))
        for described in pages(people):
            persons.describe(described)
        persons.finish(look_up)
    kept = list(persons.revision.of(kept))
    assert len({change.key for change in kept}) == len(kept)
    return Found({c.key: c for c in kept}, asked_for, persons.students, persons.staff, persons.questions)


def pages(rows: list[T]) -> Iterable[Collection[T]]:
    return [rows[at : at + 3] for at in range(0, len(rows), 3)]


ROLES = st.sampled_from([Role.STUDENT, Role.TEACHER, Role.UNKNOWN, Role.OTHER])
ENROLLMENTS = st.lists(
    st.builds(Enrollment, st.sampled_from(NAMES), st.sampled_from(["c0", "c1", "c2", "c3", "away"]), ROLES), max_size=30
)
PEOPLE = st.lists(
    st.builds(
        Person,
        st.sampled_from(NAMES),
        ROLES,
        st.sampled_from(["", "ann", "bob"]),
        identifier=st.sampled_from(["", "7"]),
        status=st.sampled_from(Status),
    ),
    max_size=20,
)


@given(ENROLLMENTS, PEOPLE, st.dictionaries(st.sampled_from(NAMES), st.integers(0, 3)), PEOPLE, st.integers(0, 12))
def test_partitions_change_nothing(
    enrollments: list[Enrollment],
    people: list[Person],
    states: dict[str, int],
    by_id: list[Person],
    max_in_memory: int,
) -> None:
    in_memory = found(1000, enrollments, people, dict(states), by_id)
    assert found(max_in_memory, enrollments, people, dict(states), by_id) == in_memory


@pytest.mark.parametrize("count", [0, 1, 40_000])
def test_every_row_comes_back_from_its_partition_once(count: int) -> None:
    rows = [f"person-{number}" for number in range(count)]
    with ExitStack() as resources:
        partitions = Partitions(msgspec.msgpack.Decoder(list[str]), resources)
        partitions.extend((row, row) for row in rows)
        read = [(p, row) for p in range(PARTITIONS) for block in partitions.read(p) for row in block]
    assert sorted(row for _, row in read) == sorted(rows)
    assert all(partition_of(row) == partition for partition, row in read)
