"""Of the operators that share a Lease, one writes the ledger: the last that took it over.

A Lease alone keeps nobody from writing who was stopped for a while and does not know yet that it has been succeeded.
So a leader that begins puts its name into the ledger and ends the transactions that its predecessor has open; and each
transaction by which a leader writes makes sure that the name is still its own, and stays so until the commit.

docs/decisions/0044-one-operator-leads.md says why.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, Engine, delete, func, insert, inspect, select

from roster_operator.errors import LedgerUnavailable, Superseded
from roster_operator.ledger import engine
from roster_operator.ledger.schema import leaders


class _Term(NamedTuple):
    """As the ledger has it."""

    number: int
    holder: str


class Leader:
    """One operator process, which leads by a Lease or is about to. Thread-safe."""

    def __init__(self, lease: str, name: str) -> None:
        """`name` is that of this process, and of no other one ever."""
        self._lease = lease
        self._name = name
        self._term = 0

    def clear(self, connections: Engine) -> None:
        """End what the predecessor has open, in which a migration would wait for it; and take over, if the ledger is
        of a version that has leaders.
        """
        with connections.connect() as connection:
            if not inspect(connection).has_table(leaders.name):
                return
        self.take_over(connections)

    def take_over(self, connections: Engine) -> None:
        """Be the one who writes, unless it is so."""
        with connections.connect() as connection:
            found = self._found(connection)
            if found is not None and found.holder == self._name:
                self._term = found.number
                return
        with connections.connect() as connection:
            engine.begin_writing(connection)
            engine.lock_lease(connection, self._lease)
            found = self._found(connection)
            term = max(self._term, found.number if found else 0) + 1
            connection.execute(delete(leaders).where(leaders.c.lease == self._lease))
            values = {"lease": self._lease, "term": term, "holder": self._name, "since": func.now()}
            connection.execute(insert(leaders).values(values))
            connection.commit()
        self._term = term

    def check(self, connections: Engine) -> None:
        """Raise `Superseded` if another one has taken over; a ledger that was restored is taken over again."""
        with connections.connect() as connection:
            found = self._found(connection)
        if found is None or self._was_restored(found):
            self.take_over(connections)
        else:
            self._compare(found)

    def expect(self, connection: Connection) -> None:
        """Raise unless this one leads, and keep others from taking over until the transaction ends."""
        engine.share_lease(connection, self._lease)
        self._compare(self._found(connection))

    def _compare(self, found: _Term | None) -> None:
        if self._term == 0 or found is None or self._was_restored(found):
            raise LedgerUnavailable(
                "The license store does not know this operator as the leader yet, or was restored from a time before "
                "it was. It will be tried again."
            )
        if found.holder != self._name:
            raise Superseded(
                f"Another operator ({found.holder}) has taken over from this one; nothing was changed. Platform: if "
                "both are to run, in two clusters or installed twice, give each a ledger of its own."
            )

    def _was_restored(self, found: _Term) -> bool:
        return found.holder != self._name and found.number < self._term

    def _found(self, connection: Connection) -> _Term | None:
        mine = leaders.c.lease == self._lease
        row = connection.execute(select(leaders.c.term, leaders.c.holder).where(mine)).one_or_none()
        return None if row is None else _Term(row.term, row.holder)
