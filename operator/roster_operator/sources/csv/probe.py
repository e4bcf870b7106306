"""The check of a set before it is read: each file is there, has its columns, and a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from roster_operator.roster.dates import Days
from roster_operator.sources.csv import tables
from roster_operator.sources.csv.columns import Columns
from roster_operator.sources.csv.delta_chain import Series
from roster_operator.sources.csv.failures import Flawed, Renamed
from roster_operator.sources.csv.files import FILE_OF, File
from roster_operator.sources.csv.roles import Roles
from roster_operator.sources.source import Access, Notice, Report, Section

_ROLE: Final = "role"
_DAY: Final = 86_400.0
_OLD: Final = 8 * _DAY
"""Seconds after which people should look: most exports run every night, and some once a week."""
_PERSONS: Final = frozenset({Section.TEACHERS, Section.STUDENTS})


def probe(series: Series) -> Report:
    """What each section of the roster looks like; a file that is not there is a section that is not shared."""
    return Report(tuple(_look(series, section) for section in Section), tuple(_notices(series)))


def _notices(series: Series) -> Iterator[Notice]:
    """An export that stopped looks like a roster in which nothing changes."""
    if series.age is not None and series.age > _OLD:
        yield Notice(
            "OldFiles",
            f"The newest files were delivered {series.age / _DAY:.0f} days ago.",
            "District: see that the export still runs and delivers.",
        )


def has_roles(series: Series) -> bool:
    """Whether any set says in roles.csv what persons are."""
    return bool(series.layers(File.ROLES))


def needs_roles(series: Series) -> bool:
    """Whether roles.csv says what persons are: users.csv of OneRoster 1.2 does not."""
    layers = series.layers(File.USERS)
    return bool(layers) and any(_ROLE not in layer.read(File.USERS).header for layer in layers)


def _look(series: Series, section: Section) -> Access:
    files = [FILE_OF[section]]
    try:
        if section in _PERSONS and not series.base.lack(File.USERS) and needs_roles(series):
            files.append(File.ROLES)
        for file in files:
            if lack := series.base.lack(file):
                return Access(
                    section, shared=False, message=f"{lack} District: export {file.filename} with the other files."
                )
        filled = [_has_row(series, file) for file in files]
    except Renamed:
        raise
    except Flawed as flaw:
        return Access(section, shared=False, message=flaw.message)
    if all(filled):
        return Access(section, shared=True)
    empty = files[filled.index(False)]
    return Access(
        section,
        shared=True,
        empty=True,
        message=f"{series.base.label(empty)} has a header and no rows. District: see that {section} of the current "
        "school year are in the SIS and in its export.",
    )


def _has_row(series: Series, file: File) -> bool:
    """Whether any set has a row of this file; raises `Flawed` if a column is missing."""
    table = _TABLES[file]
    filled = False
    for layer in series.layers(file):
        records = layer.read(file)
        Columns(records, file, table.required, table.optional)
        filled = filled or any(records.batches())
    return filled


_TABLES: Final[dict[File, tables.Table[object]]] = {
    table.file: table  # type: ignore[misc]
    for table in (
        tables.schools(),
        tables.sessions(),
        tables.courses(),
        tables.classes(),
        tables.enrollments(),
        tables.users(None),
        tables.role_rows(Roles(Days(""))),
    )
}
