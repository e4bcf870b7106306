"""Ledgers as older versions left them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from alembic import command
from sqlalchemy import Connection, Engine, text
from tests.ledger.ledger_harness import NOW

from roster_operator.ledger.upgrading import configuration


def leave(engine: Engine, version: str) -> None:
    """The schema as an older version had it."""
    with engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def add_district(connection: Connection, number: int, source: str, *proofs: Mapping[str, object]) -> None:
    connection.execute(
        text("INSERT INTO districts (id, source, owner, version, created) VALUES (:id, :source, :owner, 3, :at)"),
        {"id": number, "source": source, "owner": f"districts/number-{number}", "at": NOW},
    )
    for day, proof in enumerate(proofs, start=1):
        connection.execute(
            text("""
                INSERT INTO sync_runs (id, district_id, started, finished, proof, digest, granted, revoked, held,
                                       unchanged, conflicts, accounts_created, accounts_linked)
                VALUES (:id, :district, :at, :at, :proof, '', 0, 0, 0, 0, 0, 0, 0)
            """),
            {"id": f"run-{number}-{day}", "district": number, "at": NOW.replace(day=day), "proof": json.dumps(proof)},
        )
