"""Licenses that end by themselves, found quickly once they have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_end = sa.text("until IS NOT NULL")


def upgrade() -> None:
    """From version 0005."""
    op.create_index("licenses_that_end", "licenses", ["district_id", "until"], postgresql_where=_end, sqlite_where=_end)
