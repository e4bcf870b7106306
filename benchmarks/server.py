"""Serves a district's pages from files, so that a benchmark measures the reader and not the server.

    python -m benchmarks.server DIR [DIR] [--rate MBIT] [--latency MILLISECONDS] [--at-once N] [--gzip]

Prints one line, `listening on URL`. Any credentials get a token; pages are those that `district_simulator
--write-pages` wrote, sent by the kernel from its cache (sendfile), and one row of each collection for a request with
another limit. With `--latency` each answer takes so long, and with `--rate` all of them together come no faster than
that; more than `--at-once` requests at a time get HTTP 429, as from a SIS that limits its users. With `--gzip` pages
are sent as they were packed before. Of several folders the first is served until a `PUT /day/N` asks for another: a
district changes, and its address does not.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qs, urlsplit

SERVICE = "/ims/oneroster/v1p1/"
_SERVICES = (SERVICE, "/ims/oneroster/rostering/v1p2/")
_FEW = 100
"""Rows of a collection that requests with another limit choose from; to cut pages while serving would take its time."""
_PIECE = 256 * 1024
"""Bytes that are sent at once over a wire with a rate."""
PACKED = ".gz"
DAY = "/day/"
TOKEN = b'{"access_token":"bench","token_type":"bearer","expires_in":86400}'


class Pages:
    """The files of a folder, by collection and offset."""

    def __init__(self, folder: Path, *, packed: bool = False) -> None:
        self.folder = folder
        self.packed = packed
        self.manifest = json.loads((folder / "pages.json").read_text(encoding="utf-8"))
        self.page_size = max(
            (int(Path(page).stem) for pages in self.manifest.values() for page in pages["pages"][1:2]), default=5000
        )
        self._samples = {collection: self._first_rows(collection) for collection in self.manifest}

    def total(self, collection: str) -> int | None:
        """How many rows a collection has; None if there is no such collection."""
        return self.manifest[collection]["total"] if collection in self.manifest else None

    def file(self, collection: str, offset: int) -> Path | None:
        """The page at an offset; None past the end."""
        path = self.folder / collection / f"{offset}.json{PACKED if self.packed else ''}"
        return path if path.is_file() else None

    def sample(self, collection: str, rows: int) -> bytes:
        """The first page cut to `rows`, of a few at most, or nothing for 0."""
        name, items = self._samples[collection]
        return json.dumps({name: items[:rows]}).encode()

    def _first_rows(self, collection: str) -> tuple[str, list[object]]:
        page = json.loads((self.folder / collection / "0.json").read_bytes())
        name, items = next(iter(page.items()))
        return name, items[:_FEW]


class Rate:
    """A wire that all connections share: what is sent waits until all before it is through."""

    def __init__(self, bytes_a_second: float) -> None:
        """0: it has no bound."""
        self._rate = bytes_a_second
        self._free = 0.0
        self._lock = threading.Lock()

    def send(self, connection: socket.socket, file: BinaryIO, size: int) -> None:
        """Send a file."""
        if not self._rate:
            connection.sendfile(file)
            return
        for at in range(0, size, _PIECE):
            piece = min(_PIECE, size - at)
            with self._lock:
                self._free = through = max(time.monotonic(), self._free) + piece / self._rate
            time.sleep(max(0.0, through - time.monotonic()))
            connection.sendfile(file, at, piece)


class Server(ThreadingHTTPServer):
    """A thread a connection; loopback only."""

    daemon_threads = True

    def __init__(self, days: Sequence[Pages], rate: Rate, latency: float, at_once: int) -> None:
        self.days = days
        self.pages = days[0]
        self.rate = rate
        self.latency = latency
        self.places = threading.BoundedSemaphore(at_once)
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    """Answers from files by sendfile."""

    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        """Answer at once, and not when a segment is full."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_POST(self) -> None:
        """Issue a token."""
        time.sleep(self.server.latency)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._send(200, TOKEN, None)

    def do_PUT(self) -> None:
        """Serve another day from now on."""
        self.server.pages = self.server.days[int(self.path.removeprefix(DAY))]
        self._send(200, b"{}", None)

    def do_GET(self) -> None:
        """Send a page, after a while and if there are not too many on their way already."""
        if self.server.places.acquire(blocking=False):
            try:
                time.sleep(self.server.latency)
                self._answer()
            finally:
                self.server.places.release()
        else:
            self._send(429, b"{}", None)

    def _answer(self) -> None:
        url = urlsplit(self.path)
        service = next((service for service in _SERVICES if url.path.startswith(service)), None)
        collection = url.path.removeprefix(service or "").rstrip("/")
        total = self.server.pages.total(collection) if service else None
        if total is None:
            self._send(404, b"{}", None)
            return
        query = parse_qs(url.query)
        limit, offset = int(query.get("limit", ["100"])[0]), int(query.get("offset", ["0"])[0])
        path = self.server.pages.file(collection, offset)
        if path is None or limit != self.server.pages.page_size:
            rows = 0 if offset >= total else limit
            self._send(200, self.server.pages.sample(collection, rows), total)
            return
        with path.open("rb") as file:
            following = f"{url.path}?limit={limit}&offset={offset + limit}" if offset + limit < total else ""
            size = path.stat().st_size
            self._head(200, size, total, following, packed=self.server.pages.packed)
            self.server.rate.send(self.connection, file, size)

    def _send(self, status: int, body: bytes, total: int | None) -> None:
        self._head(status, len(body), total)
        self.wfile.write(body)

    def _head(self, status: int, length: int, total: int | None, following: str = "", *, packed: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        if total is not None:
            self.send_header("X-Total-Count", str(total))
        if following:
            self.send_header("Link", f'<http://{self.headers["Host"]}{following}>; rel="next"')
        self.end_headers()
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class uses
        """Say nothing."""


def main() -> None:
    """Serve until the process ends."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folders", type=Path, nargs="+")
    arguments.add_argument("--rate", type=float, default=0.0)
    arguments.add_argument("--latency", type=int, default=0)
    arguments.add_argument("--at-once", type=int, default=1000)
    arguments.add_argument("--gzip", action="store_true")
    given = arguments.parse_args()
    rate = Rate(given.rate * 1e6 / 8)
    days = [Pages(folder, packed=given.gzip) for folder in given.folders]
    server = Server(days, rate, given.latency / 1000, given.at_once)
    sys.stdout.write(f"listening on http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
