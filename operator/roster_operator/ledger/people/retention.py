"""How long logins are kept of who has left: nobody needs the login of an account that opens nothing any more.

The account stays, and the SIS's id with it, so that who returns has the account that they had.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, text, update

from roster_operator.ledger.cleanup import forgetting
from roster_operator.ledger.schema import UtcDateTime, access_log, accounts, questions

_EMPTY: Final = {"username": "", "email": "", "identifier": "", "username_key": "", "email_key": ""}
_LEFT = text("""
    SELECT accounts.id FROM accounts
     WHERE accounts.created < :before
       AND (accounts.username <> '' OR accounts.email <> '' OR accounts.identifier <> '')
       AND NOT EXISTS (SELECT 1 FROM licenses WHERE licenses.account_id = accounts.id)
       AND NOT EXISTS (SELECT 1 FROM overrides WHERE overrides.account_id = accounts.id)
       AND NOT EXISTS (
        SELECT 1 FROM person_states
         WHERE person_states.district_id = accounts.district_id AND person_states.key = accounts.sourced_id)
       AND NOT EXISTS (
        SELECT 1 FROM journal WHERE journal.account_id = accounts.id AND journal.at >= :before)
     ORDER BY accounts.id LIMIT :some
""").bindparams(bindparam("before", type_=UtcDateTime()))


def left_before(connection: Connection, before: datetime, some: int) -> Sequence[int]:
    """Some accounts that have been without a license and on no roster since then, and that have a login still."""
    return connection.scalars(_LEFT, {"before": before, "some": some}).all()


def forget_logins(connection: Connection, left: Sequence[int]) -> None:
    """Empty what their people can be told by, but for the SIS's id."""
    forgetting.of_accounts(connection, left)
    connection.execute(update(accounts).where(accounts.c.id.in_(left)).values(_EMPTY))


def looks_before(connection: Connection, before: datetime, some: int) -> Sequence[int]:
    """Some looks at people that were before then."""
    old = select(access_log.c.position).where(access_log.c.at < before)
    return connection.scalars(old.order_by(access_log.c.position).limit(some)).all()


def forget_looks(connection: Connection, looks: Sequence[int]) -> None:
    """Let them go."""
    connection.execute(delete(access_log).where(access_log.c.position.in_(looks)))


def asked_before(connection: Connection, before: datetime, some: int) -> Sequence[int]:
    """Some of what the checklist has counted since before then."""
    old = select(questions.c.id).where(questions.c.since < before)
    return connection.scalars(old.order_by(questions.c.since, questions.c.id).limit(some)).all()


def forget_questions(connection: Connection, asked: Sequence[int]) -> None:
    """Let them go."""
    connection.execute(delete(questions).where(questions.c.id.in_(asked)))
