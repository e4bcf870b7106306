"""OneRoster CSV files as a source of rosters."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import replace
from typing import TypeVar

import msgspec

from roster_operator.clock import Clock, today
from roster_operator.errors import ReadIncomplete
from roster_operator.interruption import Interruption
from roster_operator.roster.dates import Days
from roster_operator.roster.models import ClassSection, Course, Enrollment, Person, School, Session
from roster_operator.sources.csv import tables
from roster_operator.sources.csv.delta_chain import Identity, Series, open_series
from roster_operator.sources.csv.failures import Flawed
from roster_operator.sources.csv.files import File
from roster_operator.sources.csv.locations.location import Location
from roster_operator.sources.csv.probe import has_roles, needs_roles, probe
from roster_operator.sources.csv.reading import FileReading, Known, Pages
from roster_operator.sources.csv.roles import Roles
from roster_operator.sources.csv.settings import CsvSettings
from roster_operator.sources.csv.tables import Table
from roster_operator.sources.decoders import decoder_of
from roster_operator.sources.source import Complete, Incomplete, Proof, Reading, Report, Scope

RowT = TypeVar("RowT")

_REFERRED_TO = frozenset({File.ORGS, File.SESSIONS, File.COURSES, File.CLASSES})


class _Transcript(msgspec.Struct):
    """What was read."""

    sets: Identity
    until: str
    """The day on which the same files say something else, as a role begins or ends; empty if there is none."""


class CsvSource:
    """Reads what lies at one location. To be driven by one thread."""

    def __init__(self, location: Location, settings: CsvSettings, *, clock: Clock, interruption: Interruption) -> None:
        """Nothing is fetched yet."""
        self._location = location
        self._settings = settings
        self._clock = clock
        self._interruption = interruption
        self._resources = ExitStack()
        self._opened: Series | None = None
        self._known = Known()
        self._until = ""

    def probe(self, *, then_read: bool = False) -> Report:
        """Fetch what lies there, and look whether each file is there, has its columns, and a row."""
        del then_read
        series = self._series()
        try:
            return probe(series)
        except Flawed as flaw:
            raise ReadIncomplete(flaw.message) from None

    def repeats(self, transcript: bytes) -> bool:
        """Whether the same sets lie there; raises `ReadIncomplete` if a delta is gone that was read before."""
        try:
            before = decoder_of(_Transcript).decode(transcript)
        except msgspec.DecodeError:
            return False
        series = self._series()
        series.check_nothing_lost(before.sets, self._location.where)
        return series.identity == before.sets and not (before.until and before.until <= self._days.today)

    def transcript(self) -> bytes | None:
        """Names and digests of the sets, and for how long they mean the same."""
        if self._opened is None:
            return None
        return msgspec.json.encode(_Transcript(self._opened.identity, self._until))

    def schools(self) -> Reading[School]:
        """Every organization, of whatever type."""
        return self._reading(tables.schools())

    def sessions(self) -> Reading[Session]:
        """Every academic session."""
        return self._reading(tables.sessions())

    def courses(self) -> Reading[Course]:
        """Every course."""
        return self._reading(tables.courses())

    def classes(self) -> Reading[ClassSection]:
        """Every class."""
        return self._reading(tables.classes())

    def enrollments(self, scope: Scope | None = None) -> Reading[Enrollment]:
        """Every enrollment, as columns."""
        del scope
        return self._reading(tables.enrollments())

    def people(self, scope: Scope | None = None) -> Reading[Person]:
        """Everybody: students, staff and guardians are in one file."""
        del scope
        return Reading(self._people())

    def people_by_id(self, ids: Collection[str]) -> Reading[Person]:
        """Nobody: whom `people` did not have, no file has."""
        del ids
        return Reading(_nobody())

    def close(self) -> None:
        """Drop the copies and give back connections."""
        self._resources.close()
        self._location.close()

    def _series(self) -> Series:
        if self._opened is None:
            try:
                self._opened = open_series(
                    self._location,
                    self._settings,
                    now=self._clock.now(),
                    interruption=self._interruption,
                    resources=self._resources,
                )
            except Flawed as flaw:
                raise ReadIncomplete(flaw.message) from None
        return self._opened

    def _reading(self, table: Table[RowT]) -> Reading[RowT]:
        return Reading(self._pages(table))

    def _pages(self, table: Table[RowT]) -> Pages[RowT]:
        keep = table.file in _REFERRED_TO
        return (yield from FileReading(self._series(), table, self._settings, self._known, keep=keep).pages())

    @property
    def _days(self) -> Days:
        zone = self._settings.time_zone
        return Days(today(self._clock, zone).isoformat(), zone)

    def _people(self) -> Pages[Person]:
        try:
            apart = has_roles(self._series()) or needs_roles(self._series())
        except Flawed as flaw:
            return Incomplete(flaw.message)
        if not apart:
            return (yield from self._pages(tables.users(None)))
        roles = Roles(self._days, ends_inclusive=self._settings.ends_inclusive)
        said: Reading[None] = self._reading(tables.role_rows(roles))
        for _ in said:
            pass
        if isinstance(said.outcome, Incomplete):
            return said.outcome
        roles.settle()
        self._until = roles.next_change
        outcome = yield from self._pages(tables.users(roles))
        if isinstance(outcome, Incomplete):
            return outcome
        return replace(outcome, rejected=outcome.rejected + said.outcome.rejected)


def _nobody() -> Pages[Person]:
    yield from ()
    return Complete(Proof.CHECKSUM, rows=0, pages=0)
