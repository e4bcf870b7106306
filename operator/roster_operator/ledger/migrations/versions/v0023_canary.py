"""How far going live at some schools first has come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the version before. Whoever is live is so at all schools."""
    op.add_column("district_state", sa.Column("canary", sa.Text, nullable=False, server_default=""))
