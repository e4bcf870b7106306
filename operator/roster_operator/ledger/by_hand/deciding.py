"""Finds out what a decision changes of one person's licenses, and carries it out.

It concerns one person, so it is told row by row. Whatever it does, the next sync looks at the person again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, insert, or_, select, true, update

from roster_operator.ledger import district_state, runs, tombstones
from roster_operator.ledger.by_hand import seating
from roster_operator.ledger.by_hand.concerned import (
    STICKY,
    License,
    decisions,
    granted,
    held_by,
    standing,
    taken_by_blocks,
)
from roster_operator.ledger.by_hand.interface import (
    Decided,
    DecisionOrder,
    Kind,
    Newcomer,
    Obstacle,
)
from roster_operator.ledger.engine import lock_district, lock_journal
from roster_operator.ledger.interface.sync import Run
from roster_operator.ledger.planning import Why
from roster_operator.ledger.schema import (
    accounts,
    districts,
    held_removals,
    journal,
    licenses,
    overrides,
    person_states,
)
from roster_operator.ledger.staging import login_key
from roster_operator.licensing.change_set import Change, LicenseChange, digest_of
from roster_operator.licensing.models import Applied

_TO_LOOK_AT: Final = 0
"""The digest of a person whom the next sync looks at again."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a decision comes to."""

    decided: Decided
    comes: tuple[License, ...] = ()
    """New ones, and those of another end."""
    goes: tuple[License, ...] = ()


def plan(connection: Connection, order: DecisionOrder) -> Planned:
    """What would come of the order, while nobody else writes of the district."""
    source = connection.execute(select(districts.c.source).where(districts.c.id == order.district_id)).scalar_one()
    lock_district(connection, f"source {source}", f"id {order.district_id}")
    if obstacle := _obstacle(connection, order):
        account = order.whom if isinstance(order.whom, int) else None
        return Planned(Decided("", account, (), (), obstacle))
    comes, goes = _changes(connection, order)
    if order.pools and order.kind is Kind.GRANT and seating.is_short(connection, order, comes):
        return Planned(Decided("", order.whom if isinstance(order.whom, int) else None, (), (), Obstacle.NO_SEAT))
    return Planned(
        Decided(
            digest=_digest(order, comes, goes),
            account=order.whom if isinstance(order.whom, int) else None,
            granted=tuple(sorted(each.named for each in comes)),
            removed=tuple(sorted(each.named for each in goes)),
        ),
        tuple(comes),
        tuple(goes),
    )


def carry_out(connection: Connection, order: DecisionOrder, planned: Planned) -> Decided:
    """Do what was planned; with the account, if one was made."""
    district = districts.c.id == order.district_id
    connection.execute(update(districts).where(district).values(version=districts.c.version + 1))
    account = order.whom if isinstance(order.whom, int) else _new_account(connection, order, order.whom)
    _note(connection, order, account)
    for each in planned.goes:
        connection.execute(delete(held_removals).where(held_removals.c.license_id == each.id))
        connection.execute(delete(licenses).where(licenses.c.id == each.id))
    for each in planned.comes:
        _give(connection, order, account, each)
    _look_again(connection, order, account)
    district_state.disturb(connection, order.district_id)
    run = Run(id=order.by_run, started=order.at, finished=order.at)
    runs.write(connection, order.district_id, run, Applied(granted=len(planned.comes), revoked=len(planned.goes)))
    _journal(connection, order, account, planned)
    return replace(planned.decided, account=account)


def _obstacle(connection: Connection, order: DecisionOrder) -> Obstacle | None:
    if isinstance(order.whom, Newcomer):
        return _obstacle_to_account(connection, order.district_id, order.whom)
    there = select(accounts.c.id).where(accounts.c.district_id == order.district_id, accounts.c.id == order.whom)
    if connection.scalar(there) is None:
        return Obstacle.ACCOUNT_GONE
    if order.kind is Kind.GRANT and _is_blocked(connection, order):
        return Obstacle.BLOCKED
    if order.takes_back:
        by_hand = order.kind is Kind.GRANT and any(each.origin == STICKY for each in held_by(connection, order))
        return None if by_hand or decisions(connection, order, order.kind) else Obstacle.NOTHING_TO_END
    if order.kind is Kind.BLOCK:
        return None
    endless = [each for each in held_by(connection, order) if each.origin == STICKY and each.until is None]
    return Obstacle.NO_END if endless and not decisions(connection, order, Kind.GRANT) else None


def _is_blocked(connection: Connection, order: DecisionOrder) -> bool:
    blocked = select(overrides.c.id).where(
        overrides.c.account_id == order.whom,
        overrides.c.kind == Kind.BLOCK,
        overrides.c.ebook.in_(("", order.ebook)),
        overrides.c.edition.in_(order.editions),
        standing(overrides.c.until, order),
    )
    return connection.scalar(blocked.limit(1)) is not None


def _changes(connection: Connection, order: DecisionOrder) -> tuple[list[License], list[License]]:
    """Licenses that come, and that go."""
    held = held_by(connection, order)
    if order.kind is Kind.BLOCK:
        return (taken_by_blocks(connection, order, held), []) if order.takes_back else ([], held)
    former_ends = _former_ends(connection, order, held)
    before = [replace(each, until=until) for each, until in zip(held, former_ends, strict=True)]
    if order.takes_back:
        goes = [each for each, was in zip(held, before, strict=True) if each.origin == STICKY or _is_over(was, order)]
        return [was for each, was in zip(held, before, strict=True) if was != each and each not in goes], goes
    there = {each.edition: (each, was.until) for each, was in zip(held, before, strict=True)}
    comes = []
    for edition in order.editions:
        has, former = there.get(edition, (None, None))
        if has is None:
            comes.append(License(None, order.ebook, edition, STICKY, order.at, order.until))
        elif has.origin == STICKY:
            comes.append(replace(has, until=order.until))
        elif (until := _later(former, order.until)) != has.until:
            comes.append(replace(has, until=until))
    return comes, []


def _former_ends(connection: Connection, order: DecisionOrder, held: list[License]) -> list[datetime | None]:
    """Of each license, when it would end if nobody had granted it by hand."""
    moved = {each.named: each.former_until for each in granted(connection, order) if each.former_until is not None}
    return [moved.get(each.named, each.until) for each in held]


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """No end is the latest."""
    return None if one is None or other is None else max(one, other)


def _is_over(given: License, order: DecisionOrder) -> bool:
    return given.until is not None and given.until <= order.at


def _obstacle_to_account(connection: Connection, district_id: int, newcomer: Newcomer) -> Obstacle | None:
    username, email = login_key(newcomer.username), login_key(newcomer.email)
    keys = [each for each in (username, email) if each]
    fits = or_(accounts.c.username_key.in_(keys), accounts.c.email_key.in_(keys))
    found = select(accounts.c.id).where(accounts.c.district_id == district_id, fits)
    if connection.scalar(found.limit(1)) is not None:
        return Obstacle.LOGIN_TAKEN
    is_erased = tombstones.erased_logins_in(connection, district_id)
    return Obstacle.ERASED if is_erased is not None and is_erased(username, email, "") else None


def _new_account(connection: Connection, order: DecisionOrder, newcomer: Newcomer) -> int:
    row = insert(accounts).values(
        district_id=order.district_id,
        username=newcomer.username,
        email=newcomer.email,
        username_key=login_key(newcomer.username),
        email_key=login_key(newcomer.email),
        created=order.at,
    )
    return int(connection.execute(row.returning(accounts.c.id)).scalar_one())


def _note(connection: Connection, order: DecisionOrder, account: int) -> None:
    """Let the decision stand in the place of the one before it, or none; a grant goes on under a block.

    Where another block keeps on what one did that goes, it stands since then: its end gives back what that one took.
    """
    mine = overrides.c
    replaced = [mine.district_id == order.district_id, mine.account_id == account, mine.edition.in_(order.editions)]
    blocked = [*replaced, mine.kind == Kind.BLOCK, standing(mine.until, order)]
    since = connection.scalar(select(func.min(mine.created)).where(*blocked, mine.ebook == order.ebook))
    former = _moved_ends(connection, order)
    connection.execute(delete(overrides).where(*replaced, mine.kind == order.kind, mine.ebook == order.ebook))
    if not order.takes_back:
        _insert(connection, order, account, former)
    if since is not None:
        same = mine.ebook.in_(("", order.ebook)) if order.ebook else true()
        connection.execute(update(overrides).where(*blocked, same, mine.created > since).values(created=since))


def _moved_ends(connection: Connection, order: DecisionOrder) -> dict[str, datetime]:
    """By edition, the former end of a license that lasts longer by this grant."""
    if order.kind is not Kind.GRANT or order.takes_back:
        return {}
    held = [each for each in held_by(connection, order) if each.origin != STICKY]
    ends = zip(held, _former_ends(connection, order, held), strict=True)
    return {each.edition: end for each, end in ends if end is not None and _later(end, order.until) != end}


def _insert(connection: Connection, order: DecisionOrder, account: int, former: Mapping[str, datetime]) -> None:
    of_person = {"district_id": order.district_id, "account_id": account, "ebook": order.ebook}
    decision = {"kind": order.kind, "until": order.until, "created": order.at, "run_id": order.by_run}
    who = {"reason": order.reason, "actor": order.actor, "through": order.through}
    for edition in order.editions:
        connection.execute(
            insert(overrides).values(**of_person, **decision, **who, edition=edition, former_until=former.get(edition))
        )


def _give(connection: Connection, order: DecisionOrder, account: int, given: License) -> None:
    if given.id is not None:
        connection.execute(update(licenses).where(licenses.c.id == given.id).values(until=given.until))
        return
    what = {"account_id": account, "ebook": given.ebook, "edition": given.edition}
    ended = [licenses.c[name] == value for name, value in what.items()]
    connection.execute(delete(licenses).where(*ended))
    how = {"origin": given.origin, "since": given.since, "until": given.until, "purchase": given.purchase}
    connection.execute(insert(licenses).values(district_id=order.district_id, **what, **how))


def _look_again(connection: Connection, order: DecisionOrder, account: int) -> None:
    """Also if there is no state: a sync would not find out that the person is not on the roster."""
    key = connection.scalar(select(accounts.c.sourced_id).where(accounts.c.id == account))
    if not key:
        return
    mine = (person_states.c.district_id == order.district_id) & (person_states.c.key == key)
    if connection.execute(update(person_states).where(mine).values(digest=_TO_LOOK_AT)).rowcount == 0:
        row = {"district_id": order.district_id, "key": key, "digest": _TO_LOOK_AT, "schools": "[]"}
        connection.execute(insert(person_states).values(row))


def _journal(connection: Connection, order: DecisionOrder, account: int, planned: Planned) -> None:
    why = {
        (Kind.GRANT, False): Why.GRANTED_BY_HAND,
        (Kind.GRANT, True): Why.GRANT_ENDED,
        (Kind.BLOCK, False): Why.BLOCKED,
        (Kind.BLOCK, True): Why.UNBLOCKED,
    }[order.kind, order.takes_back]
    rows = [
        {
            "run_id": order.by_run,
            "district_id": order.district_id,
            "account_id": account,
            "ebook": each.ebook,
            "edition": each.edition,
            "change": change,
            "why": why,
            "at": order.at,
            "actor": order.actor,
            "origin": each.origin,
            "since": each.since,
            "until": each.until,
            "purchase": each.purchase,
        }
        for change, some in ((Change.REVOKED, planned.goes), (Change.GRANTED, planned.comes))
        for each in some
    ]
    if rows:
        lock_journal(connection)
        connection.execute(insert(journal), rows)


def _digest(order: DecisionOrder, comes: list[License], goes: list[License]) -> str:
    whom = order.whom if isinstance(order.whom, int) else f"{order.whom.username}\n{order.whom.email}"
    until = order.until.isoformat() if order.until is not None else ""
    what = (str(order.kind), order.takes_back, order.district_id, whom, order.ebook, *order.editions, until)
    changes = [
        LicenseChange(change, 0, each.ebook, each.edition, each.id or 0)
        for change, some in ((Change.REVOKED, goes), (Change.GRANTED, comes))
        for each in some
    ]
    return digest_of(what, changes)
