"""`ByHandLedger` on a database: each call is a transaction of its own."""

from __future__ import annotations

from roster_operator.ledger.by_hand import deciding
from roster_operator.ledger.by_hand.interface import ByHandLedger, Decided, DecisionOrder
from roster_operator.ledger.connected import SqlConnected
from roster_operator.ledger.queries.store import connections_to


def open_by_hand(url: str) -> ByHandLedger:
    """The license store at `url`. Nothing is connected yet. Raises `InputError` as `open_queries` does."""
    return SqlByHand(*connections_to(url))


class SqlByHand(SqlConnected):
    """`interface.ByHandLedger` on PostgreSQL or SQLite."""

    def decide(self, order: DecisionOrder, *, digest: str) -> Decided:
        """See `ByHandLedger`."""
        with self._writing() as connection:
            planned = deciding.plan(connection, order)
            decided = planned.decided
            if decided.obstacle is None and decided.digest == digest:
                decided = deciding.carry_out(connection, order, planned)
                connection.commit()
            return decided
