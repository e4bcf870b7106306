"""The tables of what clean-ups changed, for as long as they may be undone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Index, Table, Text

from roster_operator.ledger.schema.columns import Key, Number, UtcDateTime, license_key, logins, metadata


def license_and_what_it_becomes() -> tuple[Column[Any], ...]:
    """`target`: the account that stays. A license that becomes nobody's goes."""
    return (
        Column("target", Number, nullable=False),
        *license_key(),
        Column("origin", Key, nullable=False),
        Column("since", UtcDateTime, nullable=False),
        Column("until", UtcDateTime),
        Column("now_account_id", Number),
        Column("now_origin", Key),
        Column("now_since", UtcDateTime),
        Column("now_until", UtcDateTime),
    )


cleanups = Table(
    "cleanups",
    metadata,
    Column("run_id", Key, primary_key=True),
    Column("district_id", Number, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("through", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("undone_by", Key),
    Index("cleanups_by_time", "at"),
)

cleaned_accounts = Table(
    "cleaned_accounts",
    metadata,
    Column("run_id", Key, primary_key=True),
    Column("account_id", Number, primary_key=True, autoincrement=False),
    Column("target", Number, nullable=False),
    Column("sourced_id", Key),
    *logins(),
    Column("kind", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("elsewhere", Boolean, nullable=False),
    Column("now_username", Text),
    Column("now_email", Text),
    Column("now_identifier", Text),
    Index("cleaned_accounts_of_account", "account_id"),
    Index("cleaned_accounts_of_target", "target"),
)

cleaned_licenses = Table(
    "cleaned_licenses",
    metadata,
    Column("run_id", Key, primary_key=True),
    Column("license_id", Number, primary_key=True, autoincrement=False),
    *license_and_what_it_becomes(),
    Column("purchase", Text, nullable=False, server_default=""),
    Column("now_purchase", Text, nullable=False, server_default=""),
    Index("cleaned_licenses_of_target", "target"),
)

cleaned_overrides = Table(
    "cleaned_overrides",
    metadata,
    Column("run_id", Key, primary_key=True),
    Column("override_id", Number, primary_key=True, autoincrement=False),
    Column("target", Number, nullable=False),
    Column("account_id", Number, nullable=False),
    Index("cleaned_overrides_of_target", "target"),
)
