"""SIZE=country: as many resources as the United States have districts: they arrive, rest, and are started again.

What a night of theirs takes, the figures of smaller fleets tell: a sync costs the same beside many others.
"""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from benchmarks.fleet.seeding import seed
from benchmarks.fleet.stage import Group, Stage
from benchmarks.fleet.usage import Usage, usage
from benchmarks.fleet.watcher import Watcher

DISTRICTS: Final = 17_526
_SETTLED: Final = 0.1
"""Share of a core below which there is nothing left to look at."""
_MINUTES_AT_REST: Final = 11
"""In which each resource has a heartbeat."""
RESULT: Final = Path("build") / "bench-fleet-country.json"
Figures = dict[str, Any]


class Country:
    """The phases, one after the other."""

    def __init__(self, stage: Stage, districts: int = DISTRICTS) -> None:
        """`districts`: fewer, to try it."""
        self._stage = stage
        self._names = [f"district-{number}" for number in range(districts)]
        self._template = Group("served", 1, 120)
        self._there = 1
        self.figures: Figures = {"districts": districts}

    def run(self) -> None:
        """All phases."""
        stage, template = self._stage, self._template.members()[0]
        stage.serve(self._template)
        self._sync_one()
        self._measure("without others", self._start)
        self._stop()
        seed(stage, template, self._names, synced=True)
        self._there += len(self._names)
        self._measure("start", self._start)
        self._measure("idle", lambda: time.sleep(60 * _MINUTES_AT_REST))
        self._measure("a scrape", stage.metrics)
        self._stop()
        seed(stage, template, self._names, synced=False)
        self._measure("arrival", self._arrive)
        self._measure("after it", lambda: time.sleep(60))
        self._stop()
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(self.figures, indent=1), encoding="utf-8")

    def _sync_one(self) -> None:
        watcher = Watcher(self._stage.cluster.kubeconfig)
        watcher.start()
        try:
            self._stage.create(self._template)
            self._stage.start_operator()
            while not watcher.settled(set(self._template.members())):
                time.sleep(0.2)
        finally:
            watcher.stop()
        self._stop()

    def _start(self) -> None:
        """Until everything has been looked at."""
        stage = self._stage
        stage.start_operator()
        while stage.metrics()["roster_operator_integrations"] < self._there:
            time.sleep(1)
        before, now = 0.0, self._usage().cpu
        while now - before > _SETTLED:
            time.sleep(1)
            before, now = now, self._usage().cpu

    def _arrive(self) -> None:
        """Until each has the finalizer and a status."""
        self._stage.start_operator()
        self._stage.audit.requests()
        seen = Counter[str]()
        while seen["patch rosterintegrations/status"] < len(self._names):
            time.sleep(1)
            seen += self._stage.audit.requests()
        self.figures["requests of arrival"] = seen

    def _measure(self, name: str, play: Callable[[], object]) -> None:
        running = self._stage.operator is not None and self._stage.operator.running
        before = self._usage() if running else None
        began = time.monotonic()
        play()
        used = self._usage().since(before)
        self.figures[name] = {
            "seconds": time.monotonic() - began,
            "cpu": used.cpu,
            "memory": used.memory,
            "peak": used.peak,
        }
        print(name, json.dumps(self.figures[name]), flush=True)

    def _usage(self) -> Usage:
        assert self._stage.operator is not None
        return usage(self._stage.operator.pid)

    def _stop(self) -> None:
        assert self._stage.operator is not None
        self._stage.operator.stop(signal.SIGTERM, patience=60)
