"""All districts by who must act: a row for each, to filter and to sort. No person is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.errors import Actor
from roster_operator.reconcile.standing import Forgotten, late, reminders_of, standing_in_time

NOBODY: Final = "Nobody"
UNREADABLE: Final = "Unreadable"
"""The reason of a row whose resource cannot be read."""
ACTORS: Final = (*map(str, Actor), NOBODY)


class Order(StrEnum):
    """By what rows are sorted."""

    ACTS = "acts"
    """Who must act: the platform's first, as they concern many; then whose matter is the oldest."""
    NAME = "name"
    SINCE = "since"
    LICENSES = "licenses"
    HELD = "held"
    LAST_SYNC = "last-sync"


class Mode(StrEnum):
    """What a district is in."""

    LIVE = "live"
    SETUP = "setup"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class FleetRow:
    """A district."""

    namespace: str
    name: str
    mode: Mode
    acts: str
    """Who must act first; `Nobody`."""
    contact: str
    """Where they are reached, by spec.contacts; empty if it does not say."""
    reason: str
    since: datetime | None
    waits: bool
    message: str
    forgotten: tuple[Forgotten, ...]
    vendor: str
    licenses: int
    held: int
    last_sync: datetime | None
    next_sync: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: all that every field fits. An empty field fits all."""

    acts: tuple[str, ...] = ()
    reason: str = ""
    mode: Mode | None = None
    vendor: str = ""
    forgotten: bool = False
    """Those only of which something may have been forgotten."""
    contains: str = ""
    """In `namespace/name`."""

    def fits(self, row: FleetRow) -> bool:
        """Whether a row is wanted."""
        return (
            (not self.acts or row.acts in self.acts)
            and (not self.reason or row.reason.lower() == self.reason.lower())
            and (self.mode is None or row.mode is self.mode)
            and (not self.vendor or row.vendor.lower() == self.vendor.lower())
            and (not self.forgotten or bool(row.forgotten))
            and (not self.contains or self.contains in f"{row.namespace}/{row.name}")
        )


@dataclass(frozen=True, slots=True)
class Fleet:
    """The districts that were wanted, and of all of them who must act on how many."""

    districts: int
    by_actor: Mapping[str, int]
    """Of all districts, wanted or not."""
    found: int
    """How many were wanted; `rows` may be fewer."""
    rows: tuple[FleetRow, ...]


def fleet(
    rows: Iterable[FleetRow], wanted: Wanted, order: Order = Order.ACTS, *, start: int = 0, limit: int | None = None
) -> Fleet:
    """Filter and sort rows, which may be kept between questions; `limit` of them, from the one at `start` on."""
    everything = list(rows)
    counts = Counter(row.acts for row in everything)
    found = sorted(filter(wanted.fits, everything), key=_ORDERS[order])
    return Fleet(len(everything), {actor: counts[actor] for actor in ACTORS}, len(found), tuple(found[start:][:limit]))


def row_of(integration: RosterIntegration, now: datetime) -> FleetRow:
    """What is told of a district."""
    return as_of(now, row_in_time(integration))


def row_in_time(integration: RosterIntegration) -> FleetRow:
    """The same, as long as no sync is late; it stays what it is until the resource changes."""
    spec, status = integration.spec, integration.status
    standing = standing_in_time(integration)
    return FleetRow(
        namespace=integration.namespace,
        name=integration.name,
        mode=Mode.SUSPENDED if spec.suspend else Mode.LIVE if spec.live else Mode.SETUP,
        acts=str(standing.acts or NOBODY),
        contact=spec.contacts.of(standing.acts),
        reason=standing.reason,
        since=standing.since,
        waits=standing.waits,
        message=standing.message,
        forgotten=tuple(reminder.what for reminder in reminders_of(integration)),
        vendor=str(spec.source.vendor),
        licenses=status.licenses.active if status.licenses else 0,
        held=status.plan.held if status.plan else 0,
        last_sync=status.last_sync_time,
        next_sync=status.next_sync_time,
    )


def as_of(now: datetime, row: FleetRow) -> FleetRow:
    """A row with what has become of it since it was made: its sync may be late."""
    standing = late(row.next_sync, row.mode is Mode.SUSPENDED, now)
    if standing is None:
        return row
    return replace(
        row,
        acts=str(standing.acts or NOBODY),
        contact="",
        reason=standing.reason,
        since=standing.since,
        waits=standing.waits,
        message=standing.message,
    )


def unreadable_row(namespace: str, name: str) -> FleetRow:
    """Of a district whose resource this version cannot read."""
    return FleetRow(
        namespace=namespace,
        name=name,
        mode=Mode.SETUP,
        acts=str(Actor.PLATFORM),
        contact="",
        reason=UNREADABLE,
        since=None,
        waits=True,
        message="This version cannot read its spec. Platform: use the version of the operator that its CRD belongs to.",
        forgotten=(),
        vendor="",
        licenses=0,
        held=0,
        last_sync=None,
        next_sync=None,
    )


_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_RANK: Final = {str(Actor.PLATFORM): 0, str(Actor.PUBLISHER): 1, str(Actor.DISTRICT): 2, NOBODY: 3}


def _name(row: FleetRow) -> tuple[str, str]:
    return row.namespace, row.name


_ORDERS: Final[Mapping[Order, Callable[[FleetRow], Any]]] = {
    Order.ACTS: lambda row: (_RANK[row.acts], not row.waits, row.since or _NEVER, _name(row)),
    Order.NAME: _name,
    Order.SINCE: lambda row: (row.since or _NEVER, _name(row)),
    Order.LICENSES: lambda row: (-row.licenses, _name(row)),
    Order.HELD: lambda row: (-row.held, _name(row)),
    Order.LAST_SYNC: lambda row: (row.last_sync or _NEVER, _name(row)),
}
