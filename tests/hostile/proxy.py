"""A proxy before a sound district, whose answers to one route are spoiled."""

from __future__ import annotations

import contextlib
import http.client
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.hostile.spoiling import Body

Spoil = Callable[[str, bytes], tuple[Body, dict[str, str]] | None]
"""From path and body of an answer to another body and more headers; None: it stays as it is."""
_PASSED_ON = ("authorization", "content-type", "accept")
_KEPT = ("content-type", "x-total-count", "link", "last-modified", "etag")


def route_of(path: str) -> str:
    """A path without the numbers in it."""
    return re.sub(r"\d+", "#", urlsplit(path).path)


@contextmanager
def spoiling(upstream: str, spoil: Spoil) -> Iterator[str]:
    """Yields the address that stands for `upstream`, an origin."""
    there = urlsplit(upstream).netloc
    stopping = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Nothing."""

        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def do_HEAD(self) -> None:
            self._pass_on()

        def _pass_on(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = http.client.HTTPConnection(there, timeout=30)
            with contextlib.closing(asked):
                passed = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
                asked.request(self.command, self.path, content, {**passed, "Host": self.headers["Host"]})
                answer = asked.getresponse()
                body: Body = answer.read()
            assert isinstance(body, bytes)
            kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
            spoiled = spoil(self.path, body) if answer.status == 200 else None
            if spoiled is not None:
                body, more = spoiled
                kept = {name: value for name, value in kept.items() if name.title() not in more} | more
            self._send(answer.status, body, kept)

        def _send(self, status: int, body: Body, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            whole = body if isinstance(body, bytes) else None
            if whole is None:
                self.close_connection = True
            else:
                self.send_header("Content-Length", str(len(whole)))
            self.end_headers()
            for part in [whole] if whole is not None else body:
                if stopping.is_set():
                    return
                if self.command != "HEAD":
                    assert isinstance(part, bytes)
                    self.wfile.write(part)

        def handle(self) -> None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                super().handle()

        def finish(self) -> None:
            with contextlib.suppress(OSError):
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        stopping.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
