"""The engine: turns what was seen into work that is due, and knows which syncs run.

Everything that tells it something (the informer, the watch of Secrets, the ledger) calls a plain method here; the
only effect is on the queue and on running syncs. It belongs to the event loop's thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from roster_operator.api import reasons
from roster_operator.clock import Clock
from roster_operator.controller.brake import Brake
from roster_operator.controller.caps import UNCAPPED, Caps
from roster_operator.controller.concurrency_limits import UNLIMITED, ConcurrencyLimits, Demand, Limits
from roster_operator.controller.inventory import Inventory, ObservedEBook, ObservedResource
from roster_operator.controller.queue import WorkQueue
from roster_operator.controller.running import Growth, RunningSync
from roster_operator.reconcile.contract import Trigger
from roster_operator.reconcile.schedule import Due, ScheduleInput, due, is_told_otherwise

logger = logging.getLogger(__name__)

SecretVersion = Callable[[str, str], str | None]

_UNHURRIED = frozenset({Trigger.SCHEDULE, Trigger.RETRY, Trigger.EBOOK_CHANGED})
"""Nobody waits for these, and an EBook brings many districts at once: a person's change goes first."""


class Engine:
    """Decides what to work on."""

    def __init__(
        self,
        queue: WorkQueue,
        inventory: Inventory,
        clock: Clock,
        secret_version: SecretVersion,
        *,
        limits: Limits = UNLIMITED,
        caps: Caps = UNCAPPED,
    ) -> None:
        """`secret_version(namespace, name)` is the version of a Secret, or None if that is not known without asking."""
        self._places = ConcurrencyLimits(limits, self._demand)
        queue.gate = self._places
        self.queue = queue
        self.inventory = inventory
        self._clock = clock
        self._secret_version = secret_version
        self._caps = caps
        self._outgrown: set[str] = set()
        """Keys of districts that turned out to be large in a sync of which no status tells."""
        self._started = clock.now()
        self._syncs: dict[str, RunningSync] = {}
        self._leaving: set[str] = set()
        self._brake = Brake()
        self._stopping = False

    @property
    def syncs(self) -> Mapping[str, RunningSync]:
        """The running syncs by key."""
        return self._syncs

    def on_change(self, sighting: ObservedResource) -> None:
        """A RosterIntegration was seen: new, changed, or as it was."""
        key = sighting.key
        self.inventory.put(sighting)
        if sighting.deleting:
            self.queue.forget(key)
            return
        running = self._syncs.get(key)
        if running is not None and running.sighting.uid == sighting.uid:
            if running.answers(sighting):
                return
            standing, before = sighting.standing, running.sighting.standing
            outdated = before.generation != standing.generation and not standing.only_schedule_changed
            if outdated and not sighting.standing.suspended:
                running.stop()
        self.evaluate(sighting)

    def on_delete(self, key: str, uid: str) -> None:
        """A RosterIntegration is gone."""
        self._leaving.discard(uid)
        self._brake.release(uid)
        known = self.inventory.get(key)
        if known is None or known.uid == uid:
            self.inventory.drop(key)
            self.queue.forget(key)
            self._outgrown.discard(key)

    def on_namespace_left(self, namespace: str) -> None:
        """Nothing can be seen of a namespace any more; what is there is seen anew when it can be."""
        for sighting in self.inventory:
            if sighting.namespace == namespace:
                self.on_delete(sighting.key, sighting.uid)

    def on_ebook_change(self, ebook: ObservedEBook, *, live: bool) -> None:
        """An EBook was seen; `live`: it just came or changed, as opposed to being listed."""
        known = self.inventory.knows_ebook(ebook.name)
        if not self.inventory.put_ebook(ebook):
            return
        for sighting in self.inventory.naming_ebook(ebook.name):
            # Also what is listed may have changed just now, while the watch was interrupted.
            if live or known or self.inventory.ebooks_changed([ebook.name], sighting.standing.last_attempt):
                self.inventory.external_trigger(sighting.key, Trigger.EBOOK_CHANGED)
            self.evaluate(sighting)

    def on_ebook_delete(self, name: str) -> None:
        """An EBook is gone."""
        self.inventory.drop_ebook(name)
        for sighting in self.inventory.naming_ebook(name):
            self.inventory.external_trigger(sighting.key, Trigger.EBOOK_CHANGED)
            self.evaluate(sighting)

    def secret_changed(self, namespace: str, name: str) -> None:
        """A Secret came, changed or went."""
        for sighting in self.inventory.naming_secret(namespace, name):
            self.evaluate(sighting)

    def on_resync(self, key: str) -> None:
        """The heartbeat: looks at a resource again, whatever events were missed."""
        sighting = self.inventory.get(key)
        if sighting is None or sighting.deleting or key in self._syncs:
            return
        if not self.watches_secret(sighting) and not sighting.standing.suspended:
            self.queue.add(key)  # only a look at the Secret can tell
        else:
            self.evaluate(sighting)

    def watches_secret(self, sighting: ObservedResource) -> bool:
        """Whether a change of its Secret is told without asking; so it is if it has none."""
        return not sighting.secret or self._secret_version(sighting.namespace, sighting.secret) is not None

    def missed(self, keys: Iterable[str]) -> None:
        """Nobody told that these changed, came or went; a key without a namespace is that of an EBook."""
        for key in keys:
            namespace, name = key.split("/", 1)
            if namespace:
                self.queue.add(key)
            else:
                self.on_ebook_delete(name)  # it is seen anew if it is there

    def ledger_is_back(self) -> None:
        """The license store answers again: those who failed for its sake need not wait for their retry."""
        for sighting in self.inventory:
            if sighting.ready_reason == reasons.LEDGER_UNAVAILABLE:
                self.inventory.external_trigger(sighting.key, Trigger.RETRY)
                self.evaluate(sighting)

    def evaluate(self, sighting: ObservedResource) -> None:
        """Queue a resource for when it is due; one without the finalizer comes again once the informer has added it."""
        if sighting.deleting or not sighting.guarded:
            return
        standing = self.standing(sighting)
        if standing.suspended:
            if suspension_unacknowledged(standing):
                self.queue.add(sighting.key, urgent=True)
            else:
                self.queue.forget(sighting.key)
            return
        decision, now = self.decide(standing), self._clock.now()
        if decision.now(now):
            self.queue.add(sighting.key, urgent=decision.trigger not in _UNHURRIED)
        elif is_told_otherwise(standing, decision, now):
            self.queue.add(sighting.key)
        else:
            self.await_due(sighting.key, decision)

    def await_due(self, key: str, decision: Due) -> None:
        """Queue a key for the time of a decision."""
        if decision.at is not None:
            self.queue.add_after(key, self._clock.seconds_until(decision.at))

    def decide(self, standing: ScheduleInput) -> Due:
        """Why and when a resource is due, by this process's clock and start."""
        now = self._clock.now()
        return self._brake.applied(due(standing, now=now, started=self._started), standing, now)

    def settles(self, before: ScheduleInput, after: ObservedResource, until: datetime) -> bool:
        """A sync for `before` left `after`; whether that settled what called for it.

        If not, the same cause is put off until the sync's own next time, `until`.
        """
        self._brake.release(after.uid)
        standing = self.standing(after)
        anew = self.inventory.nudged(after.key) is not None  # a sync takes away what had nudged before it
        if anew or not self.decide(standing).now(self._clock.now()):
            return True
        return not self._brake.note(before, standing, now=self._clock.now(), until=until)

    def standing(self, sighting: ObservedResource, secret_version: str | None = None) -> ScheduleInput:
        """Where a resource stands, with all that is known from outside it."""
        external_trigger = self.inventory.nudged(sighting.key)
        since = sighting.standing.last_attempt
        if external_trigger is None and since is not None and since < self._started:
            # Changes that nobody watched: they happened while no operator ran.
            external_trigger = Trigger.EBOOK_CHANGED if self.inventory.ebooks_changed(sighting.ebooks, since) else None
        version = secret_version or self._secret_version(sighting.namespace, sighting.secret)
        return replace(self._caps.seen(sighting).standing, secret_version=version, external_trigger=external_trigger)

    def outgrew(self, sync: RunningSync) -> None:
        """A running sync turns out to be that of a large district.

        Without a place for one it ends and comes again when there is: to wait where it is, it would keep its worker and
        the memory that it has by now.
        """
        key = sync.sighting.key
        if self._syncs.get(key) is not sync or self._places.grow(key):
            return
        logger.info("%s turns out to be large; its sync waits for a place for large districts", key)
        self._outgrown.add(key)
        sync.stop()
        self.evaluate(sync.sighting)

    def _demand(self, key: str) -> Demand:
        sighting = self.inventory.get(key)
        if sighting is None:
            return Demand()
        retry = self.decide(self.standing(sighting)).trigger is Trigger.RETRY
        large = sighting.large or key in self._outgrown
        return Demand(sighting.server, large=large, retry=retry, namespace=sighting.namespace)

    def begin(self, sync: RunningSync) -> bool:
        """A worker is about to sync; False if the resource, or the operator, is on its way out."""
        if self._stopping or sync.sighting.uid in self._leaving:
            return False
        key = sync.sighting.key
        self._syncs[key] = sync
        sync.grew = Growth(sync, self.outgrew, asyncio.get_running_loop())
        sync.external_trigger = self.inventory.nudged(key)
        self.inventory.clear_trigger(key)
        return True

    def end(self, sync: RunningSync, *, answered: bool) -> None:
        """A sync ended; if nothing came of it, what called for it still does."""
        key = sync.sighting.key
        del self._syncs[key]
        if answered:
            self._outgrown.discard(key)
        if not answered and sync.external_trigger is not None and self.inventory.nudged(key) is None:
            self.inventory.external_trigger(key, sync.external_trigger)
        sync.ended.set()

    async def drain(self, sighting: ObservedResource) -> None:
        """A resource is on its way out: stop its sync, let none begin, and wait until none runs."""
        self._leaving.add(sighting.uid)
        self.queue.forget(sighting.key)
        running = self._syncs.get(sighting.key)
        if running is not None and running.sighting.uid == sighting.uid:
            running.stop()
            await running.ended.wait()

    def stop_all(self) -> None:
        """Give out no more work, let no sync begin, and end every running one at its next check."""
        self._stopping = True
        self.queue.close()
        for running in self._syncs.values():
            running.stop()

    def overdue_syncs(self, grace: float) -> int:
        """How many syncs still run `grace` seconds after their time was up: they hang."""
        now = self._clock.monotonic()
        return sum(now - sync.since > sync.timeout + grace for sync in self._syncs.values())

    @property
    def started(self) -> datetime:
        """When this operator process started."""
        return self._started


def suspension_unacknowledged(standing: ScheduleInput) -> bool:
    """Whether a suspended resource's status does not say so yet, or has a request to answer."""
    requested = standing.requested_at and standing.requested_at != standing.last_handled_requested_at
    observed = standing.generation == standing.observed_generation
    return bool(requested) or not observed or standing.next_sync_time is not None
