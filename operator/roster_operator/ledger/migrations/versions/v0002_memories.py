"""What a sync read and found, so that the next one recognises an unchanged roster."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_to_look_at = sa.text("digest = 0")


def upgrade() -> None:
    """From version 0001."""
    op.create_table(
        "memories",
        sa.Column("district_id", _number, sa.ForeignKey("districts.id"), primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("persons", sa.BigInteger, nullable=False),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("findings", sa.LargeBinary, nullable=False),
        sa.Column("transcript", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "person_states_to_look_at",
        "person_states",
        ["district_id"],
        postgresql_where=_to_look_at,
        sqlite_where=_to_look_at,
    )
