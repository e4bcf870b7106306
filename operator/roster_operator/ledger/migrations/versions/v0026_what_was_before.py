"""What was before a decision by hand, and a purchase, is kept; of whoever is erased, hashes of their logins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ONE_EACH = ("account_id", "ebook", "edition", "kind")
_COLUMNS = "id, district_id, account_id, ebook, edition, until, created, kind, reason, actor, through, run_id"
_REBUILD = (
    """
    CREATE TABLE rebuilt (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        district_id INTEGER NOT NULL,
        account_id INTEGER NOT NULL,
        ebook TEXT NOT NULL,
        edition TEXT NOT NULL,
        until DATETIME,
        created DATETIME NOT NULL,
        kind TEXT DEFAULT 'Grant' NOT NULL,
        reason TEXT DEFAULT '' NOT NULL,
        actor TEXT DEFAULT '' NOT NULL,
        through TEXT DEFAULT '' NOT NULL,
        run_id TEXT DEFAULT '' NOT NULL,
        former_until DATETIME,
        FOREIGN KEY (district_id, account_id) REFERENCES accounts (district_id, id),
        CONSTRAINT overrides_one_each UNIQUE (account_id, ebook, edition, kind),
        CONSTRAINT edition_known CHECK (edition IN ('Student', 'Teacher'))
    )
    """,
    f"INSERT INTO rebuilt ({_COLUMNS}) SELECT {_COLUMNS} FROM overrides",  # noqa: S608 - a constant
    "DELETE FROM sqlite_sequence WHERE name = 'rebuilt'",
    "INSERT INTO sqlite_sequence (name, seq) SELECT 'rebuilt', seq FROM sqlite_sequence WHERE name = 'overrides'",
    "DROP TABLE overrides",
    "ALTER TABLE rebuilt RENAME TO overrides",
    "CREATE INDEX overrides_of_district ON overrides (district_id)",
)
"""SQLite changes no constraint."""


def upgrade() -> None:
    """From the version before."""
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("overrides", sa.Column("former_until", sa.DateTime(timezone=True)))
        op.drop_constraint("overrides_one_each", "overrides", type_="unique")
        op.create_unique_constraint("overrides_one_each", "overrides", _ONE_EACH)
    else:
        for step in _REBUILD:
            op.execute(step)
    op.add_column("journal", sa.Column("purchase", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "erased_logins",
        sa.Column("district_id", _number, primary_key=True, autoincrement=False),
        sa.Column("login", _key, primary_key=True),
    )
