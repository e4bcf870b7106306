"""The ConfigMap `<name>-catalog`: schools and courses on offer, one a line, to copy into a spec. Pure.

A line is a YAML entry in flow style. A catalog that would outgrow a ConfigMap is cut, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from roster_operator.api import names
from roster_operator.controller.reconcile.contract import Catalog

SCHOOLS: Final = "schools"
COURSES: Final = "courses"
MOST_BYTES: Final = 250_000
"""Of each list. A ConfigMap holds a MiB."""


def config_map_data(catalog: Catalog) -> dict[str, str]:
    """`data` of the ConfigMap."""
    schools = sorted(catalog.schools, key=lambda school: (school.name, school.id))
    courses = sorted(catalog.courses, key=lambda course: (course.code, course.title, course.id))
    return {
        SCHOOLS: _lines((asdict(school) for school in schools), len(schools), SCHOOLS),
        COURSES: _lines((asdict(course) for course in courses), len(courses), COURSES),
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


def _lines(entries: Iterable[dict[str, Any]], total: int, what: str) -> str:
    lines: list[str] = []
    size = 0
    for number, entry in enumerate(entries):
        line = f"- {json.dumps(entry, ensure_ascii=False)}\n"
        size += len(line.encode())
        if size > MOST_BYTES:
            lines.append(f"# {total - number} more {what} do not fit here; the SIS offers {total}.\n")
            break
        lines.append(line)
    return "".join(lines) or f"# The SIS offers no {what}.\n"
