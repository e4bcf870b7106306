"""From figures to tables, and to what the whole United States would take."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.fleet.stage import Group
from benchmarks.publish import filled

RESULT = Path("build") / "bench-fleet.json"
PAGE = Path("docs") / "contribute" / "performance-fleet.md"
Figures = dict[str, Any]

_WRITES: Final = ("create", "patch", "update", "delete")
_PARTS: Final = {"operator": "operator", "postgresql": "postgres", "kube-apiserver": "kube-apiserver", "etcd": "etcd"}
_FIRST, _FIRST_LARGER = "first syncs", "first syncs of larger ones"
_AGAIN, _AGAIN_SMALL = "larger ones again", "small ones again"
_NIGHTS: Final = ("night, first half", "night, after kill -9")

DISTRICTS: Final = 17_526
ENROLLMENTS: Final = 396_000_000
STUDENTS: Final = 49_600_000
"""Of public schools (NCES, fall of 2022)."""
ROWS_AN_ENROLLMENT: Final = 1.19
"""Of all sections together, in a simulated district of 100,000 students."""
NIGHT_SECONDS: Final = 9 * 3600


def save(figures: Figures, *, small: Group, medium: Group, workers: int) -> Figures:
    """Keep them."""
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "small": {"districts": small.districts, "students": small.students},
        "medium": {"districts": medium.districts, "students": medium.students},
        "workers": workers,
        **figures,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1), encoding="utf-8")
    return result


def write(result: Figures) -> None:
    """Put the tables between their marks in the page."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), blocks(result)), encoding="utf-8")


def text(result: Figures) -> str:
    """All tables, one after the other."""
    return "\n\n".join("\n".join(lines) for lines in blocks(result).values()) + "\n"


def blocks(result: Figures) -> dict[str, list[str]]:
    """The tables by the names of their marks."""
    return {
        "fleet-machine": [_machine(result)],
        "fleet-idle": _idle(result),
        "fleet-sync": _syncs(result),
        "fleet-night": _night(result),
        "fleet-usa": _usa(result),
    }


def _machine(result: Figures) -> str:
    small, medium = result["small"], result["medium"]
    return (
        f"{result['machine']}, {result['date']}: {small['districts']:,} districts of {small['students']} students "
        f"({result['rows']['small']:,} rows each), {medium['districts']} of {medium['students']:,} "
        f"({result['rows']['medium']:,} rows); {result['workers']} workers; API server, etcd, PostgreSQL and the "
        "simulated districts on the same machine."
    )


def _idle(result: Figures) -> list[str]:
    idle, operator = result["idle"], result["idle"]["processes"]["operator"]
    minutes = idle["seconds"] / 60
    asked = ", ".join(f"{count / minutes:.1f} {name}" for name, count in sorted(idle["requests"].items())) or "none"
    rows = [
        ("CPU of the operator, share of a core", f"{100 * operator['cpu'] / idle['seconds']:.2f} %", "< 1 %"),
        ("memory of the operator", f"{operator['memory']:.0f} MiB", "< 150 MiB"),
        ("of this, without any resource", f"{result['empty']['memory']:.0f} MiB", ""),
        ("threads", f"{operator['threads']}", ""),
        ("requests to the API server a minute", asked, "watches only"),
        ("statements to the database a minute", f"{idle['statements'] / minutes:.1f}", ""),
        ("start until ready", f"{result['seconds to ready']:.1f} s", ""),
        (
            "CPU of a start, with all resources looked at",
            f"{result['start']['processes']['operator']['cpu']:.1f} s",
            "",
        ),
    ]
    return ["| | | aim |", "|---|---|---|", *(f"| {name} | {value} | {aim} |" for name, value, aim in rows)]


def _syncs(result: Figures) -> list[str]:
    """What one sync costs in each phase."""
    lines = [
        "| a sync | operator | PostgreSQL | API server | etcd | reads | writes | statements | rows written |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    named = {
        _FIRST: "first, small",
        _FIRST_LARGER: "first, larger",
        _AGAIN_SMALL: "read whole, unchanged, small",
        _AGAIN: "read whole, unchanged, larger",
        _NIGHTS[0]: "in a night",
    }
    for phase, name in named.items():
        lines.append(f"| {name} | {_row(result[phase])} |")
    return lines


def _row(phase: Figures) -> str:
    syncs = max(1, phase["syncs"])
    cpu = [f"{1000 * phase['processes'][part]['cpu'] / syncs:.0f} ms" for part in _processes(phase)]
    reads = sum(count for name, count in phase["requests"].items() if name.split()[0] == "get")
    writes = sum(count for name, count in phase["requests"].items() if name.split()[0] in _WRITES)
    statements, rows = phase["statements"], phase["database"]["rows"]
    return " | ".join([*cpu, *(f"{count / syncs:.1f}" for count in (reads, writes, statements)), f"{rows / syncs:.0f}"])


def _processes(phase: Figures) -> list[str]:
    """The names under which the parts were measured, in the order of the columns."""
    return [next(name for name in phase["processes"] if name in {key, value}) for key, value in _PARTS.items()]


def _night(result: Figures) -> list[str]:
    night, halves = result["night"], [result[name] for name in _NIGHTS]
    latency, operator = night["latency"], halves[-1]["processes"]["operator"]
    outcomes = ", ".join(f"{count:,} {name}" for name, count in night["outcomes"].items())
    rows = [
        (
            "simulated window of due times",
            f"{night['window'] / 60:.0f} min, passing {night['speed']:.0f} times as fast",
        ),
        ("syncs", f"{sum(half['syncs'] for half in halves):,}, at the end: {outcomes}"),
        ("syncs a minute", f"{night['per minute']['mean']:.0f} on average, {night['per minute']['most']:.0f} at most"),
        ("CPU of the operator", f"{sum(half['processes']['operator']['cpu'] for half in halves):.0f} s"),
        ("requested-at to done, median", f"{latency['median']:.1f} s ({latency['count']} requests)"),
        ("requested-at to done, 99th", f"{latency['99th']:.1f} s, the kill and the restart among them"),
        ("memory at the end, and at most", f"{operator['memory']:.0f} and {operator['peak']:.0f} MiB"),
        ("threads, connections to the database", f"{operator['threads']}, {halves[-1]['database']['connections']:.0f}"),
        ("run twice because of kill -9", f"{night['run twice']}"),
        ("syncs a minute after it, at most", f"{night['per minute after the kill']['most']:.0f}"),
    ]
    return ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of one part: of a sync, and of each row of it."""

    sync: float
    row: float

    def of(self, syncs: float, rows: float) -> float:
        """Seconds of so many."""
        return syncs * self.sync + rows * self.row


def cost(result: Figures, part: str) -> Cost:
    """From small districts and larger ones, both read whole: two points make a line."""
    rows = result["rows"]
    small, medium = (_of_a_sync(result[name], part) for name in (_AGAIN_SMALL, _AGAIN))
    row = max(0.0, (medium - small) / (rows["medium"] - rows["small"]))
    return Cost(max(0.0, small - row * rows["small"]), row)


def _of_a_sync(phase: Figures, part: str) -> float:
    name = next(name for name in phase["processes"] if name in {part, _PARTS[part]})
    seconds: float = phase["processes"][name]["cpu"]
    return seconds / max(1, int(phase["syncs"]))


def _usa(result: Figures) -> list[str]:
    rows = ENROLLMENTS * ROWS_AN_ENROLLMENT
    lines = ["| | a sync | a million rows | the night | cores over nine hours |", "|---|---|---|---|---|"]
    for part in _PARTS:
        each = cost(result, part)
        seconds = each.of(DISTRICTS, rows)
        lines.append(
            f"| {part} | {1000 * each.sync:.0f} ms | {1e6 * each.row:.1f} s | {seconds / 3600:.1f} core hours "
            f"| {seconds / NIGHT_SECONDS:.2f} |"
        )
    resources = result["small"]["districts"] + result["medium"]["districts"]
    idle = result["idle"]["processes"]["operator"]["memory"]
    each_resource = max(0.0, idle - result["empty"]["memory"]) / resources
    students = sum(result[size]["districts"] * result[size]["students"] for size in ("small", "medium"))
    a_student = (result[_FIRST_LARGER]["database"]["size"] - result["empty"]["database"]) / students
    empty, memory = result["empty"]["memory"], (result["empty"]["memory"] + DISTRICTS * each_resource) / 1024
    connections = max(result[name]["database"]["connections"] for name in _NIGHTS)
    return [
        *lines,
        "",
        f"- Memory: {empty:.0f} MiB, {each_resource * 1024:.0f} KiB for each resource, together {memory:.1f} GiB for "
        f"{DISTRICTS:,}, and the places of [fairness](../concepts/fairness.md).",
        f"- The database: {a_student / 1024:.1f} KiB for each student in scope, with indexes and what updates leave "
        f"behind: {STUDENTS * a_student / 2**30:.0f} GiB if all {STUDENTS / 1e6:.1f} million were in scope.",
        f"- Connections: at most two for each worker and five more; {result['workers']} workers had {connections:.0f}.",
        f"- The rate: {DISTRICTS / 9 / 60:.0f} syncs a minute over nine hours; measured here "
        f"{result['night']['per minute']['mean']:.0f}, of small districts.",
    ]
