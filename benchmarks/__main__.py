"""`make bench`: what a sync costs, as ratios to what the wire and the database alone cost in the same run.

SIZE=small (2,000 students, under a minute), medium (20,000), large (100,000; minutes), million (1,000,000; needs 10 GB
of disk for its pages) or odd (three huge schools, tiny classes, long names, most rows in scope). The result is a table
and `build/bench.json`, which keeps one result of each size; `make bench-docs` puts them into
docs/contribute/performance.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks import limits, results
from benchmarks.districts import PERCENT, SIZES, Size, manifests, pages, scratch_folder, served, warm
from benchmarks.ledgers import Ledger, PostgresLedger, SqliteLedger
from benchmarks.measure import PROGRAM, compile_program, process
from benchmarks.results import COPY, FIRST, LATENCY, ONE_PERCENT, SAME, SAME_SLOWLY, START, WIRE, Cases, Reading
from hack.postgres import PrivatePostgres, find_postgres

CONNECTIONS = 4
SLOW_CONNECTIONS = 5
SLOW = 300
"""Milliseconds a page of the server that is bound by latency."""


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--size", choices=SIZES, default=os.environ.get("SIZE", "small"))
    arguments.add_argument("--rounds", type=int, help="instead of the size's own number")
    given = arguments.parse_args()
    size = SIZES[given.size]
    rounds = given.rounds or size.rounds
    _say(f"writing the pages of a district of {size.students:,} students, unless they are there")
    before, after = pages(size), pages(size, PERCENT)
    for folder in (before, after):
        warm(folder)
    compile_program()
    with ExitStack() as stack:
        server = find_postgres(durable=True)
        if isinstance(server, PrivatePostgres):
            stack.enter_context(server)
        bench = Bench(size, before, after, stack, stack.enter_context(scratch_folder()))
        for number in range(rounds):
            _say(f"round {number + 1} of {rounds}")
            bench.round(lambda: PostgresLedger(server), number)
    pages_read = len(limits.page_paths(before))
    ideal = pages_read * SLOW / 1000 / SLOW_CONNECTIONS
    results.save(size, rounds, bench.cases, Reading(limits.rows(before), pages_read, limits.fetcher(), ideal))
    print("\n".join(results.table(results.load()[size.name])))
    return 0


class Bench:
    """The servers of pages and what was measured so far."""

    def __init__(self, size: Size, before: Path, after: Path, stack: ExitStack, scratch: Path) -> None:
        """`stack` ends the servers."""
        self.cases = Cases(_say)
        self._size = size
        self._before = before
        self._scratch = scratch
        self._url, self._server = stack.enter_context(served(before, scratch))
        changed_url, _ = stack.enter_context(served(after, scratch))
        self._as_is = manifests(size, before, self._url, scratch, CONNECTIONS)
        self._changed = manifests(size, after, changed_url, scratch, CONNECTIONS)
        slow = (f"--latency={SLOW}", f"--at-once={SLOW_CONNECTIONS}")
        slow_url, _ = stack.enter_context(served(before, scratch, *slow))
        self._slow = manifests(size, before, slow_url, scratch, SLOW_CONNECTIONS)

    def round(self, new_postgres: Callable[[], Ledger], number: int) -> None:
        """Everything once."""
        for dialect in ("postgresql", "sqlite"):
            if dialect not in self._size.cases:
                continue
            self.cases.add(START, "", process([PROGRAM, "sync", "--help"]))
            ledger = new_postgres() if dialect == "postgresql" else SqliteLedger(self._scratch / "ledger.sqlite")
            self._wire()
            self._sync(FIRST, dialect, self._as_is, ledger)
            self.cases.add(COPY, dialect, limits.copy(ledger, self._scratch))
            self._sync(SAME, dialect, self._as_is, ledger)
            if dialect == "postgresql" and "latency" in self._size.cases and number % 2 == 0:
                self._sync(LATENCY, dialect, self._slow, ledger)
                self._sync(SAME_SLOWLY, dialect, self._slow, ledger)
            self._wire()
            self._sync(ONE_PERCENT, dialect, self._changed, ledger)
            ledger.drop()

    def _wire(self) -> None:
        self.cases.add(WIRE, "", limits.download(self._url, self._before, self._scratch, CONNECTIONS, self._server))

    def _sync(self, case: str, dialect: str, manifest: Path, ledger: Ledger) -> None:
        written = ledger.rows()
        measured = process(
            [PROGRAM, "sync", "--create", "--file", manifest, "--ledger", ledger.url], ledger.watched(), self._server
        )
        self.cases.add(case, dialect, measured, written())


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
