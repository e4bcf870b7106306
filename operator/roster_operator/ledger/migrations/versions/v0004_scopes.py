"""Which classes were in scope, so that one that lost its way is told from one that never led anywhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From version 0003."""
    op.create_table(
        "scopes",
        sa.Column("district_id", _number, sa.ForeignKey("districts.id"), primary_key=True, autoincrement=False),
        sa.Column("classes", sa.LargeBinary, nullable=False),
    )
