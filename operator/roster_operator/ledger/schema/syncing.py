"""Which license store it is, and the tables of districts and their syncs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, Integer, LargeBinary, Table, Text

from roster_operator.ledger.schema.columns import Key, Number, UtcDateTime, metadata

identity = Table(
    "identity",
    metadata,
    Column("id", Text, primary_key=True),
    Column("feed_floor", BigInteger, nullable=False, server_default="0"),
    Column("erasure_key", Text, nullable=False, server_default=""),
)

leaders = Table(
    "leaders",
    metadata,
    Column("lease", Key, primary_key=True),
    Column("term", Number, nullable=False),
    Column("holder", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
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
