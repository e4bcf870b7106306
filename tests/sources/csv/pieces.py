"""Small files of a set in which everything else is whole."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from tests.sources.csv.opened import opened, read
from tests.sources.csv.sets import CsvSet

from district_simulator.library import SimulatedDistrict
from roster_operator.errors import ReadIncomplete
from roster_operator.sources.source import Complete, Incomplete

SECTIONS = {"orgs": "schools", "academicSessions": "sessions", "users": "people"}
"""What the sections are called in which files are read, if not as the files."""
IN_ORDER = ("orgs", "academicSessions", "courses", "classes", "enrollments", "users")
WHOLE = CsvSet.of(SimulatedDistrict(students=20, schools=1, seed=3))


def rows_of(path: Path, name: str, **settings: Any) -> tuple[list[Any], Complete]:
    """What a file of a set is read as, after those that are read before it; it has to be read whole."""
    with opened(path, **settings) as source:
        for before in IN_ORDER:
            rows, outcome = read(getattr(source, SECTIONS.get(before, before))())
            if before == name:
                assert isinstance(outcome, Complete), outcome
                return rows, outcome
    raise AssertionError(name)


def refusal(path: Path, name: str, **settings: Any) -> str:
    """Why a file is not read."""
    with opened(path, **settings) as source:
        try:
            source.probe()
        except ReadIncomplete as error:
            return error.message
        for before in IN_ORDER:
            _, outcome = read(getattr(source, SECTIONS.get(before, before))())
            if before == name:
                assert isinstance(outcome, Incomplete), outcome
                return outcome.message
    raise AssertionError(name)


def with_file(name: str, *lines: str, end: str = "\r\n", whole: CsvSet = WHOLE) -> CsvSet:
    """The set, with these lines as one of its files."""
    return whole.spoil(**{name: ("\r\n".join(lines) + end).encode()})


def lines_of(name: str, whole: CsvSet = WHOLE) -> list[str]:
    """Of a file as it is, the header first."""
    return whole.text(name).split("\r\n")[:-1]


def values(rows: Collection[Any], *names: str) -> list[tuple[Any, ...]]:
    """Some members of rows."""
    return [tuple(getattr(row, name) for name in names) for row in rows]
