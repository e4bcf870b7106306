"""By which school each license came: of the journal, of removals that wait, and in the change feed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_VIEW = """
    VIEW license_changes AS
    SELECT position, run_id AS run, district_id AS district, account_id AS account, ebook, edition, change, why, at,
           class_id AS class, actor, school_id AS school
      FROM journal
"""


def upgrade() -> None:
    """From the version before. Of what came and went until now, nobody knows by which school."""
    for table in ("journal", "held_removals"):
        op.add_column(table, sa.Column("school_id", _key, nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE OR REPLACE {_VIEW}")
    else:
        op.execute("DROP VIEW license_changes")
        op.execute(f"CREATE {_VIEW}")
