"""Syncs of a district are numbered, what is old may go, and an account no longer waits for its district's row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NUMBER = """
    UPDATE sync_runs SET number = numbered.number
      FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY district_id ORDER BY finished, id) AS number
              FROM sync_runs) AS numbered
     WHERE numbered.id = sync_runs.id
"""


def upgrade() -> None:
    """From version 0010."""
    op.add_column("sync_runs", sa.Column("number", sa.BigInteger, nullable=False, server_default="0"))
    op.execute(_NUMBER)
    op.drop_index("sync_runs_of_district", "sync_runs")
    op.create_index("sync_runs_of_district", "sync_runs", ["district_id", "number"], unique=True)
    op.create_index("sync_runs_by_time", "sync_runs", ["finished"])
    op.add_column("identity", sa.Column("feed_floor", sa.BigInteger, nullable=False, server_default="0"))
    op.execute("CREATE VIEW license_changes_floor AS SELECT feed_floor AS position FROM identity")
    _join_states()
    _free_accounts()


def _join_states() -> None:
    """All that a next sync needs is in one row. What only saves it work is left behind: it reads the whole roster."""
    op.add_column("district_state", sa.Column("watermark", sa.LargeBinary))
    op.add_column("district_state", sa.Column("memory", sa.LargeBinary))
    op.add_column("district_state", sa.Column("memory_version", sa.BigInteger))
    op.add_column("district_state", sa.Column("memory_persons", sa.BigInteger))
    op.drop_table("memories")
    op.drop_table("watermarks")


def _free_accounts() -> None:
    """Of the foreign key to the district, which costs a first sync a look at it for each person."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("accounts_district_id_fkey", "accounts", type_="foreignkey")
        return
    last = op.get_bind().scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'accounts'"))
    named = {"fk": "%(table_name)s_%(column_0_name)s_fkey"}
    autoincrement = {"sqlite_autoincrement": True}
    with op.batch_alter_table("accounts", naming_convention=named, table_kwargs=autoincrement) as batch:
        batch.drop_constraint("accounts_district_id_fkey", type_="foreignkey")
    if last is not None:
        op.execute(sa.text("UPDATE sqlite_sequence SET seq = :last WHERE name = 'accounts'").bindparams(last=last))
