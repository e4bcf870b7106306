"""The tables of the ledger, as `migrations/` leaves them; the two views on them are made there.

No table holds a name of a person; accounts hold what matching needs, and nothing else. Text that is compared has a
byte order of its own on PostgreSQL (collation C), so that both databases compare and sort alike.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData()

Key = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared, joined and sorted by."""
Number = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit identity; only `INTEGER` counts up by itself on SQLite."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC; SQLite has no time zones and keeps it without."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To UTC."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _account_of_district() -> ForeignKeyConstraint:
    """Not even a bug can give a license of one district to an account of another."""
    return ForeignKeyConstraint(["district_id", "account_id"], ["accounts.district_id", "accounts.id"])


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


identity = Table(
    "identity",
    metadata,
    Column("id", Text, primary_key=True),
    Column("feed_floor", BigInteger, nullable=False, server_default="0"),
    Column("erasure_key", Text, nullable=False, server_default=""),
)

districts = Table(
    "districts",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("source", Key, nullable=False, unique=True),
    Column("owner", Key, unique=True),
    Column("namespace", Key),
    Column("version", BigInteger, nullable=False),
    Column("live_since", UtcDateTime),
    Column("created", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

reservations = Table(
    "reservations",
    metadata,
    Column("source", Key, primary_key=True),
    Column("owner", Key, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Index("reservations_of_owner", "owner"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("district_id", Number, nullable=False),
    Column("sourced_id", Key),
    Column("username", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
    Column("identifier", Text, nullable=False, server_default=""),
    Column("username_key", Key, nullable=False, server_default=""),
    Column("email_key", Key, nullable=False, server_default=""),
    Column("kind", Text, nullable=False, server_default=""),
    Column("created", UtcDateTime, nullable=False),
    Column("elsewhere", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("district_id", "sourced_id", name="accounts_sourced_id"),
    UniqueConstraint("district_id", "id", name="accounts_of_district"),
    Index("accounts_username", "district_id", "username_key"),
    Index("accounts_email", "district_id", "email_key"),
    sqlite_autoincrement=True,
)

licenses = Table(
    "licenses",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("district_id", Number, nullable=False),
    Column("account_id", Number, nullable=False),
    Column("ebook", Key, nullable=False),
    Column("edition", Key, nullable=False),
    Column("origin", Key, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("purchase", Text, nullable=False, server_default=""),
    _account_of_district(),
    UniqueConstraint("account_id", "ebook", "edition", name="licenses_one_each"),
    Index("licenses_of_district", "district_id", "ebook", "edition", "origin"),
    Index(
        "licenses_manual",
        "district_id",
        postgresql_where=text("origin = 'Manual'"),
        sqlite_where=text("origin = 'Manual'"),
    ),
    Index(
        "licenses_that_end",
        "district_id",
        "until",
        postgresql_where=text("until IS NOT NULL"),
        sqlite_where=text("until IS NOT NULL"),
    ),
    _one_of("edition", "Student", "Teacher"),
    _one_of("origin", "Roster", "Manual", "Sticky", "Purchased"),
    sqlite_autoincrement=True,
)

person_states = Table(
    "person_states",
    metadata,
    Column("district_id", Number, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("digest", BigInteger, nullable=False),
    Column("schools", Key, nullable=False),
    Index(
        "person_states_to_look_at",
        "district_id",
        postgresql_where=text("digest = 0"),
        sqlite_where=text("digest = 0"),
    ),
)

district_state = Table(
    "district_state",
    metadata,
    Column("district_id", Number, ForeignKey("districts.id"), primary_key=True, autoincrement=False),
    Column("evidence", Text, nullable=False),
    Column("baseline", Text, nullable=False, server_default=""),
    Column("in_doubt_since", UtcDateTime),
    Column("classes", LargeBinary),
    Column("watermark", LargeBinary),
    Column("memory", LargeBinary),
    Column("memory_version", BigInteger),
    Column("memory_persons", BigInteger),
    Column("undone", Text, nullable=False, server_default=""),
    Column("canary", Text, nullable=False, server_default=""),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("district_id", Number, ForeignKey("districts.id"), primary_key=True, autoincrement=False),
    Column("run_id", Key, nullable=False),
    Column("taken", UtcDateTime, nullable=False),
    Column("key_id", Key, nullable=False),
    Column("header", LargeBinary, nullable=False),
)

snapshot_chunks = Table(
    "snapshot_chunks",
    metadata,
    Column("district_id", Number, ForeignKey("snapshots.district_id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Key, nullable=False),
    Column("chunk", LargeBinary, nullable=False),
)

sync_runs = Table(
    "sync_runs",
    metadata,
    Column("id", Key, primary_key=True),
    Column("district_id", Number, ForeignKey("districts.id"), nullable=False),
    Column("number", BigInteger, nullable=False, server_default="0"),
    Column("started", UtcDateTime, nullable=False),
    Column("finished", UtcDateTime, nullable=False),
    Column("proof", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("granted", BigInteger, nullable=False),
    Column("revoked", BigInteger, nullable=False),
    Column("approved", BigInteger, nullable=False, server_default="0"),
    Column("held", BigInteger, nullable=False),
    Column("unchanged", BigInteger, nullable=False),
    Column("conflicts", BigInteger, nullable=False),
    Column("accounts_created", BigInteger, nullable=False),
    Column("accounts_linked", BigInteger, nullable=False),
    Index("sync_runs_of_district", "district_id", "number", unique=True),
    Index("sync_runs_by_time", "finished"),
)

journal = Table(
    "journal",
    metadata,
    Column("position", Number, Identity(), primary_key=True),
    Column("run_id", Key, nullable=False),
    Column("district_id", Number, nullable=False),
    Column("account_id", Number, nullable=False),
    Column("ebook", Key, nullable=False),
    Column("edition", Key, nullable=False),
    Column("change", Key, nullable=False),
    Column("why", Key, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("class_id", Key),
    Column("actor", Text),
    Column("origin", Key),
    Column("since", UtcDateTime),
    Column("until", UtcDateTime),
    Column("school_id", Key),
    Index("journal_of_run", "run_id"),
    Index("journal_of_account", "account_id"),
    _one_of("change", "Granted", "Revoked"),
    sqlite_autoincrement=True,
)

overrides = Table(
    "overrides",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("district_id", Number, nullable=False),
    Column("account_id", Number, nullable=False),
    Column("ebook", Key, nullable=False),
    Column("edition", Key, nullable=False),
    Column("until", UtcDateTime),
    Column("created", UtcDateTime, nullable=False),
    Column("kind", Key, nullable=False, server_default="Grant"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("actor", Text, nullable=False, server_default=""),
    Column("through", Text, nullable=False, server_default=""),
    Column("run_id", Key, nullable=False, server_default=""),
    _account_of_district(),
    UniqueConstraint("account_id", "ebook", "edition", name="overrides_one_each"),
    Index("overrides_of_district", "district_id"),
    _one_of("edition", "Student", "Teacher"),
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

questions = Table(
    "questions",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("owner", Key, nullable=False),
    Column("district_id", Number),
    Column("item", Key, nullable=False),
    Column("person", Key, nullable=False),
    Column("class_id", Key, nullable=False),
    Column("what", Key, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("school", Key, nullable=False, server_default=""),
    Index("questions_of_owner", "owner", "item"),
    Index("questions_of_district", "district_id"),
    Index("questions_by_time", "since"),
    sqlite_autoincrement=True,
)

shown_plans = Table(
    "shown_plans",
    metadata,
    Column("district_id", Number, primary_key=True, autoincrement=False),
    Column("digest", Key, primary_key=True),
    Column("shown", UtcDateTime, nullable=False),
    Column("superseded", UtcDateTime),
    Column("removals", LargeBinary),
    Column("approved", UtcDateTime),
    Column("spent", UtcDateTime),
)

access_log = Table(
    "access_log",
    metadata,
    Column("position", Number, Identity(), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("district_id", Number, nullable=False),
    Column("account_id", Number, nullable=False),
    Column("verb", Key, nullable=False),
    Column("actor", Text, nullable=False),
    Column("through", Text, nullable=False),
    Column("owner", Key),
    Index("access_log_of_district", "district_id", "account_id"),
    sqlite_autoincrement=True,
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("district_id", Number, nullable=False),
    Column("account_id", Number),
    Column("person", Key),
    Column("actor", Text, nullable=False),
    Column("through", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Index("erasures_of_district", "district_id", "person"),
    sqlite_autoincrement=True,
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
    Column("username", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("identifier", Text, nullable=False),
    Column("username_key", Key, nullable=False),
    Column("email_key", Key, nullable=False),
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
    Column("target", Number, nullable=False),
    Column("account_id", Number, nullable=False),
    Column("ebook", Key, nullable=False),
    Column("edition", Key, nullable=False),
    Column("origin", Key, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("now_account_id", Number),
    Column("now_origin", Key),
    Column("now_since", UtcDateTime),
    Column("now_until", UtcDateTime),
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

case_codes = Table(
    "case_codes",
    metadata,
    Column("code", Key, primary_key=True),
    Column("told", Text, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

leaders = Table(
    "leaders",
    metadata,
    Column("lease", Key, primary_key=True),
    Column("term", Number, nullable=False),
    Column("holder", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)
