"""Small HTTP servers of somebody else, and answers that can be spoilt on their way out."""

from __future__ import annotations

import json
import ssl
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Row = dict[str, Any]


@dataclass
class Reply:
    """What goes over the wire."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None
    """The connection breaks after so many bytes of the body, though Content-Length promised all of it."""
    drip: float = 0.0
    """Seconds between two bytes."""

    @classmethod
    def of(cls, tree: object, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
        """An answer in JSON."""
        return cls(
            status, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, json.dumps(tree).encode()
        )

    def but(self, **changes: Any) -> Reply:
        """The same with other values."""
        return replace(self, **changes)

    def tree(self) -> Any:
        """What a good answer holds."""
        return json.loads(self.body)

    def with_tree(self, tree: object) -> Reply:
        """The same with something else in it."""
        return self.but(body=json.dumps(tree).encode())

    def rows(self) -> list[Row]:
        """The rows of a good answer of OneRoster."""
        found: list[Row] = next(iter(self.tree().values()))
        return found

    def with_rows(self, rows: Iterable[Any]) -> Reply:
        """The same with other rows."""
        return self.with_tree({next(iter(self.tree())): list(rows)})


class LocalServer(ABC):
    """Answers on a port of its own while it is used as a context."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.skew = 0.0
        """Seconds by which this server's clock is ahead."""
        handler = type("Handler", (_Handler,), {"server_of": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.origin = f"{'https' if tls else 'http'}://localhost:{self._server.server_port}"
        self.base_url = self.origin
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @abstractmethod
    def answer(self, method: str, uri: str, body: str, headers: dict[str, str]) -> Reply:
        """The reply to one request."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one go: in two, the second waits for an acknowledgement of the first
    server_of: LocalServer

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def _answer(self, body: str) -> None:
        uri = f"{self.server_of.origin}{self.path}"
        reply = self.server_of.answer(self.command, uri, body, dict(self.headers))
        self.send_response_only(reply.status)
        self.send_header("Date", self.date_time_string(time.time() + self.server_of.skew))
        headers = {"Content-Length": str(len(reply.body)), **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.drip:
            for byte in reply.body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(reply.drip)
        else:
            self.wfile.write(reply.body[: reply.cut])
        self.wfile.flush()
        self.close_connection = self.close_connection or reply.cut is not None

    def handle_one_request(self) -> None:
        """A client that gives up is no error of ours."""
        try:
            super().handle_one_request()
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Nothing: it holds what is asked for."""
