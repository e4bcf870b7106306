"""When a server is examined, and how what was found goes into the status, which is where it is kept."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from roster_operator.api.v1alpha1 import ProviderStatus
from roster_operator.errors import Interrupted, SourceError
from roster_operator.reconcile.contract import Request, Trigger
from roster_operator.roster.dates import DayOrder
from roster_operator.sources.capabilities import Dates, Examination, FilterSupport, Provider, TellsChanges

if TYPE_CHECKING:
    from roster_operator.sources.source import RosterSource

log = logging.getLogger(__name__)

_LATENCIES: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds, roughly doubling: what is shown does not change from one look to the next for nothing."""
_LASTING: Final = timedelta(days=30)
"""How long a server is believed in any case: its largest page may have been raised, and is what is asked for."""
_DOUBTFUL: Final = timedelta(days=1)
_SETTLED: Final = timedelta(days=7)
"""How long a server is believed that does not tell what changed, though it is wanted to: a day if there was nothing to
see it by, a week if it was plain."""


class Server:
    """What is known of one sync's server, and what is being found out about it meanwhile."""

    def __init__(self, source: RosterSource, request: Request, now: datetime) -> None:
        """To be made before anything is asked. Its server is examined if nothing is known of it, on request, and now
        and then to see whether what is known still holds; not every source can be.
        """
        self._generation = request.integration.metadata.generation or 0
        self._now = now
        self._before = request.integration.status.provider
        self._may_be_examined = isinstance(source, TellsChanges)
        self._known = request.integration.status.provider if isinstance(source, TellsChanges) else None
        self._examination: Examination | None = None
        if isinstance(source, TellsChanges):
            if self._known is None or _to_examine(self._known, request, now):
                self._examination = source.examine()
            else:
                source.use_known(from_status(self._known))

    def known(self) -> ProviderStatus | None:
        """Waits for what is being found out. None if nothing is known: then reading will say why."""
        if self._examination is not None:
            examination, self._examination = self._examination, None
            try:
                self._known = _to_status(examination.found(), self._generation, self._now)
            except SourceError as error:
                log.warning("the server could not be examined: reason=%s", error.reason)
        return self._known

    def known_at_the_end(self, orders: Collection[DayOrder] | None) -> ProviderStatus | None:
        """The same for a sync that is over: what is still being found out when it is told to stop is not waited for.

        It may have been applied, and what it did must be told. `orders`: in which order the dates of the sections that
        were read show day and month; None if none was read.
        """
        try:
            known = self.known()
        except Interrupted:
            known = self._known
        return self._with_day_order(known, orders)

    def _with_day_order(
        self, known: ProviderStatus | None, orders: Collection[DayOrder] | None
    ) -> ProviderStatus | None:
        """As it was seen, or as it was before if nothing was read."""
        before = self._before.day_order if self._before is not None else ""
        order = before if orders is None else _day_order(orders)
        if known is not None:
            return known.model_copy(update={"day_order": order})
        if self._may_be_examined or not order:
            return None
        time = self._before.examined_time if self._before is not None and order == before else self._now
        return ProviderStatus(examined_time=time, observed_generation=self._generation, day_order=order)

    def leave_alone(self) -> None:
        """Find out nothing that is not known yet."""
        self._examination = None

    def learn(self, what: FilterSupport | Dates) -> None:
        """Correct what is known by what an answer has shown."""
        known = self.known()
        if known is not None:
            corrected = from_status(known).corrected(what)
            self._known = known.model_copy(
                update={
                    "examined_time": self._now.replace(microsecond=0),
                    "date_filter": str(corrected.date_filter),
                    "dates": str(corrected.dates),
                }
            )


def _day_order(orders: Collection[DayOrder]) -> str:
    shown = {order for order in orders if order is not DayOrder.UNKNOWN}
    return "Mixed" if len(shown) > 1 else str(next(iter(shown), DayOrder.UNKNOWN))


def _to_examine(known: ProviderStatus, request: Request, now: datetime) -> bool:
    integration = request.integration
    if request.trigger is Trigger.REQUESTED or known.observed_generation != (integration.metadata.generation or 0):
        return True
    delta, found, age = integration.spec.source.delta, from_status(known), now - known.examined_time
    if age >= _LASTING or delta is None:
        return age >= _LASTING
    if found.tells_changes:
        return age >= delta.full_interval
    plain = found.date_filter in {FilterSupport.IGNORED, FilterSupport.REFUSED} or found.dates is Dates.EMPTY
    return age >= (_SETTLED if plain else _DOUBTFUL)


def from_status(known: ProviderStatus) -> Provider:
    """As far as a decision looks at it; words of another version mean that it is not known."""
    return Provider(
        largest_page=known.largest_page or 0,
        date_filter=FilterSupport(known.date_filter)
        if known.date_filter in set(FilterSupport)
        else FilterSupport.UNKNOWN,
        dates=Dates(known.dates) if known.dates in set(Dates) else Dates.UNKNOWN,
    )


def _to_status(found: Provider, generation: int, now: datetime) -> ProviderStatus:
    return ProviderStatus(
        examined_time=now,
        observed_generation=generation,
        version=found.version,
        largest_page=found.largest_page or None,
        totals=str(found.totals),
        links="Present" if found.links else "Absent",
        status_filter=str(found.status_filter),
        date_filter=str(found.date_filter),
        sort=str(found.sort),
        dates=str(found.dates),
        date_form=found.date_form,
        latency=_roughly(found.latency),
    )


def _roughly(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return next((f"{bound:g}s" for bound in _LATENCIES if seconds < bound), "longer")
