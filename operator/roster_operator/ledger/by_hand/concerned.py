"""What a decision is about: the licenses that a person has, and those that blocks took; and what was decided before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true

from roster_operator.ledger.by_hand.interface import DecisionOrder, Kind, LicenseNamed, Newcomer
from roster_operator.ledger.planning import Why
from roster_operator.ledger.schema import journal, licenses, overrides, sync_runs

STICKY: Final = "Sticky"
ROSTER: Final = "Roster"


@dataclass(frozen=True, slots=True)
class License:
    """A license as it is, or as it comes back; `id` None: it is not there."""

    id: int | None
    ebook: str
    edition: str
    origin: str
    since: datetime
    until: datetime | None

    @property
    def named(self) -> LicenseNamed:
        """What it is of."""
        return LicenseNamed(self.ebook, self.edition)


@dataclass(frozen=True, slots=True)
class Decision:
    """One that was made, and since when it stands."""

    id: int
    created: datetime


def held_by(connection: Connection, order: DecisionOrder) -> list[License]:
    """The licenses that the order is about, and that have not ended."""
    if isinstance(order.whom, Newcomer):
        return []
    table = licenses.c
    columns = (table.id, table.ebook, table.edition, table.origin, table.since, table.until)
    mine = [table.district_id == order.district_id, table.account_id == order.whom, table.edition.in_(order.editions)]
    mine += [table.ebook == order.ebook] if order.ebook else []
    rows = connection.execute(select(*columns).where(*mine, standing(table.until, order)).order_by(table.id))
    return [License(*row) for row in rows]


def as_granted(connection: Connection, order: DecisionOrder, held: list[License]) -> list[License]:
    """Those that the roster gives and that were granted by hand, too, as what was granted: it is to come back."""
    mine = overrides.c
    granted = select(mine.ebook, mine.edition, mine.until).where(
        mine.account_id == order.whom, mine.kind == Kind.GRANT, standing(mine.until, order)
    )
    until = {LicenseNamed(row.ebook, row.edition): row.until for row in connection.execute(granted)}
    return [replace(each, origin=STICKY, until=until[each.named]) if each.named in until else each for each in held]


def taken_by_blocks(connection: Connection, order: DecisionOrder, held: list[License]) -> list[License]:
    """What blocks took since this one stands, as it was, unless it would have ended by now or another one keeps it.

    What the roster gave does not outlive a RosterIntegration whose licenses ended with it.
    """
    ending = decisions(connection, order, Kind.BLOCK)
    log, later, other = journal.c, journal.alias("later").c, overrides.c
    came_again = select(later.position).where(
        later.account_id == log.account_id,
        later.ebook == log.ebook,
        later.edition == log.edition,
        later.position > log.position,
    )
    kept = select(other.id).where(
        other.account_id == log.account_id,
        other.kind == Kind.BLOCK,
        other.ebook.in_(("", log.ebook)),
        other.edition == log.edition,
        other.id.not_in([each.id for each in ending]),
        standing(other.until, order),
    )
    deleted = journal.alias("deleted").c
    ended = select(deleted.position).where(
        deleted.run_id.in_(select(sync_runs.c.id).where(sync_runs.c.district_id == log.district_id)),
        deleted.why == Why.RESOURCE_DELETED,
        deleted.position > log.position,
    )
    taken = select(log.ebook, log.edition, log.origin, log.since, log.until).where(
        log.account_id == order.whom,
        log.why == Why.BLOCKED,
        log.at >= min(each.created for each in ending),
        log.edition.in_(order.editions),
        log.ebook == order.ebook if order.ebook else true(),
        standing(log.until, order),
        ~came_again.exists(),
        ~kept.exists(),
        or_(log.origin != ROSTER, ~ended.exists()),
    )
    there = {each.named for each in held}
    found = (License(None, *row) for row in connection.execute(taken.order_by(log.position)))
    return [each for each in found if each.named not in there]


def decisions(connection: Connection, order: DecisionOrder, kind: Kind) -> list[Decision]:
    """Those of a kind about exactly the same."""
    rows = connection.execute(select(overrides.c.id, overrides.c.created).where(_of(order), overrides.c.kind == kind))
    return [Decision(*row) for row in rows]


def _of(order: DecisionOrder) -> ColumnElement[bool]:
    """Decisions about exactly the same."""
    mine = overrides.c
    return and_(
        mine.district_id == order.district_id,
        mine.account_id == order.whom,
        mine.ebook == order.ebook,
        mine.edition.in_(order.editions),
    )


def standing(until: ColumnElement[datetime], order: DecisionOrder) -> ColumnElement[bool]:
    """SQL: of what has not ended."""
    return or_(until.is_(None), until > order.at)
