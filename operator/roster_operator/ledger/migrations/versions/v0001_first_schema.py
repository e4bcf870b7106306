"""Districts, accounts, licenses, states of persons, runs, the journal, and the views for the eBook platform."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_time = sa.DateTime(timezone=True)
_manual = sa.text("origin = 'Manual'")


def upgrade() -> None:
    """From nothing."""
    _create_districts_and_accounts()
    _create_licenses()
    _create_runs_and_journal()
    _create_views()


def _identity(name: str) -> sa.Column[Any]:
    return sa.Column(name, _number, sa.Identity(), primary_key=True)


def _district() -> sa.Column[Any]:
    return sa.Column("district_id", _number, sa.ForeignKey("districts.id"), nullable=False)


def _account_of_district() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["district_id", "account_id"], ["accounts.district_id", "accounts.id"])


def _edition_known() -> sa.CheckConstraint:
    return sa.CheckConstraint("edition IN ('Student', 'Teacher')", name="edition_known")


def _create_districts_and_accounts() -> None:
    op.create_table(
        "districts",
        _identity("id"),
        sa.Column("source", _key, nullable=False, unique=True),
        sa.Column("owner", _key, unique=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("live_since", _time),
        sa.Column("created", _time, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "accounts",
        _identity("id"),
        _district(),
        sa.Column("sourced_id", _key),
        sa.Column("username", sa.Text, nullable=False, server_default=""),
        sa.Column("email", sa.Text, nullable=False, server_default=""),
        sa.Column("identifier", sa.Text, nullable=False, server_default=""),
        sa.Column("username_key", _key, nullable=False, server_default=""),
        sa.Column("email_key", _key, nullable=False, server_default=""),
        sa.Column("kind", sa.Text, nullable=False, server_default=""),
        sa.Column("created", _time, nullable=False),
        sa.UniqueConstraint("district_id", "sourced_id", name="accounts_sourced_id"),
        sa.UniqueConstraint("district_id", "id", name="accounts_of_district"),
        sqlite_autoincrement=True,
    )
    op.create_index("accounts_username", "accounts", ["district_id", "username_key"])
    op.create_index("accounts_email", "accounts", ["district_id", "email_key"])
    op.create_table(
        "person_states",
        sa.Column("district_id", _number, primary_key=True),
        sa.Column("key", _key, primary_key=True),
        sa.Column("digest", sa.BigInteger, nullable=False),
        sa.Column("schools", _key, nullable=False),
    )


def _create_licenses() -> None:
    op.create_table(
        "licenses",
        _identity("id"),
        sa.Column("district_id", _number, nullable=False),
        sa.Column("account_id", _number, nullable=False),
        sa.Column("ebook", _key, nullable=False),
        sa.Column("edition", _key, nullable=False),
        sa.Column("origin", _key, nullable=False),
        sa.Column("since", _time, nullable=False),
        sa.Column("until", _time),
        _account_of_district(),
        sa.UniqueConstraint("account_id", "ebook", "edition", name="licenses_one_each"),
        _edition_known(),
        sa.CheckConstraint("origin IN ('Roster', 'Manual', 'Sticky')", name="origin_known"),
        sqlite_autoincrement=True,
    )
    op.create_index("licenses_of_district", "licenses", ["district_id", "ebook", "edition", "origin"])
    op.create_index("licenses_manual", "licenses", ["district_id"], postgresql_where=_manual, sqlite_where=_manual)
    op.create_table(
        "overrides",
        _identity("id"),
        sa.Column("district_id", _number, nullable=False),
        sa.Column("account_id", _number, nullable=False),
        sa.Column("ebook", _key, nullable=False),
        sa.Column("edition", _key, nullable=False),
        sa.Column("until", _time),
        sa.Column("created", _time, nullable=False),
        _account_of_district(),
        sa.UniqueConstraint("account_id", "ebook", "edition", name="overrides_one_each"),
        _edition_known(),
        sqlite_autoincrement=True,
    )
    op.create_index("overrides_of_district", "overrides", ["district_id"])
    op.create_table(
        "held_removals",
        sa.Column("district_id", _number, primary_key=True),
        sa.Column("digest", _key, primary_key=True),
        sa.Column("license_id", _number, primary_key=True),
    )


def _create_runs_and_journal() -> None:
    counts = ("granted", "revoked", "held", "unchanged", "conflicts", "accounts_created", "accounts_linked")
    op.create_table(
        "sync_runs",
        sa.Column("id", _key, primary_key=True),
        _district(),
        sa.Column("started", _time, nullable=False),
        sa.Column("finished", _time, nullable=False),
        sa.Column("proof", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in counts),
    )
    op.create_index("sync_runs_of_district", "sync_runs", ["district_id", "finished"])
    op.create_table(
        "journal",
        _identity("position"),
        sa.Column("run_id", _key, nullable=False),
        sa.Column("district_id", _number, nullable=False),
        sa.Column("account_id", _number, nullable=False),
        sa.Column("ebook", _key, nullable=False),
        sa.Column("edition", _key, nullable=False),
        sa.Column("change", _key, nullable=False),
        sa.Column("why", _key, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.CheckConstraint("change IN ('Granted', 'Revoked')", name="change_known"),
        sqlite_autoincrement=True,
    )
    op.create_index("journal_of_run", "journal", ["run_id"])
    op.create_index("journal_of_account", "journal", ["account_id"])


def _create_views() -> None:
    op.execute("""
        CREATE VIEW active_licenses AS
        SELECT district_id AS district, account_id AS account, ebook, edition, since, until, origin
          FROM licenses
         WHERE until IS NULL OR until > CURRENT_TIMESTAMP
    """)
    op.execute("""
        CREATE VIEW license_changes AS
        SELECT position, run_id AS run, district_id AS district, account_id AS account, ebook, edition, change, why, at
          FROM journal
    """)
