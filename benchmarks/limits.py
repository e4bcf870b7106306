"""What the wire alone and the database alone cost, to which a sync is compared."""

from __future__ import annotations

import http.client
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.ledgers import Ledger
from benchmarks.measure import Measured, process
from benchmarks.server import SERVICE, Pages

READ = ("schools", "academicSessions", "courses", "classes", "enrollments", "teachers", "students")


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


def fetcher() -> str:
    """What fetches pages at the limit of the wire on this machine."""
    return "curl --parallel" if shutil.which("curl") else "http.client, in threads of a process of its own"


def download(url: str, folder: Path, scratch: Path, connections: int, server: int) -> Measured:
    """Fetch every page with as many connections as a sync has, and drop it."""
    paths = page_paths(folder)
    if shutil.which("curl"):
        listed = scratch / "pages.curl"
        lines = [f'url = "{url}{path}"\noutput = "/dev/null"\n' for path in paths]
        listed.write_text("".join(lines), encoding="utf-8")
        options = ["--silent", "--fail", "--no-progress-meter", "--parallel", "--parallel-max", str(connections)]
        return process(["curl", *options, "--config", listed], server=server)
    listed = scratch / "pages.list"
    listed.write_text("\n".join(paths), encoding="utf-8")
    return process([sys.executable, "-m", "benchmarks.limits", url, listed, str(connections)], server=server)


def copy(ledger: Ledger, scratch: Path) -> Measured:
    """Write the rows that a first sync left, sorted, into tables with the same keys, in one transaction."""
    with ledger.watched() as database:
        seconds = ledger.copy_rows(scratch)
    return Measured(wall=seconds, database_cpu=database.cpu, database_memory=database.memory)


def _fetch(url: str, paths: Sequence[str]) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    for path in paths:
        connection.request("GET", path)
        answer = connection.getresponse()
        while answer.read(1 << 20):
            pass
    connection.close()


def main() -> None:
    """Fetch the paths in a file and drop them: what stands for curl where there is none."""
    url, listed, connections = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    paths = listed.read_text(encoding="utf-8").splitlines()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(lambda at: _fetch(url, paths[at::connections]), range(connections)))


if __name__ == "__main__":
    main()
