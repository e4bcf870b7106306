"""Licenses that somebody bought, by whose reference; of each change, of which origin the license was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_ORIGINS = "origin IN ('Roster', 'Manual', 'Sticky', 'Purchased')"
_COLUMNS = "id, district_id, account_id, ebook, edition, origin, since, until"
_ACTIVE = """
    CREATE VIEW active_licenses AS
    SELECT district_id AS district, account_id AS account, ebook, edition, since, until, origin
      FROM licenses
     WHERE until IS NULL OR until > CURRENT_TIMESTAMP
"""
_CHANGES = """
    VIEW license_changes AS
    SELECT position, run_id AS run, district_id AS district, account_id AS account, ebook, edition, change, why, at,
           class_id AS class, actor, school_id AS school, origin
      FROM journal
"""
_REBUILD = (
    "DROP VIEW active_licenses",
    f"""
    CREATE TABLE rebuilt (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        district_id INTEGER NOT NULL,
        account_id INTEGER NOT NULL,
        ebook TEXT NOT NULL,
        edition TEXT NOT NULL,
        origin TEXT NOT NULL,
        since DATETIME NOT NULL,
        until DATETIME,
        purchase TEXT DEFAULT '' NOT NULL,
        FOREIGN KEY (district_id, account_id) REFERENCES accounts (district_id, id),
        CONSTRAINT licenses_one_each UNIQUE (account_id, ebook, edition),
        CONSTRAINT edition_known CHECK (edition IN ('Student', 'Teacher')),
        CONSTRAINT origin_known CHECK ({_ORIGINS})
    )
    """,
    f"INSERT INTO rebuilt ({_COLUMNS}) SELECT {_COLUMNS} FROM licenses",  # noqa: S608 - a constant
    "DELETE FROM sqlite_sequence WHERE name = 'rebuilt'",
    "INSERT INTO sqlite_sequence (name, seq) SELECT 'rebuilt', seq FROM sqlite_sequence WHERE name = 'licenses'",
    "DROP TABLE licenses",
    "ALTER TABLE rebuilt RENAME TO licenses",
    "CREATE INDEX licenses_of_district ON licenses (district_id, ebook, edition, origin)",
    "CREATE INDEX licenses_manual ON licenses (district_id) WHERE origin = 'Manual'",
    "CREATE INDEX licenses_that_end ON licenses (district_id, until) WHERE until IS NOT NULL",
    _ACTIVE,
    "DROP VIEW license_changes",
    f"CREATE {_CHANGES}",
)
"""SQLite changes no constraint. No number of a license is given twice, also after this."""


def upgrade() -> None:
    """From the version before."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("origin_known", "licenses", type_="check")
        op.create_check_constraint("origin_known", "licenses", _ORIGINS)
        op.add_column("licenses", sa.Column("purchase", sa.Text, nullable=False, server_default=""))
        op.execute(f"CREATE OR REPLACE {_CHANGES}")
    else:
        for step in _REBUILD:
            op.execute(step)
    for column in ("purchase", "now_purchase"):
        op.add_column("cleaned_licenses", sa.Column(column, sa.Text, nullable=False, server_default=""))
