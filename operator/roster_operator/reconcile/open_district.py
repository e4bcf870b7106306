"""A district that is open for one sync: its roster, its part of the ledger, and what the last sync left of both."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from roster_operator.interruption import Interruption
from roster_operator.ledger.interface.district import District, Watermark
from roster_operator.ledger.interface.sync import SyncLedger
from roster_operator.licensing.guards import Forgotten
from roster_operator.licensing.models import PersonChange
from roster_operator.reconcile import canary, capabilities, unchanged
from roster_operator.reconcile.contract import Environment, Request
from roster_operator.reconcile.forgetting import forgotten
from roster_operator.reconcile.guard_input import ids_of_another_source
from roster_operator.reconcile.persons import State
from roster_operator.reconcile.read_mode import FullReadReason, full_read_reason
from roster_operator.reconcile.rows_on_disk import Rows, changed_persons
from roster_operator.reconcile.take_snapshot import TakeSnapshot, is_wanted
from roster_operator.reconcile.unchanged import LastResult
from roster_operator.roster.dates import Days
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.source import RosterSource


@dataclass(frozen=True, slots=True)
class OpenDistrict:
    """What the steps of a sync go by, as of one day; nothing of the roster was read yet."""

    request: Request
    started: datetime
    ledger: SyncLedger
    district: District
    source: RosterSource
    server: capabilities.Server
    days: Days
    forgotten: Forgotten | None
    """What the ledger has lost of it; then everybody is looked at anew."""
    watermark: Watermark | None
    """From where the last sync lets this one go on, if the spec wants delta reads."""
    changes: Rows[PersonChange]
    """Persons who changed."""
    take_snapshot: TakeSnapshot | None
    """None if this reading is not to be kept."""

    @property
    def restricted(self) -> bool:
        """Whether some schools are live before the others."""
        return _is_restricted(self.request, self.district)

    @property
    def ids_of_another_source(self) -> bool:
        """Whether the ids in the ledger are another source's."""
        return ids_of_another_source(self.request, self.district.state)

    def person_states(self) -> Iterable[State]:
        """Those whom the ledger knows."""
        if self.district.id is None or self.forgotten is not None:
            return ()
        return self.ledger.person_states(self.district.id)

    def last_result(self) -> LastResult | None:
        """All that a reading finds, as the last sync found it, if the roster is still the same."""
        if self.forgotten is not None or not unchanged.may_reuse(self.request) or self.restricted:
            return None
        take = self.take_snapshot
        if take is not None and self.ledger.snapshot_key(self.district) != take.key.id:
            return None
        remembered = self.district.state.memory
        if remembered is None:
            return None
        check_licenses = partial(self.ledger.check_licenses, self.district)
        return unchanged.reuse(remembered, self.source, self.request, self.days.today, check_licenses=check_licenses)

    def full_read_reason(self) -> FullReadReason:
        """Why the roster is to be read whole, where the spec wants delta reads.

        What is known of the server is waited for only if the watermark lets a delta read be thought of.
        """
        delta = self.request.integration.spec.source.delta
        if delta is None:
            return FullReadReason.UNCHANGED
        known = self.server.known() if self.watermark is not None else None
        found = capabilities.from_status(known) if known is not None else None
        return full_read_reason(self.request, delta, self.watermark, found, day=self.days.today, now=self.started)


@contextlib.contextmanager
def open_district(
    request: Request,
    credentials: Credentials,
    environment: Environment,
    interruption: Interruption,
    started: datetime,
    *,
    district: District,
    ledger_id: str,
    days: Days,
) -> Iterator[OpenDistrict]:
    """Open the roster of a district of the ledger, and close it in the end."""
    integration, ledger = request.integration, environment.ledger
    lost = forgotten(ledger, ledger_id, district, integration.status)
    source = environment.open_source(integration, credentials, environment.clock, interruption)
    with contextlib.closing(source), contextlib.ExitStack() as resources:
        builds = integration.spec.source.delta is not None and lost is None and not _is_restricted(request, district)
        yield OpenDistrict(
            request=request,
            started=started,
            ledger=ledger,
            district=district,
            source=source,
            server=capabilities.Server(source, request, started),
            days=days,
            forgotten=lost,
            watermark=district.state.watermark if builds else None,
            changes=changed_persons(resources),
            take_snapshot=_take_snapshot(request, environment, district, resources),
        )


def _is_restricted(request: Request, district: District) -> bool:
    return canary.restricts(request.integration.spec.canary, district.state.canary)


def _take_snapshot(
    request: Request, environment: Environment, district: District, resources: contextlib.ExitStack
) -> TakeSnapshot | None:
    """Setup mode writes nothing; and without a key a snapshot would name people, or nobody ever."""
    key = environment.snapshot_key
    if key is None or not request.is_live or not is_wanted(request.integration.spec):
        return None
    return TakeSnapshot(key, resources, environment.ledger.erased(district))
