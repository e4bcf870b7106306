"""The workers: each takes one key at a time and brings it to where it should be.

A turn reads the resource afresh, decides again whether it is due, reconciles it in a thread, and writes what came of
it. What could not be written because the API server was away is kept and written at the key's next turn, before
anything else. Whatever goes wrong in a turn costs that turn only: the key comes back after a delay.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import ValidationError

from roster_operator.api import reasons
from roster_operator.api.v1alpha1 import RosterIntegrationStatus
from roster_operator.clock import Clock
from roster_operator.controller import status_without_reconcile
from roster_operator.controller.caps import Caps
from roster_operator.controller.engine import Engine, suspension_unacknowledged
from roster_operator.controller.fetched import FetchedResource
from roster_operator.controller.inventory import ObservedResource, spec_digest
from roster_operator.controller.publisher import Publisher
from roster_operator.controller.queue import QueueClosed, WorkItem
from roster_operator.controller.running import RunningSync
from roster_operator.controller.secrets import current_secret_version
from roster_operator.controller.syncing import Finished, Syncing, is_busy
from roster_operator.interruption import Interruption
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.errors import Conflict, Forbidden, Invalid, KubernetesError, NotFound
from roster_operator.kube.events import Event, EventRecorder, EventType
from roster_operator.ops.logs import bound, describe
from roster_operator.ops.metrics import Metrics
from roster_operator.reconcile.contract import Trigger
from roster_operator.reconcile.schedule import ScheduleInput, is_told_otherwise

logger = logging.getLogger(__name__)

_ANNOUNCED = frozenset({Trigger.SPEC_CHANGED, Trigger.REQUESTED})
_PAUSE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Unwritten:
    """What a sync found, until the API server has taken it."""

    uid: str
    found: Finished
    before: RosterIntegrationStatus
    """From which the sync began. What another operator has told since is newer than a sync that changed nothing."""


class Worker:
    """One turn after the other. Several workers share one instance: nothing here belongs to a turn."""

    def __init__(
        self,
        *,
        engine: Engine,
        client: KubernetesClient,
        publisher: Publisher,
        recorder: EventRecorder,
        syncing: Syncing,
        clock: Clock,
        metrics: Metrics,
        new_run_id: Callable[[], str],
        caps: Caps,
    ) -> None:
        """Works for `engine`."""
        self._engine = engine
        self._client = client
        self._publisher = publisher
        self._recorder = recorder
        self._syncing = syncing
        self._clock = clock
        self._metrics = metrics
        self._new_run_id = new_run_id
        self._caps = caps
        self._unwritten: dict[str, Unwritten] = {}

    async def run(self) -> None:
        """Work until the queue is closed."""
        queue = self._engine.queue
        while True:
            try:
                turn = await queue.get()
            except QueueClosed:
                return
            try:
                await self._take(turn)
            finally:
                queue.done(turn)

    async def _take(self, turn: WorkItem) -> None:
        """One turn. The worker boundary: whatever is raised here ends the turn and not the worker."""
        namespace, name = turn.key.split("/", 1)
        self._metrics.waited(turn.waited)
        with bound(namespace=namespace, name=name):
            try:
                settled = await self._work(turn.key, namespace, name)
            except KubernetesError as error:
                if isinstance(error, Forbidden) and self._engine.inventory.get(turn.key) is None:
                    self._forget(turn.key)  # its namespace was left out; when that is back, it is seen anew
                    return
                delay = self._engine.queue.back_off(turn.key)
                self._metrics.retries.inc()
                logger.warning("the API server did not take part, trying again in %.0f s: %s", delay, error)
            except Exception as error:  # noqa: BLE001 - the worker boundary
                delay = self._engine.queue.back_off(turn.key)
                self._metrics.retries.inc()
                logger.error("a defect ended this turn, trying again in %.0f s: %s", delay, describe(error))  # noqa: TRY400 - the text may hold data
            else:
                if settled:
                    self._engine.queue.succeeded(turn.key)

    async def _work(self, key: str, namespace: str, name: str) -> bool:
        """Whether the turn brought the key where it should be; if not, each next turn comes after a longer pause."""
        try:
            fetched = await self._fetch(namespace, name)
        except NotFound:
            self._forget(key)
            return True
        resource = await self._write_late(fetched)
        sighting = resource.observed
        self._engine.inventory.put(sighting)
        if sighting.deleting:
            return True
        if not sighting.guarded:
            # The informer adds the finalizer; without it a deletion could overtake the sync.
            self._engine.queue.back_off(key)
            return False
        if sighting.standing.suspended:
            await self._settle_suspended(resource)
            return True
        version = await self._current_secret_version(sighting)
        standing = self._engine.standing(sighting, version)
        decision = self._engine.decide(standing)
        now = self._clock.now()
        if decision.trigger is None or not decision.now(now):
            if is_told_otherwise(standing, decision, now):
                status = status_without_reconcile.scheduled_anew(resource.status, standing, now=now)
                sighting = (await self._publisher.write_status(resource, status)).observed
                self._engine.inventory.put(sighting)
                decision = self._engine.decide(self._engine.standing(sighting, version))
            self._engine.await_due(key, decision)
            return True
        return await self._sync(resource, standing, decision.trigger)

    async def _sync(self, resource: FetchedResource, standing: ScheduleInput, trigger: Trigger) -> bool:
        """Reconcile, and write what came of it; whether that settled what called for it."""
        if trigger in _ANNOUNCED:
            # A change may have come in between: the sync is for what is there now.
            resource = await self._announce(resource, trigger)
        finished = await self._reconcile(resource, trigger)
        if finished is None:
            return True
        finished = finished.of_spec(spec_digest(resource.body.get("spec") or {}))
        key = resource.observed.key
        if finished.gives_way_to(resource.status):
            delay = self._engine.queue.back_off(key)
            logger.info("another sync of the district was quicker; looking again in %.0f s", delay)
            return False
        self._unwritten[key] = Unwritten(resource.observed.uid, finished, resource.status)
        after = (await self._write_late(resource)).observed
        self._engine.inventory.put(after)
        until = finished.status.next_sync_time or self._clock.now() + _PAUSE
        settled = self._engine.settles(standing, after, until)
        if not settled:
            logger.warning("what called for the sync still does after it; it is heard again when the next sync is due")
        self._engine.evaluate(after)
        return settled

    async def _reconcile(self, resource: FetchedResource, trigger: Trigger) -> Finished | None:
        """What a reconcile found; None if it was stopped before it found anything that counts."""
        started, sighting = self._clock.now(), self._caps.seen(resource.observed)
        try:
            integration = resource.integration()
        except ValidationError as error:
            version = await self._current_secret_version(sighting) or ""
            status = status_without_reconcile.failed(
                resource.status,
                sighting,
                status_without_reconcile.unreadable(error),
                run_id=self._new_run_id(),
                trigger=trigger,
                secret_version=version,
                started=started,
                now=started,
            )
            return Finished(status, None)
        served = self._caps.applied(integration)
        timeout = served.spec.timeout.total_seconds()
        interruption = Interruption(self._clock, timeout, capped=served.spec.timeout < integration.spec.timeout)
        sync = RunningSync(sighting, trigger, interruption, self._clock.monotonic(), timeout)
        if not self._engine.begin(sync):
            return None
        finished = None
        try:
            seen = self._engine.standing(sighting).secret_version
            finished = await self._syncing.run(served, sync, seen)
        finally:
            answered = finished is not None and not finished.gives_way_to(integration.status)
            self._engine.end(sync, answered=answered)
        return finished and replace(finished, status=self._caps.told(finished.status, integration))

    async def _announce(self, resource: FetchedResource, trigger: Trigger) -> FetchedResource:
        """Say that a sync begins that somebody waits for."""
        generation = resource.observed.standing.generation
        status = status_without_reconcile.announced(
            resource.status, trigger, generation=generation, now=self._clock.now()
        )
        try:
            return await self._publisher.write_status(resource, status)
        except Invalid as error:
            logger.warning("the status was refused: %s", error)
            return resource

    async def _settle_suspended(self, resource: FetchedResource) -> None:
        """Say that nothing is due, and answer a request by its echo."""
        standing = resource.observed.standing
        if not suspension_unacknowledged(standing):
            return
        status = status_without_reconcile.suspended(
            resource.status,
            generation=standing.generation,
            requested_at=standing.requested_at,
            now=self._clock.now(),
        )
        written = await self._publisher.write_status(resource, status)
        self._engine.inventory.put(written.observed)
        if standing.requested_at and standing.requested_at != standing.last_handled_requested_at:
            note = "A sync was requested, but spec.suspend is true. Set it to false to sync."
            await self._recorder.record(written.metadata, Event(EventType.NORMAL, reasons.SUSPENDED, note))

    async def _current_secret_version(self, sighting: ObservedResource) -> str | None:
        """The version of the Secret, asked for only if nobody watches Secrets."""
        watched = self._engine.standing(sighting).secret_version
        if watched is not None or not sighting.secret:
            return watched
        return await current_secret_version(self._client, sighting.namespace, sighting.secret)

    async def _fetch(self, namespace: str, name: str) -> FetchedResource:
        return FetchedResource.of(await self._client.get(paths.integration(namespace, name)))

    async def _write_late(self, resource: FetchedResource) -> FetchedResource:
        """Write what a sync found and the API server has not taken yet; returns the resource as it is then."""
        observed, told = resource.observed, resource.status
        late = self._unwritten.get(observed.key)
        if late is None:
            return resource
        found, changed = late.found, late.found.changed_licenses
        overtaken = not changed and told != late.before and not is_busy(told)
        if late.uid != observed.uid or overtaken:
            del self._unwritten[observed.key]
            return resource
        try:
            written = await self._publisher.publish(resource, found.status, found.catalog, if_unchanged=not changed)
        except NotFound:
            written = resource
        except Invalid as error:
            written = await self._write_that_it_was_refused(resource, found.status, error)
        except Conflict:
            if changed:
                raise
            return await self._write_late(await self._fetch(observed.namespace, observed.name))
        del self._unwritten[observed.key]
        return written

    async def _write_that_it_was_refused(
        self, resource: FetchedResource, status: RosterIntegrationStatus, error: Invalid
    ) -> FetchedResource:
        """A status that the API server refuses is no reason to sync again and again: a plain one takes its place.

        If it takes not even that, what was found waits until it does, and the next sync with it.
        """
        logger.error("the API server refuses the status: %s", error)
        now = self._clock.now()
        plain = status_without_reconcile.failed(
            resource.status,
            self._caps.seen(resource.observed),
            status_without_reconcile.refused(),
            run_id=self._new_run_id(),
            trigger=Trigger.SCHEDULE,
            secret_version=status.observed_secret_version or "",
            started=now,
            now=now,
        )
        try:
            return await self._publisher.publish(resource, plain, None)
        except NotFound:
            return resource

    def _forget(self, key: str) -> None:
        known = self._engine.inventory.get(key)
        self._unwritten.pop(key, None)
        if known is not None:
            self._engine.on_delete(key, known.uid)
