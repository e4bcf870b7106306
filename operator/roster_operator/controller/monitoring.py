"""What the platform sees of a running operator: its gauges, whether it is healthy, and whether it is ready."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from roster_operator.clock import Clock
from roster_operator.controller.engine import Engine
from roster_operator.controller.informer import Informer
from roster_operator.controller.leadership import Leadership
from roster_operator.controller.ledger_health import LedgerHealth
from roster_operator.controller.scopes import Scopes
from roster_operator.ops.metrics import Metrics, Observed
from roster_operator.ops.server import Check, OpsServer
from roster_operator.plurals import counted
from roster_operator.reconcile.acting import label_of
from roster_operator.sources.workers import STRAYS

_HANGING_AFTER_SECONDS: Final = 600.0
_LAG_PROBE_SECONDS: Final = 1.0


class Monitoring:
    """Reads from the operator's parts when it is asked, and changes nothing."""

    def __init__(
        self,
        *,
        engine: Engine,
        scopes: Scopes,
        informer: Informer,
        ledger_health: LedgerHealth,
        leadership: Leadership,
        sole: bool,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        """Adds its gauges to `metrics`. `sole`: whether there must not be a second operator."""
        self._leadership = leadership
        self._sole = sole
        self._leads = False
        self._engine = engine
        self._scopes = scopes
        self._informer = informer
        self._ledger_health = ledger_health
        self._metrics = metrics
        self._clock = clock
        self._lag = 0.0
        metrics.gauge("leader", "Whether this operator is the one that works: 1, or 0 if it stands by.", self._leading)

    def lead(self) -> None:
        """From now on there is more to see than that this operator stands by."""
        self._leads = True
        for name, (description, value) in self._gauges().items():
            self._metrics.gauge(name, description, value)
        self._metrics.integrations(self._observed)

    def server(self) -> OpsServer:
        """Answers probes and scrapes."""
        return OpsServer(
            health={"syncs": self._hanging, "threads": _straying},
            readiness=self._readiness,
            metrics=self._metrics.exposition,
        )

    def _readiness(self) -> Mapping[str, Check]:
        if not self._leads:
            return {"standing by": self._standing_by}
        return {
            "kinds": lambda: self._scopes.fault,
            "watch": lambda: None if self._informer.ready else "not watching yet",
            "ledger": lambda: self._ledger_health.fault,
        }

    def _standing_by(self) -> str | None:
        holder = self._leadership.holder
        if self._sole and holder:
            return (
                f"{holder} has the ledger, and SQLite is for one operator. Platform: run one replica, or give them "
                "PostgreSQL."
            )
        return self._leadership.fault

    def _leading(self) -> float:
        return self._leads and self._leadership.holds()

    async def measure_lag(self) -> None:
        """Measure how late the event loop is, until cancelled."""
        while True:
            before = self._clock.monotonic()
            await asyncio.sleep(_LAG_PROBE_SECONDS)
            self._lag = max(0.0, self._clock.monotonic() - before - _LAG_PROBE_SECONDS)

    def _gauges(self) -> dict[str, tuple[str, Callable[[], float]]]:
        engine = self._engine
        return {
            "workqueue_depth": ("Due resources that wait for a worker.", lambda: engine.queue.depth),
            "workers_busy": ("Workers that have a turn.", lambda: len(engine.queue.working)),
            "syncs_running": ("Syncs that run.", lambda: len(engine.syncs)),
            "integrations": ("RosterIntegrations that are served.", lambda: len(engine.inventory)),
            "namespaces_refused": (
                "Namespaces of the settings that the API server does not let the operator serve.",
                lambda: self._scopes.refused,
            ),
            "stray_threads": ("Threads of sources that go on although their sync has ended.", STRAYS.count),
            "event_loop_lag_seconds": ("How late the event loop is.", lambda: self._lag),
            "ledger_available": (
                "Whether the license store can be used.",
                lambda: self._ledger_health.fault is None,
            ),
        }

    def _hanging(self) -> str | None:
        hanging = self._engine.overdue_syncs(_HANGING_AFTER_SECONDS)
        return counted(hanging, "[hangs beyond its|hang beyond their] timeout") if hanging else None

    def _observed(self) -> Iterator[Observed]:
        now, ends = self._clock.now(), self._ledger_health.ends_by_hand
        today = now.date()
        for each in self._engine.inventory:
            expire, by_hand = each.credentials_expire, ends.get(each.key)
            yield Observed(
                namespace=each.namespace,
                name=each.name,
                ready=each.ready,
                reason=label_of(each.ready_reason),
                actor=each.actor,
                last_success=each.last_success,
                suspended=each.standing.suspended,
                seats=each.seats,
                credentials_days=(expire - today).days if expire else None,
                by_hand_days=(by_hand - now).days if by_hand and by_hand > now else None,
            )


def _straying() -> str | None:
    straying = STRAYS.count(older=_HANGING_AFTER_SECONDS)
    return counted(straying, "[goes on although its|go on although their] sync has ended") if straying else None
