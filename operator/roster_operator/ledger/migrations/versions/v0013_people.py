"""Who looked at which person; what was erased, so that it does not come back."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """From the version before."""
    op.create_table(
        "access_log",
        sa.Column("position", _number, sa.Identity(), primary_key=True),
        sa.Column("at", _time, nullable=False),
        sa.Column("district_id", _number, nullable=False),
        sa.Column("account_id", _number, nullable=False),
        sa.Column("verb", _key, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("through", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("access_log_of_district", "access_log", ["district_id", "account_id"])
    op.create_table(
        "erasures",
        sa.Column("id", _number, sa.Identity(), primary_key=True),
        sa.Column("at", _time, nullable=False),
        sa.Column("district_id", _number, nullable=False),
        sa.Column("account_id", _number),
        sa.Column("person", _key),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("through", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("erasures_of_district", "erasures", ["district_id", "person"])
    op.add_column("identity", sa.Column("erasure_key", sa.Text, nullable=False, server_default=""))
    op.execute(sa.text("UPDATE identity SET erasure_key = :key").bindparams(key=secrets.token_hex(32)))
