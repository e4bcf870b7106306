"""SQL as text, with parameters of the ledger's own types."""

from __future__ import annotations

from sqlalchemy import TextClause, bindparam, text

from roster_operator.ledger.schema import UtcDateTime


def with_now(statement: str) -> TextClause:
    """`:now` is an aware time."""
    return text(statement).bindparams(bindparam("now", type_=UtcDateTime()))
