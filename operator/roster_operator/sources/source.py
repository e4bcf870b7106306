"""What every source of rosters offers.

A source is synchronous and is driven by one worker thread; it may use threads of its own to fetch pages. It decides
nothing about licenses: it reads, says how far it got, and proves it.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Set
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar, runtime_checkable

from roster_operator.roster.models import ClassSection, Course, Enrollment, Person, Role, School, Session

RowT = TypeVar("RowT")


class Section(StrEnum):
    """The sections of a roster, in the words of people who share them; OneRoster calls schools organizations."""

    ORGANIZATIONS = "schools"
    SCHEDULES = "academic schedules"
    COURSES = "courses"
    CLASSES = "classes"
    ENROLLMENTS = "enrollments"
    TEACHERS = "teachers"
    STUDENTS = "students"


class Proof(StrEnum):
    """What shows that a section was read to its end."""

    TOTAL = "Total"
    """As many distinct rows as the server says there are, and nothing behind them."""
    EMPTY_PAGE = "EmptyPage"
    """Read on until the server had nothing more."""
    LAST_LINK = "LastLink"
    """The server's links end, and nothing is behind them."""
    CHECKSUM = "Checksum"
    """A file of a ZIP, read to its end, with the checksum that was made when it was packed."""
    SETTLED_FILES = "SettledFiles"
    """A file of a folder, read to the end of its last line, after all files there had been left alone for a while."""
    SNAPSHOT = "Snapshot"
    """Of an earlier reading, which was whole."""


@dataclass(frozen=True, slots=True)
class Complete:
    """The section was read whole."""

    proof: Proof
    rows: int
    pages: int
    rejected: int = 0
    """Rows that could not be read as what they should be; the rest of their page was kept."""
    duplicates: int = 0
    totals: bool | None = None
    """Whether the server named a total; None if this source does not say."""
    links: bool | None = None
    """Whether the server sent links from page to page; None if this source does not say."""
    largest_page: int = 0
    """Rows of the largest page that came; 0 if this source does not say."""
    without: frozenset[Role] = frozenset()
    """Roles that this SIS does not tell of everybody who has them, so that an absence of them means nothing."""
    untold: int = 0
    """Of `Scope.unlisted`, the classes of which nothing tells who is in them."""
    next_change: str = ""
    """The first day after today on which a source that judges dates itself would read other rows; empty if none is."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """The section was not provably read whole."""

    message: str
    """What happened, for a person; holds no row of the roster."""
    rows: int = 0
    pages: int = 0


Outcome = Complete | Incomplete


class Reading(Generic[RowT]):
    """One section being read: iterate over its pages once, then ask how it ended."""

    def __init__(self, pages: Generator[Collection[RowT], None, Outcome]) -> None:
        """`pages` yields pages of rows, in any order, each row once or more often, and returns how it ended."""
        self._pages = pages
        self._outcome: Outcome | None = None

    def __iter__(self) -> Iterator[Collection[RowT]]:
        """The pages, as they come."""
        self._outcome = yield from self._pages

    @property
    def outcome(self) -> Outcome:
        """How it ended; an error before the iteration has ended."""
        if self._outcome is None:
            raise RuntimeError("a reading has no outcome before it was read to its end")
        return self._outcome


@dataclass(frozen=True, slots=True)
class Access:
    """What the probe found for one section."""

    section: Section
    shared: bool
    empty: bool = False
    message: str = ""
    """What to do, if it is not shared or empty."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about a server that people should know and that stops nothing."""

    name: str
    """One word, for the checklist."""
    message: str
    action: str
    """Who should do what."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a district that matters. A source may leave out the rest, where that saves its server work."""

    schools: Set[str]
    classes: Set[str]
    unlisted: Set[str] = frozenset()
    """Classes that were in scope and are not listed any more: a source that asks who is in each asks of these too."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the probe found out about a server, after its credentials were accepted."""

    sections: tuple[Access, ...] = field(default=())
    notices: tuple[Notice, ...] = ()

    @property
    def refused(self) -> tuple[Access, ...]:
        """Sections that are not shared."""
        return tuple(a for a in self.sections if not a.shared)


class RosterSource(Protocol):
    """A SIS from which a roster is read. Every method may raise `SourceError` or `Interrupted`."""

    def probe(self, *, then_read: bool = False) -> Report:
        """Validate the credentials and ask each section for one row.

        `then_read`: every section is going to be read. A source that waits for each answer may ask for more then, and
        begin to read.
        """
        ...

    def repeats(self, transcript: bytes) -> bool:
        """Whether everything is as it was when `transcript` was made, so that a reading would yield the same again.

        Fetches, but decodes nothing; ends at the first difference. False also for a transcript that it cannot read.
        """
        ...

    def transcript(self) -> bytes | None:
        """What was read, for `repeats`; None if the same roster could not be recognized by it."""
        ...

    def schools(self) -> Reading[School]:
        """Every school on offer."""
        ...

    def sessions(self) -> Reading[Session]:
        """Every academic session."""
        ...

    def courses(self) -> Reading[Course]:
        """Every course on offer."""
        ...

    def classes(self) -> Reading[ClassSection]:
        """Every class."""
        ...

    def enrollments(self, scope: Scope | None = None) -> Reading[Enrollment]:
        """Every enrollment, at least in the classes of `scope`; large sources yield pages that are `Enrollments`.

        It holds no row only if the whole section has none, in scope or not.
        """
        ...

    def people(self, scope: Scope | None = None) -> Reading[Person]:
        """Every student and teacher, at least of the schools of `scope`."""
        ...

    def people_by_id(self, ids: Collection[str]) -> Reading[Person]:
        """Persons that enrollments name but `people` did not hold: aides, administrators who teach."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


class CourseResource(NamedTuple):
    """A learning resource of a course."""

    course_id: str
    number: str
    """By which its publisher knows it, such as an ISBN."""


@runtime_checkable
class TellsResources(RosterSource, Protocol):
    """A source that may know which learning resources a course has."""

    def course_resources(self) -> Reading[CourseResource]:
        """Those of all courses; none if the SIS does not tell."""
        ...


@runtime_checkable
class ListsSelectedSchools(RosterSource, Protocol):
    """A source whose persons are those of the selected schools, and of no others."""

    lists_selected_schools: Literal[True]


@runtime_checkable
class ReadsOnePerson(RosterSource, Protocol):
    """A source that can ask its SIS for the enrollments of one person."""

    def enrollments_of(self, person_id: str) -> Reading[Enrollment]:
        """Theirs, and maybe others': a server that does not heed the question sends everybody's, or none at all."""
        ...


@runtime_checkable
class ListsOrganizations(RosterSource, Protocol):
    """A source that may have organizations of other types than schools in another list."""

    def organizations(self) -> Reading[School]:
        """Organizations of every type, those that `schools` told of among them; none if there is no such list."""
        ...
