"""Lets go what clean-ups keep of how accounts were: of people who are erased or have left, and after a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, delete, or_, select

from roster_operator.ledger.schema import accounts, cleaned_accounts, cleaned_licenses, cleaned_overrides, cleanups

_TABLES = (cleaned_licenses, cleaned_overrides, cleaned_accounts)


def of_accounts(connection: Connection, some: Select[tuple[int]] | Sequence[int]) -> None:
    """What became of these accounts, and of those that went into them, cannot be turned back any more."""
    mine = cleaned_accounts.c
    targets = select(mine.target).where(or_(mine.account_id.in_(some), mine.target.in_(some)))
    if found := connection.scalars(targets.distinct()).all():
        for table in _TABLES:
            connection.execute(delete(table).where(table.c.target.in_(found)))


def of_nobody(connection: Connection, district_id: int) -> None:
    """Likewise of accounts that are not there any more: nobody could see it, or have it erased."""
    mine = cleaned_accounts.c
    targets = (
        select(mine.target)
        .join(cleanups, cleanups.c.run_id == mine.run_id)
        .where(cleanups.c.district_id == district_id, mine.target.not_in(select(accounts.c.id)))
    )
    for table in _TABLES:
        connection.execute(delete(table).where(table.c.target.in_(targets)))


def of_district(connection: Connection, district_id: int) -> None:
    """Likewise all of a district."""
    of_runs(connection, select(cleanups.c.run_id).where(cleanups.c.district_id == district_id))


def runs_before(connection: Connection, before: datetime, some: int) -> Sequence[str]:
    """Some clean-ups that were before then."""
    old = select(cleanups.c.run_id).where(cleanups.c.at < before).order_by(cleanups.c.at).limit(some)
    return connection.scalars(old).all()


def of_runs(connection: Connection, runs: Select[tuple[str]] | Sequence[str]) -> None:
    """What these clean-ups keep of people."""
    for table in _TABLES:
        connection.execute(delete(table).where(table.c.run_id.in_(runs)))


def runs(connection: Connection, old: Sequence[str]) -> None:
    """These clean-ups altogether."""
    of_runs(connection, old)
    connection.execute(delete(cleanups).where(cleanups.c.run_id.in_(old)))
