"""Going live at some schools first: who is live, what is left alone meanwhile, and when all schools go live.

The unit is the person. Whoever is at a school of the canary is live with all that the roster gives them; so is whom a
sync has served before, wherever they are now. Of everybody else a plan is made, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import filterfalse
from typing import Final

import msgspec

from roster_operator.api.v1alpha1 import Canary, CanaryStatus, MatchKey
from roster_operator.api.wire import shorten
from roster_operator.licensing.bystanders import KnownAccount
from roster_operator.licensing.models import PersonChange
from roster_operator.plurals import counted
from roster_operator.reconcile.report import Promotion

_MOST_OF_NAMES: Final = 32
"""Bytes that names of schools take in a message, so that it is not cut before it says who acts."""

Persons = Callable[[], Iterable[PersonChange]]
"""Gives whoever changed, from the first on each time."""


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far it has come, as the ledger keeps it."""

    schools: tuple[str, ...] = ()
    """Ids of those that were live at the last sync."""
    nights: int = 0
    """Days after the one on which they went live with a sync by which nothing waited."""
    day: str = ""
    """The last day that was looked at, as an ISO date."""
    promoted: str = ""
    """The day on which all schools went live; empty until then."""


_decode = msgspec.json.Decoder(Progress).decode


def progress_of(kept: str) -> Progress:
    """As the last sync left it; what is not understood is the beginning."""
    try:
        return _decode(kept) if kept else Progress()
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Progress()


def restricts(canary: Canary | None, kept: str) -> bool:
    """Whether this sync writes of some schools only."""
    return canary is not None and not is_promoted(canary, progress_of(kept))


def is_promoted(canary: Canary, progress: Progress) -> bool:
    """Whether all schools are live, or go live with this sync."""
    return bool(progress.promoted) or (canary.promote_after is not None and progress.nights >= canary.promote_after)


def following(
    canary: Canary | None,
    kept: str,
    schools: frozenset[str],
    day: str,
    *,
    applied: bool,
    waits: bool,
    turned_back: bool = False,
) -> str:
    """What the next sync is to know after this one of `day`; `schools`: ids of those that go live first.

    `applied`: not if the plan waits as a whole. Other schools begin anew, and so does a sync by which something waits.
    `turned_back`: somebody undid a sync, which also those begin anew after that had come far enough.
    """
    if canary is None:
        return ""
    before = progress_of(kept)
    if turned_back and not before.promoted:
        now = Progress(before.schools, 0, day)
    elif is_promoted(canary, before):
        now = msgspec.structs.replace(before, promoted=before.promoted or day) if applied else before
    elif waits or not applied or before.schools != tuple(sorted(schools)):
        now = Progress(tuple(sorted(schools)), 0, day)
    else:
        now = msgspec.structs.replace(before, nights=before.nights + (day > before.day), day=max(day, before.day))
    return msgspec.json.encode(now).decode()


@dataclass(frozen=True)
class LiveFirst:
    """Who is live of those who changed, and who is not."""

    schools: frozenset[str]
    known: frozenset[str] = field(repr=False)
    """Ids of persons whom a sync has served."""
    persons: Persons
    accounts: frozenset[int]
    """That have licenses from before go-live. Whoever is live is none of these to the plan; all others' stay."""
    unlinked: Sequence[KnownAccount]
    """Accounts that may be anybody's."""
    match: Sequence[MatchKey]
    """By what an account that was linked to nobody is recognized as a person's."""
    served: Sequence[KnownAccount] = ()
    """Accounts of `known`, where ids are another source's: then login or number says whose they are."""

    def live(self) -> Iterator[PersonChange]:
        """Those of whom is written."""
        return filter(self._is_live, self.persons())

    def others(self) -> Iterator[PersonChange]:
        """Those of whom a plan is made."""
        return filterfalse(self._is_live, self.persons())

    def is_disputed(self, other: PersonChange) -> bool:
        """Whether one of `others` would be live, but for what somebody who is not has, too."""
        return not self.schools.isdisjoint(other.schools)

    @cached_property
    def _is_live(self) -> Callable[[PersonChange], bool]:
        """Two looks at everybody tell; so it is asked once."""
        served = _Claims((MatchKey.USERNAME, MatchKey.IDENTIFIER), self.served)

        def is_known(change: PersonChange) -> bool:
            return change.gone or change.key in self.known or bool(served.found(change))

        def may_be_live(change: PersonChange) -> bool:
            return is_known(change) or not self.schools.isdisjoint(change.schools)

        theirs = self._claims_of_others(may_be_live)
        return lambda change: is_known(change) or (may_be_live(change) and not self._is_claimed(change, theirs))

    def _is_claimed(self, change: PersonChange, theirs: _Claims) -> bool:
        """Whether somebody new has the login of one who is not live, or may have the account of one.

        Whose account it is, all of them tell.
        """
        return _login(change) in theirs.logins or not theirs.accounts.isdisjoint(theirs.found(change))

    def _claims_of_others(self, is_live: Callable[[PersonChange], bool]) -> _Claims:
        mine = {_login(each) for each in self.persons() if is_live(each)} - {""}
        claims = _Claims(self.match, self.unlinked)
        for each in self.persons():
            if not is_live(each):
                claims.logins.update({_login(each)} & mine)
                claims.accounts.update(claims.found(each))
        return claims


class _Claims:
    """Logins of persons, and accounts that may be theirs."""

    def __init__(self, match: Sequence[MatchKey], accounts: Iterable[KnownAccount]) -> None:
        self.logins: set[str] = set()
        self.accounts: set[int] = set()
        self._match = match
        self._accounts: dict[tuple[MatchKey, str], list[int]] = {}
        for account in accounts:
            for value in self._values(account.username, account.email, account.identifier):
                self._accounts.setdefault(value, []).append(account.id)

    def found(self, change: PersonChange) -> set[int]:
        """Accounts that any step finds for a person."""
        values = self._values(change.username, change.email, change.identifier)
        return {account for value in values for account in self._accounts.get(value, ())}

    def _values(self, username: str, email: str, identifier: str) -> Iterator[tuple[MatchKey, str]]:
        username, email = username.strip().lower(), email.strip().lower()
        of = {
            MatchKey.USERNAME: username,
            MatchKey.EMAIL: email,
            MatchKey.IDENTIFIER: identifier.lower().lstrip("0"),
            MatchKey.LOCAL_PART: (username or email).partition("@")[0],
        }
        return ((key, of[key]) for key in self._match if of.get(key))


def _login(change: PersonChange) -> str:
    return (change.username or change.email).strip().casefold()


def status_of(canary: Canary, kept: str, promotion: Promotion | None, *, live: bool) -> CanaryStatus:
    """What the status tells; `kept`: what the next sync is to know, `promotion`: what it would change."""
    progress = progress_of(kept)
    if progress.promoted:
        message = f"All schools are live since {progress.promoted}. Publisher: remove spec.canary."
        return CanaryStatus(nights=progress.nights, promoted_on=date.fromisoformat(progress.promoted), message=message)
    if promotion is None:
        return CanaryStatus(nights=progress.nights, message="Nothing is known of the other schools yet.")
    return CanaryStatus(
        nights=progress.nights,
        grants=promotion.grants,
        revocations=promotion.revocations,
        held=promotion.held,
        digest=promotion.digest,
        message=_message(canary, progress, promotion, live=live),
    )


def _message(canary: Canary, progress: Progress, promotion: Promotion, *, live: bool) -> str:
    """Who acts goes before what the status may cut."""
    named = ", ".join(canary.schools[:3]) + (" and others" if len(canary.schools) > 3 else "")
    where = shorten(named, _MOST_OF_NAMES)
    goes = f"{'Live' if live else 'Going live'} at {where} alone; the other schools are in setup mode."
    would = f"{counted(promotion.grants, 'license[s]')} and remove {promotion.revocations}"
    waits = f", of which {promotion.held} would wait" if promotion.held else ""
    if canary.promote_after is None:
        when = "Publisher: remove spec.canary when this is right."
    else:
        when = f"It comes by itself after {canary.promote_after} healthy days; there were {progress.nights}."
    disputed = ""
    if promotion.disputed:
        who = counted(promotion.disputed, "person[s] there wait[s|]")
        disputed = (
            f" {who} for promotion, too: somebody at another school has the same login, or fits the same account."
        )
    return f"{goes} Promotion would grant {would}{waits}. {when}{disputed}"
