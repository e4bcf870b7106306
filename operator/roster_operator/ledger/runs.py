"""The rows of `sync_runs`: what each sync of a district did, numbered in their order.

Every sync that looked writes its run, and nothing else need be written. So the number of the last one tells whether
somebody has looked since, and no two syncs can write the same.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, ScalarSelect, func, insert, select

from roster_operator.ledger.interface.sync import Run
from roster_operator.ledger.schema import sync_runs
from roster_operator.licensing.models import Applied, PastRemovals, Plan

_NOTHING = Plan(digest="")
_A_WEEK_OF_RUNS = 2500
"""One every four minutes: to look no further back than that spares whoever keeps years of them."""


def last_of(district_id: int | ColumnElement[int]) -> ScalarSelect[int]:
    """SQL: the number of the district's last sync; 0 if it has had none."""
    mine = sync_runs.c.district_id == district_id
    return select(func.coalesce(func.max(sync_runs.c.number), 0)).where(mine).scalar_subquery()


def write(connection: Connection, district_id: int, run: Run, applied: Applied, plan: Plan = _NOTHING) -> None:
    """Note what a sync did, as the district's next."""
    connection.execute(
        insert(sync_runs).values(
            id=run.id,
            district_id=district_id,
            number=last_of(district_id) + 1,
            started=run.started,
            finished=run.finished,
            proof=run.proof,
            digest=plan.digest,
            granted=applied.granted,
            revoked=applied.revoked,
            approved=applied.approved,
            held=applied.held,
            unchanged=plan.unchanged,
            conflicts=plan.conflicts,
            accounts_created=plan.accounts_created,
            accounts_linked=plan.accounts_linked,
        )
    )


def removals_since(
    connection: Connection, district_id: int | None, start: datetime, now: datetime
) -> list[PastRemovals]:
    """What syncs removed after `start`, the latest first. An undo or an erasure is no sync: it has no plan."""
    mine = select(sync_runs).where(sync_runs.c.district_id == district_id)
    last = mine.order_by(sync_runs.c.number.desc()).limit(_A_WEEK_OF_RUNS).subquery()
    some = select(last).where(last.c.finished > start, last.c.revoked > 0, last.c.digest != "")
    return [
        PastRemovals(
            age=now - row.finished,
            removed=row.revoked,
            active=row.unchanged + row.revoked + row.held,
            approved=row.approved > 0,
        )
        for row in connection.execute(some.order_by(last.c.number.desc()))
    ]


def removed_some(connection: Connection, district_id: int, since: datetime) -> bool:
    """Whether a sync after that time removed licenses: the one who was told of them may not know."""
    later = (sync_runs.c.district_id == district_id) & (sync_runs.c.finished > since) & (sync_runs.c.revoked > 0)
    return connection.scalar(select(sync_runs.c.id).where(later).limit(1)) is not None
