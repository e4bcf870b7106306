"""How one sync reads the roster, whole or by what changed, and from where the next one goes on. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec
import xxhash

import roster_operator
from roster_operator.api.v1alpha1 import ReadsStatus
from roster_operator.ledger.interface.district import Watermark
from roster_operator.reconcile.contract import Request, Trigger
from roster_operator.roster.dates import earliest_after

if TYPE_CHECKING:
    from roster_operator.api.v1alpha1 import DeltaReads
    from roster_operator.licensing.entitlements import ClassTable
    from roster_operator.licensing.models import Plan
    from roster_operator.reconcile.report import RosterRead
    from roster_operator.sources.capabilities import Provider


class Kind(StrEnum):
    """How a sync reads the roster."""

    FULL = "Full"
    DELTA = "Delta"


class FullReadReason(StrEnum):
    """Why a read is full; UNCHANGED: nothing calls for it."""

    UNCHANGED = "Unchanged"
    SETUP_MODE = "SetupMode"
    ASKED = "Asked"
    AFTER_FAILURE = "AfterFailure"
    NO_BASIS = "NoBasis"
    CHANGED = "Changed"
    DUE = "Due"
    TO_CONFIRM = "ToConfirm"
    NEW_DAY = "NewDay"
    SCOPE_CHANGED = "ScopeChanged"
    NOT_TOLD = "NotTold"
    INCOMPLETE = "Incomplete"
    MANY_CHANGES = "ManyChanges"


def full_read_reason(
    request: Request,
    delta: DeltaReads,
    watermark: Watermark | None,
    provider: Provider | None,
    *,
    day: str,
    now: datetime,
) -> FullReadReason:
    """What calls for a full read, as far as is known before anything is read; `UNCHANGED` if nothing does."""
    integration = request.integration
    if not request.is_live:
        return FullReadReason.SETUP_MODE
    if integration.status.consecutive_failures:
        return FullReadReason.AFTER_FAILURE
    if request.trigger is not Trigger.SCHEDULE:
        return FullReadReason.ASKED
    if watermark is None:
        return FullReadReason.NO_BASIS
    if watermark.inputs != inputs_of(request):
        return FullReadReason.CHANGED
    if not watermark.whole_since <= now < watermark.whole_since + delta.full_interval:
        return FullReadReason.DUE
    if watermark.confirm_from is not None and now >= watermark.confirm_from:
        return FullReadReason.TO_CONFIRM
    if watermark.until and day >= watermark.until:
        return FullReadReason.NEW_DAY
    if provider is None or not provider.tells_changes:
        return FullReadReason.NOT_TOLD
    return FullReadReason.UNCHANGED


def inputs_of(request: Request) -> str:
    """A digest of all that decides beside the roster and the day, but for what `scope_of` holds."""
    metadata = request.integration.metadata
    inputs = (roster_operator.__version__, metadata.uid, metadata.generation, request.secret_version)
    return xxhash.xxh3_128_hexdigest(msgspec.json.encode(inputs))


def scope_of(table: ClassTable) -> str:
    """A digest of the classes in scope that are on, and of what each gives: names, mapping, eBooks, terms are in it."""
    digest = xxhash.xxh3_128(repr((table.offer.entitlements, table.offer.schools)).encode())
    for key, bits in sorted(table.bits.items()):
        digest.update(f"{key}\0{bits.student:x}\0{bits.staff:x}\n".encode())
    return digest.hexdigest()


def next_watermark(
    request: Request, before: Watermark | None, roster: RosterRead, plan: Plan, *, day: str, started: datetime
) -> Watermark | None:
    """From where the next sync may go on, once `plan` is applied; None if it is to read everything."""
    if request.integration.spec.source.delta is None:
        return None
    if roster.only_adds:
        return before and replace(
            before,
            since=started,
            until=earliest_after(day, (before.until, *roster.next_changes)),
            conflicts=before.conflicts + plan.conflicts,
        )
    whole = Watermark(
        inputs=inputs_of(request),
        scope=roster.classes,
        since=started,
        whole_since=started,
        until=earliest_after(day, roster.next_changes),
        conflicts=plan.conflicts,
    )
    if roster.unchanged:
        return before and replace(whole, scope=before.scope, until=before.until)
    return whole


def reads_status(
    request: Request,
    roster: RosterRead,
    why: FullReadReason,
    left: Watermark | None,
    *,
    tells_changes: bool,
    zone: tzinfo,
    started: datetime,
) -> ReadsStatus | None:
    """For a sync that succeeded; `left`: the watermark that the ledger keeps now."""
    delta = request.integration.spec.source.delta
    if delta is None:
        return None
    before = request.integration.status.reads
    full_before = before.last_full_read_time if before else None
    due = left.whole_since + delta.full_interval if left is not None and tells_changes else None
    if due is not None and left is not None and left.confirm_from is not None:
        due = min(due, left.confirm_from)
    if due is not None and left is not None and left.until:
        due = min(due, datetime.combine(date.fromisoformat(left.until), time(), zone))
    return ReadsStatus(
        last=str(Kind.DELTA if roster.only_adds else Kind.FULL),
        reason=str(why),
        last_full_read_time=full_before if roster.only_adds else started,
        next_full_read_time=due,
    )
