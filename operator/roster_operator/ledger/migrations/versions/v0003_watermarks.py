"""How far a roster was read, so that a delta read can go on from there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """From version 0002."""
    op.create_table(
        "watermarks",
        sa.Column("district_id", _number, sa.ForeignKey("districts.id"), primary_key=True, autoincrement=False),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("since", _time, nullable=False),
        sa.Column("whole_since", _time, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("conflicts", sa.BigInteger, nullable=False),
    )
