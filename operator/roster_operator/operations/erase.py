"""Erase a person, or everybody of a district that nobody holds: what went, what stays and why, a certificate.

The certificate names no person: whoever asked for the erasure is in the file of the request, under the number of the
account. Its digest is kept in the ledger, so that a certificate can be told from one that was written by hand.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from roster_operator.errors import InputError
from roster_operator.ledger.people.interface import Erased, ErasureOrder
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.naming import district_in
from roster_operator.operations.ports import DistrictName


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that is not erased."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """That somebody's data were erased."""

    ledger: str
    district: str
    account: int | None
    """None: everybody."""
    erased_at: datetime
    by: str
    reason: str
    run_id: str
    erased: Erased
    kept: tuple[Kept, ...]
    comes_back: str
    """Under which circumstances a sync would bring the person back."""
    dry_run: bool
    digest: str
    """SHA-256 of all else, as JSON with sorted keys."""


KEPT: Final = (
    Kept(
        "journal: which account had which eBook from when to when",
        "the eBook application learns from it that licenses have ended, and it proves what was licensed. The number of "
        "the account in it leads to nobody any more. It goes after history.keepChanges.",
    ),
    Kept(
        "access_log: who looked at the account, when",
        "it proves to the person, and to the district, who has seen their data. It names the account by its number.",
    ),
    Kept(
        "erasures: that, when, by whom and why it was erased; of one person keyed hashes of id, logins and number",
        "without them the next sync, a file of licenses or a grant by hand would bring the person back.",
    ),
    Kept(
        "what is outside of the ledger: its backups, the eBook application, the SIS",
        "the operator does not reach them. Erase the person there, or let the backups run out.",
    ),
)
_PERSON: Final = "Not by a sync, under this id of the SIS. Under a new id: yes; ask the district not to share them."
_UNLINKED: Final = "The account was linked to nobody of a roster: a sync makes a new one if the person is on it."
_DISTRICT: Final = "If a RosterIntegration for this district goes live again, whoever is on its roster then comes back."


def erase(
    inquiry: Inquiry, wanted: DistrictName, *, person: str, everybody: bool, reason: str, dry_run: bool
) -> Certificate:
    """Erase one person, or everybody of a district; with `dry_run` show what would be done.

    Raises `InputError` if it is not said which of the two, why, or if a RosterIntegration still holds the district.
    """
    if bool(person) == everybody:
        raise InputError("Say whom to erase: one person (--person), or everybody of the district (--everybody).")
    if not reason.strip():
        raise InputError("Say why (--reason), such as the number of the request. Name no person in it: it is kept.")
    district = district_in(inquiry.queries, wanted)
    if everybody and district.owner:
        raise InputError(
            f"The district {district.source} is held by the RosterIntegration {district.owner}, whose next sync would "
            "bring everybody back. Publisher: delete that first."
        )
    account = inquiry.look_at(district, person, "erase") if person else None
    order = ErasureOrder(
        district_id=district.id,
        account=account,
        run_id=str(uuid.uuid4()),
        actor=inquiry.caller.name,
        through=inquiry.caller.through,
        reason=reason.strip(),
        at=inquiry.now,
    )
    linked = account is not None and inquiry.queries.person(district.id, account).sourced_id
    back = _DISTRICT if account is None else _PERSON if linked else _UNLINKED
    digests: list[str] = []

    def seal(erased: Erased) -> str:
        digests.append(_digest(_certificate(order, district.source, erased, back, dry_run=dry_run)))
        return digests[-1]

    erased = inquiry.people.erase(order, seal, dry_run=dry_run)
    return _certificate(order, district.source, erased, back, dry_run=dry_run, digest=digests[-1])


def _certificate(
    order: ErasureOrder, source: str, erased: Erased, back: str, *, dry_run: bool, digest: str = ""
) -> Certificate:
    return Certificate(
        ledger=erased.ledger,
        district=source,
        account=order.account,
        erased_at=order.at.replace(microsecond=0),
        by=order.actor,
        reason=order.reason,
        run_id=order.run_id,
        erased=erased,
        kept=KEPT,
        comes_back=back,
        dry_run=dry_run,
        digest=digest,
    )


def _digest(certificate: Certificate) -> str:
    facts = {**asdict(certificate), "erased_at": certificate.erased_at.isoformat()}
    del facts["digest"]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
