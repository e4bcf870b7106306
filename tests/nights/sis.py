"""A SIS on a port of its own: what it says tonight, and the ways in which it fails."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from urllib.parse import parse_qsl, urlsplit

from tests.nights.rows import Tables


@dataclass(frozen=True)
class Answer:
    """To one request. `broken`: the connection ends after so many bytes."""

    status: int = 200
    json: object = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    kind: str = "application/json"
    broken: int | None = None

    def content(self) -> bytes:
        """What is sent."""
        return json.dumps(self.json).encode() if self.body is None else self.body


@dataclass(frozen=True)
class Asked:
    """One request: a path, its query, and whether it is for a page behind the first."""

    path: str
    query: dict[str, str]

    @property
    def later(self) -> bool:
        """Behind the first page."""
        return int(self.query.get("offset", 0)) > 0 or int(self.query.get("page", 1)) > 1


Route = Callable[[Tables, Asked], tuple[str, Answer]]
"""What a protocol answers out of the tables, and the table that it comes from."""


class Sis:
    """Serves `tables` by `route`. A token is good for the tables of the hour in which it was given out."""

    def __init__(self, route: Route) -> None:
        self.tables: Tables = {}
        self.outage, self.section = "", ""
        """One of `OUTAGES`, and where."""
        self.gate: AdmissionGate | None = None
        self._route = route
        self._tokens = itertools.count()
        self._told: dict[str, Tables] = {}
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def tell(self, tables: Tables) -> None:
        """From now on, and nothing fails."""
        self.tables, self.outage, self._told = tables, "", {}

    def fail(self, rng: Random) -> str:
        """Something does not work from now on; what."""
        self.outage, self.section = rng.choice(list(OUTAGES)), rng.choice(list(self.tables))
        return f"{self.outage} on {self.section}"

    def answer(self, url: str, token: str) -> Answer:
        """To one request."""
        parts = urlsplit(url)
        if "token" in parts.path:
            token = f"token-{next(self._tokens)}"
            self._told[token] = self.tables
            return Answer(json={"access_token": token, "token_type": "Bearer", "expires_in": 3600})
        if token not in self._told:
            return Answer(401, json={})
        if self.gate is not None:
            self.gate.pass_through(token)
        asked = Asked(parts.path, dict(parse_qsl(parts.query)))
        table, answer = self._route(self._told[token], asked)
        return OUTAGES[self.outage](answer, asked) if self.outage and table == self.section else answer


class AdmissionGate:
    """Stops the first that asks at one of its requests, until it is let go."""

    def __init__(self, request: int) -> None:
        self.reached, self._open = threading.Event(), threading.Event()
        self._left, self._whose = request, ""
        self._lock = threading.Lock()

    def pass_through(self, token: str) -> None:
        """Wait, if it is the one."""
        with self._lock:
            self._whose = self._whose or token
            self._left -= token == self._whose
            stopped = token == self._whose and self._left < 0
        if stopped:
            self.reached.set()
            self._open.wait(20)

    def open(self) -> None:
        """Let it go on."""
        self._open.set()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Who asked has gone."""


def _handler_of(sis: Sis) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = sis.answer(self.path, self.headers.get("Authorization", "").removeprefix("Bearer "))
            content = answer.content()
            self.send_response(answer.status)
            for name, value in {"Content-Type": answer.kind, **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content if answer.broken is None else content[: answer.broken])
            self.close_connection = answer.broken is not None

        do_POST = do_GET  # noqa: N815 - as the server calls it

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the server calls it
            """Say nothing."""

    return Handler


def _emptied(answer: Answer, asked: Asked) -> Answer:
    """As if there were no rows."""
    if asked.path.endswith("/count"):
        return replace(answer, json={"resource": {"count": 0}})
    told = dict(answer.json) if isinstance(answer.json, dict) else {}
    empty: dict[str, object] = {name: [] if isinstance(value, list) else {} for name, value in told.items()}
    return replace(answer, json=empty, headers=dict.fromkeys(answer.headers, "0"))


def _more_promised(answer: Answer, asked: Asked) -> Answer:
    """As by a server that loses rows on the way."""
    if asked.path.endswith("/count"):
        return replace(answer, json={"resource": {"count": 100_000}})
    return replace(answer, headers={name: str(int(value) + 7) for name, value in answer.headers.items()})


def _html(_answer: Answer, _asked: Asked) -> Answer:
    return Answer(body=b"<!doctype html><html>Maintenance</html>", kind="text/html")


OUTAGES: dict[str, Callable[[Answer, Asked], Answer]] = {
    "down": lambda _answer, _asked: Answer(503, json={}),
    "web page": _html,
    "cut off": lambda answer, _asked: replace(answer, body=answer.content()[: len(answer.content()) // 2]),
    "broken": lambda answer, _asked: replace(answer, broken=len(answer.content()) // 2),
    "empty": _emptied,
    "more promised": _more_promised,
    "refused": lambda _answer, _asked: Answer(403, json={}),
    "unauthorized": lambda _answer, _asked: Answer(401, json={}),
    "later pages down": lambda answer, asked: Answer(500, json={}) if asked.later else answer,
    "later pages empty": lambda answer, asked: _emptied(answer, asked) if asked.later else answer,
}
"""Of one table, by a server."""
