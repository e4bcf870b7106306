"""Deletion: a RosterIntegration goes only when the ledger has let go of its district.

Deletions have workers of their own, so that they never wait behind syncs. Each is repeated until it is done: the
ledger's release is idempotent, and the resource stays (Terminating) meanwhile, with an event that says why.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

from roster_operator.api import reasons
from roster_operator.api.v1alpha1 import LedgerStatus
from roster_operator.clock import Clock
from roster_operator.controller.engine import Engine
from roster_operator.controller.fetched import FetchedResource
from roster_operator.controller.inventory import ObservedResource
from roster_operator.controller.queue import QueueClosed, WorkItem, WorkQueue
from roster_operator.controller.revoking import may_end
from roster_operator.controller.scopes import released_by_hand
from roster_operator.errors import LicensesElsewhere, RosterOperatorError
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.errors import FORBIDDEN, KubernetesError, NotFound
from roster_operator.kube.events import Event, EventRecorder, EventType
from roster_operator.ledger.interface.ownership import OwnershipLedger
from roster_operator.ledger.interface.sync import Run
from roster_operator.ops.logs import bound, describe
from roster_operator.ops.metrics import Metrics
from roster_operator.plurals import counted

logger = logging.getLogger(__name__)

LICENSES_REVOKED = "LicensesRevoked"
"""Reason of the event that says how many licenses a deletion ended."""
_ACTION = "Delete"


class Finalizer:
    """Releases the districts of resources that are being deleted."""

    def __init__(
        self,
        *,
        engine: Engine,
        client: KubernetesClient,
        recorder: EventRecorder,
        ledger: OwnershipLedger,
        executor: Executor,
        clock: Clock,
        new_run_id: Callable[[], str],
        metrics: Metrics,
    ) -> None:
        """Releases by `ledger`, in the threads of `executor`."""
        self._engine = engine
        self._client = client
        self._recorder = recorder
        self._ledger = ledger
        self._executor = executor
        self._clock = clock
        self._new_run_id = new_run_id
        self._metrics = metrics
        self.queue = WorkQueue(backoff=1.0, longest_backoff=60.0)
        self._waiting: dict[str, tuple[ObservedResource, asyncio.Future[None]]] = {}

    async def finalize(self, sighting: ObservedResource) -> None:
        """Return once the district is released; the resource may go then. Called again, it waits for the same."""
        key = f"{sighting.key}/{sighting.uid}"
        known = self._waiting.get(key)
        done = known[1] if known else asyncio.get_running_loop().create_future()
        self._waiting[key] = (sighting, done)
        self.queue.add(key)
        await asyncio.shield(done)

    async def run(self) -> None:
        """Work until the queue is closed."""
        while True:
            try:
                turn = await self.queue.get()
            except QueueClosed:
                return
            try:
                await self._take(turn)
            finally:
                self.queue.done(turn)

    async def _take(self, turn: WorkItem) -> None:
        """One attempt. The worker boundary: whatever is raised here leads to another attempt."""
        waiting = self._waiting.get(turn.key)
        if waiting is None:
            return
        sighting, done = waiting
        with bound(namespace=sighting.namespace, name=sighting.name):
            try:
                await self._release(sighting)
            except RosterOperatorError as error:
                self._put_off(turn, f"{error.reason}: {error.message}")
                note = f"The deletion waits until the district is released. {error.message}"
                await self._tell(sighting, Event(EventType.WARNING, error.reason, note, _ACTION))
            except KubernetesError as error:
                self._put_off(turn, f"{error}. {_mended(sighting)}" if error.status == FORBIDDEN else str(error))
            except Exception as error:  # noqa: BLE001 - the worker boundary
                self._put_off(turn, describe(error))
                note = "The deletion waits because the operator failed in an unforeseen way; its log says more."
                await self._tell(sighting, Event(EventType.WARNING, reasons.INTERNAL_ERROR, note, _ACTION))
            else:
                del self._waiting[turn.key]
                self.queue.succeeded(turn.key)
                done.set_result(None)

    async def _release(self, sighting: ObservedResource) -> None:
        await self._engine.drain(sighting)
        revoke, at_most, at = False, None, None
        try:
            body = await self._client.get(paths.integration(sighting.namespace, sighting.name))
        except NotFound:
            logger.info("the resource went without us, so its licenses stay")
        else:
            current = FetchedResource.of(body)
            if current.observed.uid != sighting.uid:
                logger.info("another resource has this name by now; the district is its own")
                return
            revoke, at_most, at = current.observed.revoke, may_end(body), current.status.ledger
        let_go = partial(self._let_go, sighting.key, revoke=revoke, at_most=at_most, at=at)
        revoked = await asyncio.get_running_loop().run_in_executor(self._executor, let_go)
        self._metrics.licenses_changed(0, revoked)
        logger.info("district released: policy=%s revoked=%d", "Revoke" if revoke else "Retain", revoked)
        if revoked:
            note = counted(revoked, "license[s] [was|were] ended, as spec.deletionPolicy Revoke asks.")
            await self._tell(sighting, Event(EventType.NORMAL, LICENSES_REVOKED, note, _ACTION))

    def _let_go(self, owner: str, *, revoke: bool, at_most: int | None, at: LedgerStatus | None) -> int:
        """`at`: where the licenses are; in another ledger than that, none of them could end."""
        if revoke and at is not None and at.licenses and at.id != self._ledger.identity():
            raise LicensesElsewhere(
                f"With spec.deletionPolicy Revoke, {counted(at.licenses, 'license[s]')} would end, and this ledger is "
                "another one than theirs. Nothing was changed. Platform: point the operator at the former ledger. "
                "Publisher: if the licenses are to stay, set spec.deletionPolicy to Retain."
            )
        now = self._clock.now()
        run = Run(id=self._new_run_id(), started=now, finished=now)
        return self._ledger.release(owner, revoke=revoke, run=run, at_most=at_most)

    def _put_off(self, turn: WorkItem, why: str) -> None:
        delay = self.queue.back_off(turn.key)
        logger.warning("the deletion waits, trying again in %.0f s: %s", delay, why)

    async def _tell(self, sighting: ObservedResource, event: Event) -> None:
        metadata = {"namespace": sighting.namespace, "name": sighting.name, "uid": sighting.uid}
        await self._recorder.record(metadata, event)


def _mended(sighting: ObservedResource) -> str:
    """What helps where the operator has no permissions: a namespace that goes may take them before the resource."""
    return (
        "Platform: grant what the chart grants; if the namespace itself is being deleted, release it by hand: "
        f"{released_by_hand(sighting.namespace, sighting.name)}"
    )
