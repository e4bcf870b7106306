"""All that a district's next sync is held against, in one row; the guard's baseline is searched for no longer."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """From version 0009."""
    op.add_column("district_state", sa.Column("baseline", sa.Text, nullable=False, server_default=""))
    op.add_column("district_state", sa.Column("in_doubt_since", _time, nullable=True))
    op.add_column("district_state", sa.Column("classes", sa.LargeBinary, nullable=True))
    connection = op.get_bind()
    for district_id in connection.scalars(sa.text("SELECT id FROM districts")).all():
        _carry_over(connection, district_id)
    op.drop_table("scopes")


def _carry_over(connection: sa.Connection, district_id: int) -> None:
    mine = {"district": district_id}
    classes = connection.scalar(sa.text("SELECT classes FROM scopes WHERE district_id = :district"), mine)
    proofs = connection.execute(
        sa.text("SELECT finished, proof FROM sync_runs WHERE district_id = :district ORDER BY finished DESC, id"), mine
    )
    baseline, since, in_doubt = "", None, True
    for finished, proof in proofs:
        told: dict[str, Any] = json.loads(proof or "{}")
        in_doubt = in_doubt and "questionsInDoubt" in told
        since = finished if in_doubt else since
        if "questions" in told:
            baseline = json.dumps({"questions": told["questions"], "rejected": _rejected(told)})
            break
    if not (classes or baseline or since):
        return
    values = {**mine, "baseline": baseline, "since": since, "classes": classes}
    written = connection.execute(
        sa.text("""
            UPDATE district_state SET baseline = :baseline, in_doubt_since = :since, classes = :classes
             WHERE district_id = :district
        """),
        values,
    )
    if not written.rowcount:
        connection.execute(
            sa.text("""
                INSERT INTO district_state (district_id, evidence, baseline, in_doubt_since, classes)
                VALUES (:district, '', :baseline, :since, :classes)
            """),
            values,
        )


def _rejected(told: dict[str, Any]) -> dict[str, int]:
    sections = ((name, found) for name, found in told.items() if isinstance(found, dict))
    return {name: found["rejected"] for name, found in sections if found.get("rejected")}
