"""One exchange with a SIS, bounded in bytes and time, that never carries credentials to another server.

Statuses are not judged here, except redirects.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import httpx2

from roster_operator.clock import Clock
from roster_operator.errors import WrongURL
from roster_operator.interruption import Interruption
from roster_operator.sources.connections import Connections
from roster_operator.sources.failures import Garbled, RedirectedAway, TooLarge, from_exchange, took_too_long
from roster_operator.sources.memory_budget import Room
from roster_operator.sources.redirects import redirected
from roster_operator.sources.transport import KeptConnectionClosed
from roster_operator.sources.unpacking import unpacking_of
from roster_operator.sources.url_template import template_of
from roster_operator.tracing import span

MAX_REDIRECTS: Final = 3
MAX_ERROR_BYTES: Final = 64 * 1024
"""How much of an answer is read that is not a page of the roster: errors, tokens."""
WITH_ROWS: Final = frozenset({HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT})
"""Some servers answer 206 to whatever is asked for by offset and limit; it says nothing about the end."""
MAX_HEAD_BYTES: Final = 128 * 1024
_MAX_COOKIES: Final = 50
"""More, and they are all dropped: farms of servers need one or two."""
_ROOM: Final = 24 * 1024 * 1024
"""Bytes for the answers under way: as many as five pages of 5,000 rows."""
_ROOM_EACH: Final = 256 * 1024
"""Bytes that each answer may take beside that: so what is small waits for nothing that is large."""
_BEGINNING: Final = 512
_CONNECT_TIMEOUT: Final = 15.0
_GRACE: Final = 2.0
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_KEEPING_METHOD: Final = frozenset({307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: httpx2.Headers
    body: bytes | bytearray

    def __repr__(self) -> str:
        """Nothing of the body: reprs end up in logs."""
        return f"Answer(status={self.status})"

    def drop(self) -> None:
        """Give back the memory of its body, which an error on its way would keep otherwise."""
        with contextlib.suppress(BufferError):
            if isinstance(self.body, bytearray):
                self.body.clear()

    @property
    def is_html(self) -> bool:
        """Whether it is a page for people, whatever its content type says."""
        return bytes(self.body[:_BEGINNING]).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked, wherever redirects lead."""

    method: str
    auth: httpx2.Auth | None = field(repr=False)
    max_bytes: int
    form: Mapping[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] | None = None
    content: bytes | None = None
    write: Callable[[bytes], object] | None = None


class BoundedHttp:
    """Sends requests; thread-safe.

    `timeout` is for one whole exchange, first byte to last, so that a server that drips is not waited for.
    """

    def __init__(
        self,
        client: httpx2.Client,
        connections: Connections,
        *,
        clock: Clock,
        interruption: Interruption,
        at_once: int,
        timeout: float,
        max_bytes: int,
    ) -> None:
        """`at_once`: exchanges that the server allows; whoever would be one more waits for its turn.

        `max_bytes` bounds a successful answer after decompression; the client must not follow redirects.
        """
        self._client = client
        self._connections = connections
        self._clock = clock
        self._interruption = interruption
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._turns = threading.BoundedSemaphore(at_once)
        self._room = Room(_ROOM)
        self._under_way: dict[int, float] = {}
        self._lock = threading.Lock()

    def held(self) -> AbstractContextManager[None]:
        """Answers that this thread receives in here take their room until its end, when what was made of them is done.

        Others wait for it if they are large.
        """
        return self._room.entered()

    def get(
        self,
        url: str,
        *,
        where: str,
        auth: httpx2.Auth | None,
        headers: Mapping[str, str] | None = None,
        write: Callable[[bytes], object] | None = None,
    ) -> Answer:
        """Ask for a page; `url` is fully encoded, `where` is how messages call the server.

        `write` takes the body of a good answer as it comes; the answer then holds its beginning only.
        """
        return self._follow(_Request("GET", auth, self._max_bytes, headers=headers, write=write), url, where)

    def post(self, url: str, *, where: str, auth: httpx2.Auth | None, form: Mapping[str, str]) -> Answer:
        """Send a form, as token endpoints want it."""
        answer = self._follow(_Request("POST", auth, MAX_ERROR_BYTES, form=form), url, where)
        if answer.status in _REDIRECTS:  # of those that are not followed, as they may turn the form into a GET
            raise RedirectedAway(where)
        return answer

    def post_json(self, url: str, *, where: str, auth: httpx2.Auth | None, content: bytes) -> Answer:
        """Ask for a page whose request is itself JSON, as PowerQueries want it."""
        headers = {"Content-Type": "application/json"}
        return self._follow(_Request("POST", auth, self._max_bytes, headers=headers, content=content), url, where)

    def download(
        self, url: str, *, where: str, auth: httpx2.Auth | None, accept: str, write: Callable[[bytes], object]
    ) -> Answer:
        """Ask for a file and give it to `write` as it comes; the answer holds its beginning only."""
        return self.get(url, where=where, auth=auth, headers={"Accept": accept}, write=write)

    def break_off_overdue(self) -> None:
        """End exchanges that hang where no check of ours runs, such as in headers that never end."""
        now = self._clock.monotonic()
        with self._lock:
            overdue = any(now - started > self._timeout + _GRACE for started in self._under_way.values())
        if overdue:
            self._connections.break_off()

    def _follow(self, asked: _Request, url: str, where: str) -> Answer:
        target = httpx2.URL(url)
        for _ in range(MAX_REDIRECTS + 1):
            with self._turns, span(asked.method, _told_of(asked, target), request=True) as exchange:
                answer = self._exchange(asked, target, where)
                exchange.add({"http.response.status_code": answer.status})
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                return answer
            if asked.method != "GET" and answer.status not in _KEEPING_METHOD:
                return answer
            target = redirected(target, location, where)
        raise WrongURL(f"{where} redirects in a circle. District: check the base URL.")

    def _exchange(self, asked: _Request, url: httpx2.URL, where: str) -> Answer:
        self._interruption.check()
        patience = max(0.001, min(self._timeout, self._interruption.remaining))
        request = self._client.build_request(
            asked.method,
            url,
            data=dict(asked.form) if asked.form is not None else None,
            headers=asked.headers,
            content=asked.content,
            timeout=httpx2.Timeout(patience, connect=min(patience, _CONNECT_TIMEOUT)),
        )
        deadline = self._clock.monotonic() + self._timeout
        try:
            with (
                self._watched(),
                self._room.entered(),
                contextlib.closing(self._send(request, asked.auth, deadline, where)) as response,
            ):
                self._check_head(response, where)
                ok = response.status_code in WITH_ROWS
                if ok and asked.write is not None:
                    body = self._pass_on(response, where, asked.max_bytes, deadline, asked.write)
                else:
                    most = asked.max_bytes if ok else MAX_ERROR_BYTES
                    body = self._body(response, where, most, deadline, strict=ok)
                return Answer(response.status_code, response.headers, body)
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, UnicodeError, OSError) as error:
            self._interruption.check()
            if self._clock.monotonic() > deadline:
                raise took_too_long(where) from None
            raise from_exchange(error, where) from None

    def _send(self, request: httpx2.Request, auth: httpx2.Auth | None, deadline: float, where: str) -> httpx2.Response:
        """Once more, and signed anew, if all that is wrong is that the server no longer keeps the connection."""
        try:
            return self._client.send(request, auth=auth, stream=True)
        except KeptConnectionClosed:
            self._check(deadline, where)
            return self._client.send(request, auth=auth, stream=True)

    def _check_head(self, response: httpx2.Response, where: str) -> None:
        if sum(len(name) + len(value) for name, value in response.headers.raw) > MAX_HEAD_BYTES:
            raise TooLarge(f"{where} sent headers of more than {MAX_HEAD_BYTES} bytes. District: ask the SIS's vendor.")
        if len(self._client.cookies.jar) > _MAX_COOKIES:
            self._client.cookies.clear()

    def _body(
        self, response: httpx2.Response, where: str, max_bytes: int, deadline: float, *, strict: bool
    ) -> bytearray:
        """`strict`: raise an error where it is too large or packed wrongly; else what could be read of it will do."""
        body = bytearray()
        try:
            for chunk in self._content(response, where, deadline):
                if len(body) + len(chunk) > max_bytes:
                    if strict:
                        raise TooLarge(
                            f"{where} sent an answer of more than {max_bytes} bytes. No page of a roster is that large."
                        )
                    return body + chunk[: max_bytes - len(body)]
                if len(body) + len(chunk) > _ROOM_EACH:
                    self._room.take(len(chunk), lambda: self._check(deadline, where))
                body += chunk
        except Garbled:
            if strict:
                raise
        # A connection that was shut down from here may look like the end of the answer.
        self._check(deadline, where)
        return body

    def _pass_on(
        self,
        response: httpx2.Response,
        where: str,
        max_bytes: int,
        deadline: float,
        write: Callable[[bytes], object],
    ) -> bytearray:
        """Give the body to `write`; its first bytes."""
        beginning = bytearray()
        size = 0
        for chunk in self._content(response, where, deadline):
            size += len(chunk)
            if size > max_bytes:
                raise TooLarge(f"{where} sent a file of more than {max_bytes} bytes. No roster is that large.")
            if len(beginning) < _BEGINNING:
                beginning += chunk[:_BEGINNING]
            write(chunk)
        self._check(deadline, where)
        return beginning

    def _content(self, response: httpx2.Response, where: str, deadline: float) -> Iterator[bytes]:
        """The body as it comes, unpacked; checked whenever something came, even if it stands for nothing."""
        unpack = unpacking_of(response.headers, where)
        for chunk in unpack(self._arriving(response, where, deadline)):
            self._check(deadline, where)
            yield chunk

    def _arriving(self, response: httpx2.Response, where: str, deadline: float) -> Iterator[bytes]:
        assert isinstance(response.stream, httpx2.SyncByteStream)
        for chunk in response.stream:
            self._check(deadline, where)
            yield chunk

    def _check(self, deadline: float, where: str) -> None:
        self._interruption.check()
        if self._clock.monotonic() > deadline:
            raise took_too_long(where)

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        thread = threading.get_ident()
        with self._lock:
            self._under_way[thread] = self._clock.monotonic()
        try:
            yield
        finally:
            with self._lock:
                del self._under_way[thread]


def _told_of(asked: _Request, url: httpx2.URL) -> dict[str, str | int]:
    """What a trace tells of an exchange: no query, no id and no credential."""
    told: dict[str, str | int] = {
        "http.request.method": asked.method,
        "server.address": url.host,
        "url.template": template_of(url.path),
    }
    return told if url.port is None else told | {"server.port": url.port}
