"""`ByHandLedger` on a database: each call is a transaction of its own."""

from __future__ import annotations

from sqlalchemy import Engine

from roster_operator.ledger import engine, migrating
from roster_operator.ledger.by_hand import deciding
from roster_operator.ledger.by_hand.interface import ByHandLedger, Decided, DecisionOrder
from roster_operator.ledger.failures import translate_db_errors
from roster_operator.ledger.queries.store import connections_to


def open_by_hand(url: str) -> ByHandLedger:
    """The license store at `url`. Nothing is connected yet. Raises `InputError` as `open_queries` does."""
    return SqlByHand(*connections_to(url))


class SqlByHand:
    """`interface.ByHandLedger` on PostgreSQL or SQLite."""

    def __init__(self, connections: Engine, place: str) -> None:
        """`place`: the store's name for messages."""
        self._engine = connections
        self._place = place

    def decide(self, order: DecisionOrder, *, digest: str) -> Decided:
        """See `ByHandLedger`."""
        with translate_db_errors(self._place), self._engine.connect() as connection:
            engine.begin_writing(connection)
            migrating.keep_version(connection, self._place)
            planned = deciding.plan(connection, order)
            decided = planned.decided
            if decided.obstacle is None and decided.digest == digest:
                decided = deciding.carry_out(connection, order, planned)
                connection.commit()
            return decided

    def close(self) -> None:
        """See `ByHandLedger`."""
        self._engine.dispose()
