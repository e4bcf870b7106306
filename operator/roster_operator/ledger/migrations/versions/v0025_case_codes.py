"""Codes that stand in a ticket for a page about a person, for an hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """From the version before."""
    op.create_table(
        "case_codes",
        sa.Column("code", _key, primary_key=True),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
