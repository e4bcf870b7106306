"""The wires between a SIS and the operator, which the benchmark's server imitates, and what they alone take."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.districts import CONNECTIONS
from benchmarks.measure import Measured
from benchmarks.server import SERVICE, Pages

from roster_operator.clock import SystemClock
from roster_operator.interruption import Interruption
from roster_operator.sources.clients import open_client
from roster_operator.sources.connections import Connections
from roster_operator.sources.http import BoundedHttp
from roster_operator.sources.network import ANYWHERE

READ = ("schools", "academicSessions", "courses", "classes", "enrollments", "teachers", "students")
_PATIENCE = 3600.0


@dataclass(frozen=True, slots=True)
class Wire:
    """One of them."""

    name: str
    options: tuple[str, ...] = ()
    """Of the server."""
    connections: int = CONNECTIONS


LOOPBACK = Wire("loopback")
WIRES = (
    Wire("1 Gbit/s, 10 ms", ("--rate=1000", "--latency=10")),
    Wire("1 Gbit/s, 10 ms, gzip", ("--rate=1000", "--latency=10", "--gzip")),
    Wire("100 Mbit/s, 10 ms", ("--rate=100", "--latency=10")),
    Wire("100 Mbit/s, 10 ms, gzip", ("--rate=100", "--latency=10", "--gzip")),
    Wire("300 ms a page, 5 at once", ("--latency=300", "--at-once=5"), 5),
)


def page_paths(folder: Path) -> list[str]:
    """The path and query of every page that a sync needs."""
    pages = Pages(folder)
    return [
        f"{SERVICE}{collection}?limit={pages.page_size}&offset={offset}"
        for collection in READ
        for offset in range(0, pages.total(collection) or 0, pages.page_size)
    ]


def rows(folder: Path) -> int:
    """How many rows a sync reads."""
    pages = Pages(folder)
    return sum(pages.total(collection) or 0 for collection in READ)


def transfer(url: str, folder: Path, connections: int) -> Measured:
    """Fetch every page as the operator does, with as many connections, unpack it and drop it."""
    clock, opened = SystemClock(), Connections()
    with closing(open_client(opened, ca_pem="", network=ANYWHERE, transport=None)) as client:
        http = BoundedHttp(
            client,
            opened,
            clock=clock,
            interruption=Interruption(clock, _PATIENCE),
            at_once=connections,
            timeout=_PATIENCE,
            max_bytes=1 << 30,
        )

        def fetch(path: str) -> int:
            return http.get(f"{url}{path}", where="the SIS", auth=None, write=lambda _: None).status

        started, spent = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(connections) as threads:
            statuses = set(threads.map(fetch, page_paths(folder)))
        if statuses != {200}:
            raise RuntimeError(f"the server answered {statuses}")
        return Measured(time.perf_counter() - started, time.process_time() - spent)
