"""How a vendor writes rows: ids, values that are missing, types of sessions, dates, and OneRoster 1.2's users.

Rows are rewritten one by one after they were generated, so filters and sorts see what the client sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from district_simulator.ids import Ids, IdSpelling

Version = Literal["1.1", "1.2"]
Missing = Literal["as-generated", "omit", "null", "blank", "spaces"]
Dates = Literal["true", "constant", "some-null"]
EndDates = Literal["exclusive", "inclusive"]
_DAY = timedelta(days=1)
_CONSTANT = "2020-01-01T00:00:00.000Z"
_KINDS = {
    "user": "user", "class": "class", "school": "org", "org": "org", "course": "course", "schoolYear": "session",
    "terms": "session", "orgs": "org", "primaryOrg": "org", "agents": "user",
}  # fmt: skip
_FAMILY = {"org": "org", "session": "session"}
_NEVER_LEFT_OUT = frozenset({"sourcedId", "status", "dateLastModified", "orgs", "terms", "roles"})
_ROLES_V1P2 = {"administrator": "siteAdministrator"}


@dataclass(frozen=True, slots=True)
class RowStyle:
    """What a vendor's rows look like where they differ from the generated ones.

    `session_types` renames types of academic sessions; `sessions_by_school` lists each for every school;
    `hidden_sessions` are types that are not listed. With `end_dates` inclusive, an enrollment ends on its last day.
    """

    ids: IdSpelling = "plain"
    enabled_user: Literal["text", "boolean"] = "text"
    missing: Missing = "as-generated"
    session_types: Mapping[str, str] = field(default_factory=dict)
    hidden_sessions: frozenset[str] = frozenset()
    sessions_by_school: bool = False
    dates: Dates = "true"
    end_dates: EndDates = "exclusive"
    teachers_without_identifier: bool = False


PLAIN = RowStyle()


@dataclass(frozen=True, slots=True)
class Reworder:
    """Rewrites the rows of one version in a style; `ids` holds for the roster as it is now."""

    style: RowStyle
    ids: Ids
    version: Version

    @property
    def changes_nothing(self) -> bool:
        """Whether every row stays as it was generated."""
        return self.version == "1.1" and self.style == PLAIN

    def reword(self, record: str, text: str, school: str = "") -> str:
        """A row in this style; `school` is whose session it is, where each school has its own."""
        row = msgspec.json.decode(text)
        if record == "session":
            row["type"] = self.style.session_types.get(row["type"], row["type"])
        if record == "enrollment" and self.style.end_dates == "inclusive":
            row["endDate"] = (date.fromisoformat(row["endDate"]) - _DAY).isoformat()
        if record == "user":
            row = self._user(row)
        self._identify(record, row, school)
        if self.style.dates != "true":
            spared = self.style.dates == "some-null" and hash(row["sourcedId"]) % 3
            if not spared:
                row["dateLastModified"] = _CONSTANT if self.style.dates == "constant" else None
        if self.style.missing != "as-generated":
            row = _with_gaps(row, self.style.missing)
        return msgspec.json.encode(row).decode()

    def _user(self, row: dict[str, Any]) -> dict[str, Any]:
        if self.style.teachers_without_identifier and row["role"] == "teacher":
            row["identifier"] = ""
        if self.style.enabled_user == "boolean":
            row["enabledUser"] = row["enabledUser"] == "true"
        return row if self.version == "1.1" else _user_v1p2(row)

    def _identify(self, record: str, row: dict[str, Any], school: str) -> None:
        if self.style.ids == "plain":
            return
        at = school or _school_of(row)
        kind = "user" if record == "demographics" else record
        row["sourcedId"] = self.ids.shown(kind, row["sourcedId"], at)
        for name, value in row.items():
            kind = _FAMILY.get(record, "") if name in ("parent", "children") else _KINDS.get(name, "")
            if name == "roles":
                for role in value:
                    self._point(role["org"], "org", at)
            elif kind:
                for reference in value if isinstance(value, list) else [value]:
                    if isinstance(reference, dict):
                        self._point(reference, kind, at)

    def _point(self, reference: dict[str, Any], kind: str, school: str) -> None:
        before = reference["sourcedId"]
        after = self.ids.shown(kind, before, school)
        reference["sourcedId"] = after
        reference["href"] = f"{reference['href'].removesuffix(before)}{quote(after)}"


def _school_of(row: Mapping[str, Any]) -> str:
    """The school of a class, or for a course the first one: Aeries' sessions belong to schools."""
    school = row.get("school") or {"sourcedId": "994"}
    return str(school["sourcedId"])


def _user_v1p2(row: dict[str, Any]) -> dict[str, Any]:
    role = _ROLES_V1P2.get(row["role"], row["role"])
    orgs = row["orgs"]
    kept = {name: value for name, value in row.items() if name not in ("role", "orgs")}
    return {
        **kept,
        "userMasterIdentifier": row["identifier"],
        "roles": [
            {"roleType": "secondary" if position else "primary", "role": role, "org": dict(org)}
            for position, org in enumerate(orgs)
        ],
        "primaryOrg": dict(orgs[0]),
        "userProfiles": [],
    }


def _with_gaps(row: dict[str, Any], missing: Missing) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in row.items():
        if name in _NEVER_LEFT_OUT or value not in ("", [], None):
            kept[name] = value
        elif missing == "null":
            kept[name] = None
        elif missing == "blank":
            kept[name] = "" if value is None else value
        elif missing == "spaces":
            kept[name] = "  " if value == "" else value
    return kept
