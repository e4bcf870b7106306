"""`make bench-snapshots`: what keeping the last reading costs a sync, as ratios in one run.

In each round a first sync and one of 1 % changed, with a snapshot and without, on PostgreSQL, one after the other. CPU
of the operator and of the database is added up: the wall is what the machine has to spare. `make bench-docs` puts the
table into docs/contribute/performance.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg
from benchmarks.districts import PERCENT, SIZES, manifests, pages, scratch_folder, served, turn_to, warm
from benchmarks.ledgers import PostgresLedger
from benchmarks.measure import PROGRAM, Measured, compile_program, process
from benchmarks.publish import keep
from benchmarks.results import FIRST, ONE_PERCENT, machine
from hack.postgres import PrivatePostgres

from roster_operator.snapshot.key import SnapshotKey

LIMITS = {FIRST: 1.10, ONE_PERCENT: 1.05}
"""Of CPU with a snapshot to CPU without."""
BYTES = 12
"""For each enrollment, at most."""
_SIZE = "SELECT SUM(LENGTH(chunk)) FROM snapshot_chunks"
_MIB = 2**20


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--size", choices=SIZES, default=os.environ.get("SIZE", "small"))
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    size = SIZES[given.size]
    before, after = pages(size), pages(size, PERCENT)
    for folder in (before, after):
        warm(folder)
    compile_program()
    runs: dict[tuple[str, bool], list[Measured]] = {}
    kept = 0
    with (
        PrivatePostgres(durable=True) as server,
        scratch_folder() as scratch,
        served(before, scratch, then=after) as (url, _),
    ):
        key = scratch / "key"
        key.write_text(SnapshotKey.new().written, encoding="ascii")
        manifest = manifests(size, before, url, scratch)
        for number in range(given.rounds):
            for keeps in (False, True) if number % 2 else (True, False):
                ledger = PostgresLedger(server)
                for day, case in enumerate((FIRST, ONE_PERCENT)):
                    turn_to(day, url)
                    command: list[str | Path] = [PROGRAM, "sync", "--create", "--ledger", ledger.url]
                    command += ["--file", manifest, *(("--snapshot-key-file", key) if keeps else ())]
                    runs.setdefault((case, keeps), []).append(process(command, ledger.watched()))
                kept = _size(ledger.url) if keeps else kept
                ledger.drop()
    told = f"{size.students:,} students; {machine()}; {given.rounds} interleaved rounds."
    keep("snapshots", [told, "", *_table(runs, kept)])
    return 0


def _table(runs: dict[tuple[str, bool], list[Measured]], kept: int) -> list[str]:
    lines = ["| case | CPU s without | CPU s with | ratio | asked for | MiB without | MiB with |", f"|{'---|' * 7}"]
    for case, most in LIMITS.items():
        without, with_it = _cpu(runs[case, False]), _cpu(runs[case, True])
        memory = (f"{max(run.memory for run in runs[case, keeps]):.0f}" for keeps in (False, True))
        cells = (case, f"{without:.2f}", f"{with_it:.2f}", f"**{with_it / without:.3f}**", f"{most}", *memory)
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, "", f"The snapshot takes {kept / _MIB:.2f} MiB."]


def _cpu(runs: Sequence[Measured]) -> float:
    """Of the better half the median: what else the machine does only adds to it."""
    spent = sorted(run.cpu + run.database_cpu for run in runs)
    return statistics.median(spent[: (len(spent) + 1) // 2])


def _size(url: str | Path) -> int:
    with psycopg.connect(str(url)) as connection:
        row = connection.execute(_SIZE).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


if __name__ == "__main__":
    sys.exit(main())
