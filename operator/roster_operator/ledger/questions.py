"""What the checklist counts, one by one, as the last sync found it; and whom matching refused.

It belongs to the RosterIntegration, as its checklist does: a district has questions before it has a row of its own.
Rows that are so still stay as they are, with their ids, so that a sync that finds the same writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, and_, delete, func, insert, select, text, update

from roster_operator.ledger import tombstones
from roster_operator.ledger.interface.sync import ListedQuestions
from roster_operator.ledger.queries.records import ACCOUNT, QUESTION
from roster_operator.ledger.schema import accounts, questions
from roster_operator.ledger.staging import are_storable
from roster_operator.roster.subjects import MOST_LISTED, Subject

MOST_NAMED: Final = 5
_AT_ONCE: Final = 500

_REFUSED = text("""
    WITH few AS (
        SELECT refused.key, refused.cause, staged.username_key, staged.email_key
          FROM refused JOIN staged ON staged.key = refused.key
         ORDER BY refused.key LIMIT :most
    )
    SELECT few.key, few.cause, accounts.id
      FROM few LEFT JOIN accounts ON accounts.district_id = :district AND accounts.sourced_id = few.key
    UNION
    SELECT few.key, few.cause, accounts.id
      FROM few JOIN accounts ON accounts.district_id = :district AND accounts.username_key = few.username_key
     WHERE few.username_key <> ''
    UNION
    SELECT few.key, few.cause, accounts.id
      FROM few JOIN accounts ON accounts.district_id = :district AND accounts.email_key = few.email_key
     WHERE few.email_key <> ''
     ORDER BY 1, 3
""")


class _Row(NamedTuple):
    """What makes two rows the same."""

    item: str
    subject: Subject


def refused(connection: Connection, district_id: int | None) -> list[Subject]:
    """Some of those whom the matching of this transaction refused, with why and with which accounts it has to do."""
    found = connection.execute(_REFUSED, {"district": district_id, "most": MOST_LISTED}).all()
    return [
        Subject(key, what=_told(cause, [row.id for row in rows if row.id is not None]))
        for (key, cause), rows in groupby(found, key=lambda row: (row.key, row.cause))
    ]


def _told(cause: str, numbers: Sequence[int]) -> str:
    named = ", ".join(map(str, numbers[:MOST_NAMED]))
    return f"{cause}: {'account' if len(numbers) == 1 else 'accounts'} {named}" if named else cause


def replace(
    connection: Connection, owner: str, district_id: int | None, listed: ListedQuestions, now: datetime
) -> None:
    """Keep these, in the place of those before; only what differs is written. Of who was erased nothing is kept."""
    known = _known(connection, owner)
    wanted = _wanted(connection, district_id, listed)
    gone = [known[row] for row in known.keys() - wanted]
    for at in range(0, len(gone), _AT_ONCE):
        connection.execute(delete(questions).where(questions.c.id.in_(gone[at : at + _AT_ONCE])))
    connection.execute(
        update(questions)
        .where(questions.c.owner == owner, questions.c.district_id.is_distinct_from(district_id))
        .values(district_id=district_id)
    )
    if new := [_values(owner, district_id, row, now) for row in sorted(wanted - known.keys())]:
        connection.execute(insert(questions), new)


def are_kept(connection: Connection, owner: str, district_id: int | None, listed: ListedQuestions) -> bool:
    """Whether there is nothing to replace."""
    other = select(questions.c.id).where(
        questions.c.owner == owner, questions.c.district_id.is_distinct_from(district_id)
    )
    same = _known(connection, owner).keys() == _wanted(connection, district_id, listed)
    return same and connection.execute(other.limit(1)).first() is None


def forget(connection: Connection, owner: str) -> None:
    """Keep none."""
    connection.execute(delete(questions).where(questions.c.owner == owner))


def examples(connection: Connection, owner: str) -> Mapping[str, Sequence[str]]:
    """See `SyncLedger.examples`."""
    first = func.min(questions.c.id)
    place = func.row_number().over(partition_by=questions.c.item, order_by=first)
    persons = (
        select(questions.c.item, questions.c.person, questions.c.district_id, first.label("id"), place.label("place"))
        .where(questions.c.owner == owner, questions.c.person != "")
        .group_by(questions.c.item, questions.c.person, questions.c.district_id)
        .subquery()
    )
    own = and_(accounts.c.district_id == persons.c.district_id, accounts.c.sourced_id == persons.c.person)
    found = connection.execute(
        select(persons.c.item, persons.c.id, accounts.c.id)
        .select_from(persons.outerjoin(accounts, own))
        .where(persons.c.place <= MOST_NAMED)
        .order_by(persons.c.item, persons.c.id)
    ).all()
    return {
        item: tuple(
            f"{ACCOUNT}{account}" if account is not None else f"{QUESTION}{number}" for _, number, account in rows
        )
        for item, rows in groupby(found, key=lambda row: row[0])
    }


def _known(connection: Connection, owner: str) -> dict[_Row, int]:
    told = (questions.c.person, questions.c.class_id, questions.c.what, questions.c.school)
    columns = (questions.c.id, questions.c.item, *told)
    found = connection.execute(select(*columns).where(questions.c.owner == owner))
    return {_Row(item, Subject(*subject)): number for number, item, *subject in found}


def _wanted(connection: Connection, district_id: int | None, listed: ListedQuestions) -> set[_Row]:
    erased = tombstones.erased_in(connection, district_id)
    return {
        _Row(item, subject)
        for item, subjects in listed.items()
        for subject in subjects
        if are_storable(*subject) and not (erased is not None and subject.person and erased(subject.person))
    }


def _values(owner: str, district_id: int | None, row: _Row, now: datetime) -> dict[str, Any]:
    told = {"item": row.item, **row.subject._asdict()}
    return {"owner": owner, "district_id": district_id, "since": now, **told}
