"""What the columns and constraints of the ledger's tables are made of.

Columns that several tables have are made anew for each: SQLAlchemy binds a column to its table.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    text,
)

metadata = MetaData()

_PLAIN = Text()
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


def license_key() -> tuple[Column[Any], ...]:
    """What an account has at most one license of."""
    return Column("account_id", Number, nullable=False), *ebook_and_edition()


def ebook_and_edition() -> tuple[Column[Any], ...]:
    """What a person is entitled to."""
    return Column("ebook", Key, nullable=False), Column("edition", Key, nullable=False)


def logins(shown: Text = _PLAIN, default: str | None = None) -> tuple[Column[Any], ...]:
    """As they are shown, and as they are compared."""
    return (
        *(Column(name, shown, nullable=False, server_default=default) for name in ("username", "email", "identifier")),
        *(Column(name, Key, nullable=False, server_default=default) for name in ("username_key", "email_key")),
    )


def account_of_district() -> ForeignKeyConstraint:
    """Not even a bug can give a license of one district to an account of another."""
    return ForeignKeyConstraint(["district_id", "account_id"], ["accounts.district_id", "accounts.id"])


def one_of(column: str, *values: str) -> CheckConstraint:
    """A column that holds one of these."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def partial_index(name: str, *columns: str, where: str) -> Index:
    """Of the rows only that `where` is true of."""
    return Index(name, *columns, postgresql_where=text(where), sqlite_where=text(where))
