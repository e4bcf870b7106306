"""What is measured: a whole process, and the limits that the wire and the database set in the same run."""

from __future__ import annotations

import http.client
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from benchmarks.districts import PAGE_SIZE
from benchmarks.server import SERVICE, Pages

READ = ("schools", "academicSessions", "courses", "classes", "enrollments", "teachers", "students")
CONNECTIONS = 4
PROGRAM = str(Path(sys.executable).parent / "roster-operator")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run."""

    wall: float
    """Seconds."""
    cpu: float = 0.0
    """Seconds, user and system."""
    memory: float = 0.0
    """Peak resident set, MiB."""


def process(command: Sequence[str | Path]) -> Measured:
    """Run a program to its end; an error if it does not end well."""
    started = time.perf_counter()
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{Path(str(command[0])).name} ended with {child.returncode}")
    return Measured(wall, usage.ru_utime + usage.ru_stime, _mebibytes(usage))


def sync(manifest: Path, ledger: str) -> Measured:
    """One `roster-operator sync`."""
    return process([PROGRAM, "sync", "--file", manifest, "--ledger", ledger])


def download(url: str, folder: Path) -> Measured:
    """Fetch every page that a sync needs with as many connections as it uses, and drop it: the limit of the wire."""
    pages = Pages(folder)
    paths = [
        f"{SERVICE}{collection}?limit={PAGE_SIZE}&offset={offset}"
        for collection in READ
        for offset in range(0, pages.total(collection) or 0, PAGE_SIZE)
    ]
    shares = [paths[index::CONNECTIONS] for index in range(CONNECTIONS)]
    started = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda share: _fetch(url, share), shares))
    return Measured(time.perf_counter() - started)


def copy(ledger: str) -> Measured:
    """COPY the rows that a first sync leaves into an empty table with the same key: the limit of the database."""
    with psycopg.connect(ledger, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, district_id, account_id, ebook, edition, origin, since FROM licenses ORDER BY 3, 4, 5"
        )
        rows = cursor.fetchall()
        cursor.execute("DROP TABLE IF EXISTS limit_rows")
        cursor.execute("CREATE TABLE limit_rows (LIKE licenses INCLUDING INDEXES)")
        started = time.perf_counter()
        columns = "id, district_id, account_id, ebook, edition, origin, since"
        with cursor.copy(f"COPY limit_rows ({columns}) FROM STDIN") as copying:
            for row in rows:
                copying.write_row(row)
        wall = time.perf_counter() - started
        cursor.execute("DROP TABLE limit_rows")
    return Measured(wall)


def _fetch(url: str, paths: Sequence[str]) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    for path in paths:
        connection.request("GET", path)
        connection.getresponse().read()
    connection.close()


def _mebibytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024
