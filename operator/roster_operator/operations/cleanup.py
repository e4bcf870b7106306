"""Brings the accounts of a district into order before it goes live, and merges those that are one person's.

It is shown first, by count and one by one, and carried out by the digest of what was shown. It is a run of its own, so
it can be undone.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.api.v1alpha1.status import CheckResult
from roster_operator.errors import InputError
from roster_operator.ledger.cleanup.interface import CleanupLedger, CleanupOrder, EBookMoved, Objection
from roster_operator.licensing.clean_logins import CleanRules, UsernameFrom
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.naming import district_in
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.reason import reason_of
from roster_operator.reconcile.rules import Item

MOST_LISTED: Final = 1_000
_MEANINGS: Final[Mapping[Objection, str]] = {
    Objection.ON_ROSTER: "the roster has the person today under another login: change it in the SIS",
    Objection.BOTH_ON_ROSTER: "two people of the roster have one login: give each their own in the SIS",
    Objection.SEVERAL_ACCOUNTS: "more than two accounts would be one: correct or remove all but two of them",
    Objection.OTHER_PERSON: "another account has its login, with another email or number",
    Objection.FORMER_PERSON: "the account of somebody who left has its login, and no number is the same",
    Objection.COLLIDES: "it would get another account's login, and neither email nor number says that they are one",
    Objection.DECISIONS: "somebody decided by hand about one eBook of both accounts: end one decision",
    Objection.BLOCKED: "one account is blocked by hand from what the other has: end the block or the license",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Rules beside blanks and case, as people write them: `CleanRules`."""

    domains: tuple[str, ...] = ()
    """Such as `old.example=new.example`."""
    username_from: UsernameFrom | None = None
    username_digits: int = 0
    number_digits: int = 0

    @property
    def rules(self) -> CleanRules:
        """Raises `InputError` for what cannot be a rule."""
        domains = tuple(each.lower().partition("=")[::2] for each in self.domains)
        if not all(old and new for old, new in domains):
            raise InputError("A domain is replaced by another one so: old.example=new.example")
        return CleanRules(domains, self.username_from, self.username_digits, self.number_digits)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Accounts that stay as they are."""

    why: Objection
    meaning: str
    accounts: int


@dataclass(frozen=True, slots=True)
class CleanupTold:
    """What was, or would be, cleaned up."""

    district: str
    namespace: str
    done: bool
    """False: nothing was changed; by the digest it would be."""
    by_run: str | None
    """The run under which the journal has it, once it is done: `undo` takes it."""
    digest: str
    accounts: int
    """Of the district."""
    rewritten: int
    """That stay, with other logins."""
    merged: int
    """That go into another one."""
    by_rule: Mapping[str, int]
    """Of those that stay, by what changes; an account may be there several times."""
    by_ebook: tuple[EBookMoved, ...]
    left_out: tuple[LeftOut, ...]
    checklist: str | None
    """What the last sync found of the accounts from before, if they are not as they should be."""


@dataclass(frozen=True, slots=True)
class AccountTold:
    """What becomes of one account."""

    account: int
    becomes: str
    """`Rewritten`, `Merged` or `LeftOut`."""
    why: Objection | None
    other: int | None
    """The account that it goes into, or for which it is left out."""
    username: str
    username_after: str
    email: str
    email_after: str
    number: str
    number_after: str

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return f"AccountTold(account={self.account}, {self.becomes})"


@dataclass(frozen=True, slots=True)
class CleanupDetails:
    """What would become of single accounts."""

    district: str
    namespace: str
    digest: str
    listed: tuple[AccountTold, ...]
    total: int


def clean_up(
    inquiry: Inquiry, integration: RosterIntegration, asked: Asked, *, reason: str = "", digest: str = ""
) -> CleanupTold:
    """Bring the accounts of a district into order.

    Without `digest` only show what that would be. Raises `InputError` for a missing reason, if there is nothing to do,
    or for another digest than that of what would be done now.
    """
    missing = "Say why (--reason). It is kept with the clean-up, so name no person in it." if digest else ""
    why = reason_of(reason, missing=missing)
    order = _order(inquiry, DistrictName(integration.name, integration.namespace), asked, why)
    planned = _ledger(inquiry).clean_up(order, digest=digest)
    if digest and planned.digest != digest:
        raise InputError(
            f"What would be cleaned up now is {planned.digest}, not {digest}: something has changed since you saw it. "
            "Nothing was changed. Look at it again."
        )
    if digest and planned.nothing:
        raise InputError("There is nothing to clean up: every account is as it should be, or left out.")
    return CleanupTold(
        district=integration.name,
        namespace=integration.namespace,
        done=bool(digest),
        by_run=order.by_run if digest else None,
        digest=planned.digest,
        accounts=planned.accounts,
        rewritten=planned.rewritten,
        merged=planned.merged,
        by_rule=planned.by_rule,
        by_ebook=planned.by_ebook,
        left_out=tuple(LeftOut(why, _MEANINGS[why], count) for why, count in planned.left_out.items()),
        checklist=_checklist(integration),
    )


def details(inquiry: Inquiry, wanted: DistrictName, asked: Asked, *, limit: int, offset: int = 0) -> CleanupDetails:
    """What would become of single accounts: those that are left out first; the access log is told of each."""
    order = _order(inquiry, wanted, asked)
    district = district_in(inquiry.queries, wanted)
    found = _ledger(inquiry).one_by_one(order, limit=limit, offset=offset)
    inquiry.look_at_several(district, (each.account for each in found.listed), "cleanup")
    listed = tuple(
        AccountTold(
            account=each.account,
            becomes="LeftOut" if each.objection else "Merged" if each.into else "Rewritten",
            why=each.objection,
            other=each.into,
            username=each.before.username,
            username_after=each.after.username,
            email=each.before.email,
            email_after=each.after.email,
            number=each.before.identifier,
            number_after=each.after.identifier,
        )
        for each in found.listed
    )
    return CleanupDetails(district.name, district.namespace, found.digest, listed, found.total)


def _order(inquiry: Inquiry, wanted: DistrictName, asked: Asked, reason: str = "") -> CleanupOrder:
    return CleanupOrder(
        district_id=district_in(inquiry.queries, wanted).id,
        rules=asked.rules,
        by_run=str(uuid.uuid4()),
        actor=inquiry.caller.name,
        through=inquiry.caller.through,
        reason=reason,
        at=inquiry.now,
    )


def _ledger(inquiry: Inquiry) -> CleanupLedger:
    if inquiry.cleaning is None:
        raise InputError("Nothing can be cleaned up from here.")
    return inquiry.cleaning


def _checklist(integration: RosterIntegration) -> str | None:
    found = next((each for each in integration.status.checklist if each.name == Item.EXISTING_ACCOUNTS), None)
    if found is None or found.result is CheckResult.PASS:
        return None
    return f"{found.message} {found.action or ''}".strip()
