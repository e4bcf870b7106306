"""How many readings have said that somebody is merely no longer listed, and when the last of these was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the version before. Of removals that wait already, the next reading is the first that counts."""
    op.add_column("held_removals", sa.Column("reads", sa.Integer, nullable=True))
    op.add_column("held_removals", sa.Column("counted", sa.DateTime(timezone=True), nullable=True))
