"""Plans that somebody may have seen, and what became of their approvals; how many removals of a sync were approved."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Sequence
from itertools import pairwise

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_time = sa.DateTime(timezone=True)

_WAITING = sa.text("SELECT DISTINCT district_id, digest FROM held_removals")
_REMOVALS = sa.text("""
    SELECT license_id FROM held_removals WHERE district_id = :district AND digest = :digest ORDER BY license_id
""")
_SHOW = sa.text("""
    INSERT INTO shown_plans (district_id, digest, shown, removals)
    VALUES (:district, :digest, CURRENT_TIMESTAMP, :removals)
""").bindparams(sa.bindparam("removals", type_=sa.LargeBinary()))


def upgrade() -> None:
    """From the version before. What waits now was shown, and can be approved as before."""
    op.create_table(
        "shown_plans",
        sa.Column("district_id", _number, primary_key=True, autoincrement=False),
        sa.Column("digest", _key, primary_key=True),
        sa.Column("shown", _time, nullable=False),
        sa.Column("superseded", _time),
        sa.Column("removals", sa.LargeBinary),
        sa.Column("approved", _time),
        sa.Column("spent", _time),
    )
    op.add_column("sync_runs", sa.Column("approved", sa.BigInteger, nullable=False, server_default="0"))
    connection = op.get_bind()
    for district, digest in connection.execute(_WAITING).all():
        held = {"district": district, "digest": digest}
        removals = connection.execute(_REMOVALS, held).scalars().all()
        connection.execute(_SHOW, {**held, "removals": _encoded(removals)})


def _encoded(numbers: Sequence[int]) -> bytes:
    """Ascending numbers by their differences."""
    steps = array("q", [*numbers[:1], *(after - before for before, after in pairwise(numbers))])
    if sys.byteorder == "big":
        steps.byteswap()
    return zlib.compress(steps.tobytes(), 1)
