"""What a removed license was, so that it can be given back as it was; and the hold that an undone sync leaves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """From the version before. Of what was removed until now, nobody knows what it was."""
    op.add_column("journal", sa.Column("origin", _key))
    op.add_column("journal", sa.Column("since", sa.DateTime(timezone=True)))
    op.add_column("journal", sa.Column("until", sa.DateTime(timezone=True)))
    op.add_column("district_state", sa.Column("undone", sa.Text, nullable=False, server_default=""))
