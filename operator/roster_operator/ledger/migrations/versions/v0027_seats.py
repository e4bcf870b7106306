"""Who waits for a seat, since when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From the version before."""
    op.create_table(
        "seat_waits",
        sa.Column("district_id", _number, primary_key=True, autoincrement=False),
        sa.Column("key", _key, primary_key=True),
        sa.Column("ebook", _key, primary_key=True),
        sa.Column("edition", _key, primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )
