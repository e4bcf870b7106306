"""SQLite knows of no statistics, so the order in which it goes through tables is given to it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, text
from tests.ledger.ledger_harness import Books

from roster_operator.ledger import applying, staging


def test_accounts_are_looked_up_for_grants_and_not_grants_for_accounts(tmp_path: Path) -> None:
    """The other way round, a first sync of 100,000 persons takes minutes instead of seconds."""
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    Books(url).close()
    with create_engine(url).connect() as connection:
        staging.create_tables(connection)
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {applying.FIND_GRANTEES}"), {"district": 1}).all()
    steps = [step.detail for step in plan]
    assert steps[0] == "SCAN grants"
    assert steps[1].startswith("SEARCH accounts")
    assert "(district_id=? AND sourced_id=?)" in steps[1]
