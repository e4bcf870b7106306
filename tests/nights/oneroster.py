"""OneRoster 1.1 and 1.2 as a server speaks them, out of tables."""

from __future__ import annotations

from typing import Any

from tests.nights.rows import Row, Tables
from tests.nights.sis import Answer, Asked, Route

_TABLES = {
    **{name: name for name in ("orgs", "academicSessions", "courses", "classes", "enrollments", "users")},
    "schools": "orgs",
    "terms": "academicSessions",
    "students": "users",
    "teachers": "users",
}
"""By route; a list in an answer is called as its table."""
_SINGLE = {"orgs": "org", "academicSessions": "academicSession", "courses": "course", "classes": "class"}
_REFERENCES = {
    "classSourcedId": "class",
    "userSourcedId": "user",
    "schoolSourcedId": "school",
    "courseSourcedId": "course",
}
_BASES = {"1.1": "/ims/oneroster/v1p1/", "1.2": "/ims/oneroster/rostering/v1p2/"}
_ROLES = {"students": "student", "teachers": "teacher"}


def oneroster(version: str, *, totals: bool) -> Route:
    """A server of one version, with or without `X-Total-Count`."""

    def route(tables: Tables, asked: Asked) -> tuple[str, Answer]:
        name, _, wanted = asked.path.partition(_BASES[version])[2].partition("/")
        if name not in _TABLES:
            return "", Answer(404, json={})
        table = _TABLES[name]
        rows = [row for row in tables[table] if name not in _ROLES or row.get("role") == _ROLES[name]]
        if wanted:
            found = [row for row in rows if row["sourcedId"] == wanted]
            single = _SINGLE.get(table, table[:-1])
            return table, Answer(json={single: _told(found[0], version)}) if found else Answer(404, json={})
        begin, size = int(asked.query.get("offset", 0)), int(asked.query.get("limit", 100))
        page = [_told(row, version) for row in rows[begin : begin + size]]
        return table, Answer(json={table: page}, headers={"X-Total-Count": str(len(rows))} if totals else {})

    return route


def _told(row: Row, version: str) -> dict[str, Any]:
    """A row as JSON; what is empty is not there."""
    told: dict[str, Any] = {}
    for column, cell in row.items():
        if column in _REFERENCES:
            told[_REFERENCES[column]] = {"sourcedId": cell}
        elif column == "termSourcedIds":
            told["terms"] = [{"sourcedId": term} for term in cell.split(",")]
        elif column == "orgSourcedIds":
            told["orgs"] = [{"sourcedId": cell}]
        elif column == "role" and "username" in row and version == "1.2":
            told["roles"] = [{"roleType": "primary", "role": cell, "org": {"sourcedId": row.get("orgSourcedIds", "")}}]
        elif cell:
            told[column] = cell
    return told
