"""Clean-ups: who ordered them, and what accounts, licenses and decisions were before, so that they can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """From the version before."""
    op.create_table(
        "cleanups",
        sa.Column("run_id", _key, primary_key=True),
        sa.Column("district_id", _number, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("through", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("undone_by", _key),
    )
    op.create_index("cleanups_by_time", "cleanups", ["at"])
    op.create_table(
        "cleaned_accounts",
        sa.Column("run_id", _key, primary_key=True),
        sa.Column("account_id", _number, primary_key=True, autoincrement=False),
        sa.Column("target", _number, nullable=False),
        sa.Column("sourced_id", _key),
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("username_key", _key, nullable=False),
        sa.Column("email_key", _key, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("created", _time, nullable=False),
        sa.Column("elsewhere", sa.Boolean, nullable=False),
        sa.Column("now_username", sa.Text),
        sa.Column("now_email", sa.Text),
        sa.Column("now_identifier", sa.Text),
    )
    op.create_index("cleaned_accounts_of_account", "cleaned_accounts", ["account_id"])
    op.create_index("cleaned_accounts_of_target", "cleaned_accounts", ["target"])
    op.create_table(
        "cleaned_licenses",
        sa.Column("run_id", _key, primary_key=True),
        sa.Column("license_id", _number, primary_key=True, autoincrement=False),
        sa.Column("target", _number, nullable=False),
        sa.Column("account_id", _number, nullable=False),
        sa.Column("ebook", _key, nullable=False),
        sa.Column("edition", _key, nullable=False),
        sa.Column("origin", _key, nullable=False),
        sa.Column("since", _time, nullable=False),
        sa.Column("until", _time),
        sa.Column("now_account_id", _number),
        sa.Column("now_origin", _key),
        sa.Column("now_since", _time),
        sa.Column("now_until", _time),
    )
    op.create_index("cleaned_licenses_of_target", "cleaned_licenses", ["target"])
    op.create_table(
        "cleaned_overrides",
        sa.Column("run_id", _key, primary_key=True),
        sa.Column("override_id", _number, primary_key=True, autoincrement=False),
        sa.Column("target", _number, nullable=False),
        sa.Column("account_id", _number, nullable=False),
    )
    op.create_index("cleaned_overrides_of_target", "cleaned_overrides", ["target"])
