"""Whom somebody means by an id, a login, an email or a number."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Connection, false, or_, select

from roster_operator.ledger.schema import accounts
from roster_operator.ledger.staging import login_key

ACCOUNT: Final = "account:"
"""Before an id that is an account's, and nothing else."""
_LARGEST: Final = 2**63 - 1


def named(connection: Connection, district_id: int, name: str) -> list[int]:
    """See `LedgerQueries.accounts_named`."""
    explicit = name.removeprefix(ACCOUNT)
    if explicit != name:
        return _of(connection, district_id, [_is_id(explicit)])
    plain, folded = name.strip(), login_key(name)
    if not plain:
        return []
    fields = [accounts.c.username_key == folded, accounts.c.email_key == folded]
    fields += [accounts.c.sourced_id == plain, accounts.c.identifier == plain, _is_id(plain)]
    return _of(connection, district_id, fields)


def _is_id(text: str) -> ColumnElement[bool]:
    known = text.isascii() and text.isdigit() and int(text) <= _LARGEST
    return accounts.c.id == int(text) if known else false()


def _of(connection: Connection, district_id: int, fits: list[ColumnElement[bool]]) -> list[int]:
    found = select(accounts.c.id).where(accounts.c.district_id == district_id, or_(*fits))
    return list(connection.scalars(found.order_by(accounts.c.id).limit(2)))
