"""A OneRoster server, of version 1.1 or 1.2, as a source of rosters.

A sync of it is a probe, which asks for the first page of each section, and then one pipeline: while one section is
read, the next ones' pages are fetched early, and the server is examined beside that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Final, TypeVar

from roster_operator.clock import Clock
from roster_operator.errors import SectionNotShared
from roster_operator.roster.models import ClassSection, Course, Enrollment, Person, School, Session
from roster_operator.sources.capabilities import Examination, Provider
from roster_operator.sources.failures import RouteMissing
from roster_operator.sources.oneroster.changes import changed_since, only_changed
from roster_operator.sources.oneroster.client import OneRosterClient, no_section
from roster_operator.sources.oneroster.dated import DATED, Dated, undated
from roster_operator.sources.oneroster.examination import ServerExamination
from roster_operator.sources.oneroster.fetching import Fetcher, Pages
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.page_request import FEW_RETRIES, PageRequest
from roster_operator.sources.oneroster.people import People
from roster_operator.sources.oneroster.probe import Beginning, Reader, probe
from roster_operator.sources.oneroster.resources import OF_COURSES, RESOURCES, gathered, numbers_of
from roster_operator.sources.oneroster.routes import ORGS, Route
from roster_operator.sources.oneroster.settings import OneRosterSettings
from roster_operator.sources.response_fingerprint import decode_exchanges
from roster_operator.sources.source import Complete, CourseResource, Proof, Reading, Report, Scope, Section
from roster_operator.sources.workers import Workers

RowT = TypeVar("RowT")

_ALWAYS_READ: Final = (Section.ORGANIZATIONS, Section.SCHEDULES, Section.COURSES, Section.CLASSES)
_READ_IN_FULL: Final = (Section.ENROLLMENTS, Section.TEACHERS, Section.STUDENTS)
"""Where only what changed is read, nobody is listed."""


class OneRosterSource:
    """Reads one server. To be driven by one thread; fetches pages in threads of its own."""

    def __init__(
        self,
        client: OneRosterClient,
        workers: Workers,
        settings: OneRosterSettings,
        *,
        clock: Clock,
        close: Callable[[], None],
    ) -> None:
        """`close` gives back the connections."""
        self._client = client
        self._workers = workers
        self._settings = settings
        self._clock = clock
        self._close = close
        self._fetcher = Fetcher(client, workers, settings)
        self._people = People(client, workers, self._fetcher)
        self._examination: ServerExamination | None = None
        self._begun: dict[Section, Beginning] = {}
        """First pages of a probe that begins to read."""
        self._awaited: list[Section] = []
        """What is read first and was not planned yet, in that order."""

    def probe(self, *, then_read: bool = False) -> Report:
        """See `RosterSource`. What is read next begins here: with the first page of each section."""
        self._client.transcript.begin()
        reader = Reader(self._first_page, self._take, self._fetcher.ahead.fill) if then_read else None
        self._awaited = list(Section) if then_read else list(_ALWAYS_READ)
        report = probe(self._client, self._workers, reader)
        self._plan_ahead(self._awaited)
        return report

    def repeats(self, transcript: bytes) -> bool:
        """See `RosterSource`."""
        exchanges = decode_exchanges(transcript)
        if exchanges:
            self._client.return_to(exchanges[0].url)
            self._client.transcript.expect(exchanges)
        at_once = self._settings.max_concurrency
        return bool(exchanges) and self._workers.hold(self._client.repeats, exchanges, at_once=at_once)

    def transcript(self) -> bytes | None:
        """See `RosterSource`."""
        return self._client.transcript.encode()

    def schools(self) -> Reading[School]:
        """Every organization that the server lists as a school, or of every type if it lists them together."""
        return self._reading(Section.ORGANIZATIONS)

    def organizations(self) -> Reading[School]:
        """See `ListsOrganizations`."""
        return Reading(self._organizations())

    def course_resources(self) -> Reading[CourseResource]:
        """See `TellsResources`."""
        return Reading(self._course_resources())

    def sessions(self) -> Reading[Session]:
        """Every academic session."""
        return self._reading(Section.SCHEDULES)

    def courses(self) -> Reading[Course]:
        """Every course."""
        return self._reading(Section.COURSES)

    def classes(self) -> Reading[ClassSection]:
        """Every class."""
        return self._reading(Section.CLASSES)

    def enrollments(self, scope: Scope | None = None) -> Reading[Enrollment]:
        """Every enrollment of the district: all of them together are fewer requests than class by class."""
        del scope
        self._plan_ahead(_READ_IN_FULL)
        return self._reading(Section.ENROLLMENTS)

    def people(self, scope: Scope | None = None) -> Reading[Person]:
        """Every teacher and student; everybody, if the server does not tell them apart."""
        del scope
        return Reading(self._people.everyone())

    def people_by_id(self, ids: Collection[str]) -> Reading[Person]:
        """The persons with these identifiers whom the server knows."""
        return Reading(self._people.with_ids(ids))

    def enrollments_of(self, person_id: str) -> Reading[Enrollment]:
        """See `ReadsOnePerson`."""
        path = self._client.routes.sections[Section.ENROLLMENTS][0]
        quoted = person_id.replace("'", "''")
        return Reading(self._fetcher.read(Section.ENROLLMENTS, path, {"filter": f"user.sourcedId='{quoted}'"}))

    def examine(self) -> Examination:
        """See `TellsChanges`."""

        def first_page() -> Page[Dated]:
            dated = self._dated_enrollments
            request = PageRequest(Section.ENROLLMENTS, dated, retries=FEW_RETRIES, unrecorded=True)
            return self._fetcher.first_page(request)

        self._examination = ServerExamination(
            self._client, self._workers, self._clock, first_page, self._settings.filters
        )
        return self._examination

    def use_known(self, provider: Provider) -> None:
        """See `TellsChanges`."""
        self._fetcher.use_known(provider.largest_page)

    def changed_enrollments(self, since: datetime) -> Reading[Enrollment]:
        """See `TellsChanges`."""
        pages = self._fetcher.read(Section.ENROLLMENTS, self._dated_enrollments, {"filter": changed_since(since)})
        return Reading(only_changed(pages, since, self._client.where, ends=self._settings.end_dates))

    def close(self) -> None:
        """Break off what is under way and give back connections."""
        self._workers.close()
        self._close()

    @property
    def _dated_enrollments(self) -> Route[Dated]:
        return Route(self._client.routes.sections[Section.ENROLLMENTS][0].path, DATED)

    def _reading(self, section: Section) -> Reading[RowT]:
        return Reading(self._section(section))

    def _organizations(self) -> Pages[School]:
        nothing_more = Complete(Proof.TOTAL, rows=0, pages=0)
        if ORGS in self._client.routes.sections[Section.ORGANIZATIONS][:1]:
            return nothing_more
        try:
            return (yield from self._fetcher.read(Section.ORGANIZATIONS, ORGS))
        except (RouteMissing, SectionNotShared):
            return nothing_more

    def _course_resources(self) -> Pages[CourseResource]:
        nothing = Complete(Proof.TOTAL, rows=0, pages=0)
        if RESOURCES.path in self._settings.missing_routes:
            return nothing
        wanted: dict[str, list[str]] = {}
        try:
            outcome = yield from gathered(self._fetcher.read(Section.COURSES, OF_COURSES), wanted)
            if not wanted or not isinstance(outcome, Complete):
                return outcome
            return (yield from numbers_of(self._fetcher.read("resources", RESOURCES), wanted))
        except (RouteMissing, SectionNotShared):
            return nothing

    def _section(self, section: Section) -> Pages[Any]:
        *preferred, last = self._client.routes.sections[section]
        for route in preferred:
            try:
                return (yield from self._fetcher.read(section, route))
            except RouteMissing:
                continue
        try:
            return (yield from self._fetcher.read(section, last))
        except RouteMissing as missing:
            raise no_section(self._client, section, missing) from None

    def _plan_ahead(self, sections: Collection[Section]) -> None:
        for section in sections:
            begun = self._begun.pop(section, None)
            if begun is not None:
                self._fetcher.ahead.plan(section, begun.route, begun.page)
            else:
                self._fetcher.ahead.plan(section, self._client.routes.sections[section][0])

    def _first_page(self, section: Section, route: Route[Any]) -> Page[Any]:
        """Of enrollments with their times, if the server is being examined."""
        wanted = self._dated_enrollments if self._is_examined(section) else route
        return self._fetcher.begin(section, wanted)

    def _take(self, beginning: Beginning) -> None:
        """First pages come in any order; they are planned in that of their reading, as far as they have come."""
        section, route, page = beginning
        if self._examination is not None and self._is_examined(section):
            self._examination.begin(page)
            page = undated(page, self._settings.end_dates)
        self._begun[section] = Beginning(section, route, page)
        while self._awaited and self._awaited[0] in self._begun:
            self._plan_ahead([self._awaited.pop(0)])

    def _is_examined(self, section: Section) -> bool:
        return section is Section.ENROLLMENTS and self._examination is not None
