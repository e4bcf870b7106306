"""At which school each question is put right."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """From the version before."""
    op.add_column("questions", sa.Column("school", _key, nullable=False, server_default=""))
