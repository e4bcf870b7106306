"""A live district with delta reads, night after night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.reconcile.district_harness import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Outcome, Trigger

NIGHT = datetime(2026, 10, 6, 2, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
UNLIMITED = {"districtPercent": 100, "schoolPercent": 100, "floor": 10_000, "absentReads": 1}


def simulated(students: int = 120, **more: Any) -> SimulatedDistrict:
    """A district on the day of `NIGHT`."""
    return SimulatedDistrict(students=students, schools=3, seed=7, today=NIGHT.date(), **more)


class Nights:
    """The scene, its clock, and what happens by day."""

    def __init__(self, district: SimulatedDistrict, ledger_url: str, *, clock: FixedClock | None = None) -> None:
        self.clock = clock or FixedClock(NIGHT)
        self.district = district
        self.scene = Scene(district, ledger_url, clock=self.clock)
        self.scene.spec["source"] = {**self.scene.spec["source"], "delta": {"fullInterval": "168h"}}
        self.scene.spec["guard"] = UNLIMITED

    def begin(self) -> None:
        """The first full read, and one change, so that dates are seen to move."""
        self.change("student-moves:S1000003")
        self.sync()
        assert self.reads == ("Full", "NoBasis")
        assert self.scene.licenses() == self.scene.expected()

    def change(self, *changes: str) -> None:
        """During the day before."""
        moment = (self.clock.now() - timedelta(hours=8)).isoformat().replace("+00:00", "Z")
        self.district.change(*(f"{change},at={moment}" for change in changes))

    def sync(self, outcome: Outcome = Outcome.SYNCED, *, trigger: Trigger = Trigger.SCHEDULE) -> None:
        """One reconcile, which must end so."""
        self.district.reset_stats()
        assert self.scene.reconcile(trigger=trigger).outcome is outcome, self.scene.status

    def sync_and_approve(self, *, trigger: Trigger = Trigger.SCHEDULE) -> None:
        """One reconcile, and where removals wait another one, once the publisher has approved them."""
        result = self.scene.reconcile(trigger=trigger)
        if result.outcome is Outcome.HELD:
            self.scene.spec["approval"] = {"plan": self.scene.status["plan"]["digest"]}
            result = self.scene.reconcile(trigger=trigger)
        assert result.outcome is Outcome.SYNCED, self.scene.status

    def night(self, *changes: str) -> None:
        """A day passes with these changes; then a sync."""
        self.clock.advance(DAY)
        self.change(*changes)
        self.sync()

    @property
    def reads(self) -> tuple[str, str]:
        """How the last sync read, and why."""
        reads = self.scene.status["reads"]
        return reads["last"], reads["reason"]

    def asked(self, route: str) -> int:
        """Requests for a route during the last sync."""
        requests: dict[str, int] = self.district.stats()["requests"]
        return requests.get(route, 0)
