"""Tables of one transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, MetaData, Table


def temporary_table(metadata: MetaData, name: str, *columns: Column[Any]) -> Table:
    """One that PostgreSQL drops when the transaction ends; on SQLite whoever made it drops it."""
    return Table(name, metadata, *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")
