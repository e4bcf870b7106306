"""What was measured, as figures in `build/bench.json` and as tables.

    python -m benchmarks.results

prints the tables of all sizes in `build/bench.json` again.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.districts import Size
from benchmarks.measure import Measured
from benchmarks.wires import LOOPBACK, WIRES

RESULT = Path("build") / "bench.json"
START, TRANSFER, COPY = "start of the program", "transfer", "COPY"
FIRST, SAME, ONE_PERCENT = "first sync", "nothing changed", "1 % changed"
CASES = (SAME, ONE_PERCENT, FIRST)
WIRE_TARGETS = {SAME: 1.1, ONE_PERCENT: 1.2, FIRST: 1.3}
"""Of the transfer alone, over 1 Gbit/s."""
CPU_TARGETS = {SAME: 0.3, ONE_PERCENT: 2.5, FIRST: 2.6}
"""Seconds of the operator for a million rows."""
DIALECTS = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
_MILLION = 1e6

Figures = dict[str, Any]
Key = tuple[str, str, str]
"""Case, dialect, wire; empty where it does not matter."""


def save(size: Size, rounds: int, runs: dict[Key, list[Measured]], rows: int, pages: int) -> Figures:
    """Add a size's figures to `RESULT`, in place of older ones."""
    found = load()
    figures = {
        "students": size.students,
        "rounds": rounds,
        "rows": rows,
        "pages": pages,
        "machine": machine(),
        "runs": [_figures(key, some) for key, some in runs.items()],
    }
    found[size.name] = figures
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return figures


def machine() -> str:
    """On what and when it was measured."""
    today = datetime.now(UTC).date().isoformat()
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {today}"


def load() -> dict[str, Figures]:
    """All sizes that were measured here."""
    found: dict[str, Figures] = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    return found


def _figures(key: Key, runs: list[Measured]) -> Figures:
    """What else the machine does only adds to times, so the least of each is kept; and the most of memory."""
    return {
        "key": key,
        "wall": round(min(run.wall for run in runs), 3),
        "median": round(statistics.median(run.wall for run in runs), 3),
        "cpu": round(min(run.cpu for run in runs), 3),
        "database_cpu": round(min(run.database_cpu for run in runs), 3),
        "memory": max(run.memory for run in runs),
        "database_memory": max(run.database_memory for run in runs),
        "written": max(run.written for run in runs),
    }


def tables(found: Figures) -> list[str]:
    """The lines of both tables in Markdown, with a line before them that says what was measured on what."""
    runs = {tuple(run["key"]): run for run in found["runs"]}
    start = runs[START, "", ""]
    told = (
        f"{found['students']:,} students, {found['rows']:,} rows in {found['pages']} pages; {found['machine']}, "
        f"the best of {found['rounds']} interleaved rounds. The program starts in {start['wall']:.2f} s, of which "
        f"{start['cpu']:.2f} s are CPU time."
    )
    return [told, *_over_wires(runs), *_costs(runs, found["rows"])]


def ratio_to_transfer(runs: dict[Any, Figures], case: str, wire: str, which: str = "wall") -> float:
    """How long a sync takes, less the start of the program, to the transfer of its pages alone."""
    alone = runs[TRANSFER, "", wire][which]
    return float((runs[case, "postgresql", wire][which] - runs[START, "", ""][which]) / alone)


def ratio_to_limit(runs: dict[Any, Figures], case: str, dialect: str) -> float:
    """The same on loopback, to the transfer and, in proportion to the rows that were written, COPY."""
    run, first = runs[case, dialect, LOOPBACK.name], runs[FIRST, dialect, LOOPBACK.name]
    copy = runs[COPY, dialect, ""]["wall"] * run["written"] / max(1, first["written"])
    limit = runs[TRANSFER, "", LOOPBACK.name]["wall"] + copy
    return float((run["wall"] - runs[START, "", ""]["wall"]) / limit)


def _over_wires(runs: dict[Any, Figures]) -> Iterable[str]:
    measured = [wire.name for wire in WIRES if (TRANSFER, "", wire.name) in runs]
    if not measured:
        return
    yield from ("", f"| wire | transfer alone | {' | '.join(CASES)} |", f"|---|---|{'---|' * len(CASES)}")
    yield f"| asked for over 1 Gbit/s | | {' | '.join(str(WIRE_TARGETS[case]) for case in CASES)} |"
    for wire in measured:
        cells = (
            f"**{ratio_to_transfer(runs, case, wire):.2f}** ({ratio_to_transfer(runs, case, wire, 'median'):.2f})"
            for case in CASES
        )
        yield f"| {wire} | {runs[TRANSFER, '', wire]['wall']:.2f} s | {' | '.join(cells)} |"


def _costs(runs: dict[Any, Figures], rows: int) -> Iterable[str]:
    titles = ("case", "ledger", "operator (asked for)", "database", "MiB", "database MiB", "rows written", "loopback")
    yield from ("", f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}")
    start = runs[START, "", ""]["cpu"]
    for dialect, name in DIALECTS.items():
        for case in CASES:
            run = runs.get((case, dialect, LOOPBACK.name))
            if run is None:
                continue
            cpu, database = (seconds / rows * _MILLION for seconds in (run["cpu"] - start, run["database_cpu"]))
            cells = (
                f"**{cpu:.2f}** ({CPU_TARGETS[case]})",
                f"{database:.2f}" if dialect == "postgresql" else "",
                f"{run['memory']:.0f}",
                f"{run['database_memory']:.0f}" if dialect == "postgresql" else "",
                f"{run['written']:,}",
                f"{ratio_to_limit(runs, case, dialect):.1f}",
            )
            yield f"| {case} | {name} | {' | '.join(cells)} |"


def main() -> None:
    """Print what is there."""
    for found in load().values():
        print("\n".join(tables(found)), end="\n\n")


if __name__ == "__main__":
    main()
