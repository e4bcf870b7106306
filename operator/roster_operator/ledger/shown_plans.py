"""Plans that somebody may have seen: by its digest, which removals each had, and what became of its approval.

By it an approval is a ceiling, also of a plan that has grown since. What a plan had is kept as long as it is the one
that is shown, and a month longer; that an approval was spent is kept for good, so that none is good twice.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, null, or_, select, text, update

from roster_operator.ledger import staging, temporary
from roster_operator.ledger.interface.sync import MetApproval, Shown, ShownPlan
from roster_operator.ledger.schema import UtcDateTime, shown_plans
from roster_operator.licensing.change_set import digest_of

KEPT: Final = timedelta(days=30)
"""So long after another took its place, a plan can still be approved."""
MOST: Final = 20
"""Of each district, the latest."""
_STREAMED: Final = 10_000
_LEVEL: Final = 1

_REMOVALS = text("SELECT license_id FROM removals WHERE held OR :everything ORDER BY license_id")
_RELEASE = text("""
    UPDATE removals SET held = FALSE WHERE held AND license_id IN (SELECT license_id FROM approved)
""")
_APPROVE_ALL = text("INSERT INTO approved (license_id) SELECT license_id FROM removals")
_COUNT_APPROVED = text("""
    SELECT COUNT(*) FROM removals WHERE held AND license_id IN (SELECT license_id FROM approved)
""")
_LATEST = f"""
    SELECT digest FROM shown_plans WHERE district_id = :district AND removals IS NOT NULL
     ORDER BY shown DESC, digest LIMIT {MOST}
"""  # noqa: S608 - a constant
_FORGET_MANY = (
    text(f"""
        DELETE FROM shown_plans
         WHERE district_id = :district AND approved IS NULL AND removals IS NOT NULL AND digest NOT IN ({_LATEST})
    """),  # noqa: S608 - constants
    text(f"""
        UPDATE shown_plans SET removals = NULL
         WHERE district_id = :district AND removals IS NOT NULL AND digest NOT IN ({_LATEST})
    """),  # noqa: S608 - constants
)


def find(connection: Connection, district_id: int | None, digest: str) -> ShownPlan | None:
    """What is known of a plan; None if it was not shown of this district."""
    found = select(shown_plans.c.approved, shown_plans.c.spent, shown_plans.c.removals.is_not(None))
    mine = (shown_plans.c.district_id == district_id) & (shown_plans.c.digest == digest)
    row = connection.execute(found.where(mine)).one_or_none()
    return None if row is None else ShownPlan(*row)


def unspent(connection: Connection, district_id: int | None, digest: str) -> str:
    """The same digest; or, of removals that were approved, did not come to pass and are planned again, another one."""
    while (known := find(connection, district_id, digest)) is not None and known.spent is not None:
        digest = digest_of((digest, known.spent.isoformat()), ())
    return digest


def load(connection: Connection, district_id: int | None, digest: str) -> int:
    """Fill `approved` with the removals of a plan; of those that are marked as held, how many these are."""
    mine = (shown_plans.c.district_id == district_id) & (shown_plans.c.digest == digest)
    removals = connection.scalar(select(shown_plans.c.removals).where(mine))
    connection.execute(text("DELETE FROM approved"))
    temporary.insert(connection, staging.approved, [[(number,) for number in decoded(removals)]] if removals else [])
    return int(connection.execute(_COUNT_APPROVED).scalar_one())


def load_all(connection: Connection) -> None:
    """Fill `approved` with all removals of the plan."""
    connection.execute(text("DELETE FROM approved"))
    connection.execute(_APPROVE_ALL)


def release(connection: Connection) -> int:
    """Hold nothing that is in `approved`; how many removals that lets go."""
    return connection.execute(_RELEASE).rowcount


def removals(connection: Connection, *, everything: bool) -> bytes:
    """Those of the plan that are held, or all, as they are kept."""
    stream = connection.execute(
        _REMOVALS, {"everything": everything}, execution_options={"yield_per": _STREAMED}
    ).scalars()
    return encoded(stream)


def keep(connection: Connection, district_id: int, shown: Shown | None, at: datetime, met: MetApproval | None) -> None:
    """Let `shown` be the plan to be seen (None: none waits), and note what became of the approval that is given."""
    mine = shown_plans.c.district_id == district_id
    taken_back = update(shown_plans).where(
        mine,
        shown_plans.c.digest != (met.plan if met is not None else ""),
        shown_plans.c.approved.is_not(None),
        shown_plans.c.spent.is_(None),
    )
    connection.execute(taken_back.values(approved=None))
    digest = shown.digest if shown is not None else ""
    others = update(shown_plans).where(mine, shown_plans.c.digest != digest, shown_plans.c.superseded.is_(None))
    connection.execute(others.values(superseded=at))
    if shown is not None:
        _show(connection, district_id, shown, at)
    if met is not None:
        _note(connection, district_id, met, at)


def _show(connection: Connection, district_id: int, shown: Shown, at: datetime) -> None:
    mine = (shown_plans.c.district_id == district_id) & (shown_plans.c.digest == shown.digest)
    known = connection.execute(select(shown_plans.c.superseded, shown_plans.c.removals).where(mine)).one_or_none()
    if known is not None and known.superseded is None and known.removals == shown.removals:
        return
    values = {"shown": at, "superseded": None, "removals": shown.removals}
    if known is None:
        connection.execute(insert(shown_plans).values(district_id=district_id, digest=shown.digest, **values))
    else:
        connection.execute(update(shown_plans).where(mine).values(**values))
    for step in _FORGET_MANY:
        connection.execute(step, {"district": district_id})


def _note(connection: Connection, district_id: int, met: MetApproval, at: datetime) -> None:
    """That an approval was met, and that it was spent: each once."""
    mine = (shown_plans.c.district_id == district_id) & (shown_plans.c.digest == met.plan)
    connection.execute(update(shown_plans).where(mine, shown_plans.c.approved.is_(None)).values(approved=at))
    if met.spent:
        connection.execute(update(shown_plans).where(mine, shown_plans.c.spent.is_(None)).values(spent=at))


def let_go(connection: Connection, district_id: int) -> None:
    """Nobody holds the district: what was shown is nobody's. An approval that was given stays given."""
    mine = shown_plans.c.district_id == district_id
    connection.execute(delete(shown_plans).where(mine, shown_plans.c.approved.is_(None)))
    connection.execute(update(shown_plans).where(mine).values(removals=null()))


_OLD = select(shown_plans.c.district_id, shown_plans.c.digest).where(
    shown_plans.c.superseded < bindparam("before", type_=UtcDateTime()),
    or_(shown_plans.c.removals.is_not(None), shown_plans.c.approved.is_(None)),
)


def old(connection: Connection, now: datetime, some: int) -> list[tuple[int, str]]:
    """District and digest of plans that are kept no longer."""
    return [(row[0], row[1]) for row in connection.execute(_OLD.limit(some), {"before": now - KEPT})]


def forget(connection: Connection, plans: Iterable[tuple[int, str]]) -> None:
    """Drop what these plans had; and all of those that nobody approved."""
    for district_id, digest in plans:
        mine = (shown_plans.c.district_id == district_id) & (shown_plans.c.digest == digest)
        connection.execute(delete(shown_plans).where(mine, shown_plans.c.approved.is_(None)))
        connection.execute(update(shown_plans).where(mine).values(removals=null()))


def encoded(numbers: Iterable[int]) -> bytes:
    """Ascending numbers in a byte or two each."""
    column = array("q", numbers)
    steps = array("q", [*column[:1], *(after - before for before, after in pairwise(column))])
    if sys.byteorder == "big":
        steps.byteswap()
    return zlib.compress(steps.tobytes(), _LEVEL)


def decoded(kept: bytes) -> Iterator[int]:
    """The inverse of `encoded`."""
    steps = array("q")
    steps.frombytes(zlib.decompress(kept))
    if sys.byteorder == "big":
        steps.byteswap()
    return accumulate(steps)


NONE: Final = encoded(())
"""Of a plan that removes nothing."""
