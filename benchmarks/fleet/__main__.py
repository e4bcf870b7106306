"""`make bench-fleet`: thousands of districts on one operator: idle, through a night, and killed in the middle of it.

SIZE=small (100 districts, some minutes), middle (1,000), large (3,000, about half an hour) or country (17,526, without
a night: see `country`). The result is a table and `build/bench-fleet.json`; `--report` writes it into
docs/contribute/performance-fleet.md.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from benchmarks.fleet import report
from benchmarks.fleet.clock import FastClock
from benchmarks.fleet.country import Country
from benchmarks.fleet.stage import Group, Stage
from benchmarks.fleet.usage import Usage, usage, usages
from benchmarks.fleet.watcher import Watcher
from benchmarks.measure import compile_program


@dataclass(frozen=True, slots=True)
class Size:
    """How large the fleet is, and how long it is watched."""

    small: Group
    medium: Group
    idle: float
    """Seconds."""
    night: float
    """Seconds in which the due times of a night pass; shorter than the operator needs, so that it is never idle."""
    ask_every: float
    """Seconds between two requests of a person."""


SIZES = {
    "small": Size(Group("small", 100, 120), Group("medium", 4, 2_000), idle=40.0, night=10.0, ask_every=0.5),
    "middle": Size(Group("small", 1_000, 120), Group("medium", 12, 3_000), idle=120.0, night=90.0, ask_every=1.0),
    "large": Size(Group("small", 3_000, 120), Group("medium", 16, 3_000), idle=660.0, night=240.0, ask_every=2.0),
}
WORKERS = 16
_SAMPLE = 200
_LONGEST = 3600.0

Figures = dict[str, Any]


class Fleet:
    """The phases, one after the other."""

    def __init__(self, stage: Stage, size: Size) -> None:
        self._stage = stage
        self._size = size
        self._watcher = Watcher(stage.cluster.kubeconfig)
        self.figures: Figures = {}

    def run(self) -> None:
        """All phases."""
        size, stage = self._size, self._stage
        for group in (size.small, size.medium):
            stage.serve(group)
        self._watcher.start()
        try:
            self._look_at_nothing()
            self._phase("first syncs", self._first_syncs)
            self._phase("first syncs of larger ones", lambda: self._arrive(size.medium))
            self._phase("larger ones again", lambda: self._again(size.medium.members()))
            self._phase("small ones again", lambda: self._again(size.small.members()[:_SAMPLE]))
            self._phase("start", self._start_again)
            self._phase("idle", lambda: time.sleep(size.idle))
            self._night()
            self.figures["rows"] = {
                group.name: self._watcher.seen[group.members()[-1]].rows for group in (size.small, size.medium)
            }
        finally:
            self._watcher.stop()

    def _look_at_nothing(self) -> None:
        """What an operator takes that has no resources yet, nor a ledger to migrate, for which it imports more."""
        stage = self._stage
        stage.start_operator()
        self._end_operator(signal.SIGTERM)
        stage.start_operator()
        assert stage.operator is not None
        time.sleep(5)
        self.figures["empty"] = {"memory": usage(stage.operator.pid).memory, "database": stage.database()["size"]}
        self._end_operator(signal.SIGTERM)

    def _first_syncs(self) -> None:
        """The resources are there, and the operator comes."""
        self._stage.create(self._size.small)
        self._stage.start_operator()
        self._await_all(self._size.small)

    def _arrive(self, group: Group) -> None:
        self._stage.create(group)
        self._await_all(group)

    def _again(self, names: list[str]) -> None:
        """A person asks, so all is read and decoded, though nothing changed."""
        before = {name: self._watcher.seen[name].run for name in names}
        self._stage.cluster.kubectl(
            "annotate", "ri", "-n", "districts", *names, "--overwrite", f"rostering.cpm.org/requested-at={time.time()}"
        )
        self._until(lambda: all(self._watcher.seen[name].run != before[name] for name in names))

    def _start_again(self) -> None:
        """With everything synced: what a restart costs."""
        self._end_operator(signal.SIGTERM)
        self.figures["seconds to ready"] = self._stage.start_operator()
        time.sleep(10)  # what was seen is looked at once

    def _night(self) -> None:
        size, stage = self._size, self._stage
        every = {*size.small.members(), *size.medium.members()}
        stage.change(size.small, range(0, size.small.districts, 5))
        due = sorted(datetime.fromisoformat(seen.next_sync).timestamp() for seen in self._watcher.seen.values())
        window = due[-1] - due[0]
        self._end_operator(signal.SIGTERM)
        clock = FastClock(at=time.time() + 5, shows=due[0] - 60, speed=max(1.0, window / size.night))
        began = len(self._watcher.ends)
        runs = self._runs()
        self._watcher.ask_every(size.ask_every)

        def done() -> set[str]:
            return {name for _, name, _ in self._watcher.ends[began:]}

        def first_half() -> None:
            stage.start_operator(clock)
            self._until(lambda: len(done()) >= len(every) / 2)

        def second_half() -> None:
            stage.start_operator(clock)
            self._until(lambda: done() >= every)
            self._watcher.ask_every(0)
            self._until(lambda: not self._watcher.unanswered())

        self._phase("night, first half", first_half)
        killed = time.monotonic()
        self._end_operator(signal.SIGKILL)
        self._phase("night, after kill -9", second_half)
        asked = self._watcher.asked
        repeated = {
            name: extra for name, count in (self._runs() - runs).items() if (extra := count - 1 - asked[name]) > 0
        }
        self.figures["night"] = {
            "window": window,
            "speed": clock.speed,
            "requests": sum(asked.values()),
            "latency": _spread(self._watcher.latencies),
            "run twice": sum(repeated.values()),
            "per minute": _per_minute([at for at, *_ in self._watcher.ends[began:]]),
            "per minute after the kill": _per_minute([at for at, *_ in self._watcher.ends[began:] if at > killed]),
            "outcomes": Counter(seen.outcome for seen in self._watcher.seen.values()),
        }

    def _phase(self, name: str, play: Callable[[], None]) -> None:
        stage = self._stage
        sys.stdout.write(f"{name} ... ")
        sys.stdout.flush()
        stage.audit.requests()
        used, database = usages(stage.pids), stage.database()
        operator, ended = stage.operator, len(self._watcher.ends)
        counted = stage.metrics() if operator and operator.running else {}
        began = time.monotonic()
        play()
        wall = time.monotonic() - began
        same = stage.operator is operator
        now = usages(stage.pids)
        counters = stage.metrics()
        statements = "roster_operator_benchmark_statements"
        self.figures[name] = {
            "seconds": wall,
            "syncs": len(self._watcher.ends) - ended,
            "requests": stage.audit.requests(),
            "statements": counters[statements] - (counted.get(statements, 0.0) if same else 0.0),
            "database": {
                key: value - (database[key] if key not in {"size", "connections"} else 0.0)
                for key, value in stage.database().items()
            },
            "processes": {key: asdict(value.since(_before(used, key, same=same))) for key, value in now.items()},
        }
        sys.stdout.write(f"{wall:.0f} s, {self.figures[name]['syncs']} syncs\n")
        sys.stdout.flush()

    def _end_operator(self, how: signal.Signals) -> None:
        assert self._stage.operator is not None
        self._stage.operator.stop(how, patience=60)

    def _runs(self) -> Counter[str]:
        """Syncs of each resource in the ledger."""
        owned = "SELECT owner, count(*) FROM sync_runs JOIN districts ON districts.id = district_id GROUP BY owner"
        rows = self._stage.ask(owned)
        return Counter({owner.rpartition("/")[2]: count for owner, count in rows})

    def _await_all(self, group: Group) -> None:
        names = set(group.members())
        self._until(lambda: self._watcher.settled(names) == len(names))

    def _until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _LONGEST
        while not holds():
            operator = self._stage.operator
            if operator is None or not operator.running:
                raise RuntimeError(f"the operator ended:\n{operator.last_words() if operator else ''}")
            if time.monotonic() > deadline:
                raise RuntimeError("this takes too long")
            time.sleep(0.2)


def _before(used: dict[str, Usage], name: str, *, same: bool) -> Usage | None:
    return None if name == "operator" and not same else used.get(name)


def _per_minute(ends: list[float]) -> Figures:
    """Syncs that ended a minute: on average, and in the fullest ten seconds."""
    if len(ends) < 2:
        return {"mean": 0.0, "most": 0.0}
    fullest = Counter(int((at - ends[0]) / 10) for at in ends)
    return {"mean": 60 * len(ends) / (ends[-1] - ends[0]), "most": 6.0 * max(fullest.values())}


def _spread(seconds: list[float]) -> Figures:
    if len(seconds) < 2:
        return {"median": 0.0, "99th": 0.0, "count": len(seconds)}
    return {
        "median": statistics.median(seconds),
        "99th": statistics.quantiles(seconds, n=100, method="inclusive")[98],
        "count": len(seconds),
    }


def main() -> int:
    """Measure, or write the report of what was measured."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size", choices=(*SIZES, "country"), default=os.environ.get("SIZE", "large"))
    arguments.add_argument("--workers", type=int, default=WORKERS)
    arguments.add_argument("--report", action="store_true", help="write docs/contribute/performance-fleet.md too")
    options = arguments.parse_args()
    compile_program()
    if options.size == "country":
        with Stage(options.workers) as stage:
            Country(stage).run()
        return 0
    size = SIZES[options.size]
    with Stage(options.workers) as stage:
        fleet = Fleet(stage, size)
        fleet.run()
    result = report.save(fleet.figures, small=size.small, medium=size.medium, workers=options.workers)
    sys.stdout.write(report.text(result))
    if options.report:
        report.write(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
