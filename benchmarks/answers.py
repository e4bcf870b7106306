"""`make bench-answers`: how long answers take, and what turning back a first sync costs, against what is asked of them.

SIZE=large is what the bounds are for. A district is synced for the first time, with a snapshot, on PostgreSQL and on
SQLite; a process of its own is asked (`benchmarks.answering`); then that sync is undone. `make bench-docs` puts the
table into docs/contribute/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import answering
from benchmarks.districts import SIZES, manifests, pages, scratch_folder, served, warm
from benchmarks.ledgers import Ledger, PostgresLedger, SqliteLedger
from benchmarks.measure import PROGRAM, Measured, compile_program, process
from benchmarks.publish import keep
from benchmarks.results import machine
from hack.postgres import PrivatePostgres

from roster_operator.clock import SystemClock
from roster_operator.ledger.people import open_people
from roster_operator.ledger.queries import open_queries
from roster_operator.ledger.undo import open_undo
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.ports import Caller, DistrictName
from roster_operator.operations.undo import undo
from roster_operator.snapshot.key import SnapshotKey

BOUNDS = {answering.EXPLAIN: 200.0, answering.UPCOMING: 1000.0, answering.FLEET: 300.0}
"""Milliseconds."""
MEMORY = 200.0
"""MiB of the process that answers."""
TITLES = ("ledger", "what", "median", "most", "CPU time", "asked for")


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--size", choices=SIZES, default=os.environ.get("SIZE", "small"))
    size = SIZES[arguments.parse_args().size]
    folder = pages(size)
    warm(folder)
    compile_program()
    lines = [f"{size.students:,} students; {machine()}.", "", f"| {' | '.join(TITLES)} |", f"|{'---|' * len(TITLES)}"]
    with PrivatePostgres(durable=True) as server, scratch_folder() as scratch, served(folder, scratch) as (url, _):
        manifest = manifests(size, folder, url, scratch)
        ledgers: dict[str, Ledger] = {
            "PostgreSQL": PostgresLedger(server),
            "SQLite": SqliteLedger(scratch / "ledger.sqlite"),
        }
        for name, ledger in ledgers.items():
            cells = measured(ledger, manifest, scratch, size.students)
            lines += [f"| {name} | {' | '.join(some)} |" for some in cells]
            ledger.drop()
    keep("answers", lines)
    return 0


def measured(ledger: Ledger, manifest: Path, scratch: Path, students: int) -> Iterator[tuple[str, ...]]:
    """Rows of the table."""
    every = max(1, students // answering.ASKED)
    key, result = scratch / "key", scratch / "answers.json"
    key.write_text(SnapshotKey.new().written, encoding="ascii")
    store = ["--ledger", ledger.url]
    command: list[str | Path] = [PROGRAM, "sync", "--create", "--file", manifest, "--snapshot-key-file", key, *store]
    first = process(command, ledger.watched())
    asked = process([sys.executable, "-m", "benchmarks.answering", ledger.url, key, manifest, str(every), result])
    for question, (median, most, cpu) in json.loads(result.read_text(encoding="utf-8")).items():
        bound = f"{BOUNDS[question]:.0f} ms" if question in BOUNDS else ""
        yield question, f"{median:.0f} ms", f"{most:.0f} ms", f"{cpu:.0f} ms", bound
    yield "memory of who answers", "", f"{asked.memory:.0f} MiB", "", f"{MEMORY:.0f} MiB"
    run, digest, licenses = _shown(ledger.url)
    undone = process([PROGRAM, "undo", "bench", run, "--digest", digest, "--reason", "bench", *store], ledger.watched())
    took = f"{undone.wall:.2f} s", "", f"{_cpu(undone):.2f} s"
    yield f"undo of {licenses:,} licenses", *took, f"{first.wall:.2f} s, {_cpu(first):.2f} s: a first sync"


def _shown(url: str) -> tuple[str, str, int]:
    """The sync that is there, the digest of what it would be to turn it back, and how many licenses that are."""
    queries, people, undoing = open_queries(url), open_people(url), open_undo(url)
    try:
        inquiry = Inquiry(queries, people, Caller("bench", "os"), SystemClock().now(), undoing=undoing)
        run = queries.runs(queries.districts()[0].id, limit=1)[0].id
        told = undo(inquiry, DistrictName("bench", "default"), run)
        return run, told.digest, told.removed
    finally:
        for port in (queries, people, undoing):
            port.close()


def _cpu(run: Measured) -> float:
    return run.cpu + run.database_cpu


if __name__ == "__main__":
    sys.exit(main())
