"""What a decision is about: the licenses that a person has, and those that blocks took; and what was decided before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, or_, select, true

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
    purchase: str = ""

    @property
    def named(self) -> LicenseNamed:
        """What it is of."""
        return LicenseNamed(self.ebook, self.edition)


@dataclass(frozen=True, slots=True)
class Decision:
    """One that was made, and since when it stands."""

    id: int
    created: datetime
    ebook: str
    edition: str
    until: datetime | None
    former_until: datetime | None
    """When the license that is there beside the grant would have ended; None: the grant did not move its end."""

    @property
    def named(self) -> LicenseNamed:
        """What it is of."""
        return LicenseNamed(self.ebook, self.edition)

    def is_about(self, named: LicenseNamed) -> bool:
        """Whether the license is meant; no eBook is every eBook."""
        return self.edition == named.edition and self.ebook in {"", named.ebook}


def held_by(connection: Connection, order: DecisionOrder) -> list[License]:
    """The licenses that the order is about, and that have not ended."""
    if isinstance(order.whom, Newcomer):
        return []
    table = licenses.c
    columns = (table.id, table.ebook, table.edition, table.origin, table.since, table.until, table.purchase)
    mine = [table.district_id == order.district_id, table.account_id == order.whom, table.edition.in_(order.editions)]
    mine += [table.ebook == order.ebook] if order.ebook else []
    rows = connection.execute(select(*columns).where(*mine, standing(table.until, order)).order_by(table.id))
    return [License(*row) for row in rows]


def granted(connection: Connection, order: DecisionOrder) -> list[Decision]:
    """Grants that stand of what the order is about."""
    found = _standing(connection, order, Kind.GRANT)
    return [each for each in found if each.edition in order.editions and order.ebook in {"", each.ebook}]


def taken_by_blocks(connection: Connection, order: DecisionOrder, held: list[License]) -> list[License]:
    """What blocks took since this one stands, as it was, unless it would have ended by now or another one keeps it.

    What the roster gave does not outlive a RosterIntegration whose licenses ended with it. A block leaves grants by
    hand as they are, and they give what they gave.
    """
    ending = decisions(connection, order, Kind.BLOCK)
    log, later, deleted = journal.c, journal.alias("later").c, journal.alias("deleted").c
    came_again = select(later.position).where(
        later.account_id == log.account_id,
        later.ebook == log.ebook,
        later.edition == log.edition,
        later.position > log.position,
    )
    ended = select(deleted.position).where(
        deleted.run_id.in_(select(sync_runs.c.id).where(sync_runs.c.district_id == log.district_id)),
        deleted.why == Why.RESOURCE_DELETED,
        deleted.position > log.position,
    )
    taken = select(log.ebook, log.edition, log.origin, log.since, log.until, log.purchase).where(
        log.account_id == order.whom,
        log.why == Why.BLOCKED,
        log.at >= min(each.created for each in ending),
        log.edition.in_(order.editions),
        log.ebook == order.ebook if order.ebook else true(),
        standing(log.until, order),
        ~came_again.exists(),
        or_(log.origin != ROSTER, ~ended.exists()),
    )
    found = [License(None, *row) for row in connection.execute(taken.order_by(log.position))]
    back = {each.named: each for each in found}
    for each in granted(connection, order):
        by_hand = License(None, each.ebook, each.edition, STICKY, each.created, each.until)
        back.setdefault(each.named, by_hand)
    kept = [each for each in _standing(connection, order, Kind.BLOCK) if each.id not in {one.id for one in ending}]
    out = {each.named for each in held} | {name for name in back if any(block.is_about(name) for block in kept)}
    return [each for name, each in back.items() if name not in out]


def decisions(connection: Connection, order: DecisionOrder, kind: Kind) -> list[Decision]:
    """Those of a kind about exactly the same."""
    mine = overrides.c
    about = mine.ebook == order.ebook, mine.edition.in_(order.editions)
    return _decisions(connection, order, mine.kind == kind, *about)


def _standing(connection: Connection, order: DecisionOrder, kind: Kind) -> list[Decision]:
    return _decisions(connection, order, overrides.c.kind == kind, standing(overrides.c.until, order))


def _decisions(connection: Connection, order: DecisionOrder, *which: ColumnElement[bool]) -> list[Decision]:
    if isinstance(order.whom, Newcomer):
        return []
    mine = overrides.c
    columns = (mine.id, mine.created, mine.ebook, mine.edition, mine.until, mine.former_until)
    of_person = mine.district_id == order.district_id, mine.account_id == order.whom
    rows = connection.execute(select(*columns).where(*of_person, *which).order_by(mine.id))
    return [Decision(*row) for row in rows]


def standing(until: ColumnElement[datetime], order: DecisionOrder) -> ColumnElement[bool]:
    """SQL: of what has not ended."""
    return or_(until.is_(None), until > order.at)
