"""`make bench`: what a sync costs, as ratios to what the wire and the database alone cost in the same run.

SIZE=small (2,000 students, under a minute), medium (20,000) or large (100,000; minutes). The result is a table and
`build/bench.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path

from benchmarks import measure
from benchmarks.districts import SIZES, Size, manifests, pages, scratch_folder, served
from benchmarks.measure import Measured
from benchmarks.server import Pages
from hack.postgres import Postgres, PrivatePostgres, find_postgres

RESULT = Path("build") / "bench.json"
START, WIRE, COPY = "start of the program", "limit: the wire", "limit: COPY"
SYNCS = ("first sync", "nothing changed", "1 % changed")


class Case:
    """One thing that is measured, several times."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.runs: list[Measured] = []

    def add(self, run: Measured) -> None:
        """One more."""
        self.runs.append(run)
        sys.stdout.write(f"  {self.name}: {run.wall:.2f} s\n")
        sys.stdout.flush()

    def figures(self) -> dict[str, float]:
        """Best and median wall time, median CPU time, peak memory."""
        return {
            "best": round(min(run.wall for run in self.runs), 3),
            "median": round(statistics.median(run.wall for run in self.runs), 3),
            "cpu": round(statistics.median(run.cpu for run in self.runs), 3),
            "memory": round(max(run.memory for run in self.runs), 1),
        }


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size", choices=SIZES, default=os.environ.get("SIZE", "small"))
    size = SIZES[arguments.parse_args().size]
    sys.stdout.write(f"writing the pages of a district of {size.students} students, unless they are there\n")
    sys.stdout.flush()
    before, after = pages(size), pages(size, "percent:1")
    results = {}
    with ExitStack() as stack:
        server = find_postgres()
        if isinstance(server, PrivatePostgres):
            stack.enter_context(server)
        for dialect, postgres in (("postgresql", server), ("sqlite", None)):
            sys.stdout.write(f"{dialect}\n")
            results[dialect] = _measure(size, before, after, postgres)
    _report(size, results)
    return 0


def _measure(size: Size, before: Path, after: Path, postgres: Postgres | None) -> dict[str, dict[str, float]]:
    schools = [str(row["sourcedId"]) for row in json.loads((before / "schools" / "0.json").read_bytes())["orgs"]]
    start, wire, copy = Case(START), Case(WIRE), Case(COPY)
    syncs = [Case(name) for name in SYNCS]
    with scratch_folder() as scratch, served(before, scratch) as url, served(after, scratch) as changed_url:
        as_is, changed = manifests(url, schools, scratch), manifests(changed_url, schools, scratch)
        for number in range(size.rounds):
            ledger = postgres.create_database() if postgres else f"sqlite:///{scratch / f'{number}.sqlite'}"
            start.add(measure.process([measure.PROGRAM, "sync", "--help"]))
            wire.add(measure.download(url, before))
            for case, manifest in zip(syncs, (as_is, as_is, changed), strict=True):
                case.add(measure.sync(manifest, ledger))
            if postgres:
                copy.add(measure.copy(ledger))
                postgres.drop_database(ledger)
    figures = {case.name: case.figures() for case in (start, wire, copy, *syncs) if case.runs}
    return figures | {"rows": {"read": _rows(before)}}


def _rows(folder: Path) -> float:
    listed = Pages(folder)
    return sum(listed.total(name) or 0 for name in measure.READ)


def _report(size: Size, results: dict[str, dict[str, dict[str, float]]]) -> None:
    RESULT.parent.mkdir(exist_ok=True)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    RESULT.write_text(json.dumps({"machine": machine, "students": size.students, "results": results}, indent=1))
    print(f"\n{size.students} students on {machine}; seconds of {size.rounds} interleaved runs")
    for dialect, figures in results.items():
        start, limit = figures[START]["best"], figures[WIRE]["best"]
        print(f"\n{dialect}: {figures['rows']['read']:.0f} rows read")
        print(f"{'case':24}{'best':>8}{'median':>8}{'CPU':>8}{'MiB':>8}{'ratio':>8}")
        for name, row in figures.items():
            if name == "rows":
                continue
            base = limit + (figures[COPY]["best"] if name == SYNCS[0] and COPY in figures else 0.0)
            ratio = f"{(row['best'] - start) / base:8.1f}" if name in SYNCS else ""
            print(f"{name:24}{row['best']:8.2f}{row['median']:8.2f}{row['cpu']:8.2f}{row['memory']:8.0f}{ratio}")
    print("\nratio: best, less the start of the program, to the wire (first sync: to the wire and COPY together)")
    print(f"The figures are in {RESULT}.")


if __name__ == "__main__":
    sys.exit(main())
