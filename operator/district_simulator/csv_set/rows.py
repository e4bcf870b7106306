"""The rows of a roster as cells by column.

A bulk set leaves status and dateLastModified empty and what is deleted out. A delta set has what a change touched, with
both filled in, and `tobedeleted` rows for what is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from district_simulator.directory import Directory
from district_simulator.facts import ClassFacts, EnrollmentFacts, UserFacts
from district_simulator.overlay import ACTIVE, TO_BE_DELETED
from district_simulator.roster import DISTRICT_ID, Roster

CsvMode = Literal["bulk", "delta"]
Row = dict[str, str]
_ROLES_V1P2 = {"administrator": "siteAdministrator"}
_KINDS = {
    "orgs": ("org",),
    "academicSessions": ("session",),
    "courses": ("course",),
    "classes": ("class",),
    "users": ("A", "S", "T"),
    "roles": ("A", "S", "T"),
    "userProfiles": (),
    "enrollments": ("enrollment",),
}


class Rows:
    """The rows of one roster, file by file, computed as they are asked for."""

    def __init__(self, roster: Roster, mode: CsvMode) -> None:
        self._roster = roster
        self._mode = mode
        self._directory = Directory(roster)

    def of(self, file: str, version: str) -> Iterator[Row]:
        """The rows of a file."""
        if not _KINDS[file]:
            return
        for row, status, revision in self._every(file, version):
            if self._mode == "bulk":
                if status == ACTIVE:
                    yield {**row, "status": "", "dateLastModified": ""}
            elif revision > 0:
                yield {**row, "status": status, "dateLastModified": self._roster.modified_at(revision)}

    def count(self, file: str) -> int:
        """About how many rows a file has: deleted ones count."""
        return len(self._directory.listing(("users" if file == "roles" else file,))) if _KINDS[file] else 0

    def _every(self, file: str, version: str) -> Iterator[tuple[Row, str, int]]:
        render = _RENDERERS[file]
        route = "users" if file == "roles" else file
        for kind, numbers in self._directory.listing((route,)).pieces:
            for number in numbers:
                yield render(self._roster, kind, number, version)
        if self._mode == "delta":
            for kind in _KINDS[file]:
                for number in self._roster.overlay.gone[kind].numbers():
                    row, _, _ = render(self._roster, kind, number, version)
                    yield row, TO_BE_DELETED, self._roster.overlay.revision
            if file == "classes":
                yield from self._replaced_classes(render, version)

    def _replaced_classes(self, render: _Render, version: str) -> Iterator[tuple[Row, str, int]]:
        """The classes of schools whose section ids were minted anew, under the ids that they had before."""
        roster = self._roster
        for school, (_, revision) in roster.overlay.minted.items():
            for klass in range(*roster.shape.class_starts[school : school + 2]):
                row, _, _ = render(roster, "class", klass, version)
                before = roster.class_id(school, klass - roster.shape.class_starts[school], generations_ago=1)
                yield {**row, "sourcedId": before}, TO_BE_DELETED, revision


_Render = Callable[[Roster, str, int, str], tuple[Row, str, int]]


def _org(roster: Roster, _kind: str, number: int, _version: str) -> tuple[Row, str, int]:
    facts = roster.org(number)
    kind = "district" if facts.parent is None else "school"
    row = {
        "sourcedId": facts.sourced_id,
        "name": facts.name,
        "type": kind,
        "identifier": facts.identifier,
        "parentSourcedId": facts.parent or "",
    }
    return row, ACTIVE, 0


def _session(roster: Roster, _kind: str, number: int, _version: str) -> tuple[Row, str, int]:
    facts = roster.sessions[number]
    row = {
        "sourcedId": facts.sourced_id,
        "title": facts.title,
        "type": facts.kind,
        "startDate": facts.start.isoformat(),
        "endDate": facts.end.isoformat(),
        "parentSourcedId": facts.parent or "",
        "schoolYear": str(roster.year.ends_in),
    }
    return row, ACTIVE, roster.overlay.year_revision


def _course(roster: Roster, _kind: str, number: int, _version: str) -> tuple[Row, str, int]:
    facts = roster.course(number)
    row = {
        "sourcedId": facts.sourced_id,
        "schoolYearSourcedId": roster.year.sourced_id,
        "title": facts.title,
        "courseCode": facts.code,
        "grades": ",".join(facts.grades),
        "orgSourcedId": DISTRICT_ID,
        "subjects": facts.subject,
        "subjectCodes": facts.subject_code,
    }
    return row, ACTIVE, facts.revision


def _class(roster: Roster, _kind: str, number: int, _version: str) -> tuple[Row, str, int]:
    facts: ClassFacts = roster.klass(number)
    row = {
        "sourcedId": facts.sourced_id,
        "title": facts.title,
        "grades": facts.grade,
        "courseSourcedId": facts.course_id,
        "classCode": facts.code,
        "classType": "scheduled",
        "location": facts.location,
        "schoolSourcedId": facts.school_id,
        "termSourcedIds": ",".join(facts.sessions),
        "subjects": facts.subject,
        "subjectCodes": facts.subject_code,
        "periods": facts.period,
    }
    return row, facts.status, facts.revision


def _user(roster: Roster, kind: str, number: int, version: str) -> tuple[Row, str, int]:
    facts: UserFacts = roster.user(kind, number)
    person = facts.person
    row = {
        "sourcedId": person.sourced_id,
        "enabledUser": "true",
        "username": person.username,
        "userIds": f"{{SIS:{person.identifier}}}",
        "givenName": person.given_name,
        "familyName": person.family_name,
        "identifier": person.identifier,
        "email": person.email,
        "grades": facts.grade,
    }
    if version == "1.1":
        row |= {"orgSourcedIds": ",".join((facts.school_id, *facts.also_at)), "role": facts.role}
    else:
        row |= {"primaryOrgSourcedId": facts.school_id, "userMasterIdentifier": person.identifier}
    return row, facts.status, facts.revision


def _role(roster: Roster, kind: str, number: int, _version: str) -> tuple[Row, str, int]:
    facts: UserFacts = roster.user(kind, number)
    row = {
        "sourcedId": f"R-{facts.person.sourced_id}",
        "userSourcedId": facts.person.sourced_id,
        "roleType": "primary",
        "role": _ROLES_V1P2.get(facts.role, facts.role),
        "orgSourcedId": facts.school_id,
    }
    return row, facts.status, facts.revision


def _enrollment(roster: Roster, _kind: str, number: int, _version: str) -> tuple[Row, str, int]:
    facts: EnrollmentFacts = roster.enrollment(number)
    row = {
        "sourcedId": facts.sourced_id,
        "classSourcedId": facts.class_id,
        "schoolSourcedId": facts.school_id,
        "userSourcedId": facts.person_id,
        "role": facts.role,
        "primary": facts.primary if facts.role == "teacher" else "",
        "beginDate": facts.begin,
        "endDate": facts.end,
    }
    return row, facts.status, facts.revision


_RENDERERS: dict[str, _Render] = {
    "orgs": _org,
    "academicSessions": _session,
    "courses": _course,
    "classes": _class,
    "users": _user,
    "roles": _role,
    "enrollments": _enrollment,
}
