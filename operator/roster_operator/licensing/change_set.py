"""Licenses that come and go, as one value that is shown, approved and carried out: by a sync, a clean-up, an undo.

It is a stream in a stable order, as it may be long. What an approval names is its digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Change(StrEnum):
    """What becomes of a license, in the words of the journal."""

    GRANTED = "Granted"
    REVOKED = "Revoked"


class LicenseChange(NamedTuple):
    """A license that would come or go."""

    change: Change
    holder: int | str
    """The number of the account; of a person who gets an account by it, the sourcedId."""
    ebook: str
    edition: str
    license: int | None = None
    """Which one goes, by the ledger's number: one that was granted again has another, and so makes another set."""


def digest_of(scope: Iterable[object], changes: Iterable[LicenseChange]) -> str:
    """Stands for exactly these changes in this order, within `scope`: whose they are, and as of what."""
    digest = hashlib.sha256("".join(f"{each}\n" for each in scope).encode())
    for change in changes:
        digest.update(_line(change).encode())
    return f"plan-{digest.hexdigest()[:24]}"  # no reader of YAML takes it for a number


def _line(change: LicenseChange) -> str:
    """Of a removal as ever, so that approvals from before hold. A sourcedId may have anything in it."""
    if change.change is Change.REVOKED:
        return f"{change.license}:{change.holder}:{change.ebook}:{change.edition}\n"
    return f"+{json.dumps([change.holder, change.ebook, change.edition])}\n"
