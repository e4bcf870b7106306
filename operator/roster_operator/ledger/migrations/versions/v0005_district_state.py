"""What a district's last sync was read from and how it was told, for the next one to be held against."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BY_NAME = "district:"
"""So begins the source of a district that `spec.district` names; of all others it is host and path of the SIS."""


def upgrade() -> None:
    """From version 0004."""
    op.create_table(
        "district_state",
        sa.Column("district_id", _number, sa.ForeignKey("districts.id"), primary_key=True, autoincrement=False),
        sa.Column("evidence", sa.Text, nullable=False),
    )
    _carry_over()


def _carry_over() -> None:
    """What is known of the last full sync by which nothing waited: the first one after the upgrade has a yesterday."""
    connection = op.get_bind()
    write = sa.text("INSERT INTO district_state (district_id, evidence) VALUES (:district, :evidence)")
    last = sa.text("""
        SELECT proof FROM sync_runs
         WHERE district_id = :district AND proof LIKE '%"questions":%'
         ORDER BY finished DESC LIMIT 1
    """)
    for district_id, source in connection.execute(sa.text("SELECT id, source FROM districts")).all():
        proof = connection.execute(last, {"district": district_id}).scalar()
        if proof:
            evidence = {"source": _identity(source), "sections": _sections(json.loads(proof))}
            connection.execute(write, {"district": district_id, "evidence": json.dumps(evidence)})


def _identity(source: str) -> dict[str, str]:
    return {} if source.startswith(_BY_NAME) else {"place": source.lower()}


def _sections(proof: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"proof": told["proof"], "rows": told["rows"], "pages": told.get("pages", 0)}
        for name, told in proof.items()
        if "proof" in told and "rows" in told
    }
