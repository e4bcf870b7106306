"""A district belongs to the namespace that had it first; who prepares one in setup mode has reserved it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """From version 0006. Of a district that was released before, nobody knows any more whose it was."""
    op.add_column("districts", sa.Column("namespace", _key))
    owned = sa.text("SELECT id, owner FROM districts WHERE owner IS NOT NULL")
    connection = op.get_bind()
    for district_id, owner in connection.execute(owned).all():
        connection.execute(
            sa.text("UPDATE districts SET namespace = :namespace WHERE id = :district"),
            {"namespace": owner.partition("/")[0], "district": district_id},
        )
    op.create_table(
        "reservations",
        sa.Column("source", _key, primary_key=True),
        sa.Column("owner", _key, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("reservations_of_owner", "reservations", ["owner"])
