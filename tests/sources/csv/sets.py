"""OneRoster CSV sets for tests, made of the simulated district's rows, and every way to spoil one."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from district_simulator.directory import Directory
from district_simulator.library import SimulatedDistrict

COLUMNS: dict[str, tuple[str, ...]] = {
    "orgs": ("sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"),
    "academicSessions": (
        "sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "parentSourcedId",
        "schoolYear",
    ),
    "courses": (
        "sourcedId", "status", "dateLastModified", "schoolYearSourcedId", "title", "courseCode", "grades",
        "orgSourcedId", "subjects", "subjectCodes",
    ),
    "classes": (
        "sourcedId", "status", "dateLastModified", "title", "grades", "courseSourcedId", "classCode", "classType",
        "location", "schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods",
    ),
    "users": (
        "sourcedId", "status", "dateLastModified", "enabledUser", "orgSourcedIds", "role", "username", "userIds",
        "givenName", "familyName", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades",
        "password",
    ),
    "enrollments": (
        "sourcedId", "status", "dateLastModified", "classSourcedId", "schoolSourcedId", "userSourcedId", "role",
        "primary", "beginDate", "endDate",
    ),
}  # fmt: skip
USERS_OF_1_2 = (
    "sourcedId", "status", "dateLastModified", "enabledUser", "username", "userIds", "givenName", "familyName",
    "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password",
    "userMasterIdentifier", "preferredGivenName", "primaryOrgSourcedId", "pronouns",
)  # fmt: skip
ROLES = (
    "sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "beginDate", "endDate",
    "orgSourcedId", "userProfileSourcedId",
)  # fmt: skip

Row = Mapping[str, str]
Table = Mapping[str, Row]
"""Rows by their sourcedId."""


@dataclass(frozen=True)
class CsvSet:
    """A set in memory, to be changed and written."""

    tables: Mapping[str, Table]
    columns: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(COLUMNS))
    modes: dict[str, str] | None = None
    """For the manifest; None leaves it out."""
    version: str = "1.1"
    spoiled: dict[str, bytes] = field(default_factory=dict)
    """Files by name that are written as these bytes, whatever they should be."""

    @classmethod
    def of(cls, district: SimulatedDistrict) -> Self:
        """All rows of a district, as a bulk set."""
        return cls(
            {name: {row["sourcedId"]: row for row in _rows(district, name)} for name in COLUMNS},
            modes=dict.fromkeys(COLUMNS, "bulk"),
        )

    def since(self, before: CsvSet) -> CsvSet:
        """A delta: the rows that differ, and those that went as tobedeleted."""
        tables = {}
        for name, table in self.tables.items():
            old = before.tables[name]
            changed = {key: _dated(row) for key, row in table.items() if old.get(key) != row}
            gone = {key: {**_dated(row), "status": "tobedeleted"} for key, row in old.items() if key not in table}
            tables[name] = {**changed, **gone}
        modes = {name: "delta" if rows else "absent" for name, rows in tables.items()}
        return replace(self, tables={name: rows for name, rows in tables.items() if rows}, modes=modes)

    def in_1_2(self) -> CsvSet:
        """The same by OneRoster 1.2: roles in a file of their own."""
        users = self.tables["users"]
        roles: Table = {
            f"R-{key}": {
                "sourcedId": f"R-{key}", "status": row.get("status", ""), "userSourcedId": key, "roleType": "primary",
                "role": row["role"], "orgSourcedId": row["orgSourcedIds"],
            }
            for key, row in users.items()
        }  # fmt: skip
        return replace(
            self,
            tables={**self.tables, "roles": roles},
            columns={**self.columns, "users": USERS_OF_1_2, "roles": ROLES},
            modes=None if self.modes is None else {**self.modes, "roles": self.modes["users"]},
            version="1.2",
        )

    def without(self, *names: str) -> CsvSet:
        """Without some files; the manifest still names them."""
        return replace(self, tables={name: table for name, table in self.tables.items() if name not in names})

    def unmanifested(self) -> CsvSet:
        """Without manifest.csv."""
        return replace(self, modes=None)

    def with_modes(self, **modes: str) -> CsvSet:
        """With another manifest."""
        return replace(self, modes={**(self.modes or {}), **modes})

    def spoil(self, **files: bytes) -> CsvSet:
        """With other bytes for files, named without `.csv`."""
        return replace(self, spoiled={**self.spoiled, **{f"{name}.csv": body for name, body in files.items()}})

    def change(self, name: str, key: str, **cells: str) -> CsvSet:
        """With other cells in one row."""
        table = {**self.tables[name], key: {**self.tables[name][key], **cells}}
        return replace(self, tables={**self.tables, name: table})

    def lack(self, name: str, *keys: str) -> CsvSet:
        """Without some rows."""
        table = {key: row for key, row in self.tables[name].items() if key not in keys}
        return replace(self, tables={**self.tables, name: table})

    def files(self) -> dict[str, bytes]:
        """Every file by its name."""
        found = {f"{name}.csv": self.text(name).encode() for name in self.tables}
        if self.modes is not None:
            found["manifest.csv"] = self._manifest()
        return {**found, **self.spoiled}

    def text(self, name: str) -> str:
        """One file as the specification wants it."""
        return as_csv(self.columns[name], self.tables[name].values())

    def folder(self, path: Path) -> Path:
        """Written as files of a folder."""
        path.mkdir(parents=True, exist_ok=True)
        for name, body in self.files().items():
            (path / name).write_bytes(body)
        return path

    def zip(self, path: Path, *, inside: str = "") -> Path:
        """Written as a ZIP; `inside` puts the files into a folder of it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.zipped(inside=inside))
        return path

    def zipped(self, *, inside: str = "") -> bytes:
        """A ZIP."""
        into = io.BytesIO()
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, body in self.files().items():
                archive.writestr(f"{inside}{name}", body)
        return into.getvalue()

    def _manifest(self) -> bytes:
        rows = [
            ("propertyName", "value"),
            ("manifest.version", "1.0"),
            ("oneroster.version", self.version),
            *((f"file.{name}", mode) for name, mode in (self.modes or {}).items()),
            ("file.demographics", "absent"),
            ("source.systemName", "a SIS"),
        ]
        return "".join(f"{name},{value}\r\n" for name, value in rows).encode()


def as_csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Text of a file."""
    into = io.StringIO()
    writer = csv.DictWriter(into, columns, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return into.getvalue()


def _rows(district: SimulatedDistrict, name: str) -> list[Row]:
    listing = Directory(district.service.roster).listing((name,))
    return [_flat(json.loads(text)) for text in listing.rows(0, len(listing), "http://sis.example.org")]


def _flat(row: Mapping[str, Any]) -> Row:
    """References become columns of ids, lists become one cell, and a bulk set says nothing of active rows."""
    flat = {}
    for name, value in row.items():
        if isinstance(value, dict):
            flat[f"{name}SourcedId"] = str(value["sourcedId"])
        elif isinstance(value, list) and value and isinstance(value[0], dict) and "sourcedId" in value[0]:
            flat[f"{name.removesuffix('s')}SourcedIds"] = ",".join(item["sourcedId"] for item in value)
        elif isinstance(value, list):
            flat[name] = ",".join(str(item) for item in value if not isinstance(item, dict))
        else:
            flat[name] = str(value)
    flat["dateLastModified"] = ""
    if flat["status"] == "active":
        flat["status"] = ""
    return flat


def _dated(row: Row) -> Row:
    return {**row, "status": row["status"] or "active", "dateLastModified": "2026-11-25T02:00:00.000Z"}
