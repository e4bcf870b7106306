"""`make bench`: what users wait for, as ratios to the transfer of the pages alone, and what a sync costs in CPU time.

SIZE=small (2,000 students), medium (20,000), large (100,000; half an hour), million (1,000,000; needs 10 GB of disk for
its pages) or odd (three huge schools, tiny classes, long names, most rows in scope). The result is two tables, and
`build/bench.json`, which keeps one of each size; `make bench-docs` puts them into docs/contribute/performance.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from benchmarks import results, wires
from benchmarks.districts import PERCENT, SIZES, Size, manifests, pack, pages, scratch_folder, served, turn_to, warm
from benchmarks.ledgers import Ledger, PostgresLedger, SqliteLedger
from benchmarks.measure import PROGRAM, Measured, compile_program, process
from benchmarks.results import COPY, FIRST, ONE_PERCENT, SAME, START, TRANSFER, Key
from benchmarks.wires import LOOPBACK, WIRES, Wire
from hack.postgres import Postgres, PrivatePostgres, find_postgres


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
        if "wires" in size.cases:
            pack(folder)
        warm(folder)
    compile_program()
    with ExitStack() as stack:
        server = find_postgres(durable=True)
        if isinstance(server, PrivatePostgres):
            stack.enter_context(server)
        bench = Bench(size, before, after, server, stack.enter_context(scratch_folder()))
        for number in range(rounds):
            _say(f"round {number + 1} of {rounds}")
            bench.round()
    found = results.save(size, rounds, bench.runs, wires.rows(before), len(wires.page_paths(before)))
    print("\n".join(results.tables(found)))
    return 0


class Bench:
    """What was measured so far of a district whose pages are in one folder, and those of a day later in another."""

    def __init__(self, size: Size, before: Path, after: Path, postgres: Postgres, scratch: Path) -> None:
        self.runs: dict[Key, list[Measured]] = {}
        self._size = size
        self._before = before
        self._after = after
        self._postgres = postgres
        self._scratch = scratch

    def round(self) -> None:
        """Everything once."""
        self._add((START, "", ""), process([PROGRAM, "sync", "--help"]))
        for wire in (LOOPBACK, *(WIRES if "wires" in self._size.cases else ())):
            with served(self._before, self._scratch, *wire.options, then=self._after) as (url, _):
                self._add((TRANSFER, "", wire.name), wires.transfer(url, self._before, wire.connections))
                for dialect in ("postgresql", "sqlite"):
                    if dialect in self._size.cases and (dialect == "postgresql" or wire is LOOPBACK):
                        self._cases(dialect, wire, url)

    def _cases(self, dialect: str, wire: Wire, url: str) -> None:
        manifest = manifests(self._size, self._before, url, self._scratch, wire.connections)
        sqlite = dialect == "sqlite"
        ledger = SqliteLedger(self._scratch / "ledger.sqlite") if sqlite else PostgresLedger(self._postgres)
        turn_to(0, url)
        self._sync((FIRST, dialect, wire.name), manifest, ledger)
        if wire is LOOPBACK:
            with ledger.watched() as database:
                seconds = ledger.copy_rows(self._scratch)
            self._add((COPY, dialect, ""), Measured(seconds, database_cpu=database.cpu))
        ledger.analyze()
        self._sync((SAME, dialect, wire.name), manifest, ledger)
        turn_to(1, url)
        self._sync((ONE_PERCENT, dialect, wire.name), manifest, ledger)
        ledger.drop()

    def _sync(self, key: Key, manifest: Path, ledger: Ledger) -> None:
        written = ledger.rows()
        command: list[str | Path] = [PROGRAM, "sync", "--create", "--file", manifest, "--ledger", ledger.url]
        self._add(key, replace(process(command, ledger.watched()), written=written()))

    def _add(self, key: Key, run: Measured) -> None:
        self.runs.setdefault(key, []).append(run)
        _say(f"  {', '.join(filter(None, key)):60}{run.wall:8.2f} s")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
