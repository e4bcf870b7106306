"""The lists of PowerSchool that are read, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic

from roster_operator.sources.powerschool.wire import (
    CO_TEACHERS,
    SCHOOLS,
    SECTION_ENROLLMENTS,
    SECTIONS,
    CoTeacherRow,
    Kind,
    RowT,
    SchoolRow,
    SectionEnrollmentRow,
    SectionRow,
)
from roster_operator.sources.source import Section


@dataclass(frozen=True, slots=True)
class Listing(Generic[RowT]):
    """One list."""

    path: tuple[str, ...]
    kind: Kind[RowT]
    section: str
    """What it is a part of, for messages."""
    search: str = ""
    twice: bool = True
    """See `Limits`. Where a missing row does no harm, a count that differs does none either."""


ALL_SCHOOLS: Final[Listing[SchoolRow]] = Listing(("ws", "v1", "district", "school"), SCHOOLS, Section.ORGANIZATIONS)


def of_school(school_id: str, kind: Kind[RowT], section: str, *, twice: bool = True) -> Listing[RowT]:
    """A list of one school."""
    return Listing(("ws", "v1", "school", school_id, kind.name), kind, section, twice=twice)


def sections_of(school_id: str, start_year: int) -> Listing[SectionRow]:
    """The sections of a school in one school year."""
    path = ("ws", "v1", "school", school_id, SECTIONS.name)
    return Listing(path, SECTIONS, Section.CLASSES, f"term.start_year=={start_year}")


def enrollments_of(section_id: str) -> Listing[SectionEnrollmentRow]:
    """The students of a section."""
    path = ("ws", "v1", "section", section_id, SECTION_ENROLLMENTS.name)
    return Listing(path, SECTION_ENROLLMENTS, Section.ENROLLMENTS)


def co_teachers_by(query: str) -> Listing[CoTeacherRow]:
    """The rows of the plugin's PowerQuery."""
    return Listing(("ws", "schema", "query", query), CO_TEACHERS, "co-teachers")
