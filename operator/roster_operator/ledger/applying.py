"""Carries out a plan: accounts, licenses, states of persons, what waits, the run, the journal; then the commit.

Every statement touches only rows that differ, and counts them, so that a sync in which nothing changed is known to
be one. The order is that of the foreign keys, but for the journal, which comes last (`engine.lock_journal`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from roster_operator.errors import DistrictBusy
from roster_operator.ledger import (
    bystanding,
    districts,
    ending,
    held_removals,
    overriding,
    resuming,
    runs,
    seats,
    shown_plans,
    snapshots,
    telling_why,
)
from roster_operator.ledger.engine import lock_journal
from roster_operator.ledger.interface.district import District
from roster_operator.ledger.interface.sync import MetApproval, Run, Shown
from roster_operator.ledger.planning import DIFFERS, Why
from roster_operator.ledger.sourced_id_migration import unlink
from roster_operator.ledger.statements import with_now
from roster_operator.licensing.models import Applied, Claim, Plan
from roster_operator.licensing.seats import Pool

ACTOR: Final = "operator"
"""Who did it, for the journal: a sync."""


_CREATE_ACCOUNTS = with_now("""
    INSERT INTO accounts
           (district_id, sourced_id, username, email, identifier, username_key, email_key, kind, created)
    SELECT :district, staged.key, staged.username, staged.email, staged.identifier, staged.username_key,
           staged.email_key, staged.kind, :now
      FROM matches JOIN staged ON staged.key = matches.key
     WHERE matches.account_id IS NULL
       AND EXISTS (SELECT 1 FROM staged_entitlements e WHERE e.key = matches.key)
     ORDER BY staged.key
    ON CONFLICT (district_id, sourced_id) DO NOTHING
""")
"""A conflict is left to be counted, because PostgreSQL's log would quote the row."""
_UPDATE_ACCOUNTS = text(f"""
    UPDATE accounts
       SET sourced_id = staged.key, username = staged.username, email = staged.email, identifier = staged.identifier,
           username_key = staged.username_key, email_key = staged.email_key, kind = staged.kind
      FROM matches JOIN staged ON staged.key = matches.key
     WHERE accounts.id = matches.account_id AND accounts.district_id = :district AND ({DIFFERS})
""")  # noqa: S608 - a constant
_REVOKE = text("""
    DELETE FROM licenses
     WHERE district_id = :district AND id IN (SELECT license_id FROM removals WHERE NOT held)
""")
_ADOPT = text("""
    UPDATE licenses SET origin = 'Roster'
     WHERE district_id = :district AND origin = 'Manual' AND EXISTS (
        SELECT 1 FROM matches JOIN staged_entitlements e ON e.key = matches.key
         WHERE matches.account_id = licenses.account_id
           AND e.ebook = licenses.ebook AND e.edition = licenses.edition)
""")
FIND_GRANTEES = text("""
    INSERT INTO granted (account_id, ebook, edition, school_id)
    SELECT accounts.id, grants.ebook, grants.edition, grants.school_id
      FROM grants CROSS JOIN accounts
     WHERE accounts.district_id = :district AND accounts.sourced_id = grants.key
     ORDER BY accounts.id, grants.ebook, grants.edition
""")
"""By now the account of everybody who was matched has their sourcedId. SQLite takes CROSS for an order: it would else
look through all grants for each account, as it knows of no statistics of either."""
_GRANT = with_now("""
    INSERT INTO licenses (district_id, account_id, ebook, edition, origin, since)
    SELECT :district, account_id, ebook, edition, 'Roster', :now FROM granted
""")
_ANY_PERSONS = text("SELECT 1 FROM person_states WHERE district_id = :district LIMIT 1")
_REMEMBER_FIRST_PERSONS = """
    INSERT INTO person_states (district_id, key, digest, schools)
    SELECT :district, staged.key, staged.digest, staged.schools
      FROM matches JOIN staged ON staged.key = matches.key
     WHERE NOT EXISTS (SELECT 1 FROM removals WHERE removals.key = staged.key AND removals.held)
     ORDER BY staged.key
"""
_REMEMBER_PERSONS = f"""{_REMEMBER_FIRST_PERSONS}
    ON CONFLICT (district_id, key) DO UPDATE SET digest = excluded.digest, schools = excluded.schools
     WHERE person_states.digest <> excluded.digest OR person_states.schools <> excluded.schools
"""
"""To look for each person's state costs as much as to insert it, so it is done only where there are any."""
_LOOK_AGAIN = text("""
    INSERT INTO person_states (district_id, key, digest, schools)
    SELECT :district, staged.key, 0, staged.schools
      FROM matches JOIN staged ON staged.key = matches.key
     WHERE EXISTS (SELECT 1 FROM removals WHERE removals.key = staged.key AND removals.held)
    ON CONFLICT (district_id, key) DO UPDATE SET digest = 0
     WHERE person_states.digest <> 0
""")
_LOOK_AGAIN_AT_GONE = text("""
    UPDATE person_states SET digest = 0
     WHERE district_id = :district AND digest <> 0 AND key IN (
        SELECT staged.key FROM staged
         WHERE staged.gone
           AND EXISTS (SELECT 1 FROM removals WHERE removals.key = staged.key AND removals.held)
           AND EXISTS (SELECT 1 FROM removals WHERE removals.key = staged.key AND NOT removals.held))
""")
"""Who lost some licenses and keeps others until their removal is approved is not as the state has them."""
_FORGET_PERSONS = text("""
    DELETE FROM person_states
     WHERE district_id = :district AND key IN (
        SELECT staged.key FROM staged
          LEFT JOIN accounts ON accounts.district_id = :district AND accounts.sourced_id = staged.key
         WHERE staged.gone
           AND NOT EXISTS (SELECT 1 FROM removals WHERE removals.key = staged.key AND removals.held)
           AND NOT EXISTS (SELECT 1 FROM protected WHERE protected.account_id = accounts.id))
""")
_JOURNAL_REVOKED = with_now("""
    INSERT INTO journal
           (run_id, district_id, account_id, ebook, edition, change, why, at, class_id, school_id, actor,
            origin, since, until)
    SELECT :run, :district, account_id, ebook, edition, 'Revoked', why, :now, class_id, school_id, :actor,
           origin, since, until
      FROM removals WHERE NOT held
     ORDER BY account_id, ebook, edition
""")
_JOURNAL_MANY_GRANTED = with_now(f"""
    INSERT INTO journal (run_id, district_id, account_id, ebook, edition, change, why, at, school_id, actor)
    SELECT :run, :district, account_id, ebook, edition, 'Granted', '{Why.ROSTERED}', :now, school_id, :actor
      FROM granted
""")  # noqa: S608 - a constant
_JOURNAL_GRANTED = with_now(f"""
    INSERT INTO journal (run_id, district_id, account_id, ebook, edition, change, why, at, class_id, school_id, actor)
    SELECT :run, :district, granted.account_id, granted.ebook, granted.edition, 'Granted',
           COALESCE(told_grants.why, '{Why.ROSTERED}'), :now, told_grants.class_id,
           COALESCE(told_grants.school_id, granted.school_id), :actor
      FROM granted JOIN accounts ON accounts.id = granted.account_id
      LEFT JOIN told_grants
             ON told_grants.key = accounts.sourced_id AND told_grants.ebook = granted.ebook
            AND told_grants.edition = granted.edition
     ORDER BY granted.account_id, granted.ebook, granted.edition
""")  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Sync:
    """What one sync is about: whose district, in which state, when."""

    claim: Claim
    district: District
    now: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """What `apply` leaves to be committed."""

    district_id: int
    version: int
    """The district's, from the commit on."""
    applied: Applied


def apply(
    connection: Connection,
    sync: Sync,
    plan: Plan,
    run: Run,
    held: int,
    *,
    left: frozenset[int] | None,
    staged: bool,
    approval: MetApproval | None,
    absent_reads: int,
    only_adds: bool,
    pools: Collection[Pool],
) -> Written:
    """Write everything but commit nothing. `removals` marks what waits; without `staged` there are no such tables.

    `left`: accounts that are left alone (`bystanding`); None: as they were. `approval`: by which some do not wait.
    `absent_reads`, `only_adds` and `pools`: see `Changes`.
    """
    district_id, changed = districts.take(connection, sync.claim, sync.district, sync.now)
    if staged:
        telling_why.tell(connection, district_id, plan, run.snapshot)
    waiting = Shown(plan.digest, shown_plans.removals(connection, everything=False)) if held else None
    unconfirmed = 0
    is_approved = approval is not None and approval.spent and approval.plan == plan.digest
    if plan.revocations and absent_reads > 1:
        if is_approved:
            shown_plans.load_all(connection)
        unconfirmed = held_removals.hold_unconfirmed(connection, absent_reads, sync.now)
    if staged and pools and (held or unconfirmed) and (plan.grants or plan.waiting):
        granted_now = seats.allot(connection, district_id, pools, only_adds=only_adds)
        plan = replace(plan, grants=granted_now, waiting=seats.waiting(connection))
    rows = 0
    if staged and (pools or seats.any_waiting(connection, district_id)):
        seats.let_look_again(connection)
        rows += seats.remember(connection, district_id, sync.now, only_adds=only_adds)
    rows += _write_changes(connection, sync, plan, district_id) if staged else 0
    resumed = resuming.resume(connection, district_id, run=run.id, now=sync.now, actor=ACTOR) if staged else 0
    rows += resumed
    rows += plan.rekey.renamed if plan.rekey is not None else 0
    rows += bystanding.mark(connection, district_id, left) if left is not None else 0
    if not only_adds:
        rows += held_removals.remember(connection, district_id, plan.digest, held + unconfirmed)
    if staged or approval is not None:
        shown_plans.keep(connection, district_id, waiting, sync.now, approval)
    version = sync.district.version
    if rows or changed:
        version = districts.advance(connection, district_id, version)
    revoked = plan.revocations - held - unconfirmed
    because = telling_why.counts(connection) if revoked else {}
    released = approval.consent.released if approval is not None else 0
    approved = released or (revoked if is_approved else 0)
    granted, approved = plan.grants + resumed, min(approved, revoked)
    applied = Applied(
        granted, revoked, held, unconfirmed, approved=approved, waiting=plan.waiting, revoked_because=because
    )
    runs.write(connection, district_id, run, applied, plan)
    _keep_snapshot(connection, district_id, run)
    if applied.granted or applied.revoked:
        lock_journal(connection)
        grants = _JOURNAL_GRANTED if plan.grants <= telling_why.MOST_GRANTS else _JOURNAL_MANY_GRANTED
        for step in (_JOURNAL_REVOKED, grants):
            connection.execute(step, {"district": district_id, "now": sync.now, "run": run.id, "actor": ACTOR})
    return Written(district_id, version, applied)


def _keep_snapshot(connection: Connection, district_id: int, run: Run) -> None:
    if run.snapshot is not None:
        snapshots.replace(connection, district_id, run.snapshot, run_id=run.id, taken=run.started)
    elif run.drops_snapshot:
        snapshots.remove(connection, district_id)


def _write_changes(connection: Connection, sync: Sync, plan: Plan, district_id: int) -> int:
    """Accounts, licenses and states of persons; rows written."""
    district = {"district": district_id, "now": sync.now}
    rows = 0
    rows += ending.clear(connection, district_id)
    for step in (_UPDATE_ACCOUNTS, _REVOKE, _ADOPT):
        rows += connection.execute(step, {"district": district_id}).rowcount
    rows += overriding.write(connection, district_id)
    if plan.rekeyed:
        rows += unlink(connection, district_id)
    if plan.accounts_created:
        created = connection.execute(_CREATE_ACCOUNTS, district).rowcount
        if created != plan.accounts_created:
            raise DistrictBusy("Somebody else is writing accounts of this district. It will be tried again.")
        rows += created
    if plan.grants:
        connection.execute(FIND_GRANTEES, {"district": district_id})
        granted = connection.execute(_GRANT, district).rowcount
        if granted != plan.grants:
            raise RuntimeError(f"Licenses planned: {plan.grants}; that would be granted: {granted}.")
        rows += granted
    known = connection.execute(_ANY_PERSONS, {"district": district_id}).first() is not None
    remember = text(_REMEMBER_PERSONS if known else _REMEMBER_FIRST_PERSONS)
    for step in (remember, _LOOK_AGAIN, _LOOK_AGAIN_AT_GONE, _FORGET_PERSONS):
        rows += connection.execute(step, {"district": district_id}).rowcount
    return rows
