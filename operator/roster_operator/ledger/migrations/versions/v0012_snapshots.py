"""The last reading of each district, for answers; true reasons, with the class and who did it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_time = sa.DateTime(timezone=True)
_VIEW = """
    VIEW license_changes AS
    SELECT position, run_id AS run, district_id AS district, account_id AS account, ebook, edition, change, why, at,
           class_id AS class, actor
      FROM journal
"""


def upgrade() -> None:
    """From version 0011."""
    op.create_table(
        "snapshots",
        sa.Column("district_id", _number, sa.ForeignKey("districts.id"), primary_key=True, autoincrement=False),
        sa.Column("run_id", _key, nullable=False),
        sa.Column("taken", _time, nullable=False),
        sa.Column("key_id", _key, nullable=False),
        sa.Column("header", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "snapshot_chunks",
        sa.Column(
            "district_id", _number, sa.ForeignKey("snapshots.district_id"), primary_key=True, autoincrement=False
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", _key, nullable=False),
        sa.Column("chunk", sa.LargeBinary, nullable=False),
    )
    for table in ("journal", "held_removals"):
        op.add_column(table, sa.Column("class_id", _key, nullable=True))
    op.add_column("held_removals", sa.Column("why", _key, nullable=True))
    op.add_column("journal", sa.Column("actor", sa.Text, nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE OR REPLACE {_VIEW}")
    else:
        op.execute("DROP VIEW license_changes")
        op.execute(f"CREATE {_VIEW}")
