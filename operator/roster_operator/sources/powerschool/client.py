"""Requests to one PowerSchool server: who asks, what its answers mean, when to ask again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final, TypeVar

import httpx2

from roster_operator.clock import Clock
from roster_operator.errors import SourceProtocolError
from roster_operator.sources.authorization import Tokens, refusal, unauthorized
from roster_operator.sources.failures import RedirectedAway, RouteMissing, from_status
from roster_operator.sources.http import Answer, BoundedHttp
from roster_operator.sources.oauth2 import NoTokenEndpoint, TokenEndpoint, TokenRefused
from roster_operator.sources.powerschool import messages
from roster_operator.sources.powerschool.dcids import dcid
from roster_operator.sources.powerschool.decode import decode_count, decode_metadata, decode_rows, decode_single
from roster_operator.sources.powerschool.urls import PowerSchoolBase
from roster_operator.sources.powerschool.wire import Kind, RowT
from roster_operator.sources.retries import Retrier

T = TypeVar("T")

_NO_ARGUMENTS: Final = b"{}"
_BLANKS: Final = b"\xef\xbb\xbf \t\r\n"
_NO_ACCESS: Final = b"accessLevelV1Api"
_A_RIGHT_IS_MISSING: Final = (b"permission", b"No access to the field")
"""What the body of a 401 or 403 says that is about the plugin, not about the token."""


class PowerSchoolClient:
    """Thread-safe."""

    def __init__(
        self,
        base: PowerSchoolBase,
        endpoints: Sequence[TokenEndpoint],
        http: BoundedHttp,
        retrier: Retrier,
        clock: Clock,
    ) -> None:
        """One of `endpoints` gives out tokens."""
        self._base = base
        self._endpoints = endpoints
        self._http = http
        self._retrier = retrier
        self._clock = clock
        self._tokens: Tokens | None = None
        self._lock = threading.Lock()
        self.answered = False
        """Whether anything of a roster ever came: then the base URL is right."""

    @property
    def where(self) -> str:
        """The server, as messages name it."""
        return self._base.where

    def authorize(self) -> Tokens:
        """How requests are authorized; the first call asks for a token."""
        with self._lock:
            if self._tokens is None:
                self._tokens = self._first_token()
            return self._tokens

    def _first_token(self) -> Tokens:
        for endpoint in self._endpoints:
            try:
                return Tokens(endpoint, self._clock, endpoint.fetch(), messages.WORDS)
            except TokenRefused as refused:
                raise refusal(refused, self.where, messages.WORDS) from None
            except (NoTokenEndpoint, RedirectedAway):
                continue
        raise messages.no_powerschool(self.where)

    def metadata(self) -> Mapping[str, str]:
        """What the server says of itself; nothing if it has no such route."""
        url = self._base.route(("ws", "v1", "metadata"), {})
        try:
            return self._ask(self._get(url), "metadata", lambda answer: decode_metadata(answer.body, self.where))
        except RouteMissing:
            return {}

    def rows(self, path: tuple[str, ...], kind: Kind[RowT], section: str, query: Mapping[str, str | int]) -> list[RowT]:
        """One page of a list."""
        asked = {**query, **({"expansions": kind.expansions} if kind.expansions else {})}
        return self._ask(self._request(path, asked), section, lambda answer: decode_rows(answer.body, kind, self.where))

    def count(self, path: tuple[str, ...], section: str, query: Mapping[str, str | int]) -> int | None:
        """How many rows a list has; None if the server does not say."""
        request = self._request((*path, "count"), query)
        try:
            return self._ask(request, section, lambda answer: decode_count(answer.body, self.where))
        except RouteMissing:
            return None

    def single(self, kind: Kind[RowT], wanted: str, section: str) -> RowT | None:
        """The row with this DCID; None if the server does not know it."""

        def read(answer: Answer) -> RowT:
            row = decode_single(answer.body, kind, self.where)
            if dcid(row) != wanted:
                message = f"{self.where} answers with another when it is asked for one of {section}."
                raise SourceProtocolError(message, section=section)
            return row

        query = {"expansions": kind.expansions} if kind.expansions else {}
        try:
            return self._ask(self._request(("ws", "v1", kind.name, wanted), query), section, read)
        except RouteMissing:
            return None

    def _request(self, path: tuple[str, ...], query: Mapping[str, str | int]) -> Callable[[httpx2.Auth], Answer]:
        url = self._base.route(path, query)
        return self._post(url) if path[:2] == ("ws", "schema") else self._get(url)

    def _get(self, url: str) -> Callable[[httpx2.Auth], Answer]:
        return lambda auth: self._http.get(url, where=self.where, auth=auth)

    def _post(self, url: str) -> Callable[[httpx2.Auth], Answer]:
        return lambda auth: self._http.post_json(url, where=self.where, auth=auth, content=_NO_ARGUMENTS)

    def _ask(self, request: Callable[[httpx2.Auth], Answer], section: str, read: Callable[[Answer], T]) -> T:
        tokens = self.authorize()

        def attempt() -> T:
            with self._http.held():
                answer = tokens.ask(request, lambda answer: unauthorized(answer) and not _lacks_right(answer))
                try:
                    self._judge(answer, section)
                    result = read(answer)
                finally:
                    answer.drop()
            self.answered = True
            return result

        return self._retrier.call(attempt)

    def _judge(self, answer: Answer, section: str) -> None:
        match answer.status:
            case HTTPStatus.OK:
                if answer.is_html and bytes(answer.body[:16]).lstrip(_BLANKS).lower().startswith(b"<?xml"):
                    raise messages.xml(self.where)
                if answer.is_html:
                    raise messages.web_page(self.where, right_before=self.answered)
            case HTTPStatus.UNAUTHORIZED if not _lacks_right(answer):
                raise messages.token_refused(self.where)
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
                everything = _NO_ACCESS in answer.body
                raise (messages.api_refused if everything else messages.not_shared)(section, self.where)
            case HTTPStatus.BAD_REQUEST:
                raise messages.request_refused(section, self.where)
            case HTTPStatus.NOT_FOUND | HTTPStatus.METHOD_NOT_ALLOWED | HTTPStatus.GONE | HTTPStatus.NOT_IMPLEMENTED:
                raise messages.route_missing(section, self.where)
            case status:
                raise from_status(status, self.where, retry_after=self._retrier.asked_for(answer.headers))


def _lacks_right(answer: Answer) -> bool:
    return any(mark in answer.body for mark in _A_RIGHT_IS_MISSING)
