"""One sync: gathers what a reconcile needs, runs it in a thread, and stands between its defects and the workers."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from roster_operator.api import conditions, reasons
from roster_operator.api.v1alpha1 import RosterIntegration, RosterIntegrationStatus
from roster_operator.clock import Clock
from roster_operator.controller import status_without_reconcile
from roster_operator.controller.ebooks import EBooks
from roster_operator.controller.running import RunningSync
from roster_operator.controller.secrets import read_credentials
from roster_operator.errors import Actor
from roster_operator.interruption import Interruption
from roster_operator.kube.client import KubernetesClient
from roster_operator.ops.logs import bound, describe
from roster_operator.ops.metrics import Metrics
from roster_operator.reconcile.acting import actor_of, label_of
from roster_operator.reconcile.contract import Catalog, Environment, Outcome, Request, Result
from roster_operator.snapshot.key import SnapshotKey
from roster_operator.tracing import Span, span

logger = logging.getLogger(__name__)

Reconcile = Callable[[Request, Environment, Interruption], Result]

_CHANGED_NOTHING = frozenset({Outcome.INCOMPLETE, Outcome.INVALID_INPUT, Outcome.FAILED})


@dataclass(frozen=True, slots=True)
class Finished:
    """What a sync leaves to be written."""

    status: RosterIntegrationStatus
    catalog: Catalog | None

    @property
    def changed_licenses(self) -> bool:
        """Whether it must be told, whatever another operator has told meanwhile."""
        summary = self.status.last_sync
        return summary is not None and bool(summary.granted or summary.revoked)

    def of_spec(self, digest: str) -> Finished:
        """The same, which says for what spec."""
        return replace(self, status=self.status.model_copy(update={"observed_spec": digest}))

    def gives_way_to(self, before: RosterIntegrationStatus) -> bool:
        """Whether another sync of the district was quicker, and all was well already: there is nothing to tell."""
        was = before.condition(conditions.READY)
        return is_busy(self.status) and was is not None and was.status is conditions.ConditionStatus.TRUE


@dataclass(frozen=True, slots=True)
class _Defect:
    run_id: str
    what: str


class Syncing:
    """Runs reconciles in threads of its own, as many at a time as there are workers."""

    def __init__(
        self,
        *,
        client: KubernetesClient,
        ebooks: EBooks,
        reconcile: Reconcile,
        environment: Environment,
        executor: Executor,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        """`reconcile` is synchronous; whatever it raises is a defect."""
        self._client = client
        self._ebooks = ebooks
        self._reconcile = reconcile
        self._environment = environment
        self._executor = executor
        self._clock = clock
        self._metrics = metrics

    def adopt(self, key: SnapshotKey) -> None:
        """From now on, keep readings by this key."""
        self._environment = replace(self._environment, snapshot_key=key)

    async def run(self, integration: RosterIntegration, sync: RunningSync, seen: str | None) -> Finished | None:
        """Reconcile; None if it was stopped before anything came of it. May raise `KubernetesError` before it began.

        `seen` is the version of the Secret as it is watched, if it is. The lines of the log name the sync's trace.
        """
        told = {
            "k8s.namespace.name": integration.namespace,
            "roster.integration": integration.name,
            "roster.trigger": str(sync.trigger),
        }
        with span("sync", told) as traced, bound(**({"trace_id": traced.trace_id} if traced.trace_id else {})):
            return await self._run(integration, sync, seen, traced)

    async def _run(
        self, integration: RosterIntegration, sync: RunningSync, seen: str | None, traced: Span
    ) -> Finished | None:
        started = self._clock.now()
        source = integration.spec.source
        credentials, version = await read_credentials(self._client, integration.namespace, source, seen)
        request = Request(
            integration=integration,
            credentials=credentials,
            secret_version=version,
            ebooks=await self._ebooks.read({name for course in integration.spec.courses for name in course.ebooks}),
            trigger=sync.trigger,
        )
        ending = await self._in_thread(request, sync)
        duration = self._clock.monotonic() - sync.since
        if isinstance(ending, _Defect):
            logger.error("run %s ended by a defect: %s", ending.run_id, ending.what)
            self._metrics.reconciled(Outcome.FAILED, reasons.INTERNAL_ERROR, Actor.PLATFORM, duration)
            traced.add({"roster.outcome": str(Outcome.FAILED), "roster.reason": reasons.INTERNAL_ERROR})
            status = status_without_reconcile.failed(
                integration.status,
                sync.sighting,
                status_without_reconcile.defect(ending.run_id),
                run_id=ending.run_id,
                trigger=sync.trigger,
                secret_version=version,
                started=started,
                now=self._clock.now(),
            )
            return Finished(status, None)
        if sync.stopped and ending.outcome in _CHANGED_NOTHING:
            logger.info("the sync was stopped before it changed anything; it will run again")
            return None
        self._report(ending, sync, duration, traced)
        return Finished(ending.status, ending.catalog)

    async def _in_thread(self, request: Request, sync: RunningSync) -> Result | _Defect:
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, context.run, self._guarded, request, sync)

    def _guarded(self, request: Request, sync: RunningSync) -> Result | _Defect:
        """The boundary between the reconcile and the engine."""
        try:
            return self._reconcile(request, replace(self._environment, grew=sync.grew), sync.interruption)
        except Exception as error:  # noqa: BLE001 - the worker boundary
            return _Defect(self._environment.new_run_id(), describe(error))

    def _report(self, result: Result, sync: RunningSync, duration: float, traced: Span) -> None:
        """One line a sync, in counts."""
        summary, ready = result.status.last_sync, result.status.condition("Ready")
        reason = ready.reason if ready else ""
        traced.add({"roster.outcome": str(result.outcome), "roster.reason": reason})
        actor = actor_of(ready) if ready else None
        self._metrics.reconciled(result.outcome, label_of(reason), actor or "", duration)
        if summary is not None:
            self._metrics.licenses_changed(summary.granted, summary.revoked)
        logger.info(
            "sync ended: outcome=%s reason=%s trigger=%s duration=%.1fs granted=%d revoked=%d held=%d run_id=%s",
            result.outcome, reason, sync.trigger, duration,
            summary.granted if summary else 0, summary.revoked if summary else 0, summary.held if summary else 0,
            summary.run_id if summary else "",
        )  # fmt: skip


def is_busy(status: RosterIntegrationStatus) -> bool:
    """Whether the last that was told is that another sync was under way."""
    ready = status.condition(conditions.READY)
    return ready is not None and ready.reason == reasons.DISTRICT_BUSY
