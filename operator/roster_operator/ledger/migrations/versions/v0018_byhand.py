"""What people decide by hand: grants and blocks, with who decided it, through what, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """From the version before. What was decided until now was a grant, and nobody knows by whom."""
    op.add_column("overrides", sa.Column("kind", _key, nullable=False, server_default="Grant"))
    for column in ("reason", "actor", "through"):
        op.add_column("overrides", sa.Column(column, sa.Text, nullable=False, server_default=""))
    op.add_column("overrides", sa.Column("run_id", _key, nullable=False, server_default=""))
