"""How a SIS tells a district: rows of OneRoster, flat as in its CSV files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from tests.nights.world import MARK, World

Row = dict[str, str]
Tables = dict[str, list[Row]]
"""By the name of a file."""


def dcid(sourced_id: str) -> str:
    """The number in an id, which is all that PowerSchool has."""
    return re.sub(r"\D", "", sourced_id).lstrip("0")


def id_of_course(code: str) -> str:
    """Its sourcedId."""
    return f"id{code}"


def title_of_course(code: str) -> str:
    """Its name."""
    return f"Title of {code}"


def name_of_school(school: str) -> str:
    """Its name."""
    return f"School {school}"


def tell(world: World) -> Tables:
    """Everything, as of today; in no order that means anything."""
    tables: Tables = {
        "orgs": [_row(school, name=name_of_school(school), type="school") for school in world.schools],
        "academicSessions": [
            _row(term.id, title=term.id, type="term", startDate=_date(term.begin), endDate=_date(term.end))
            for term in world.terms.values()
        ],
        "courses": [_row(id_of_course(code), title=title_of_course(code), courseCode=code) for code in _codes(world)],
        "classes": [
            _row(
                klass.id,
                title=klass.id,
                courseSourcedId=id_of_course(klass.course),
                schoolSourcedId=klass.school,
                termSourcedIds=",".join(klass.terms),
            )
            for klass in world.classes.values()
        ],
        "users": list(_users(world)),
        "enrollments": [
            {
                **_row(part.id, classSourcedId=part.klass, userSourcedId=part.person, role=part.role),
                "status": "tobedeleted" if part.deleted else "active",
                "schoolSourcedId": world.classes[part.klass].school if part.klass in world.classes else "",
                "beginDate": _date(part.begin),
                "endDate": _date(part.end),
            }
            for part in world.parts.values()
        ],
    }
    for rows in tables.values():
        world.rng.shuffle(rows)
    return tables


def _codes(world: World) -> list[str]:
    return sorted({klass.course for klass in world.classes.values()} | {"MA101", "MA102", "MA103"})


def _users(world: World) -> Iterator[Row]:
    for person in world.people.values():
        if person.left != "unlisted":
            yield {
                **_row(person.id, role=person.role, username=person.login),
                "identifier": person.number,
                "status": "tobedeleted" if person.left == "tobedeleted" else "active",
                "enabledUser": "false" if person.left == "disabled" else "true",
                "email": f"{person.login}@district.example",
                "givenName": f"{MARK}given",
                "familyName": f"{MARK}family",
                "orgSourcedIds": person.home,
            }


def _row(sourced_id: str, **cells: str) -> Row:
    return {"sourcedId": sourced_id, "status": "active", **cells}


def _date(day: date | None) -> str:
    return "" if day is None else day.isoformat()
