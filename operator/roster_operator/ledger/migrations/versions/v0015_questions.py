"""What the checklist counts, one by one; and looks at people of a district that has no row of its own yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From the version before."""
    op.create_table(
        "questions",
        sa.Column("id", _number, sa.Identity(), primary_key=True),
        sa.Column("owner", _key, nullable=False),
        sa.Column("district_id", _number),
        sa.Column("item", _key, nullable=False),
        sa.Column("person", _key, nullable=False),
        sa.Column("class_id", _key, nullable=False),
        sa.Column("what", _key, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("questions_of_owner", "questions", ["owner", "item"])
    op.create_index("questions_of_district", "questions", ["district_id"])
    op.create_index("questions_by_time", "questions", ["since"])
    op.add_column("access_log", sa.Column("owner", _key))
