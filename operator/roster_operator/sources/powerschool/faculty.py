"""Who teaches: the staff of the schools, the lead teachers of sections, and the co-teachers of the PowerQuery.

A person has a row of staff for each school, and sections name that row. The API does not know co-teachers at all; the
plugin's PowerQuery does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from roster_operator.errors import SectionNotShared
from roster_operator.roster.models import EnrollmentParts, Person
from roster_operator.sources.failures import RequestRefused, RouteMissing
from roster_operator.sources.powerschool import roster
from roster_operator.sources.powerschool.dcids import dcid, identifier
from roster_operator.sources.powerschool.lists import Listed
from roster_operator.sources.powerschool.reading import ListReader
from roster_operator.sources.powerschool.routes import Listing, co_teachers_by
from roster_operator.sources.powerschool.wire import CoTeacherRow, StaffRow


class CoTeachers(Enum):
    """Whether the plugin tells who teaches a section beside its lead teacher."""

    TOLD = auto()
    NOT_ASKED = auto()
    """The spec says that lead teachers are enough."""
    QUERY_MISSING = auto()
    QUERY_REFUSED = auto()

    @property
    def unknown(self) -> bool:
        """Whether there may be co-teachers of whom nobody says anything."""
        return self in {CoTeachers.QUERY_MISSING, CoTeachers.QUERY_REFUSED}


def ask_for_co_teachers(query: str, ask: Callable[[Listing[CoTeacherRow]], object]) -> CoTeachers:
    """Whether `ask` gets an answer from the plugin's PowerQuery."""
    if not query:
        return CoTeachers.NOT_ASKED
    try:
        ask(co_teachers_by(query))
    except RouteMissing:
        return CoTeachers.QUERY_MISSING
    except (SectionNotShared, RequestRefused):
        return CoTeachers.QUERY_REFUSED
    return CoTeachers.TOLD


@dataclass(slots=True, weakref_slot=True)
class Faculty:
    """The members of staff who were met so far."""

    people: dict[str, Person] = field(default_factory=dict)
    """By their id in the roster."""
    _by_staff_id: dict[str, str] = field(default_factory=dict)
    _staff_id_of: dict[str, str] = field(default_factory=dict)

    def take(self, rows: Iterable[StaffRow]) -> None:
        """Meet members of staff."""
        for row in rows:
            key = roster.staff_key(row)
            self._by_staff_id[dcid(row)] = key
            person = roster.teacher(row)
            self.people[key] = max(person, self.people.get(key, person), key=_telling)

    def knows(self, staff_id: str) -> bool:
        """Whether this row of staff was met."""
        return staff_id in self._by_staff_id

    def staff_id_of(self, person_id: str) -> str:
        """A row of staff of a person who was only named so far; empty if none is known."""
        return self._staff_id_of.get(person_id, "")

    def leads(self, staff_by_class: Mapping[str, str]) -> Iterator[EnrollmentParts]:
        """The lead teachers of these classes; a stranger stands under an id that nobody has."""
        for class_id, staff_id in staff_by_class.items():
            key = self._by_staff_id.get(staff_id) or roster.unknown_staff_key(staff_id)
            yield roster.leading(key, class_id)

    def co_teachers(self, rows: Listed[CoTeacherRow], class_ids: Collection[str]) -> Iterator[EnrollmentParts]:
        """The co-teachers of these classes; rows of nobody are counted as rejected."""
        for row in rows.rows:
            try:
                found = roster.co_teaching(row)
            except ValueError:
                rows.rejected += 1
                continue
            person, class_id, _ = found
            if class_id in class_ids:
                self._staff_id_of[person] = identifier(row.staff_id)
                yield found


def _telling(person: Person) -> tuple[bool, bool, str, str, str]:
    """By what one of a person's rows in several schools is taken, in whatever order they come."""
    return bool(person.username), bool(person.email), person.username, person.email, person.identifier


def read_co_teachers(reader: ListReader, query: str) -> tuple[CoTeachers, Listed[CoTeacherRow]]:
    """The rows of the PowerQuery, and whether there is one. Raises `Unproven` and what else reading raises."""
    found: list[Listed[CoTeacherRow]] = []
    state = ask_for_co_teachers(query, lambda wanted: found.append(reader.read(wanted)))
    return state, found[0] if found else Listed()
