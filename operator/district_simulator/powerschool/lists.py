"""The lists of PowerSchool's API: which rows a route and its search mean, and how much of a row is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from district_simulator.powerschool import records
from district_simulator.powerschool.search import parse_search
from district_simulator.powerschool.tables import Table, Tables
from district_simulator.roster import Roster
from district_simulator.statusinfo import RefusedError

EXPANSIONS: dict[str, tuple[str, ...]] = {
    "school": (),
    "term": (),
    "course": (),
    "section": records.SECTION_EXPANSIONS,
    "staff": records.STAFF_EXPANSIONS,
    "student": records.STUDENT_EXPANSIONS,
    "section_enrollment": (),
}
_STUDENT_STATUS = "school_enrollment.enroll_status"
_SEARCHABLE: dict[str, dict[str, str]] = {
    "school": {name: name for name in ("name", "school_number")},
    "term": {name: name for name in ("start_year", "local_id", "portion")},
    "course": {name: name for name in ("course_number", "course_name")},
    "section": {**{n: n for n in ("section_number", "course_id")}, "term.start_year": "term.start_year"},
    "staff": {**{n: n for n in ("local_id", "users_dcid")}, "name.last_name": "name.last_name"},
    "student": {
        name: name
        for name in (
            "student_username", "local_id", "state_province_id", "name.last_name", "name.first_name",
            _STUDENT_STATUS, f"{_STUDENT_STATUS}_code", "school_enrollment.entry_date",
        )
    },
    "section_enrollment": {"dropped": "dropped"},
}  # fmt: skip
_REMEMBERED = 32


@dataclass(frozen=True, slots=True)
class Found:
    """The rows that a request means."""

    table: Table
    numbers: Sequence[Any]

    @property
    def kind(self) -> str:
        """What the rows are."""
        return self.table.kind

    def __len__(self) -> int:
        return len(self.numbers)

    def rows(self, start: int, stop: int) -> Iterable[dict[str, Any]]:
        """The whole rows of a stretch."""
        return map(self.table.render, self.numbers[start:stop])


class Lists:
    """Finds lists and single rows; what a search found is remembered until the roster changes."""

    def __init__(self, tables: Tables, roster: Roster) -> None:
        self._tables = tables
        self._roster = roster
        self._remembered: dict[tuple[Any, ...], Found] = {}

    def find(self, segments: tuple[str, ...], search: str | None, *, counting: bool = False) -> Found:
        """The rows of a list; 404 where there is no such list."""
        key = (self._roster.overlay.revision, segments, search, counting)
        if key not in self._remembered:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = self._search(self._table(segments, counting), segments, search)
        return self._remembered[key]

    def single(self, kind: str, dcid: int) -> dict[str, Any] | None:
        """A whole row by its DCID; None where there is none."""
        if kind not in EXPANSIONS:
            raise RefusedError(404, "unsupported", "Not Found")
        key = self._tables.find(kind, dcid)
        return None if key is None else self._tables.render(kind, key)

    def _search(self, table: Table, segments: tuple[str, ...], search: str | None) -> Found:
        if search is None:
            if table.kind == "student" and segments[0] == "school":
                search = f"{_STUDENT_STATUS}==A"
            else:
                return Found(table, table.numbers)
        holds, named = parse_search(search, _SEARCHABLE[table.kind])
        if table.kind == "student" and segments[0] == "school" and not any("enroll_status" in n for n in named):
            active, _ = parse_search(f"{_STUDENT_STATUS}==A", _SEARCHABLE["student"])
            kept = [n for n in table.numbers if holds(row := table.render(n)) and active(row)]
        else:
            kept = [number for number in table.numbers if holds(table.render(number))]
        return Found(table, kept)

    def _table(self, segments: tuple[str, ...], counting: bool) -> Table:
        match segments:
            case ("district", "school"):
                return self._tables.schools(with_graduates=not counting)
            case ("district", "student"):
                return self._tables.students(None)
            case ("school", dcid, what) if dcid.isdigit():
                return self._of_school(int(dcid), what)
            case ("section", dcid, "section_enrollment") if dcid.isdigit():
                section = self._tables.find("section", int(dcid))
                if section is not None:
                    return self._tables.enrollments(section)
        raise RefusedError(404, "unknown object", "Not Found")

    def _of_school(self, dcid: int, what: str) -> Table:
        school = self._tables.find("school", dcid)
        if school is None or what not in EXPANSIONS:
            raise RefusedError(404, "unknown object", "Not Found")
        if school < 0:
            return Table(what, [], dict)
        match what:
            case "term":
                return self._tables.terms(school)
            case "course":
                return self._tables.courses(school)
            case "section":
                return self._tables.sections(school)
            case "staff":
                return self._tables.staff(school)
            case "student":
                return self._tables.students(school)
        raise RefusedError(404, "unsupported", "Not Found")


def expansions_of(kind: str, text: str | None) -> frozenset[str]:
    """The expansions that were asked for; unknown ones are ignored."""
    asked = {name.strip() for name in (text or "").split(",")}
    return frozenset(asked & set(EXPANSIONS[kind])) if kind in EXPANSIONS else frozenset()


def shown(kind: str, row: Mapping[str, Any], expansions: frozenset[str]) -> dict[str, Any]:
    """A whole row without the expansions that nobody asked for."""
    kept = {name: value for name, value in row.items() if name in expansions or name not in EXPANSIONS[kind]}
    if kind == "section" and "term" not in expansions:
        kept["term_id"] = row["term"]["id"]
    return kept
