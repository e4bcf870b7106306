"""The tables of what is done with people's data, and of who is in question."""

from __future__ import annotations

from sqlalchemy import Column, Identity, Index, Table, Text

from roster_operator.ledger.schema.columns import Key, Number, UtcDateTime, metadata

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

erased_logins = Table(
    "erased_logins",
    metadata,
    Column("district_id", Number, primary_key=True, autoincrement=False),
    Column("login", Key, primary_key=True),
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

case_codes = Table(
    "case_codes",
    metadata,
    Column("code", Key, primary_key=True),
    Column("told", Text, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
