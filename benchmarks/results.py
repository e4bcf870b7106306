"""What was measured, as figures: ratios to the limits of the same run, `build/bench.json`, and a table.

    python -m benchmarks.results

prints the tables of all sizes in `build/bench.json` again.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.districts import Size
from benchmarks.measure import Measured

RESULT = Path("build") / "bench.json"
START, WIRE, COPY = "start of the program", "limit: the wire", "limit: COPY"
FIRST, SAME, ONE_PERCENT = "first sync", "nothing changed", "1 % changed"
LATENCY = "first contact, 300 ms a page, 5 at once"
SAME_SLOWLY = "nothing changed, 300 ms a page, 5 at once"
DIALECTS = {"postgresql": "PostgreSQL", "sqlite": "SQLite", "": ""}

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sync reads, whatever it does with it."""

    rows: int
    pages: int
    fetcher: str
    """What the limit of the wire was measured with."""
    ideal: float
    """Seconds that a server bound by latency needs at least."""


class Cases:
    """The runs of each case, by case and dialect."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """`say` hears of each."""
        self.runs: dict[tuple[str, str], list[Measured]] = {}
        self._say = say

    def add(self, case: str, dialect: str, run: Measured, written: int = 0) -> None:
        """One more."""
        self.runs.setdefault((case, dialect), []).append(replace(run, written=written))
        self._say(f"  {DIALECTS[dialect]:11}{case:44}{run.wall:8.2f} s")


def save(size: Size, rounds: int, cases: Cases, reading: Reading) -> None:
    """Add a size's figures to `RESULT`, in place of older ones."""
    found = load()
    found[size.name] = {
        "students": size.students,
        "rounds": rounds,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        **asdict(reading),
        "cases": _with_ratios([_figures(*key, runs) for key, runs in cases.runs.items()], reading),
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def load() -> dict[str, Figures]:
    """All sizes that were measured here."""
    found: dict[str, Figures] = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    return found


def _figures(case: str, dialect: str, runs: list[Measured]) -> Figures:
    return {
        "case": case,
        "dialect": dialect,
        "best": round(min(run.wall for run in runs), 3),
        "median": round(statistics.median(run.wall for run in runs), 3),
        "cpu": round(statistics.median(run.cpu for run in runs), 2),
        "memory": round(max(run.memory for run in runs), 1),
        "database_cpu": round(statistics.median(run.database_cpu for run in runs), 2),
        "database_memory": round(max(run.database_memory for run in runs), 1),
        "server_cpu": round(statistics.median(run.server_cpu for run in runs), 2),
        "written": max(run.written for run in runs),
    }


def _with_ratios(cases: list[Figures], reading: Reading) -> list[Figures]:
    """To the limits: the wire; for what was written, COPY; for a server bound by latency, what it needs at least.

    `ratio` leaves out the start of the program, which an operator that runs does once; `ratio_whole` does not.
    """
    by_name = {(case["case"], case["dialect"]): case for case in cases}
    for case in cases:
        dialect = case["dialect"]
        if case["case"] not in {FIRST, SAME, ONE_PERCENT, LATENCY, SAME_SLOWLY}:
            continue
        for which in ("best", "median"):
            start, wire = by_name[START, ""][which], by_name[WIRE, ""][which]
            share = case["written"] / max(1, by_name[FIRST, dialect]["written"])
            limit = (
                reading.ideal
                if case["case"] in {LATENCY, SAME_SLOWLY}
                else wire + share * by_name[COPY, dialect][which]
            )
            suffix = "" if which == "best" else "_median"
            case[f"limit{suffix}"] = round(limit, 3)
            case[f"ratio{suffix}"] = round(max(0.0, case[which] - start) / limit, 2)
            case[f"ratio_whole{suffix}"] = round(case[which] / limit, 2)
    return cases


COLUMNS = (
    ("best", "best s", "{:.2f}"),
    ("median", "median s", "{:.2f}"),
    ("cpu", "CPU s", "{:.2f}"),
    ("memory", "MiB", "{:.0f}"),
    ("database_cpu", "database CPU s", "{:.2f}"),
    ("database_memory", "database MiB", "{:.0f}"),
    ("written", "rows written", "{:,}"),
    ("limit", "limit s", "{:.2f}"),
    ("ratio", "ratio", "**{:.1f}**"),
    ("ratio_median", "ratio of medians", "{:.1f}"),
    ("ratio_whole", "with start", "{:.1f}"),
)


def table(found: Figures) -> list[str]:
    """The lines of a table in Markdown, with a line before it that says what was measured on what."""
    lines = [
        f"{found['students']:,} students, {found['rows']:,} rows in {found['pages']} pages; {found['machine']}, "
        f"{found['date']}, {found['rounds']} interleaved runs; the wire by {found['fetcher']}.",
        "",
        f"| case | {' | '.join(title for _, title, _ in COLUMNS)} |",
        f"|---|{'---|' * len(COLUMNS)}",
    ]
    for case in sorted(found["cases"], key=_order):
        cells = [form.format(case[name]) if case.get(name) else "" for name, _, form in COLUMNS]
        name = ", ".join(part for part in (case["case"], DIALECTS[case["dialect"]]) if part)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _order(case: Figures) -> tuple[int, int]:
    names = (START, WIRE, COPY, FIRST, SAME, ONE_PERCENT, LATENCY, SAME_SLOWLY)
    return list(DIALECTS).index(case["dialect"]) if case["dialect"] else -1, names.index(case["case"])


def main() -> None:
    """Print what is there."""
    for found in load().values():
        print("\n".join(table(found)), end="\n\n")


if __name__ == "__main__":
    main()
