"""What hostile servers share: a thread on loopback, and answers with or without a length."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Answers one client, who may go away at any time. Each server has a class of its own."""

    protocol_version = "HTTP/1.1"
    stopping: threading.Event
    """Ends answers that have no end."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nothing."""

    def answer(self, status: int, body: bytes | Iterable[bytes], headers: Mapping[str, str]) -> None:
        """A body of several parts is sent without a length; of HEAD none is."""
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
            if self.stopping.is_set():
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


@contextmanager
def listening(handler: type[Handler]) -> Iterator[str]:
    """Yields the origin."""
    handler.stopping = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        handler.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
