"""From a route below the OneRoster base to the rows behind it (OneRoster 1.1 REST binding: its endpoints)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from district_simulator.catalogue import SLOTS
from district_simulator.identifiers import FINDERS
from district_simulator.listing import Listing, render
from district_simulator.overlay import ACTIVE
from district_simulator.people import number_of
from district_simulator.roster import FIRST_SCHOOL, Roster

Piece = tuple[str, Sequence[int]]
_CACHED_LISTINGS = 64


class UnknownObjectError(LookupError):
    """A route names an object that the roster does not list."""


class UnknownRouteError(LookupError):
    """A route that OneRoster 1.1 does not have, such as /classes/{id}/enrollments."""


@dataclass(frozen=True, slots=True)
class Family:
    """What a collection answers with: its envelope keys and the kind of record inside."""

    collection_key: str
    single_key: str
    record: str


_SESSIONS = Family("academicSessions", "academicSession", "session")
_ORGS = Family("orgs", "org", "org")
_USERS = Family("users", "user", "user")
FAMILIES = {
    "academicSessions": _SESSIONS,
    "terms": _SESSIONS,
    "gradingPeriods": _SESSIONS,
    "orgs": _ORGS,
    "schools": _ORGS,
    "courses": Family("courses", "course", "course"),
    "classes": Family("classes", "class", "class"),
    "users": _USERS,
    "students": _USERS,
    "teachers": _USERS,
    "administrators": _USERS,
    "enrollments": Family("enrollments", "enrollment", "enrollment"),
    "demographics": Family("demographics", "demographics", "demographics"),
}
_SESSION_KINDS = {
    "academicSessions": ("schoolYear", "semester", "term", "gradingPeriod"),
    "terms": ("semester", "term"),
    "gradingPeriods": ("gradingPeriod",),
}


class Directory:
    """Finds the rows of one roster."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self._cache: dict[tuple[str, ...], Listing] = {}
        self._cached_revision = roster.overlay.revision

    def listing(self, route: tuple[str, ...]) -> Listing:
        """The rows of a collection route such as ("schools", "994", "classes")."""
        if self._cached_revision != self.roster.overlay.revision or len(self._cache) >= _CACHED_LISTINGS:
            self._cache.clear()
            self._cached_revision = self.roster.overlay.revision
        if route not in self._cache:
            self._cache[route] = Listing(self.roster, self._pieces(route))
        return self._cache[route]

    def single(self, collection: str, sourced_id: str, base: str) -> str:
        """One object as JSON text."""
        if collection not in FAMILIES:
            raise UnknownRouteError
        kind, number = self.find(collection, sourced_id)
        return render(self.roster, kind, number, base)

    def find(self, collection: str, sourced_id: str) -> tuple[str, int]:
        """The kind and number of the object that a collection lists under this id."""
        found = FINDERS[collection](self.roster, sourced_id)
        if found is None or found[1] in self.roster.overlay.gone[found[0]]:
            raise UnknownObjectError
        if collection == "demographics":
            return "demographics", found[1]
        if collection in _SESSION_KINDS and found[1] not in self._sessions(collection):
            raise UnknownObjectError
        return found

    def _pieces(self, route: tuple[str, ...]) -> list[Piece]:
        if len(route) == 1:
            return self._collection(route[0])
        if len(route) == 3 and (route[0], route[2]) in _NESTED:
            _, number = self.find(route[0], route[1])
            return _NESTED[route[0], route[2]](self, number, route)
        if len(route) == 5 and (route[0], route[2]) == ("schools", "classes"):
            _, school = self.find("schools", route[1])
            _, number = self.find("classes", route[3])
            if self.roster.shape.school_of_class(number) != school - 1:
                raise UnknownObjectError
            if route[4] == "enrollments":
                return [("enrollment", self.members(number))]
            if route[4] in ("students", "teachers"):
                return self._class_people(number, route[4])
        raise UnknownRouteError

    def _collection(self, name: str) -> list[Piece]:
        roster, shape = self.roster, self.roster.shape
        match name:
            case "orgs":
                return self._left("org", range(shape.schools + 1))
            case "schools":
                return self._left("org", range(1, shape.schools + 1))
            case "academicSessions" | "terms" | "gradingPeriods":
                return [("session", self._sessions(name))]
            case "courses":
                return self._left("course", range(len(roster.catalogue.courses)))
            case "classes":
                return self._left("class", range(shape.classes))
            case "students":
                return self._left("S", range(roster.students))
            case "teachers":
                return self._left("T", range(shape.teachers))
            case "administrators":
                return self._left("A", range(shape.schools))
            case "users":
                people = ("administrators", "students", "teachers")
                return [piece for name in people for piece in self._collection(name)]
            case "enrollments":
                return self._left("enrollment", range(roster.enrollments))
            case "demographics":
                students = self._left("S", range(roster.students))
                return [("demographics", numbers) for _, numbers in students]
        raise UnknownRouteError

    def _left(self, kind: str, numbers: range) -> list[Piece]:
        return [(kind, stretch) for stretch in self.roster.overlay.gone[kind].without(numbers)]

    def _sessions(self, name: str) -> list[int]:
        kinds = _SESSION_KINDS[name]
        gone = self.roster.overlay.gone["session"]
        return [n for n, item in enumerate(self.roster.sessions) if item.kind in kinds and n not in gone]

    def _school_rows(self, org: int, route: tuple[str, ...]) -> list[Piece]:
        roster, shape, school = self.roster, self.roster.shape, org - 1
        first, last = shape.school_start(school), shape.school_start(school + 1)
        match route[2]:
            case "courses":
                classes = range(shape.layouts[school].classes)
                return [("course", sorted({roster.course_of_class(school, local) for local in classes}))]
            case "classes":
                return self._left("class", range(*shape.class_starts[school : school + 2]))
            case "terms":
                return self._collection("terms")
            case "students":
                gone = roster.overlay.gone["S"]
                arrived = [
                    shape.students + k
                    for k, (peer, _) in enumerate(roster.overlay.arrivals)
                    if first <= peer < last and shape.students + k not in gone
                ]
                return [*self._left("S", range(first, last)), ("S", arrived)]
            case "teachers":
                return self._left("T", range(*shape.teacher_starts[school : school + 2]))
        start = roster.first_teaching
        return [
            *self._left("enrollment", range(first * SLOTS, last * SLOTS)),
            *self._left("enrollment", range(*(start + n for n in shape.teaching_starts[school : school + 2]))),
            ("enrollment", self._extras(school)),
        ]

    def _extras(self, school: int) -> list[int]:
        roster = self.roster
        gone = roster.overlay.gone["enrollment"]
        numbers = [roster.first_extra + k for k, e in enumerate(roster.overlay.extras) if e.school == school]
        return [number for number in numbers if number not in gone]

    def members(self, klass: int) -> list[int]:
        """The numbers of the enrollments of a class, whatever their status."""
        roster, shape = self.roster, self.roster.shape
        school = shape.school_of_class(klass)
        local = klass - shape.class_starts[school]
        slot = local // shape.layouts[school].classes_per_slot
        students = range(
            shape.school_start(school) * SLOTS + slot, shape.school_start(school + 1) * SLOTS + slot, SLOTS
        )
        teachings = range(*(roster.first_teaching + n for n in shape.teaching_starts[school : school + 2]))
        gone = roster.overlay.gone["enrollment"]
        candidates = [*students, *teachings, *self._extras(school)]
        return [n for n in candidates if n not in gone and roster.enrollment(n).local_class == local]

    def _class_people(self, klass: int, what: str) -> list[Piece]:
        kind = "S" if what == "students" else "T"
        people = {}
        for number in self.members(klass):
            facts = self.roster.enrollment(number)
            if facts.status == ACTIVE and facts.person_id.startswith(kind):
                people[number_of(facts.person_id)] = True
        return [(kind, [number for number in people if number is not None])]

    def enrollments_of(self, kind: str, number: int) -> list[int]:
        """The numbers of all enrollments of a person, whatever their status."""
        roster, shape, overlay = self.roster, self.roster.shape, self.roster.overlay
        if kind == "T":
            school = roster.user("T", number).school_id
            index = int(school) - FIRST_SCHOOL
            start = roster.first_teaching
            candidates = list(range(*(start + n for n in shape.teaching_starts[index : index + 2])))
            person_id = roster.people.person("T", number).sourced_id
            candidates = [n for n in candidates if roster.enrollment(n).person_id == person_id]
        else:
            candidates = list(range(number * SLOTS, number * SLOTS + SLOTS)) if number < shape.students else []
        candidates += [
            roster.first_extra + k for k, e in enumerate(overlay.extras) if (e.kind, e.person) == (kind, number)
        ]
        return [n for n in candidates if n not in overlay.gone["enrollment"]]

    def _person_classes(self, number: int, route: tuple[str, ...]) -> list[Piece]:
        kind, number = self.find(route[0], route[1])
        if kind == "A":
            return []
        roster = self.roster
        classes = {}
        for enrollment in self.enrollments_of(kind, number):
            facts = roster.enrollment(enrollment)
            if facts.status == ACTIVE:
                classes[roster.shape.class_starts[facts.school] + facts.local_class] = True
        return [("class", [klass for klass in classes if klass not in roster.overlay.gone["class"]])]

    def _course_classes(self, number: int, _route: tuple[str, ...]) -> list[Piece]:
        roster, shape = self.roster, self.roster.shape
        gone = roster.overlay.gone["class"]
        classes = [
            shape.class_starts[school] + local
            for school in range(shape.schools)
            for local in range(shape.layouts[school].classes)
            if roster.course_of_class(school, local) == number
        ]
        return [("class", [klass for klass in classes if klass not in gone])]

    def _term_classes(self, _number: int, route: tuple[str, ...]) -> list[Piece]:
        shape = self.roster.shape
        pieces: list[Piece] = []
        for school in range(shape.schools):
            size = shape.layouts[school].classes_per_slot
            for slot, sessions in enumerate(self.roster.slot_sessions):
                if route[1] in sessions:
                    start = shape.class_starts[school] + slot * size
                    pieces += self._left("class", range(start, start + size))
        return pieces

    def _term_grading_periods(self, number: int, _route: tuple[str, ...]) -> list[Piece]:
        children = self.roster.sessions[number].children
        sessions = self.roster.sessions
        return [("session", [n for n in self._sessions("gradingPeriods") if sessions[n].sourced_id in children])]


_Nested = Callable[[Directory, int, tuple[str, ...]], list[Piece]]
_NESTED: dict[tuple[str, str], _Nested] = {
    **{
        ("schools", what): Directory._school_rows
        for what in ("courses", "classes", "terms", "students", "teachers", "enrollments")
    },
    ("classes", "students"): lambda self, number, _route: self._class_people(number, "students"),
    ("classes", "teachers"): lambda self, number, _route: self._class_people(number, "teachers"),
    ("courses", "classes"): Directory._course_classes,
    ("terms", "classes"): Directory._term_classes,
    ("terms", "gradingPeriods"): Directory._term_grading_periods,
    **{(who, "classes"): Directory._person_classes for who in ("students", "teachers", "users")},
}
