"""A reconcile and a ledger that do as they are told, so that the engine around them can be watched."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from roster_operator.api import conditions, reasons
from roster_operator.api.conditions import found, merge
from roster_operator.api.v1alpha1 import RosterIntegrationStatus, SyncSummary
from roster_operator.errors import (
    CredentialsMissing,
    LedgerUnavailable,
    RevocationHeld,
    RosterOperatorError,
    ShuttingDown,
)
from roster_operator.interruption import Interruption
from roster_operator.reconcile.contract import Catalog, Environment, Outcome, Request, Result
from roster_operator.reconcile.next_sync import Ended, next_sync
from roster_operator.reconcile.sync_windows import SyncHours

Behaviour = Callable[[Request, Interruption], None]


def settled(
    request: Request, error: RosterOperatorError | None, run_id: str, now: datetime, granted: int = 0
) -> Result:
    """A status such as the real reconcile writes it, without the rest of it."""
    integration, previous, spec = request.integration, request.integration.status, request.integration.spec
    failures = (previous.consecutive_failures or 0) + 1 if error else 0
    ended = Ended(
        uid=integration.metadata.uid, started=now, finished=now, interval=spec.interval,
        retry_interval=spec.retry_interval, failures=failures, retry_after=error.retry_after if error else None,
    )  # fmt: skip
    following = next_sync(ended, SyncHours.of(spec.schedule, spec.time_zone))
    if error:
        ready = found(conditions.READY, False, error.reason, error.message)
    else:
        ready = found(conditions.READY, True, reasons.SYNCED, "All licenses equal the roster.")
    generation = integration.metadata.generation
    status = RosterIntegrationStatus(
        observed_generation=generation,
        conditions=merge(previous.conditions, [ready], generation=generation, now=now),
        last_sync=SyncSummary(
            run_id=run_id, trigger=str(request.trigger), start_time=now, finish_time=now,
            outcome="Failed" if error else "Synced", granted=granted,
        ),
        last_attempt_time=now,
        last_sync_time=previous.last_sync_time if error else now,
        next_sync_time=following.at,
        next_sync=following.why,
        last_handled_requested_at=integration.metadata.requested_at or previous.last_handled_requested_at,
        observed_secret_version=request.secret_version,
        consecutive_failures=failures,
        catalog=previous.catalog,
    )  # fmt: skip
    return Result(status, Outcome.FAILED if error else Outcome.SYNCED)


@dataclass
class ScriptedReconcile:
    """Remembers every call, and does what its `behaviours` say for the resource of that name."""

    calls: list[Request] = field(default_factory=list)
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    granted: dict[str, int] = field(default_factory=dict)
    catalog: Catalog | None = None
    running: Counter[str] = field(default_factory=Counter)
    overlapped: bool = False
    stopped: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request, environment: Environment, interruption: Interruption) -> Result:
        key = request.integration.key
        with self._lock:
            self.calls.append(request)
            self.running[key] += 1
            self.overlapped |= self.running[key] > 1
        try:
            return self._result(request, environment, interruption)
        finally:
            with self._lock:
                self.running[key] -= 1

    def _result(self, request: Request, environment: Environment, interruption: Interruption) -> Result:
        name = request.integration.name
        error: RosterOperatorError | None = None
        if isinstance(request.credentials, CredentialsMissing):
            error = request.credentials
        try:
            if name in self.behaviours:
                self.behaviours[name](request, interruption)
        except RosterOperatorError as raised:
            error = raised
            if isinstance(raised, ShuttingDown):
                self.stopped.append(name)
        now, granted = environment.clock.now().replace(microsecond=0), 0 if error else self.granted.get(name, 0)
        result = settled(request, error, environment.new_run_id(), now, granted)
        return Result(result.status, result.outcome, self.catalog if error is None else None)

    def of(self, name: str) -> list[Request]:
        """The calls for the resource of that name."""
        with self._lock:
            return [call for call in self.calls if call.integration.name == name]


def until_stopped(_request: Request, interruption: Interruption) -> None:
    """A SIS that never answers: only an interruption ends the sync."""
    while True:
        interruption.wait(60)


def until(moment: threading.Event) -> Behaviour:
    """Work that nothing ends before that moment, such as an apply."""

    def behave(_request: Request, _interruption: Interruption) -> None:
        moment.wait(30)

    return behave


def failing_once(error: Exception) -> Behaviour:
    """Raise that the first time, and never again."""
    left = [error]

    def behave(_request: Request, _interruption: Interruption) -> None:
        if left:
            raise left.pop()

    return behave


def failing(error: Exception) -> Behaviour:
    """Raise that."""

    def behave(_request: Request, _interruption: Interruption) -> None:
        raise error

    return behave


@dataclass
class RecordingLedger:
    """Remembers what was released; can be away."""

    releases: list[tuple[str, bool]] = field(default_factory=list)
    away: bool = False
    broken: bool = False
    revokes: int = 0
    slow: threading.Event | None = None

    def migrate(self) -> None:
        self.check()

    def check(self) -> None:
        if self.away:
            raise LedgerUnavailable("The ledger cannot be reached. Platform: look at the database.")

    def identity(self) -> str:
        return "this-ledger"

    def prune(self, kept: Any, now: Any) -> bool:
        return False

    def ends_by_hand(self) -> Mapping[str, datetime]:
        return {}

    def release(self, owner: str, *, revoke: bool, run: Any, at_most: int | None = None) -> int:
        if self.slow is not None:
            self.slow.wait(30)
        self.check()
        if self.broken:
            raise RuntimeError("Maria Sample, maria.sample@example.org")
        if revoke and at_most is not None and self.revokes > at_most:
            raise RevocationHeld(f"{self.revokes} licenses would end, and {at_most} may.")
        self.releases.append((owner, revoke))
        return self.revokes if revoke else 0

    def close(self) -> None:
        pass


_LOOK_SECONDS = 0.05


def wait_until(what: Callable[[], object], *, seconds: float = 20, message: str = "") -> None:
    """Return once `what` is true.

    Patience is counted in looks, of which there are twenty a second: on a busy machine, where the operator in this
    process gets as little time as its test, it lasts for longer.
    """
    pause = threading.Event()
    for _ in range(math.ceil(seconds / _LOOK_SECONDS)):
        if what():
            return
        pause.wait(_LOOK_SECONDS)
    assert what(), message or f"this did not come true within {seconds} s of a machine that has nothing else to do"
