"""The ConfigMap `<name>-catalog`: schools and courses on offer, one a line, to paste into a spec. Pure.

A line is an entry of `spec.schools` or `spec.courses`, and what else is known stands behind it as a comment. A catalog
that would outgrow a ConfigMap is cut, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from roster_operator.api import names
from roster_operator.plurals import counted
from roster_operator.reconcile.contract import Catalog, CatalogCourse, CatalogSchool
from roster_operator.roster.scope import folded

SCHOOLS: Final = "schools"
COURSES: Final = "courses"
MOST_BYTES: Final = 250_000
"""Of each list. A ConfigMap holds a MiB."""
MOST_CHARACTERS: Final = 120
"""Of a name or title behind an entry; longer ones are cut."""


def config_map_data(catalog: Catalog) -> dict[str, str]:
    """`data` of the ConfigMap."""
    schools = sorted(catalog.schools, key=lambda school: (school.name, school.id))
    return {
        SCHOOLS: _lines(map(_school, schools), len(schools), SCHOOLS),
        COURSES: _lines(map(_course, _by_selector(catalog.courses)), len(catalog.courses), COURSES),
    }


def config_map(name: str, namespace: str, owner: str, uid: str, data: dict[str, str]) -> dict[str, Any]:
    """The ConfigMap, to be applied; `owner` is the RosterIntegration's name. It goes when its owner goes."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/managed-by": names.FIELD_MANAGER},
            "ownerReferences": [
                {
                    "apiVersion": names.API_VERSION,
                    "kind": names.ROSTER_INTEGRATION_KIND,
                    "name": owner,
                    "uid": uid,
                }
            ],
        },
        "data": data,
    }


def belongs_to_us(existing: dict[str, Any]) -> bool:
    """Whether a ConfigMap of that name is a catalog, and not somebody else's that happens to be called so."""
    owners = existing["metadata"].get("ownerReferences") or ()
    return any(owner.get("kind") == names.ROSTER_INTEGRATION_KIND for owner in owners)


def _school(school: CatalogSchool) -> str:
    number = f"identifier {school.identifier}" if school.identifier else ""
    return _line({"id": school.id}, school.name, number, counted(school.classes, "class[es]"))


def _by_selector(courses: Iterable[CatalogCourse]) -> list[list[CatalogCourse]]:
    """Those that one entry selects together, as many SIS list a course once for each school."""
    together: dict[tuple[str, str], list[CatalogCourse]] = {}
    for course in sorted(courses, key=lambda course: (course.code, course.title, course.id)):
        by, value = _selector(course)
        together.setdefault((by, folded(value)), []).append(course)
    return list(together.values())


def _course(courses: list[CatalogCourse]) -> str:
    by, value = _selector(courses[0])
    number = f"id {courses[0].id}" if len(courses) == 1 and by != "id" else ""
    classes = counted(sum(course.classes for course in courses), "class[es]")
    title = courses[0].title if by != "name" else ""
    return _line({by: value, "ebooks": []}, title, number, classes)


def _selector(course: CatalogCourse) -> tuple[str, str]:
    fields = (("code", course.code), ("name", course.title))
    return next(((by, value) for by, value in fields if value.strip()), ("id", course.id))


def _line(entry: dict[str, Any], *known: str) -> str:
    """An entry; what is known of it may hold anything, and must not end the comment."""
    comment = "; ".join(filter(None, map(_short, known)))
    plain = json.dumps(entry, ensure_ascii=False)
    return f"- {plain if plain.isprintable() else json.dumps(entry)} # {comment}\n"


def _short(text: str) -> str:
    plain = " ".join(_printable(text[: 2 * MOST_CHARACTERS]).split())
    return plain if len(plain) <= MOST_CHARACTERS else f"{plain[:MOST_CHARACTERS]}..."


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _lines(lines: Iterable[str], total: int, what: str) -> str:
    kept: list[str] = []
    size = 0
    for number, line in enumerate(lines):
        size += len(line.encode())
        if size > MOST_BYTES:
            kept.append(f"# {total - number} more {what} do not fit here; the SIS offers {total}.\n")
            break
        kept.append(line)
    return "".join(kept) or f"# The SIS offers no {what}.\n"
