"""Requests to one OneRoster server: who asks, what its answers mean, when to ask again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Final, TypeVar

from roster_operator.api.v1alpha1.choices import EndDates, OneRosterVersion
from roster_operator.errors import SectionNotShared, SourceError, SourceProtocolError
from roster_operator.roster.models import Person
from roster_operator.sources.authorization import Authorization
from roster_operator.sources.failures import RequestRefused, RouteMissing, from_status, web_page
from roster_operator.sources.http import WITH_ROWS, Answer, BoundedHttp
from roster_operator.sources.oneroster.decode import decode_page, decode_single
from roster_operator.sources.oneroster.page import Page, read_claims
from roster_operator.sources.oneroster.page_request import PageRequest
from roster_operator.sources.oneroster.routes import Routes, routes_of
from roster_operator.sources.oneroster.settings import OneRosterSettings, headers_of
from roster_operator.sources.oneroster.urls import ApiBase
from roster_operator.sources.oneroster.users import UserShapes
from roster_operator.sources.response_fingerprint import Fingerprint
from roster_operator.sources.retries import Retrier
from roster_operator.sources.source import Section
from roster_operator.sources.terminology import Words
from roster_operator.sources.values.inclusive_ends import after_last_days
from roster_operator.sources.waiting import Waiting, weight_of

T = TypeVar("T")
RowT = TypeVar("RowT")

_MUCH: Final = 24 * 1024 * 1024
"""Bytes of decoded pages. Twenty pages of 5,000 persons weigh as much."""
_TOO_MUCH: Final = 48 * 1024 * 1024
_WITH_ENDS: Final = frozenset({Section.SCHEDULES, Section.ENROLLMENTS})


Settle = Callable[[ApiBase], tuple[ApiBase, Authorization]]
"""Finds out how requests to a place are authorized, and where exactly it is."""


class OneRosterClient:
    """Thread-safe, but for `move_on`."""

    def __init__(
        self,
        bases: Sequence[ApiBase],
        http: BoundedHttp,
        retrier: Retrier,
        settle: Settle,
        settings: OneRosterSettings,
        *,
        users: UserShapes,
    ) -> None:
        """`bases`: where the API may be. `settle` is called once for each, before the first request to it.

        `users`: how users are read today.
        """
        self._base, *self._others = bases
        self._http = http
        self._retrier = retrier
        self._settle = settle
        self._headers = headers_of(settings.content_type)
        self._known_missing = self._missing = settings.missing_routes
        self._ends_are_last_days = settings.end_dates is EndDates.INCLUSIVE
        self._authorization: Authorization | None = None
        self._lock = threading.Lock()
        self._decoding = threading.Lock()
        """One page at a time: the interpreter runs one thread anyway, and rows of several would not fit its caches."""
        self._users = users
        self._sparse: set[str] = set()
        """Routes whose rows lack members, in some page at least."""
        self.words = settings.words
        self.answered = False
        """Whether anything of a roster ever came: then the base URL is right."""
        self.transcript = Fingerprint()
        """Of all that was read, what was asked aside left out."""
        self.waiting = Waiting(_MUCH, _TOO_MUCH)
        """Pages that were decoded and are not yet taken."""

    @property
    def where(self) -> str:
        """The server, as messages name it."""
        return self._base.where

    @property
    def version(self) -> OneRosterVersion:
        """Of OneRoster."""
        return self._base.version

    @property
    def routes(self) -> Routes:
        """What the server is asked for."""
        return routes_of(self._users, self._missing)

    @property
    def next_role_change(self) -> str:
        """The first day after today on which a role begins or ends, of those that were read; empty if none does."""
        return self._users.next_change

    @property
    def accepted(self) -> bool:
        """Whether the server is known to accept the credentials."""
        return self.answered or (self._authorization is not None and self._authorization.accepted)

    def lacks(self, path: str) -> None:
        """The server has no such route: it is not asked for it again, if there is another one."""
        with self._lock:
            self._missing |= {path}

    def authorize(self) -> Authorization:
        """How requests are authorized; the first call asks the server."""
        with self._lock:
            if self._authorization is None:
                self._base, self._authorization = self._settle(self._base)
            return self._authorization

    def move_on(self) -> bool:
        """Turn to the next place where the API may be; false if there is none. Nothing may be under way."""
        if not self._others:
            return False
        self._base = self._others.pop(0)
        self._authorization = None
        self._missing = self._known_missing
        self.transcript.begin()
        return True

    def return_to(self, url: str) -> None:
        """Turn to where an earlier reading found the API, by one of its URLs, unless a place was asked already."""
        if self._authorization is not None:
            return
        known = [self._base, *self._others]
        there = next((base for base in known if url.startswith(f"{base.url}/")), self._base)
        self._base, *self._others = there, *(base for base in known if base is not there)

    def page(self, request: PageRequest[RowT]) -> Page[RowT]:
        """One page."""
        return self._get(
            (request.route.path,),
            request.parameters,
            request.section,
            partial(self._read_page, request),
            retries=request.most_retries,
            unrecorded=request.unrecorded,
        )

    def _read_page(self, request: PageRequest[RowT], answer: Answer) -> Page[RowT]:
        if answer.status == HTTPStatus.NO_CONTENT:
            page = Page[RowT](blank=True)
        else:
            path, shape = request.route.path, request.route.shape
            with self._decoding:
                page = decode_page(answer.body, shape, path, self.where, sparse=path in self._sparse)
                if page.lacking:
                    self._sparse.add(path)
        if self._ends_are_last_days and request.section in _WITH_ENDS:
            page.rows = after_last_days(page.rows)
        claims = read_claims(answer.headers)
        page.total, page.has_next, page.next_offset = claims.total, claims.has_next, claims.next_offset
        self.waiting.add(page, weight_of(page.rows), self.where)
        return page

    def user(self, identifier: str, section: str) -> list[Person]:
        """The person with this identifier; none if the server does not know it."""
        users = self.routes.users

        def read(answer: Answer) -> list[Person]:
            if answer.status == HTTPStatus.NO_CONTENT:
                return []
            found = decode_single(answer.body, users.shape, self.where)
            wanted = [person for person in found if person.id == identifier]
            if found and not wanted:
                raise SourceProtocolError(f"{self.where} answers with others when it is asked for one user.")
            return wanted

        try:
            return self._get((users.path, identifier), {}, section, read)
        except RouteMissing:
            return []

    def has_repeated(self, path: str) -> bool:
        """Whether a route was asked the same as in the reading that was recalled, and answered the same."""
        return self.transcript.repeats(self._base.route(path))

    def repeats(self, url: str, digest: int) -> bool:
        """Whether a request of an earlier reading is answered as it was then. One to another server never is."""
        if not self._base.is_at(url):
            return False

        def attempt() -> bool:
            running_digest, asked = self.transcript.start(), self._retrier.now
            answer = self._ask(url, running_digest.write)
            if answer.status in WITH_ROWS:
                if (whole := running_digest.whole(answer)) is not None:
                    self.transcript.keep(url, whole, self._retrier.now - asked)
            elif answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                raise from_status(answer.status, self.where, retry_after=self._retrier.asked_for(answer.headers))
            return running_digest.digest(answer) == digest

        return self._retrier.call(attempt)

    def _get(
        self,
        segments: Sequence[str],
        query: Mapping[str, int | str],
        section: str,
        read: Callable[[Answer], T],
        *,
        retries: int | None = None,
        unrecorded: bool = False,
    ) -> T:
        self.authorize()
        url = self._base.route(*segments, **query)
        transcript = Fingerprint() if unrecorded else self.transcript

        def attempt() -> T:
            with self._http.held():
                answer = transcript.take(url) or self._ask(url)
                try:
                    result = self._read(answer, section, url, transcript, read)
                finally:
                    answer.drop()
            self.answered = True
            return result

        try:
            return self._retrier.call(attempt, retries=retries)
        except (RouteMissing, RequestRefused):
            raise
        except SourceError:
            transcript.invalidate()
            raise

    def _read(self, answer: Answer, section: str, url: str, transcript: Fingerprint, read: Callable[[Answer], T]) -> T:
        try:
            self._judge(answer, section, self.authorize())
        except (RouteMissing, RequestRefused):
            transcript.note(url, answer)
            raise
        result = read(answer)
        transcript.note(url, answer)
        return result

    def _ask(self, url: str, write: Callable[[bytes], object] | None = None) -> Answer:
        """`write` takes the body of a good answer as it comes; the answer then holds its beginning only."""
        return self.authorize().ask(
            lambda auth: self._http.get(url, where=self.where, auth=auth, headers=self._headers, write=write)
        )

    def _judge(self, answer: Answer, section: str, authorization: Authorization) -> None:
        match answer.status:
            case HTTPStatus.OK | HTTPStatus.PARTIAL_CONTENT | HTTPStatus.NO_CONTENT:
                if answer.is_html:
                    raise web_page(self.where, right_before=self.answered, words=self.words)
            case HTTPStatus.UNAUTHORIZED:
                raise authorization.rejection(answer)
            case HTTPStatus.FORBIDDEN:
                raise not_shared(section, self.where, self.words)
            case HTTPStatus.BAD_REQUEST:
                raise RequestRefused(
                    f"{self.where} refuses the request for {section} as wrong (HTTP 400). "
                    "District: ask the SIS's vendor, with this message.",
                    section=section,
                )
            case status:
                asked = self._retrier.asked_for(answer.headers)
                raise from_status(status, self.where, retry_after=asked, words=self.words)


def no_section(client: OneRosterClient, section: str, missing: RouteMissing) -> SourceError:
    """No route of a section is there: only this section is missing, or this is no OneRoster API at all."""
    if not client.answered:
        return missing
    return SectionNotShared(not_offered(section, client.where, client.words), section=section)


def not_offered(section: str, where: str, words: Words) -> str:
    """HTTP 404, or one that says the same, for all routes of a section."""
    return (
        f"{where} does not offer {section} (HTTP 404). District: {words.share(section)}, "
        "or ask its vendor whether its OneRoster has them."
    )


def not_shared(section: str, where: str, words: Words) -> SectionNotShared:
    """HTTP 403: the key is good, but not for this."""
    return SectionNotShared(
        f"{where} does not share {section} with these credentials (HTTP 403). District: {words.share(section)}.",
        section=section,
    )
