"""Who attends and teaches the classes in scope, and who these persons are."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Final

from roster_operator.errors import SectionNotShared
from roster_operator.roster.dates import UNREADABLE, certain
from roster_operator.roster.models import Enrollment, EnrollmentParts, Enrollments, People, Person, Role
from roster_operator.sources.failures import STATUS_FAILURES
from roster_operator.sources.powerschool import roster
from roster_operator.sources.powerschool.faculty import Faculty, read_co_teachers
from roster_operator.sources.powerschool.lists import Listed, Unproven
from roster_operator.sources.powerschool.reading import Lists, Pages, Tallied
from roster_operator.sources.powerschool.routes import enrollments_of, of_school
from roster_operator.sources.powerschool.schedule import Schedule, Taught
from roster_operator.sources.powerschool.wire import (
    SECTIONS,
    STAFF,
    STUDENTS,
    SectionEnrollmentRow,
    SectionRow,
    StaffRow,
    StudentRow,
)
from roster_operator.sources.source import Scope, Section

_SINGLY: Final = 500
"""Up to so many persons are asked for one by one; more are looked for in the lists of all schools."""
_ELSEWHERE: Final = 25
"""So many classes out of scope are asked whether the district has any enrollment, if those in scope have none."""
_TEACHERS: Final = frozenset({Role.TEACHER})


class Rolls:
    """Reads enrollments class by class, so that a scope makes tens of requests out of thousands."""

    def __init__(self, lists: Lists, schedule: Schedule, co_teacher_query: str) -> None:
        """Nobody was met yet."""
        self._lists = lists
        self._schedule = schedule
        self._query = co_teacher_query
        self._faculty = Faculty()
        self._staff_read: set[str] = set()
        self._students_read: set[str] = set()

    def read_enrollments(self, scope: Scope | None, tallied: Tallied) -> Pages[Enrollment]:
        """The lead teachers, co-teachers and students of the classes in scope.

        Counted are the students. If there are none, some classes out of scope tell whether the district has any.
        """
        if missing := self._schedule.before(self._schedule.classes, self._schedule.read_classes):
            return missing
        known = self._schedule.classes or {}
        classes = {one: taught for one, taught in known.items() if scope is None or one in scope.classes}
        rolls = self._unlisted((scope.unlisted if scope else frozenset()) - known.keys())
        told = {one: self._students(listed, one, tallied) for one, listed in rolls.items()}
        yield from map(Enrollments.gathered, told.values())
        untold = yield from self._teachers(classes, told, tallied)
        for listing, listed in self._lists.each(enrollments_of(one) for one in classes):
            yield Enrollments.gathered(self._students(listed, listing.path[3], tallied))
        if not tallied.rows:
            tallied.rows = self._anywhere([one for one in known if one not in classes][:_ELSEWHERE])
        empty = sum(not listed.received for listed in rolls.values())
        return tallied.concluded(Section.ENROLLMENTS, without=untold, untold=empty)

    def read_people(self, scope: Scope | None, tallied: Tallied) -> Pages[Person]:
        """The active staff and students of the schools in scope, and who else teaches there.

        Who is missing here is asked for by id, so a count that differs is no reason to doubt.
        """
        if missing := self._schedule.before(self._schedule.schools, self._schedule.read_schools):
            return missing
        schools = [one for one in self._schedule.schools or () if scope is None or one in scope.schools]
        self._read_staff(schools)
        staff = list(self._faculty.people.values())
        tallied.rows += len(staff)
        yield staff
        yield from self._students_of(schools, tallied)
        return tallied.concluded(Section.STUDENTS)

    def read_people_by_id(self, ids: Collection[str], tallied: Tallied) -> Pages[Person]:
        """Who attends or teaches in a school in scope, and belongs to another one."""
        students = [one for one in ids if one.startswith(roster.STUDENT)]
        if len(students) <= _SINGLY:
            yield People.gathered([roster.student(row) for row in self._student_rows(students)])
        else:
            for page in self._students_of(self._schedule.schools or (), tallied):
                yield People.gathered([row for row in page.columns if row[0] in ids])
        wanted = {one for one in ids if one.startswith(roster.USER)} - self._faculty.people.keys()
        self._meet(filter(None, map(self._faculty.staff_id_of, wanted)))
        if wanted - self._faculty.people.keys():
            self._read_staff(self._schedule.schools or ())
        yield [person for key, person in self._faculty.people.items() if key in ids]
        return tallied.concluded(Section.STUDENTS)

    def _unlisted(self, class_ids: Collection[str]) -> dict[str, Listed[SectionEnrollmentRow]]:
        """Who is in classes that no list holds any more, as far as the server still tells it."""

        def ask(one: str) -> tuple[str, Listed[SectionEnrollmentRow]]:
            try:
                return one, self._lists.reader.read(enrollments_of(one))
            except (*STATUS_FAILURES, SectionNotShared, Unproven):
                return one, Listed()

        return dict(self._lists.answers(ask, class_ids))

    def _teachers(
        self, classes: Mapping[str, Taught], unlisted: Mapping[str, Sequence[EnrollmentParts]], tallied: Tallied
    ) -> Generator[Collection[Enrollment], None, frozenset[Role]]:
        """Lead teachers and co-teachers; returns the roles that are not told of everybody."""
        if not classes and not unlisted:
            return frozenset()
        leads, everybody_is_known = self._leads(classes)
        yield Enrollments.gathered(leads)
        former, all_are_known = self._former_leads(unlisted)
        yield Enrollments.gathered(former)
        co_teachers, told = self._co_teachers({*classes, *unlisted}, tallied)
        yield Enrollments.gathered(co_teachers)
        return frozenset() if everybody_is_known and all_are_known and told else _TEACHERS

    def _former_leads(self, unlisted: Mapping[str, Sequence[EnrollmentParts]]) -> tuple[list[EnrollmentParts], bool]:
        """The lead teachers of classes that no list holds, until the last student leaves, and whether all are known."""

        def ask(class_id: str) -> tuple[str, SectionRow | None]:
            return class_id, self._lists.reader.client.single(SECTIONS, class_id, Section.CLASSES)

        attended = [one for one, rows in unlisted.items() if rows]
        named = {one: roster.lead_of(row) for one, row in self._lists.answers(ask, attended) if row is not None}
        self._meet(staff_id for staff_id in named.values() if not self._faculty.knows(staff_id))
        leads = [
            roster.leading(key, class_id, _last([said.end for *_, said in unlisted[class_id]]))
            for key, class_id, _ in self._faculty.leads(named)
        ]
        return leads, len(named) == len(attended) and all(map(self._faculty.knows, named.values()))

    def _leads(self, classes: Mapping[str, Taught]) -> tuple[list[EnrollmentParts], bool]:
        """The lead teachers, and whether the server knows everybody whom the classes name."""
        schools = set(self._schedule.schools or ())
        self._read_staff(dict.fromkeys(taught.school_id for taught in classes.values() if taught.school_id in schools))
        named = {one: taught.staff_id for one, taught in classes.items() if taught.staff_id}
        self._meet({staff_id for staff_id in named.values() if not self._faculty.knows(staff_id)})
        return list(self._faculty.leads(named)), bool(named) and all(map(self._faculty.knows, named.values()))

    def _co_teachers(self, classes: Collection[str], tallied: Tallied) -> tuple[list[EnrollmentParts], bool]:
        """The co-teachers, and whether the plugin tells of them."""
        state, listed = self._lists.run(lambda: read_co_teachers(self._lists.reader, self._query))
        found = list(self._faculty.co_teachers(listed, classes))
        tallied.pages += listed.pages
        tallied.rejected += listed.rejected
        return found, not state.unknown

    def _students(self, listed: Listed[SectionEnrollmentRow], class_id: str, tallied: Tallied) -> list[EnrollmentParts]:
        found = []
        for row in tallied.add(listed):
            try:
                found.append(roster.attendance(row, class_id))
            except ValueError:
                tallied.rejected += 1
        return found

    def _anywhere(self, class_ids: Collection[str]) -> int:
        """How many enrollments some classes have, whoever they are of."""
        counts = self._lists.answers(lambda one: self._lists.reader.count(enrollments_of(one)), class_ids)
        return sum(counts)

    def _read_staff(self, schools: Iterable[str]) -> None:
        new = [one for one in schools if one not in self._staff_read]
        for listing, listed in self._lists.each(of_school(one, STAFF, Section.TEACHERS, twice=False) for one in new):
            self._faculty.take(listed.rows)
            self._lists.reader.weigh(self._faculty, listed.rows)
            self._staff_read.add(listing.path[3])

    def _meet(self, staff_ids: Iterable[str]) -> None:
        """Ask for members of staff who are in no list: they are of another school, or no longer active."""

        def ask(staff_id: str) -> StaffRow | None:
            return self._lists.reader.client.single(STAFF, staff_id, Section.TEACHERS)

        wanted = {staff_id for staff_id in staff_ids if staff_id != UNREADABLE}
        self._faculty.take(row for row in self._lists.answers(ask, wanted) if row is not None)

    def _student_rows(self, keys: Iterable[str]) -> Iterator[StudentRow]:
        def ask(key: str) -> StudentRow | None:
            return self._lists.reader.client.single(STUDENTS, key.removeprefix(roster.STUDENT), Section.STUDENTS)

        return (row for row in self._lists.answers(ask, keys) if row is not None)

    def _students_of(self, schools: Iterable[str], tallied: Tallied) -> Iterator[People]:
        new = [one for one in schools if one not in self._students_read]
        lists = (of_school(one, STUDENTS, Section.STUDENTS, twice=False) for one in new)
        for listing, listed in self._lists.each(lists):
            yield People.gathered([roster.student(row) for row in tallied.add(listed)])
            self._students_read.add(listing.path[3])


def _last(ends: Sequence[str]) -> str:
    """The last of these days; none if one is open, or is not certain."""
    return max(ends) if all(map(certain, ends)) else ""
