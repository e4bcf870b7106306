"""Erases what the ledger holds of a person, or of everybody of a district, and notes that it was done.

Licenses end in the journal, so that whoever follows it takes the books back. The journal and the access log stay: they
hold the number of an account that is not there any more.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, text, update

from roster_operator.errors import DistrictBusy
from roster_operator.ledger import runs, shown_plans, snapshots, tombstones
from roster_operator.ledger.cleanup import forgetting
from roster_operator.ledger.ending import STANDING
from roster_operator.ledger.engine import lock_district, lock_journal
from roster_operator.ledger.interface.sync import Run
from roster_operator.ledger.people.interface import Erased, ErasureOrder
from roster_operator.ledger.planning import Why
from roster_operator.ledger.schema import (
    UtcDateTime,
    accounts,
    district_state,
    districts,
    erasures,
    held_removals,
    identity,
    journal,
    licenses,
    overrides,
    person_states,
    questions,
    seat_waits,
)
from roster_operator.licensing.models import Applied

_JOURNAL = text(f"""
    INSERT INTO journal (run_id, district_id, account_id, ebook, edition, change, why, at, actor)
    SELECT :run, :district, account_id, ebook, edition, 'Revoked', '{Why.ERASED}', :now, :actor
      FROM licenses
     WHERE district_id = :district AND (:account IS NULL OR account_id = :account) AND {STANDING}
     ORDER BY account_id, ebook, edition
""").bindparams(bindparam("now", type_=UtcDateTime()), bindparam("account", type_=accounts.c.id.type))  # noqa: S608


def erase(connection: Connection, order: ErasureOrder, seal: Callable[[Erased], str]) -> Erased:
    """Do what is ordered; `seal` makes the digest of the certificate, which is kept. Raises `DistrictBusy`."""
    mine = districts.c.id == order.district_id
    row = connection.execute(select(districts.c.source, districts.c.version).where(mine)).one()
    lock_district(connection, f"source {row.source}", f"id {order.district_id}")
    moved = connection.execute(
        update(districts).where(mine, districts.c.version == row.version).values(version=row.version + 1)
    )
    if moved.rowcount != 1:
        raise DistrictBusy("A sync of this district has just finished. Try again.")
    person = _tombstone(connection, order)
    if order.account is not None:
        tombstones.bury_logins(connection, order.district_id, order.account)
    erased = _delete(connection, order)
    connection.execute(
        insert(erasures).values(
            at=order.at,
            district_id=order.district_id,
            account_id=order.account,
            person=person,
            actor=order.actor,
            through=order.through,
            reason=order.reason,
            digest=seal(erased),
        )
    )
    return erased


def _tombstone(connection: Connection, order: ErasureOrder) -> str | None:
    """None of an account that no person of a roster was ever linked to."""
    if order.account is None:
        return None
    sourced_id = connection.scalar(select(accounts.c.sourced_id).where(accounts.c.id == order.account))
    return tombstones.tombstone(connection, order.district_id, sourced_id) if sourced_id else None


def _delete(connection: Connection, order: ErasureOrder) -> Erased:
    """In the order of the foreign keys; the journal first, as it is made of the licenses."""
    lock_journal(connection)
    of_order = {
        "run": order.run_id,
        "district": order.district_id,
        "account": order.account,
        "now": order.at,
        "actor": order.actor,
    }
    ended = connection.execute(_JOURNAL, of_order).rowcount
    bought = _of(order, journal.c.district_id, journal.c.account_id)
    connection.execute(update(journal).where(*bought, journal.c.purchase != "").values(purchase=""))
    held_of = select(licenses.c.id).where(*_of(order, licenses.c.district_id, licenses.c.account_id))
    held = connection.execute(
        delete(held_removals).where(
            held_removals.c.district_id == order.district_id, held_removals.c.license_id.in_(held_of)
        )
    ).rowcount
    sticky = connection.execute(
        delete(overrides).where(*_of(order, overrides.c.district_id, overrides.c.account_id))
    ).rowcount
    connection.execute(delete(licenses).where(*_of(order, licenses.c.district_id, licenses.c.account_id)))
    keys = select(accounts.c.sourced_id).where(
        *_of(order, accounts.c.district_id, accounts.c.id), accounts.c.sourced_id.is_not(None)
    )
    states = delete(person_states).where(person_states.c.district_id == order.district_id)
    if order.account is not None:
        states = states.where(person_states.c.key.in_(keys))
    known = connection.execute(states).rowcount
    waits = delete(seat_waits).where(seat_waits.c.district_id == order.district_id)
    connection.execute(waits if order.account is None else waits.where(seat_waits.c.key.in_(keys)))
    asked = delete(questions).where(questions.c.district_id == order.district_id)
    if order.account is not None:
        asked = asked.where(questions.c.person.in_(keys))
    about = connection.execute(asked).rowcount
    if order.account is None:
        forgetting.of_district(connection, order.district_id)
    else:
        forgetting.of_accounts(connection, (order.account,))
    people = connection.execute(delete(accounts).where(*_of(order, accounts.c.district_id, accounts.c.id))).rowcount
    if order.account is None:
        shown_plans.let_go(connection, order.district_id)
    snapshots.remove(connection, order.district_id)
    forgotten = {"watermark": None, "memory": None, "memory_version": None, "memory_persons": None}
    mine = district_state.c.district_id == order.district_id
    connection.execute(update(district_state).where(mine).values(forgotten))
    run = Run(id=order.run_id, started=order.at, finished=order.at)
    runs.write(connection, order.district_id, run, Applied(revoked=ended))
    ledger = connection.execute(select(func.min(identity.c.id))).scalar_one()
    return Erased(ledger, people, ended, sticky, known, held, about)


def _of(
    order: ErasureOrder, district: ColumnElement[int], account: ColumnElement[int]
) -> tuple[ColumnElement[bool], ...]:
    everybody = (district == order.district_id,)
    return everybody if order.account is None else (*everybody, account == order.account)
