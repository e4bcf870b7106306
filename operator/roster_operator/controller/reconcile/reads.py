"""How one sync reads the roster, whole or by what changed, and from where the next one goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from roster_operator.api.v1alpha1 import ReadsStatus
from roster_operator.controller.reconcile import provider
from roster_operator.controller.reconcile.delta import (
    FAILURES,
    DeltaRead,
    Kind,
    TooManyChanges,
    Why,
    inputs_of,
    scope_of,
    why_full,
)
from roster_operator.ledger.ledger import Watermark
from roster_operator.roster.dates import DayOrder, Days, earliest_after
from roster_operator.sources.provider import ChangesNotTold, TellsChanges

if TYPE_CHECKING:
    from roster_operator.controller.reconcile.contract import Request
    from roster_operator.controller.reconcile.observations import Observations
    from roster_operator.licensing.entitlements import ClassTable
    from roster_operator.licensing.models import PersonChange, Plan
    from roster_operator.sources.source import RosterSource

log = logging.getLogger(__name__)


class Reads:
    """One sync's reading. Ask `read_changes` first; if that did not do, read everything, or see that all is as it was.

    Then say by `pass_days` or `recalled` what was read, and take the `watermark` for the ledger.
    """

    def __init__(
        self,
        request: Request,
        before: Watermark | None,
        server: provider.Server,
        *,
        day: str,
        zone: ZoneInfo,
        started: datetime,
    ) -> None:
        """`before`: what the ledger keeps; `day`: today in the district's `zone`.

        What is known of the `server` is waited for only if `before` lets a delta read be thought of.
        """
        self.kind = Kind.FULL
        self.why = Why.UNCHANGED
        self._request = request
        self._delta = request.integration.spec.source.delta
        self._before = before
        self._server = server
        self._day = day
        self._days = Days(day, zone)
        self._zone = zone
        self._started = started
        self._scope = ""
        self._next_changes: tuple[str, ...] = ()
        self._read: DeltaRead | None = None
        self._recalled = False
        if self._delta is not None:
            known = server.known() if before is not None else None
            found = provider.from_status(known) if known is not None else None
            self.why = why_full(request, self._delta, before, found, day=day, now=started)

    @property
    def may_be_delta(self) -> bool:
        """Whether nothing that is known so far calls for a full read."""
        return self._delta is not None and self.why is Why.UNCHANGED

    @property
    def settled_only(self) -> bool:
        """Whether a delta read must leave out whose login is new, because somebody was refused."""
        return self._before is not None and self._before.conflicts > 0

    def read_changes(
        self,
        source: RosterSource,
        table: ClassTable,
        keep: Callable[[Iterable[PersonChange]], None],
        observations: Observations,
    ) -> bool:
        """Read what changed, if that will do; False if everything must be read. Nothing was kept then."""
        self._scope = scope_of(table) if self._delta is not None else ""
        if not self.may_be_delta or self._before is None or not isinstance(source, TellsChanges):
            return False
        if self._scope != self._before.scope:
            self.why = Why.SCOPE_CHANGED
            return False
        roster = self._request.integration.status.roster
        known = roster.enrollments if roster is not None else 0
        delta = DeltaRead(source, table, self._days, self._before, enrollments=known)
        try:
            delta.run(keep)
        except ChangesNotTold as untold:
            log.info("the server does not tell what changed: %s", untold.learnt)
            self.why = Why.NOT_TOLD
            self._server.learn(untold.learnt)
            return False
        except FAILURES as failure:
            log.info("what changed could not be read: reason=%s", failure.reason)
            self.why = Why.INCOMPLETE
            return False
        except TooManyChanges:
            self.why = Why.MANY_CHANGES
            return False
        observations.proofs.update(delta.found.proofs)
        observations.questions.update(delta.found.questions)
        observations.changed_since = delta.since
        self.kind = Kind.DELTA
        self._read = delta
        return True

    def recalled(self) -> None:
        """Everything is as the last sync read it."""
        self._recalled = True

    def pass_days(self, next_changes: Iterable[str]) -> None:
        """Days on which something in what was read begins or ends."""
        self._next_changes = tuple(next_changes)

    def pass_day_orders(self, orders: Iterable[DayOrder]) -> None:
        """In which order the dates of terms and enrollments, of which all were read, show day and month."""
        self._server.note_day_order(orders)

    def watermark(self, plan: Plan) -> Watermark | None:
        """From where the next sync may go on, once `plan` is applied; None if it is to read everything."""
        if self._delta is None:
            return None
        if self._read is not None:
            return self._read.next_watermark(self._started, plan.conflicts, self._next_changes)
        if self._recalled:
            return self._before and replace(
                self._before,
                inputs=inputs_of(self._request),
                since=self._started,
                whole_since=self._started,
                conflicts=plan.conflicts,
            )
        return Watermark(
            inputs=inputs_of(self._request),
            scope=self._scope,
            since=self._started,
            whole_since=self._started,
            until=earliest_after(self._day, self._next_changes),
            conflicts=plan.conflicts,
        )

    def status(self, left: Watermark | None) -> ReadsStatus | None:
        """For a sync that succeeded; `left`: the watermark that the ledger keeps now."""
        if self._delta is None:
            return None
        before = self._request.integration.status.reads
        full = self.kind is Kind.FULL
        return ReadsStatus(
            last=str(self.kind),
            reason=str(self.why),
            last_full_read_time=self._started if full else before.last_full_read_time if before else None,
            next_full_read_time=self._due(left),
        )

    def _due(self, left: Watermark | None) -> datetime | None:
        """When a full read is due at the latest; None if the next sync is one anyway."""
        known = self._server.known()
        if left is None or self._delta is None or known is None or not provider.from_status(known).tells_changes:
            return None
        due = left.whole_since + self._delta.full_interval
        if not left.until:
            return due
        return min(due, datetime.combine(date.fromisoformat(left.until), time(), self._zone))
