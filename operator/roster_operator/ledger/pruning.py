"""How long history is kept: old runs and old changes go, some at a time, so that no sync waits for it.

Of each district the last run stays, by whose number the next one is told, and the last by which licenses were removed,
by which a district that holds none is told from one that was lost. Changes go from the lowest position up, and the
ledger remembers how far, so that who follows them finds out that some went unread. Looks at people, and what
clean-ups keep to be turned back, go with the changes.
Plans that were shown are kept for a month after another took their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from sqlalchemy import Connection, bindparam, delete, select, text, update

from roster_operator.ledger import shown_plans
from roster_operator.ledger.cleanup import forgetting
from roster_operator.ledger.ledger import Retention
from roster_operator.ledger.people import retention
from roster_operator.ledger.schema import UtcDateTime, identity, journal, sync_runs

AT_ONCE = 1_000
"""Rows. SQLite lets nobody else write meanwhile."""

_OLD_RUNS = text("""
    SELECT old.id FROM sync_runs old
     WHERE old.finished < :before
       AND EXISTS (
        SELECT 1 FROM sync_runs later WHERE later.district_id = old.district_id AND later.number > old.number)
       AND (old.revoked = 0 OR EXISTS (
        SELECT 1 FROM sync_runs later
         WHERE later.district_id = old.district_id AND later.number > old.number AND later.revoked > 0))
     ORDER BY old.finished LIMIT :some
""").bindparams(bindparam("before", type_=UtcDateTime()), bindparam("some", AT_ONCE))


@dataclass(frozen=True, slots=True)
class Old:
    """Some of what is kept no longer."""

    runs: Sequence[str]
    changes_through: int
    """Their highest position; 0 if there are none."""
    logins: Sequence[int]
    """Accounts whose logins are kept no longer."""
    looks: Sequence[int]
    """At people, in the access log."""
    questions: Sequence[int]
    """Of the checklist. What is still so is kept again by the next sync."""
    plans: Sequence[tuple[int, str]]
    """That were shown, by district and digest."""
    cleanups: Sequence[str]
    """That cannot be turned back any more, as the changes that they made are gone."""


def find(connection: Connection, kept: Retention, now: datetime) -> Old | None:
    """What may go next; None if there is nothing."""
    runs = connection.scalars(_OLD_RUNS, {"before": now - kept.runs}).all() if kept.runs else ()
    through = _old_changes(connection, now - kept.changes) if kept.changes else 0
    logins = retention.left_before(connection, now - kept.logins, AT_ONCE) if kept.logins else ()
    looks = retention.looks_before(connection, now - kept.changes, AT_ONCE) if kept.changes else ()
    asked = retention.asked_before(connection, now - kept.logins, AT_ONCE) if kept.logins else ()
    plans = shown_plans.old(connection, now, AT_ONCE)
    cleanups = forgetting.runs_before(connection, now - kept.changes, AT_ONCE) if kept.changes else ()
    found = Old(runs, through, logins, looks, asked, plans, cleanups)
    return found if any((runs, through, logins, looks, asked, plans, cleanups)) else None


def _old_changes(connection: Connection, before: datetime) -> int:
    lowest = select(journal.c.position, journal.c.at).order_by(journal.c.position).limit(AT_ONCE)
    old = takewhile(lambda change: change.at < before, connection.execute(lowest).all())
    return max((change.position for change in old), default=0)


def drop(connection: Connection, old: Old) -> None:
    """Let it go."""
    if old.runs:
        connection.execute(delete(sync_runs).where(sync_runs.c.id.in_(old.runs)))
    if old.changes_through:
        floor = update(identity).where(identity.c.feed_floor < old.changes_through)
        connection.execute(floor.values(feed_floor=old.changes_through))
        connection.execute(delete(journal).where(journal.c.position <= old.changes_through))
    if old.logins:
        retention.forget_logins(connection, old.logins)
    shown_plans.forget(connection, old.plans)
    if old.cleanups:
        forgetting.runs(connection, old.cleanups)
    if old.looks:
        retention.forget_looks(connection, old.looks)
    if old.questions:
        retention.forget_questions(connection, old.questions)
