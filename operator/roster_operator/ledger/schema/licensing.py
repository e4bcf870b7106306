"""The tables of accounts, of their licenses, and of what people and syncs decided about these."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Integer, Table, Text, UniqueConstraint, false

from roster_operator.ledger.schema.columns import (
    Key,
    Number,
    UtcDateTime,
    account_of_district,
    license_key,
    logins,
    metadata,
    one_of,
    partial_index,
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("district_id", Number, nullable=False),
    Column("sourced_id", Key),
    *logins(default=""),
    Column("kind", Text, nullable=False, server_default=""),
    Column("created", UtcDateTime, nullable=False),
    Column("elsewhere", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("district_id", "sourced_id", name="accounts_sourced_id"),
    UniqueConstraint("district_id", "id", name="accounts_of_district"),
    Index("accounts_username", "district_id", "username_key"),
    Index("accounts_email", "district_id", "email_key"),
    sqlite_autoincrement=True,
)

person_states = Table(
    "person_states",
    metadata,
    Column("district_id", Number, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("digest", BigInteger, nullable=False),
    Column("schools", Key, nullable=False),
    partial_index("person_states_to_look_at", "district_id", where="digest = 0"),
)

licenses = Table(
    "licenses",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("district_id", Number, nullable=False),
    *license_key(),
    Column("origin", Key, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("purchase", Text, nullable=False, server_default=""),
    account_of_district(),
    UniqueConstraint("account_id", "ebook", "edition", name="licenses_one_each"),
    Index("licenses_of_district", "district_id", "ebook", "edition", "origin"),
    partial_index("licenses_manual", "district_id", where="origin = 'Manual'"),
    partial_index("licenses_that_end", "district_id", "until", where="until IS NOT NULL"),
    one_of("edition", "Student", "Teacher"),
    one_of("origin", "Roster", "Manual", "Sticky", "Purchased"),
    sqlite_autoincrement=True,
)

overrides = Table(
    "overrides",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("district_id", Number, nullable=False),
    *license_key(),
    Column("until", UtcDateTime),
    Column("created", UtcDateTime, nullable=False),
    Column("kind", Key, nullable=False, server_default="Grant"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("actor", Text, nullable=False, server_default=""),
    Column("through", Text, nullable=False, server_default=""),
    Column("run_id", Key, nullable=False, server_default=""),
    Column("former_until", UtcDateTime),
    account_of_district(),
    UniqueConstraint("account_id", "ebook", "edition", "kind", name="overrides_one_each"),
    Index("overrides_of_district", "district_id"),
    one_of("edition", "Student", "Teacher"),
    sqlite_autoincrement=True,
)

held_removals = Table(
    "held_removals",
    metadata,
    Column("district_id", Number, primary_key=True),
    Column("digest", Key, primary_key=True),
    Column("license_id", Number, primary_key=True),
    Column("class_id", Key),
    Column("why", Key),
    Column("school_id", Key),
    Column("reads", Integer),
    Column("counted", UtcDateTime),
)

seat_waits = Table(
    "seat_waits",
    metadata,
    Column("district_id", Number, primary_key=True, autoincrement=False),
    Column("key", Key, primary_key=True),
    Column("ebook", Key, primary_key=True),
    Column("edition", Key, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("position", Number, Identity(), primary_key=True),
    Column("run_id", Key, nullable=False),
    Column("district_id", Number, nullable=False),
    *license_key(),
    Column("change", Key, nullable=False),
    Column("why", Key, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("class_id", Key),
    Column("actor", Text),
    Column("origin", Key),
    Column("since", UtcDateTime),
    Column("until", UtcDateTime),
    Column("school_id", Key),
    Column("purchase", Text, nullable=False, server_default=""),
    Index("journal_of_run", "run_id"),
    Index("journal_of_account", "account_id"),
    one_of("change", "Granted", "Revoked"),
    sqlite_autoincrement=True,
)
