"""`PeopleLedger` on a database: each call is a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, insert

from roster_operator.ledger import engine, migrating
from roster_operator.ledger.failures import translate_db_errors
from roster_operator.ledger.people import erasing
from roster_operator.ledger.people.interface import Access, Erased, ErasureOrder, PeopleLedger
from roster_operator.ledger.queries.store import connections_to
from roster_operator.ledger.schema import access_log


def open_people(url: str) -> PeopleLedger:
    """The license store at `url`. Nothing is connected yet. Raises `InputError` as `open_queries` does."""
    return SqlPeople(*connections_to(url))


class SqlPeople:
    """`interface.PeopleLedger` on PostgreSQL or SQLite."""

    def __init__(self, connections: Engine, place: str) -> None:
        """`place`: the store's name for messages."""
        self._engine = connections
        self._place = place

    def looked(self, *accesses: Access) -> None:
        """See `PeopleLedger`."""
        if not accesses:
            return
        rows = [
            {
                "at": access.at,
                "district_id": access.district_id,
                "account_id": access.account,
                "verb": access.verb,
                "actor": access.actor,
                "through": access.through,
                "owner": access.owner or None,
            }
            for access in accesses
        ]
        with self._writing() as connection:
            connection.execute(insert(access_log), rows)

    def erase(self, order: ErasureOrder, seal: Callable[[Erased], str], *, dry_run: bool) -> Erased:
        """See `PeopleLedger`."""
        with self._writing(dry_run=dry_run) as connection:
            return erasing.erase(connection, order, seal)

    def close(self) -> None:
        """See `PeopleLedger`."""
        self._engine.dispose()

    @contextmanager
    def _writing(self, *, dry_run: bool = False) -> Iterator[Connection]:
        with translate_db_errors(self._place), self._engine.connect() as connection:
            engine.begin_writing(connection)
            migrating.keep_version(connection, self._place)
            yield connection
            if dry_run:
                connection.rollback()
            else:
                connection.commit()
