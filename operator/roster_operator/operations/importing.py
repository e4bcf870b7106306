"""Takes in the licenses that people have from before, or from elsewhere, so that the first live sync knows them.

It is shown first, and carried out by the digest of what was shown. It is a run of its own, so it can be undone.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.errors import InputError
from roster_operator.ledger.imports.interface import ImportOrder, Problem
from roster_operator.licensing.models import Claim
from roster_operator.operations.given_licenses import GivenLicenses
from roster_operator.operations.inquiry import Inquiry
from roster_operator.reconcile.declared_logins import declared_login
from roster_operator.reconcile.mapping import claimed_source
from roster_operator.reconcile.suggestions import alike
from roster_operator.roster.time_zone import time_zone

_MOST_TOLD = 100
_HOW = {
    Problem.CELLS: "it has more or fewer cells than the first line, or an endless one",
    Problem.NO_LOGIN: "it has neither a username nor an email",
    Problem.LOGIN: "its email has no @, or a login cannot be stored",
    Problem.EBOOK: "its eBook is no name of an EBook: lower case letters, digits and -",
    Problem.EDITION: "its edition is neither Student nor Teacher",
    Problem.STAYS: "stays is neither true nor false",
    Problem.UNTIL: "until is no date such as 2027-06-30",
    Problem.ENDED: "it has ended",
    Problem.PURCHASE: "its purchase is no reference: 64 letters, digits and . _ : / # - at most, and no name or email",
    Problem.PURCHASE_END: "it was bought, and has no end: until must say when it ends",
    Problem.SEVERAL_PEOPLE: "its username stands in another row with another email or number: say whose it is",
    Problem.USERNAME_MISSING: "its email stands in another row with a username: write the username here too",
    Problem.OTHER_LOGIN: "an account of the ledger has its username or email, with another email or number",
    Problem.SEVERAL_ACCOUNTS: "several accounts of the ledger have its username or email",
    Problem.BLOCKED: "somebody blocked the person from it by hand: end that first, if it is over",
    Problem.ERASED: "somebody with its username, email or number was erased, and gets no account again",
    Problem.LIVE: "the district is live, so its roster gives what does not stay: set stays to true, or leave it out",
}


@dataclass(frozen=True, slots=True)
class EBookTaken:
    """How many licenses of one eBook and edition come."""

    ebook: str
    edition: str
    licenses: int
    in_spec: bool
    """Whether a course of the spec leads to it. Of others, what does not stay goes when the district goes live."""
    did_you_mean: str | None
    """An eBook of the spec that is called almost so."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that are not taken in."""

    why: str
    meaning: str
    rows: int
    some: tuple[int, ...]
    """Their numbers; the row below the first line is 1."""


@dataclass(frozen=True, slots=True)
class ImportTold:
    """What was, or would be, taken in."""

    district: str
    namespace: str
    done: bool
    """False: nothing was changed; by the digest it would be."""
    by_run: str | None
    """The run under which the journal has it, once it is done: `undo` takes it."""
    digest: str
    rows: int
    licenses: int
    """That come."""
    accounts: int
    """That come."""
    accounts_there: int
    """That were there, and have or get licenses of the file."""
    licenses_there: int
    """That were there, and stay as they are."""
    repeated: int
    """Rows that name a license once more."""
    by_ebook: tuple[EBookTaken, ...]
    left_out: tuple[LeftOut, ...]
    ignored_columns: tuple[str, ...]
    other_form: int = 0
    """Rows whose login is of another form than spec.matching.loginFormat declares; they are taken in all the same."""
    some_of_other_form: tuple[int, ...] = ()
    """Their numbers."""


def import_licenses(
    inquiry: Inquiry, integration: RosterIntegration, lines: Iterable[str], *, digest: str = ""
) -> ImportTold:
    """Take in the licenses of a file into a district.

    Without `digest` only show what that would be. Raises `InputError` for a file that cannot be read, if there is
    nothing to take in, or for another digest than that of what would be taken in now.
    """
    if inquiry.importing is None:
        raise InputError("Nothing can be taken in from here.")
    declared = declared_login(integration.spec.matching)
    given = GivenLicenses(lines, inquiry.now, time_zone(integration.spec.time_zone), declared)
    claim = Claim(owner=integration.key, source=claimed_source(integration.spec))
    order = ImportOrder(claim=claim, by_run=str(uuid.uuid4()), actor=inquiry.caller.name, at=inquiry.now)
    planned = inquiry.importing.take_in(order, given, digest=digest)
    if digest and planned.digest != digest:
        raise InputError(
            f"What would be taken in now is {planned.digest}, not {digest}: the file or the ledger has changed since "
            "you saw it. Nothing was changed. Look at it again."
        )
    if digest and not planned.licenses:
        raise InputError("There is nothing to take in: every license of the file is there, or left out.")
    mapped = {name for course in integration.spec.courses for name in course.ebooks}
    rows = Counter(given.left_out) + Counter(planned.left_out)
    some = sorted([*given.rows_left_out, *planned.rows_left_out])[:_MOST_TOLD]
    return ImportTold(
        district=integration.name,
        namespace=integration.namespace,
        done=bool(digest),
        by_run=order.by_run if digest else None,
        digest=planned.digest,
        rows=given.rows,
        licenses=planned.licenses,
        accounts=planned.accounts,
        accounts_there=planned.accounts_there,
        licenses_there=planned.licenses_there,
        repeated=planned.repeated,
        by_ebook=tuple(
            EBookTaken(
                each.ebook,
                each.edition,
                each.licenses,
                each.ebook in mapped,
                None if each.ebook in mapped else alike(each.ebook, sorted(mapped)) or None,
            )
            for each in planned.by_ebook
        ),
        left_out=tuple(
            LeftOut(str(why), _HOW[why], count, tuple(row for row, problem in some if problem is why))
            for why, count in sorted(rows.items())
        ),
        ignored_columns=given.ignored,
        other_form=given.of_another_form,
        some_of_other_form=tuple(given.some_of_another_form),
    )
