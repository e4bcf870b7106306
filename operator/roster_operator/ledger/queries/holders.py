"""What one person has now, by which class each license came, and which removals wait since when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, func, or_, select

from roster_operator.ledger.queries import decisions
from roster_operator.ledger.queries.people import any_of
from roster_operator.ledger.queries.records import HeldLicense, LicenseHolder, SeatWait, WaitingRemoval
from roster_operator.ledger.schema import accounts, held_removals, journal, licenses, seat_waits, sync_runs

_MOST_ALIKE: Final = 5
_account = accounts.c


def known(connection: Connection, district_id: int, account: int, now: datetime) -> LicenseHolder:
    """See `LedgerQueries.holder`."""
    columns = (_account.sourced_id, _account.username, _account.email, _account.username_key, _account.email_key)
    mine = (_account.district_id == district_id, _account.id == account)
    person = connection.execute(select(*columns, _account.elsewhere).where(*mine)).one()
    same = [
        and_(column == key, column != "")
        for column, key in ((_account.username_key, person.username_key), (_account.email_key, person.email_key))
    ]
    others = and_(_account.district_id == district_id, _account.id != account)
    return LicenseHolder(
        person.sourced_id or "",
        tuple(_licenses(connection, district_id, account, now)),
        tuple(filter(None, (person.username, person.email))),
        person.elsewhere,
        tuple(any_of(connection, others, same, limit=_MOST_ALIKE)),
        tuple(decisions.standing(connection, district_id, now=now, account=account)),
        tuple(_waits(connection, district_id, person.sourced_id)) if person.sourced_id else (),
    )


def _waits(connection: Connection, district_id: int, sourced_id: str) -> Iterator[SeatWait]:
    mine, other = seat_waits.c, seat_waits.alias("other").c
    before = select(func.count()).where(
        other.district_id == mine.district_id,
        other.ebook == mine.ebook,
        other.edition == mine.edition,
        other.since < mine.since,
    )
    found = select(mine.ebook, mine.edition, mine.since, before.scalar_subquery())
    of_person = found.where(mine.district_id == district_id, mine.key == sourced_id)
    for row in connection.execute(of_person.order_by(mine.ebook, mine.edition)):
        yield SeatWait(*row)


def _licenses(connection: Connection, district_id: int, account: int, now: datetime) -> Iterator[HeldLicense]:
    granted = select(journal.c.class_id).where(
        journal.c.account_id == licenses.c.account_id,
        journal.c.ebook == licenses.c.ebook,
        journal.c.edition == licenses.c.edition,
        journal.c.change == "Granted",
    )
    class_id = granted.order_by(journal.c.position.desc()).limit(1).scalar_subquery()
    columns = (licenses.c.ebook, licenses.c.edition, licenses.c.origin, licenses.c.since, licenses.c.until)
    found = select(licenses.c.id, *columns, class_id).where(
        licenses.c.district_id == district_id,
        licenses.c.account_id == account,
        or_(licenses.c.until.is_(None), licenses.c.until > now),
    )
    waiting = _waiting(connection, district_id, account)
    for row in connection.execute(found.order_by(licenses.c.ebook, licenses.c.edition)):
        yield HeldLicense(*row[1:], waiting.get(row.id))


def _waiting(connection: Connection, district_id: int, account: int) -> dict[int, WaitingRemoval]:
    """By license: a removal may wait under several digests, of which the latest run's is the one to approve."""
    held, run = held_removals.c, sync_runs.c
    reads = func.coalesce(held.reads, 0)
    columns = (held.license_id, held.digest, func.coalesce(held.why, ""), reads, func.min(run.finished))
    runs = and_(run.district_id == held.district_id, run.digest == held.digest)
    found = (
        select(*columns)
        .select_from(held_removals.join(licenses, licenses.c.id == held.license_id).outerjoin(sync_runs, runs))
        .where(held.district_id == district_id, licenses.c.account_id == account)
        .group_by(held.license_id, held.digest, held.why, held.reads)
        .order_by(func.coalesce(func.max(run.number), 0))
    )
    waiting: dict[int, WaitingRemoval] = {}
    for license_id, digest, why, read, since in connection.execute(found):
        before = waiting.get(license_id)
        first = min(filter(None, (since, before.since if before else None)), default=None)
        waiting[license_id] = WaitingRemoval(digest, first, why, read)
    return waiting
