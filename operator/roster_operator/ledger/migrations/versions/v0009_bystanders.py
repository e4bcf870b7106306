"""Whose licenses from before go-live are left alone, as their persons are at schools outside of the spec."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From version 0008. The next reading of the whole roster finds out who they are."""
    op.add_column("accounts", sa.Column("elsewhere", sa.Boolean, nullable=False, server_default=sa.false()))
