"""What people decide that no roster says: a license for somebody by hand, or a block, with an end and a reason.

It is shown first, and carried out by the digest of what was shown. Syncs leave it as it is until it ends or somebody
takes it back; it works in setup mode and while syncs are suspended.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.errors import InputError, RosterOperatorError
from roster_operator.ledger.by_hand.interface import (
    ByHandLedger,
    Decided,
    DecisionOrder,
    Kind,
    LicenseNamed,
    Newcomer,
    Obstacle,
)
from roster_operator.ledger.queries.records import KeptDecision, KnownDistrict
from roster_operator.licensing.declared_login import DeclaredLogin
from roster_operator.licensing.models import Edition
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.naming import district_in, unknown
from roster_operator.operations.ports import DistrictName, Resources
from roster_operator.operations.reason import reason_of
from roster_operator.reconcile.declared_logins import declared_login
from roster_operator.reconcile.seats import pools_at
from roster_operator.roster.time_zone import time_zone

_LONGEST_LOGIN: Final = 512
_NO_REASON: Final = "Say why (--reason), such as the number of the ticket."
MOST_DECISIONS: Final = 10_000
"""Of one answer."""

_OBSTACLES: Final[Mapping[Obstacle, str]] = {
    Obstacle.BLOCKED: "They are blocked from it by hand. Take the block back first: block --end.",
    Obstacle.NO_END: "They have it by hand already, without an end, and no sync removes it.",
    Obstacle.NOTHING_TO_END: "Nothing of the kind was decided by hand of exactly this. See `decisions`.",
    Obstacle.ERASED: "Somebody with this username or email was erased, and gets no account again. If it is another "
    "person's now, a sync makes the account once the SIS shares them.",
    Obstacle.LOGIN_TAKEN: "An account of the district has this username or email: name it with --person.",
    Obstacle.NO_SEAT: (
        "No seat of it is free (spec.seats). End a license that is not needed any more, or Publisher: raise the pool's "
        "total, or permit overage."
    ),
    Obstacle.ACCOUNT_GONE: "The account was erased.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to decide."""

    kind: Kind
    person: str = ""
    username: str = ""
    email: str = ""
    """Of somebody who gets an account by it."""
    ebook: str = ""
    edition: str = ""
    """Empty: both."""
    until: str = ""
    """The first day without it, in the district."""
    ends: bool = False
    """Whether what was decided is taken back."""
    reason: str = ""
    digest: str = ""

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return f"Asked({self.kind})"


@dataclass(frozen=True, slots=True)
class DecisionTold:
    """What was, or would be, decided."""

    district: str
    namespace: str
    kind: Kind
    ends: bool
    done: bool
    """False: nothing was changed; by the digest it would be."""
    by_run: str | None
    """The run under which the journal has it, once it is done."""
    digest: str
    account: int | None
    """None: one would be made."""
    ebook: str
    """Empty: every eBook."""
    editions: tuple[str, ...]
    until: datetime | None
    granted: tuple[LicenseNamed, ...]
    """Licenses that come, or whose end is another now."""
    removed: tuple[LicenseNamed, ...]
    """Licenses that go."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What stands in a district; what ends first goes first."""

    district: str
    namespace: str
    decisions: tuple[KeptDecision, ...]


def decide(inquiry: Inquiry, resources: Resources, wanted: DistrictName, asked: Asked) -> DecisionTold:
    """Grant or block by hand, or take that back. Without a digest only show what that would be.

    Raises `InputError` for what is missing, contradicts itself, or is not as it was when it was shown.
    """
    district, ledger = district_in(inquiry.queries, wanted), _ledger(inquiry)
    spec = _spec(resources, district, wanted)
    order = DecisionOrder(
        district_id=district.id,
        kind=asked.kind,
        ebook=_ebook(inquiry, resources, district, asked),
        editions=_editions(resources, asked),
        until=_until(asked, spec, inquiry.now),
        whom=_whom(inquiry, district, asked, declared_login(spec.spec.matching) if spec is not None else None),
        takes_back=asked.ends,
        by_run=str(uuid.uuid4()),
        actor=inquiry.caller.name,
        through=inquiry.caller.through,
        reason=reason_of(asked.reason, missing=_NO_REASON if asked.digest else ""),
        at=inquiry.now,
        pools=pools_at(spec.spec, inquiry.now) if spec is not None else (),
    )
    return _told(district, order, ledger.decide(order, digest=asked.digest), asked.digest)


def decisions(inquiry: Inquiry, wanted: DistrictName, *, person: str = "", limit: int) -> Decisions:
    """What people decided by hand in a district, or about one person; the access log is told."""
    district = district_in(inquiry.queries, wanted)
    account = inquiry.look_at(district, person, "decisions") if person else None
    found = inquiry.queries.decisions(district.id, now=inquiry.now, account=account, limit=limit)
    if account is None:
        inquiry.look_at_several(district, (each.account for each in found), "decisions")
    return Decisions(district.name, district.namespace, tuple(found))


def _told(district: KnownDistrict, order: DecisionOrder, decided: Decided, digest: str) -> DecisionTold:
    if decided.obstacle is not None:
        raise InputError(f"{_OBSTACLES[decided.obstacle]} Nothing was changed.")
    if digest and decided.digest != digest:
        raise InputError(
            f"What would be done now is {decided.digest}, not {digest}: something has changed since you saw it, or you "
            "ask for something else. Nothing was changed. Look at it again."
        )
    return DecisionTold(
        district=district.name,
        namespace=district.namespace,
        kind=order.kind,
        ends=order.takes_back,
        done=bool(digest),
        by_run=order.by_run if digest else None,
        digest=decided.digest,
        account=decided.account,
        ebook=order.ebook,
        editions=order.editions,
        until=order.until,
        granted=decided.granted,
        removed=decided.removed,
    )


def _whom(inquiry: Inquiry, district: KnownDistrict, asked: Asked, declared: DeclaredLogin | None) -> int | Newcomer:
    newcomer = Newcomer(asked.username.strip(), asked.email.strip())
    is_new = bool(newcomer.username or newcomer.email)
    if bool(asked.person) == is_new:
        raise InputError("Say who (--person), or who gets an account by it (--username, --email), and not both.")
    if not is_new:
        return inquiry.look_at(district, asked.person, str(asked.kind).lower())
    if asked.kind is Kind.BLOCK or asked.ends:
        raise InputError("Only a grant makes an account. Say who (--person).")
    if max(len(newcomer.username), len(newcomer.email)) > _LONGEST_LOGIN:
        raise InputError(f"A username or email has at most {_LONGEST_LOGIN} characters.")
    if newcomer.email and "@" not in newcomer.email:
        raise InputError("The email (--email) has no @. A login without one is a username (--username).")
    login = newcomer.username or newcomer.email
    if declared is not None and not declared.allows(login, student=asked.edition == Edition.STUDENT):
        option = "username (--username)" if newcomer.username else "email (--email)"
        raise InputError(
            f"The {option} is of another form than spec.matching.loginFormat declares for {district.name}: {declared}. "
            "Write it so. Publisher: or correct spec.matching.loginFormat, if it is not that of all."
        )
    inquiry.look_at_newcomer(district, "", "grant", there=True)
    return newcomer


def _ebook(inquiry: Inquiry, resources: Resources, district: KnownDistrict, asked: Asked) -> str:
    """One that is there: as an EBook, or, to take something back or block it, in the ledger."""
    if not asked.ebook:
        if asked.kind is Kind.GRANT:
            raise InputError("Say which eBook (--ebook).")
        return ""
    if asked.ebook in _known(resources, [asked.ebook]):
        return asked.ebook
    there = inquiry.queries.ebooks(district.id)
    if asked.ebook not in there:
        raise unknown("eBook", asked.ebook, there, where=f"of {district.name}")
    return asked.ebook


def _editions(resources: Resources, asked: Asked) -> tuple[str, ...]:
    """Those that are meant, and that there are."""
    every = tuple(str(each) for each in Edition)
    if asked.edition and asked.edition not in every:
        raise unknown("edition", asked.edition, every)
    wanted = (asked.edition,) if asked.edition else every
    if asked.kind is Kind.BLOCK or asked.ends:
        return wanted
    if not asked.edition:
        raise InputError(f"Say which edition (--edition): {' or '.join(every)}.")
    found = _known(resources, [asked.ebook]).get(asked.ebook)
    if found is not None and asked.edition not in {str(each) for each in found.spec.editions}:
        there = ", ".join(str(each) for each in found.spec.editions)
        raise InputError(f"The eBook {asked.ebook} has no {asked.edition} edition. There are: {there}.")
    return wanted


def _known(resources: Resources, names: Sequence[str]) -> Mapping[str, EBook]:
    """EBooks, where they can be seen."""
    try:
        return resources.ebooks(names)
    except RosterOperatorError:
        return {}


def _spec(resources: Resources, district: KnownDistrict, wanted: DistrictName) -> RosterIntegration | None:
    """The RosterIntegration, where it can be seen."""
    namespace, _, name = district.owner.partition("/")
    try:
        return resources.one(DistrictName(name, namespace) if name else wanted)
    except RosterOperatorError:
        return None


def _until(asked: Asked, spec: RosterIntegration | None, now: datetime) -> datetime | None:
    if asked.ends:
        if asked.until:
            raise InputError("Either it ends now (--end), or on a day (--until).")
        return None
    if not asked.until:
        if spec is not None and spec.spec.by_hand.endless:
            return None
        raise InputError("Say when it ends (--until DATE), or let spec.byHand.endless permit what has no end.")
    zone = time_zone(spec.spec.time_zone) if spec is not None else ZoneInfo("UTC")
    try:
        until = datetime.combine(date.fromisoformat(asked.until), time(), zone)
    except ValueError:
        raise InputError(f"{asked.until} is no date: write it as 2027-06-30.") from None
    if until <= now:
        raise InputError(f"{asked.until} has begun already: it would have ended before it began.")
    return until


def _ledger(inquiry: Inquiry) -> ByHandLedger:
    if inquiry.by_hand is None:
        raise InputError("Nothing can be decided by hand from here.")
    return inquiry.by_hand
