"""Whom somebody means by an id, a login, an email or a number; what is kept of them, and who looked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, exists, false, or_, select, union

from roster_operator.ledger.queries import decisions
from roster_operator.ledger.queries.questions import LONGEST_NUMBER, is_number
from roster_operator.ledger.queries.records import (
    ACCOUNT,
    QUESTION,
    AccountBefore,
    KeptLicense,
    KeptPerson,
    KnownAccount,
    RecordedAccess,
)
from roster_operator.ledger.schema import (
    access_log,
    accounts,
    cleaned_accounts,
    cleanups,
    held_removals,
    licenses,
    person_states,
    questions,
)
from roster_operator.ledger.staging import login_key

_account = (
    accounts.c.id,
    accounts.c.sourced_id,
    accounts.c.username,
    accounts.c.email,
    accounts.c.identifier,
    accounts.c.kind,
    accounts.c.created,
    accounts.c.elsewhere,
)
_ALWAYS: Final = datetime(1, 1, 1, tzinfo=UTC)
"""What has ended is kept too, until a sync clears it away."""
_STREAMED: Final = 10_000


def named(connection: Connection, district_id: int, name: str) -> list[int]:
    """See `LedgerQueries.accounts_named`."""
    explicit = name.removeprefix(ACCOUNT)
    if explicit != name:
        return _of(connection, district_id, [_is_id(explicit)])
    asked = name.removeprefix(QUESTION)
    if asked != name:
        about = select(questions.c.person).where(questions.c.district_id == district_id, is_number(asked))
        return _of(connection, district_id, [accounts.c.sourced_id.in_(about.where(questions.c.person != ""))])
    plain, folded = name.strip(), login_key(name)
    if not plain:
        return []
    fields = [accounts.c.username_key == folded, accounts.c.email_key == folded]
    fields += [accounts.c.sourced_id == plain, accounts.c.identifier == plain, _is_id(plain)]
    return _of(connection, district_id, fields)


def _is_id(text: str) -> ColumnElement[bool]:
    known = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return accounts.c.id == int(text) if known else false()


def _of(connection: Connection, district_id: int, fits: list[ColumnElement[bool]]) -> list[int]:
    return any_of(connection, accounts.c.district_id == district_id, fits, limit=2)


def any_of(
    connection: Connection, mine: ColumnElement[bool], fits: Iterable[ColumnElement[bool]], *, limit: int
) -> list[int]:
    """The first of the accounts of `mine` that fit in any way. Each way is a search by its own index.

    By OR, a database would read all accounts of the district.
    """
    found = union(*(select(accounts.c.id).where(mine, fit) for fit in fits)).subquery()
    return list(connection.scalars(select(found.c.id).order_by(found.c.id).limit(limit)))


def known(connection: Connection, district_id: int) -> Iterator[KnownAccount]:
    """See `LedgerQueries.known_accounts`."""
    columns = (accounts.c.sourced_id, accounts.c.username, accounts.c.email, accounts.c.identifier)
    mine = (accounts.c.district_id == district_id) & accounts.c.sourced_id.is_not(None)
    for row in connection.execute(select(*columns).where(mine), execution_options={"yield_per": _STREAMED}):
        yield KnownAccount(*row)


def kept(connection: Connection, district_id: int, account: int) -> KeptPerson:
    """See `LedgerQueries.person`."""
    mine = (accounts.c.district_id == district_id) & (accounts.c.id == account)
    row = connection.execute(select(*_account).where(mine)).one()
    schools = connection.scalar(
        select(person_states.c.schools).where(
            person_states.c.district_id == district_id, person_states.c.key == row.sourced_id
        )
    )
    held = exists().where(held_removals.c.license_id == licenses.c.id)
    columns = (licenses.c.ebook, licenses.c.edition, licenses.c.origin, licenses.c.since, licenses.c.until)
    found = connection.execute(
        select(*columns, held, licenses.c.purchase)
        .where(licenses.c.district_id == district_id, licenses.c.account_id == account)
        .order_by(licenses.c.ebook, licenses.c.edition)
    )
    return KeptPerson(
        *row,
        schools=tuple(json.loads(schools or "[]")),
        licenses=tuple(KeptLicense(*each) for each in found),
        by_hand=tuple(decisions.standing(connection, district_id, now=_ALWAYS, account=account)),
        formerly=tuple(_formerly(connection, district_id, account)),
    )


def _formerly(connection: Connection, district_id: int, account: int) -> Iterator[AccountBefore]:
    """How the account, and those that were merged with it, were before clean-ups."""
    mine = cleaned_accounts.c
    columns = (mine.account_id, cleanups.c.at, mine.sourced_id, mine.username, mine.email, mine.identifier)
    found = (
        select(*columns)
        .join(cleanups, cleanups.c.run_id == mine.run_id)
        .where(cleanups.c.district_id == district_id, mine.target == account)
        .order_by(cleanups.c.at, mine.account_id)
    )
    for row in connection.execute(found):
        yield AccountBefore(*row)


def accesses(
    connection: Connection, district_id: int, owner: str, account: int | None, limit: int
) -> list[RecordedAccess]:
    """See `LedgerQueries.accesses`."""
    log = access_log.c
    of_district = log.district_id == district_id
    if owner:
        of_district = or_(of_district, (log.district_id == 0) & (log.owner == owner))
    found = select(log.at, log.account_id, log.verb, log.actor, log.through).where(of_district)
    if account is not None:
        found = found.where(log.account_id == account)
    return [RecordedAccess(*row) for row in connection.execute(found.order_by(log.position.desc()).limit(limit))]
