"""A OneRoster server, of version 1.1 or 1.2, as a source of rosters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Final, TypeVar, TypeVarTuple, cast

from roster_operator.clock import Clock
from roster_operator.errors import SectionNotShared, SourceError
from roster_operator.roster.models import ClassSection, Course, Enrollment, Person, School, Session
from roster_operator.sources.failures import RequestRefused, RouteMissing
from roster_operator.sources.oneroster.ahead import ReadAhead
from roster_operator.sources.oneroster.changes import changed_since, only_changed
from roster_operator.sources.oneroster.client import OneRosterClient, not_offered
from roster_operator.sources.oneroster.dated import DATED, Dated
from roster_operator.sources.oneroster.examination import examine, relied_upon
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.paging import read_section
from roster_operator.sources.oneroster.probe import probe
from roster_operator.sources.oneroster.routes import Route
from roster_operator.sources.oneroster.settings import OneRosterSettings
from roster_operator.sources.oneroster.sweep import Sweep, SweepLimits
from roster_operator.sources.provider import Provider
from roster_operator.sources.source import Complete, Incomplete, Outcome, Proof, Reading, Report, Scope, Section
from roster_operator.sources.transcript import decode_exchanges
from roster_operator.sources.workers import Workers

RowT = TypeVar("RowT")
T = TypeVar("T")
RequestT = TypeVarTuple("RequestT")

Pages = Generator[Collection[RowT], None, Outcome]
"""The pages of a section, and how it ended."""

_SMALLER_PAGES: Final = (1000, 100, None)
"""What is tried when a server refuses the page size; None leaves it to the server."""
_A_PAGE: Final = 100
"""Rows; a page that was smaller was short for another reason than the server's limit."""
_SINGLY: Final = 200
"""Up to so many persons are asked for one by one; more are picked from the list of all users."""
_USERS: Final = "users"
_ALWAYS_READ: Final = (Section.ORGANIZATIONS, Section.SCHEDULES, Section.COURSES, Section.CLASSES)
_READ_IN_FULL: Final = (Section.ENROLLMENTS, Section.TEACHERS, Section.STUDENTS)
"""Where only what changed is read, nobody is listed."""
_PROOFS: Final = (Proof.EMPTY_PAGE, Proof.LAST_LINK, Proof.TOTAL)
"""From the least telling on."""


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
        self._limit: int | None = settings.page_size
        self._known_user = ""
        self._ahead = ReadAhead(settings.max_concurrency, self._ask_early)

    def probe(self) -> Report:
        """Validate the credentials and ask each section for one row."""
        report = probe(self._client, self._workers.run, self._workers.each)
        self._client.transcript.begin()
        self._plan_ahead(_ALWAYS_READ)
        return report

    def repeats(self, transcript: bytes) -> bool:
        """See `RosterSource`."""
        exchanges = decode_exchanges(transcript)
        if exchanges:
            self._client.return_to(exchanges[0].url)
        return bool(exchanges) and all(self._workers.each(self._client.repeats, exchanges))

    def transcript(self) -> bytes | None:
        """See `RosterSource`."""
        return self._client.transcript.encode()

    def schools(self) -> Reading[School]:
        """Every organization of type school."""
        return self._reading(Section.ORGANIZATIONS)

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
        return Reading(self._people())

    def people_by_id(self, ids: Collection[str]) -> Reading[Person]:
        """The persons with these identifiers whom the server knows."""
        wanted = frozenset(ids)
        if len(wanted) <= _SINGLY:
            return Reading(self._one_by_one(sorted(wanted)))
        return Reading(self._picked(wanted))

    def examine(self) -> Provider:
        """See `TellsChanges`."""
        enrollments = _with_dates(self._client.routes.sections[Section.ENROLLMENTS][0])

        def first_page() -> Page[Dated]:
            return self._first_page(Section.ENROLLMENTS, enrollments)

        found = self._workers.run(examine, self._client, first_page, self._clock)
        self._client.transcript.begin()
        return relied_upon(found, self._settings.filters)

    def heed(self, provider: Provider) -> None:
        """See `TellsChanges`."""
        if provider.largest_page >= _A_PAGE and self._limit is not None:
            self._limit = min(self._limit, provider.largest_page)

    def changed_enrollments(self, since: datetime) -> Reading[Enrollment]:
        """See `TellsChanges`."""
        route = _with_dates(self._client.routes.sections[Section.ENROLLMENTS][0])
        pages = self._read(Section.ENROLLMENTS, route, {"filter": changed_since(since)})
        return Reading(only_changed(pages, since, self._client.where, ends=self._settings.end_dates))

    def close(self) -> None:
        """Break off what is under way and give back connections."""
        self._workers.close()
        self._close()

    def _reading(self, section: Section) -> Reading[RowT]:
        return Reading(self._section(section))

    def _section(self, section: Section) -> Pages[Any]:
        *preferred, last = self._client.routes.sections[section]
        for route in preferred:
            try:
                return (yield from self._read(section, route))
            except RouteMissing:
                continue
        try:
            return (yield from self._read(section, last))
        except RouteMissing as missing:
            raise self._not_offered(section, missing) from None

    def _people(self) -> Pages[Person]:
        outcomes: list[Complete] = []
        for section in (Section.TEACHERS, Section.STUDENTS):
            route = self._client.routes.sections[section][0]
            if route.path == _USERS:
                return (yield from self._everybody(section))
            try:
                outcome = yield from self._remembering(self._read(section, route))
            except RouteMissing:
                return (yield from self._everybody(section))
            if isinstance(outcome, Incomplete):
                return outcome
            outcomes.append(outcome)
        return _joined(outcomes)

    def _everybody(self, section: Section) -> Pages[Person]:
        try:
            return (yield from self._remembering(self._read(_USERS, self._client.routes.users)))
        except RouteMissing as missing:
            raise self._not_offered(section, missing) from None

    def _remembering(self, pages: Pages[Person]) -> Pages[Person]:
        """Keeps one identifier that the server knows, to tell later whether it can be asked for single users."""
        try:
            page = next(pages)
            while True:
                if page:
                    self._known_user = next(iter(page)).id
                yield page
                page = next(pages)
        except StopIteration as end:
            return cast(Outcome, end.value)

    def _one_by_one(self, ids: list[str]) -> Pages[Person]:
        found = 0
        asked = 0
        try:
            for person in self._workers.each(self._client.user, ((identifier, _USERS) for identifier in ids)):
                asked += 1
                found += len(person)
                if person:
                    yield person
            if ids and not found and not self._answers_single_users():
                return (yield from self._picked(frozenset(ids)))
        except (SourceError, SectionNotShared) as error:
            if isinstance(error, SectionNotShared) or asked == 0:
                raise
            return Incomplete(f"The users were read only in part, {asked} of {len(ids)}: {error.message}", rows=found)
        return Complete(Proof.TOTAL, rows=found, pages=asked)

    def _answers_single_users(self) -> bool:
        """Whether 404 means that a person is not there, and not that the server lacks the route."""
        if not self._known_user:
            return False
        return bool(self._workers.run(self._client.user, self._known_user, _USERS))

    def _picked(self, wanted: frozenset[str]) -> Pages[Person]:
        pages = self._everybody(Section.TEACHERS)
        try:
            while True:
                yield [person for person in next(pages) if person.id in wanted]
        except StopIteration as end:
            return cast(Outcome, end.value)

    def _read(self, section: str, route: Route[RowT], query: Mapping[str, str] | None = None) -> Pages[RowT]:
        def fetch(offset: int, size: int | None, behind: bool) -> Page[RowT]:
            if offset == 0 and size is None:
                return self._first_page(section, route, query)
            return self._client.page(
                section, route.path, route.shape, offset=offset, limit=size or self._limit, behind=behind, query=query
            )

        def sweep(size: int | None) -> Sweep[RowT]:
            def ask(offset: int, *, behind: bool) -> Future[Page[RowT]]:
                unfiltered = size is None and query is None
                early = self._ahead.claim(route.path, offset, behind) if unfiltered else None
                return early or self._workers.submit(fetch, offset, size, behind)

            return Sweep(section, ask, self._workers.first, limits, self._ahead.fill)

        limits = SweepLimits(
            window=self._settings.max_concurrency,
            page_size=self._settings.page_size,
            max_rows=self._settings.max_rows,
            max_pages=self._settings.max_pages,
        )
        self._ahead.begin(route.path)
        return read_section(section, sweep)

    def _plan_ahead(self, sections: Collection[Section]) -> None:
        routes = self._client.routes.sections
        self._ahead.plan([(section, routes[section][0]) for section in sections])

    def _ask_early(self, section: str, route: Route[Any], offset: int, behind: bool) -> Future[Page[Any]]:
        if offset == 0:
            return self._workers.submit(self._first_page, section, route)
        page = self._client.page
        return self._workers.submit(
            page, section, route.path, route.shape, offset=offset, limit=self._limit, behind=behind
        )

    def _first_page(self, section: str, route: Route[RowT], query: Mapping[str, str] | None = None) -> Page[RowT]:
        """With the largest page that the server accepts; what it is stays for the life of the source."""
        while True:
            limit = self._limit
            try:
                return self._client.page(section, route.path, route.shape, offset=0, limit=limit, query=query)
            except RequestRefused:
                if limit is None:
                    raise
                if limit == self._limit:  # else another section's first page has found out already
                    self._limit = next(size for size in _SMALLER_PAGES if size is None or size < limit)

    def _not_offered(self, section: str, missing: RouteMissing) -> SourceError:
        """No route of a section is there: only this section is missing, or this is no OneRoster API at all."""
        if not self._client.answered:
            return missing
        return SectionNotShared(section, not_offered(section, self._client.where, self._client.words))


def _with_dates(enrollments: Route[Enrollment]) -> Route[Dated]:
    return Route(enrollments.path, DATED)


def _joined(outcomes: list[Complete]) -> Complete:
    """Several readings as one; its proof is the least telling of theirs."""
    return Complete(
        proof=min((outcome.proof for outcome in outcomes), key=_PROOFS.index),
        rows=sum(outcome.rows for outcome in outcomes),
        pages=sum(outcome.pages for outcome in outcomes),
        rejected=sum(outcome.rejected for outcome in outcomes),
        duplicates=sum(outcome.duplicates for outcome in outcomes),
    )
