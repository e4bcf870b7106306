"""What the checklist counts, one by one, as the last sync of a RosterIntegration left it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from roster_operator.ledger.queries.records import RecordedQuestion
from roster_operator.ledger.schema import accounts, questions, reservations

LONGEST_NUMBER: Final = 18
"""Digits of a row's number."""


def reserving(connection: Connection, name: str) -> list[str]:
    """See `LedgerQueries`."""
    named = reservations.c.owner.endswith(f"/{name}", autoescape=True)
    return list(connection.scalars(select(reservations.c.owner).where(named).order_by(reservations.c.owner)))


def items(connection: Connection, owner: str) -> Mapping[str, int]:
    """See `LedgerQueries.question_items`."""
    counts = select(questions.c.item, func.count()).where(questions.c.owner == owner)
    return {row[0]: row[1] for row in connection.execute(counts.group_by(questions.c.item))}


def schools(connection: Connection, owner: str, item: str) -> Mapping[str, int]:
    """See `LedgerQueries.question_schools`."""
    counts = select(questions.c.school, func.count()).where(questions.c.owner == owner, questions.c.item == item)
    return {row[0]: row[1] for row in connection.execute(counts.group_by(questions.c.school))}


def of_item(connection: Connection, owner: str, item: str, limit: int, school: str | None) -> list[RecordedQuestion]:
    """See `LedgerQueries.questions`."""
    asked = _select(owner).where(questions.c.item == item)
    return _found(connection, (asked if school is None else asked.where(questions.c.school == school)).limit(limit))


def about(connection: Connection, owner: str, person: str) -> list[RecordedQuestion]:
    """See `LedgerQueries.questions_about`."""
    return _found(connection, _select(owner).where(questions.c.person == person))


def person_of(connection: Connection, owner: str, number: str) -> str:
    """See `LedgerQueries.person_of_question`."""
    mine = select(questions.c.person).where(questions.c.owner == owner, is_number(number))
    return connection.scalar(mine) or ""


def is_number(number: str) -> ColumnElement[bool]:
    """Whether a row has this id."""
    known = number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER
    return questions.c.id == (int(number) if known else 0)


def _select(owner: str) -> Select[Any]:
    own = and_(accounts.c.district_id == questions.c.district_id, accounts.c.sourced_id == questions.c.person)
    told = (questions.c.person, questions.c.class_id, questions.c.what, questions.c.since, questions.c.school)
    return (
        select(questions.c.id, questions.c.item, accounts.c.id, *told)
        .select_from(questions.outerjoin(accounts, own))
        .where(questions.c.owner == owner)
        .order_by(questions.c.item, questions.c.person, questions.c.class_id, questions.c.what)
    )


def _found(connection: Connection, asked: Select[Any]) -> list[RecordedQuestion]:
    return [RecordedQuestion(*row) for row in connection.execute(asked)]
