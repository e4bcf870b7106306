"""Turns back what a sync did, and lets the district hold: the next sync would do the same again; or what else did.

It is shown first, and carried out by the digest of what was shown. It is a run of its own, so it can be undone too.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from roster_operator.errors import InputError
from roster_operator.ledger.queries.records import KnownDistrict
from roster_operator.ledger.undo.interface import EBookUndone, UndoLedger, Undone, UndoOrder
from roster_operator.licensing import guards
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.naming import district_in, run_of, school_in, unknown
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.reason import reason_of
from roster_operator.reconcile.district_state import undone_as_json


@dataclass(frozen=True, slots=True)
class Left:
    """Changes of the sync that stay as they are."""

    why: str
    changes: int


@dataclass(frozen=True, slots=True)
class UndoTold:
    """What was, or would be, turned back."""

    district: str
    namespace: str
    run_id: str
    done: bool
    """False: nothing was changed; by the digest it would be."""
    by_run: str | None
    """The run under which the journal has it, once it is done."""
    digest: str
    granted: int
    """Licenses that come back."""
    removed: int
    """Licenses that go."""
    by_ebook: tuple[EBookUndone, ...]
    left: tuple[Left, ...]
    accounts_left: tuple[int, ...]
    """Some accounts of the changes that stay as they are."""
    holds: bool
    """Whether the district holds afterwards, until somebody lifts it."""
    accounts: int = 0
    """Of a clean-up: accounts that are as they were before."""


@dataclass(frozen=True, slots=True)
class Lifted:
    """That the district's syncs may apply again what they plan."""

    district: str
    namespace: str
    was_held: bool


def undo(
    inquiry: Inquiry,
    wanted: DistrictName,
    run: str,
    *,
    ebook: str = "",
    school: str = "",
    reason: str = "",
    digest: str = "",
) -> UndoTold:
    """Turn back a run of a district, of one eBook or by one school if they are named.

    Without `digest` only show what that would be. Raises `InputError` for a run, eBook or school that is not there, a
    missing reason, or another digest than that of what would be turned back now.
    """
    district, ledger = _district(inquiry, wanted), _ledger(inquiry)
    found = run_of(inquiry.queries, district, run)
    if ebook and ebook not in (known := inquiry.queries.ebooks(district.id)):
        raise unknown("eBook", ebook, known, where=f"among the changes of {district.name}")
    missing = "Say why (--reason). It stands in the district's status, so name no person in it." if digest else ""
    why = reason_of(reason, missing=missing)
    told = guards.Undone(found.id, inquiry.caller.name, inquiry.now.date().isoformat(), why)
    order = UndoOrder(
        district_id=district.id,
        run_id=found.id,
        by_run=str(uuid.uuid4()),
        actor=inquiry.caller.name,
        reason=why,
        at=inquiry.now,
        hold=undone_as_json(told),
        ebook=ebook,
        school=school_in(inquiry.queries, district, school) if school else "",
    )
    planned = ledger.undo(order, digest=digest)
    if digest and planned.digest != digest:
        raise InputError(
            f"What would be turned back now is {planned.digest}, not {digest}: something has changed since you saw it. "
            "Nothing was changed. Look at it again."
        )
    if planned.accounts and (ebook or school):
        raise InputError("A clean-up is turned back as a whole: leave out --ebook and --school. Nothing was changed.")
    if planned.nothing:
        raise InputError(
            f"The run {found.id} changed no license that could be turned back{_why_none(planned)}. Nothing was changed."
        )
    return UndoTold(
        district=district.name,
        namespace=district.namespace,
        run_id=found.id,
        done=bool(digest),
        by_run=order.by_run if digest else None,
        digest=planned.digest,
        granted=planned.granted,
        removed=planned.removed,
        by_ebook=planned.by_ebook,
        left=tuple(Left(str(why), count) for why, count in planned.left.items()),
        accounts_left=tuple(planned.accounts_left),
        holds=planned.holds,
        accounts=planned.accounts,
    )


def lift(inquiry: Inquiry, wanted: DistrictName) -> Lifted:
    """Let the syncs of a district apply again what they plan."""
    district = _district(inquiry, wanted)
    return Lifted(district.name, district.namespace, _ledger(inquiry).lift(district.id))


def _district(inquiry: Inquiry, wanted: DistrictName) -> KnownDistrict:
    return district_in(inquiry.queries, wanted)


def _ledger(inquiry: Inquiry) -> UndoLedger:
    if inquiry.undoing is None:
        raise InputError("Nothing can be undone from here.")
    return inquiry.undoing


def _why_none(planned: Undone) -> str:
    told = ", ".join(f"{why} {count}" for why, count in planned.left.items())
    return f" ({told})" if told else ""
