"""What stands between a person and a license beside the roster: the district's switches, its syncs, and the account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from roster_operator.api import conditions
from roster_operator.api.conditions import ConditionStatus
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.errors import Actor
from roster_operator.ledger.queries.records import LicenseHolder
from roster_operator.messages import following
from roster_operator.messages import gettext as _
from roster_operator.operations.judging import Judged
from roster_operator.plurals import counted
from roster_operator.reconcile.acting import actor_of


class What(StrEnum):
    """Each is stable; where a condition of the district says it, its own reason stands in this one's place."""

    SETUP_MODE = "SetupMode"
    SUSPENDED = "Suspended"
    SPEC_NOT_KNOWN = "SpecNotKnown"
    SPEC_NOT_SYNCED = "SpecNotSynced"
    SPEC_CHANGED = "SpecChanged"
    SCHOOL_NOT_READ = "SchoolNotRead"
    NAMES_UNRESOLVED = "NamesUnresolved"
    CANARY_ELSEWHERE = "CanaryElsewhere"
    OTHER_CASE = "LoginInOtherCase"
    SAME_LOGIN = "SameLogin"
    AMBIGUOUS_ACCOUNT = "AmbiguousAccount"
    NOT_IN_SIS = "NotInSis"
    GRANTED_BY_HAND = "GrantedByHand"
    BLOCKED = "BlockedByHand"
    NO_SEAT = "NoSeat"
    """The roster gives it, and no seat of spec.seats is free."""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """One of them."""

    what: str
    """Of `What`, or the reason of a condition: Synced if it is not True, Held, Stalled."""
    since: datetime | None
    """If it is known."""
    acts: Actor | None
    message: str
    accounts: tuple[int, ...] = ()
    """Other accounts that it is about, by their ids in the ledger."""


_TOLD = (conditions.SYNCED, conditions.HELD, conditions.STALLED)


def of_district(integration: RosterIntegration) -> Iterator[Circumstance]:
    """What the resource tells."""
    spec, status = integration.spec, integration.status
    if spec.suspend:
        suspended = status.condition(conditions.SUSPENDED)
        since = suspended.last_transition_time if suspended else None
        yield Circumstance(What.SUSPENDED, since, Actor.PUBLISHER, _("No sync begins: set spec.suspend to false."))
    if not spec.live:
        yield Circumstance(
            What.SETUP_MODE, None, Actor.PUBLISHER, _("Syncs plan and write nothing until spec.live is true.")
        )
    if status.observed_generation is not None and status.observed_generation != integration.metadata.generation:
        yield Circumstance(What.SPEC_NOT_SYNCED, None, None, _("The spec has changed since the last sync began."))
    for kind in _TOLD:
        found = status.condition(kind)
        if found is None or found.status is (
            ConditionStatus.TRUE if kind == conditions.SYNCED else ConditionStatus.FALSE
        ):
            continue
        yield Circumstance(found.reason, found.last_transition_time, actor_of(found), found.message)


def spec_unknown(why: str) -> Circumstance:
    """The spec of today could not be looked at."""
    message = following(_("By the spec of the last sync, as that of today is not known here."), why)
    return Circumstance(What.SPEC_NOT_KNOWN, None, None, message)


def of_reading(judged: Judged) -> Iterator[Circumstance]:
    """What has changed in the spec since the reading."""
    if judged.spec_matters:
        message = _("The spec has changed since in what it gives this person; NEXT SYNC goes by that of today.")
        yield Circumstance(What.SPEC_CHANGED, None, None, message)
    for school in judged.unread:
        message = _("School {school} was not selected when the roster was read; the next sync reads it.", school=school)
        yield Circumstance(What.SCHOOL_NOT_READ, None, None, message)
    if judged.unresolved:
        message = _("A name in the spec stands for nothing, so nothing is removed: see MappingsResolved.")
        yield Circumstance(What.NAMES_UNRESOLVED, None, Actor.PUBLISHER, message)


def of_canary() -> Circumstance:
    """Whose schools are not live yet."""
    message = _(
        "None of their schools is in spec.canary, so syncs change nothing of theirs until all schools are live."
    )
    return Circumstance(What.CANARY_ELSEWHERE, None, Actor.PUBLISHER, message)


def of_decisions(known: LicenseHolder) -> Iterator[Circumstance]:
    """What people decided by hand about them."""
    for each in known.by_hand:
        what, did = (What.BLOCKED, "Blocked from") if each.kind == "Block" else (What.GRANTED_BY_HAND, "Granted")
        who = f" by {each.actor}" if each.actor else ""
        why = f", because: {each.reason}" if each.reason else ""
        until = f"until {each.until:%Y-%m-%d %H:%M} UTC" if each.until is not None else "without an end"
        message = f"{did} {each.ebook or 'every eBook'}, {each.edition} edition, {until}{who}{why}."
        yield Circumstance(what, each.created, None, message)


def of_seats(known: LicenseHolder) -> Iterator[Circumstance]:
    """What they wait for."""
    for each in known.waits:
        turn = f"{counted(each.before, '[person waits|people wait]')} since before" if each.before else "they are next"
        message = f"They wait for a seat of {each.ebook}, {each.edition} edition: {turn}. See spec.seats."
        yield Circumstance(What.NO_SEAT, each.since, Actor.PUBLISHER, message)


def of_account(known: LicenseHolder, said: str) -> Iterator[Circumstance]:
    """What is odd about the account; `said`: what somebody typed to find it."""
    typed = said.strip()
    message: str
    if typed not in known.logins and typed.casefold() in {login.casefold() for login in known.logins}:
        message = _(
            "The account has this login in another spelling of upper and lower case. If they have the eBook and do "
            "not see it, they may sign in by another spelling than the eBook platform takes."
        )
        yield Circumstance(What.OTHER_CASE, None, Actor.PUBLISHER, message)
    if known.alike and known.sourced_id:
        message = f"{_accounts(known.alike)} the same username or email. Correct the one that is wrong in the SIS."
        yield Circumstance(What.SAME_LOGIN, None, Actor.DISTRICT, message, known.alike)
    elif known.alike:
        message = (
            f"No sync has recognized this account as a person of the roster, and {_accounts(known.alike)} the same "
            "username or email: nobody can say which is theirs. Merge or correct them; see the checklist, Matching."
        )
        yield Circumstance(What.AMBIGUOUS_ACCOUNT, None, Actor.PUBLISHER, message, known.alike)


def of_newcomer(fitting: Sequence[int]) -> Iterator[Circumstance]:
    """Whose account it may be that somebody without one would be given; `fitting`: by login and email."""
    if fitting[1:]:
        message = (
            f"{_accounts(fitting)} a login or email of theirs: nobody can say which is theirs. Merge or correct them."
        )
        yield Circumstance(What.AMBIGUOUS_ACCOUNT, None, Actor.PUBLISHER, message, tuple(fitting))
    elif fitting:
        message = f"{_accounts(fitting)} a login or email of theirs. If it is somebody else's, correct one of them."
        yield Circumstance(What.SAME_LOGIN, None, Actor.DISTRICT, message, tuple(fitting))


def _accounts(accounts: Sequence[int]) -> str:
    named = ", ".join(f"account:{each}" for each in accounts)
    return f"{named} {'have' if accounts[1:] else 'has'}"
