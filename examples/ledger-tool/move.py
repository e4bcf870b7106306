"""Copy a ledger from SQLite into an empty database, with every number as it is: `python move.py FROM TO`.

FROM and TO are URLs, or files that hold one. Stop the operator first. Nothing is written unless all of it is;
docs/how-to/move-to-postgresql.md has the steps around it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import sqlalchemy as sa

from roster_operator.ledger import open_ledger
from roster_operator.ledger.schema import identity, metadata

BATCH = 5_000


def url_of(argument: str) -> str:
    """The URL itself, or what the file says."""
    return Path(argument).read_text(encoding="utf-8").strip() if argument.startswith("/") else argument


def copy(source: sa.Connection, target: sa.Connection) -> int:
    """Copy all rows, and let the target count on from where the source stood; how many rows there were."""
    target.execute(sa.delete(identity))  # that of the ledger that moves, which each district's status repeats
    rows = 0
    for table in metadata.sorted_tables:
        for batch in source.execute(sa.select(table)).mappings().partitions(BATCH):
            target.execute(sa.insert(table), [dict(row) for row in batch])
            rows += len(batch)
    for name, last in source.execute(sa.text("SELECT name, seq FROM sqlite_sequence")):
        column = next(iter(metadata.tables[name].primary_key)).name
        target.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(name, column), max(last, 1))))
    return rows


def main() -> int:
    """Check both ledgers, then copy in one transaction."""
    here, there = (url_of(argument) for argument in sys.argv[1:])
    opened = open_ledger(here)
    opened.check()  # of this version: another one has to be started on it once, which migrates it
    empty = open_ledger(there)
    empty.migrate()
    if empty.holdings():
        print("The target holds districts already; nothing was copied.", file=sys.stderr)
        return 1
    source = sa.create_engine(here)
    target = sa.create_engine(there.replace("postgresql://", "postgresql+psycopg://", 1))
    with source.connect() as reading, target.begin() as writing:
        rows = copy(reading, writing)
    print(f"{rows} rows copied.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
