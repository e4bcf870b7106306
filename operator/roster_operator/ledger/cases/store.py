"""`CaseLedger` on a database: each call is a transaction of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from roster_operator.ledger.cases.interface import CaseLedger
from roster_operator.ledger.connected import SqlConnected
from roster_operator.ledger.queries.store import connections_to
from roster_operator.ledger.schema import case_codes


def open_cases(url: str) -> CaseLedger:
    """The license store at `url`. Nothing is connected yet. Raises `InputError` as `open_queries` does."""
    return SqlCases(*connections_to(url))


class SqlCases(SqlConnected):
    """`interface.CaseLedger` on PostgreSQL or SQLite."""

    def keep(self, code: str, told: str, *, now: datetime, until: datetime) -> bool:
        """See `CaseLedger`."""
        with self._writing() as connection:
            connection.execute(delete(case_codes).where(case_codes.c.until <= now))
            taken = connection.execute(select(case_codes.c.code).where(case_codes.c.code == code)).first()
            if taken is None:
                connection.execute(insert(case_codes).values(code=code, told=told, until=until))
            connection.commit()
            return taken is None

    def find(self, code: str, now: datetime) -> str | None:
        """See `CaseLedger`."""
        wanted = select(case_codes.c.told).where(case_codes.c.code == code, case_codes.c.until > now)
        with self._reading() as connection:
            return connection.execute(wanted).scalar_one_or_none()
