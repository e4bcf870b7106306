"""Accounts whose licenses from before go-live are left alone: their persons are at schools outside of the spec.

Who they are is found out by a reading of the whole roster, and marked, for syncs that need none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from sqlalchemy import ColumnElement, Connection, bindparam, select, text, true, update

from roster_operator.ledger.ending import STANDING
from roster_operator.ledger.schema import accounts, licenses, person_states
from roster_operator.licensing.bystanders import KnownAccount

_AT_ONCE = 500

_LEAVE = text("DELETE FROM removals WHERE key IS NULL AND account_id IN :accounts").bindparams(
    bindparam("accounts", expanding=True)
)
_OF_MARKED = text(f"""
    SELECT COUNT(*) FROM licenses JOIN accounts ON accounts.id = licenses.account_id
     WHERE licenses.district_id = :district AND licenses.origin = 'Manual' AND accounts.elsewhere AND {STANDING}
""")  # noqa: S608 - a constant


def former_accounts(connection: Connection, district_id: int) -> list[KnownAccount]:
    """All accounts of the district with a license from before go-live."""
    holders = select(licenses.c.account_id).where(licenses.c.district_id == district_id, licenses.c.origin == "Manual")
    return _accounts(connection, accounts.c.id.in_(holders))


def unlinked_accounts(connection: Connection, district_id: int) -> list[KnownAccount]:
    """All accounts of the district that were never linked to a person."""
    return _accounts(connection, (accounts.c.district_id == district_id) & accounts.c.sourced_id.is_(None))


def served_accounts(connection: Connection, district_id: int) -> list[KnownAccount]:
    """All accounts of persons of the district of whom there is a state."""
    persons = select(person_states.c.key).where(person_states.c.district_id == district_id)
    return _accounts(connection, (accounts.c.district_id == district_id) & accounts.c.sourced_id.in_(persons))


def _accounts(connection: Connection, some: ColumnElement[bool]) -> list[KnownAccount]:
    known = accounts.c
    columns = (known.id, known.sourced_id, known.username_key, known.email_key, known.identifier)
    rows = connection.execute(select(*columns).where(some)).all()
    return [KnownAccount(row[0], row[1] or "", *row[2:]) for row in rows]


def leave(connection: Connection, left: Collection[int]) -> int:
    """Take the licenses of these accounts out of `removals`, if they are there only for being from before; how many."""
    return sum(connection.execute(_LEAVE, {"accounts": some}).rowcount for some in _batches(left))


def marked(connection: Connection, district_id: int | None) -> int:
    """How many licenses from before are left alone as the marks have it."""
    return int(connection.execute(_OF_MARKED, {"district": district_id}).scalar_one())


def mark(connection: Connection, district_id: int, left: Collection[int]) -> int:
    """Let the marks say that these are left alone, and no others; rows written."""
    mine = accounts.c.district_id == district_id
    was = set(connection.scalars(select(accounts.c.id).where(mine, accounts.c.elsewhere == true())))
    now = set(left)
    return _set(connection, was - now, to=False) + _set(connection, now - was, to=True)


def _set(connection: Connection, some: Iterable[int], *, to: bool) -> int:
    return sum(
        connection.execute(update(accounts).where(accounts.c.id.in_(batch)).values(elsewhere=to)).rowcount
        for batch in _batches(some)
    )


def _batches(items: Iterable[int]) -> Iterator[list[int]]:
    remaining = iter(sorted(items))
    while batch := list(islice(remaining, _AT_ONCE)):
        yield batch
