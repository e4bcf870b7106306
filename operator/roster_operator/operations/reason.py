"""Why somebody changes something, in their words: it is kept with the change."""

from __future__ import annotations

from typing import Final

from roster_operator.errors import InputError

LONGEST_REASON: Final = 200


def reason_of(written: str, *, missing: str = "") -> str:
    """Without blanks around it; raises `InputError` for one that is too long, and if there is none, with `missing`."""
    reason = written.strip()
    if missing and not reason:
        raise InputError(missing)
    if len(reason) > LONGEST_REASON:
        raise InputError(f"The reason has more than {LONGEST_REASON} characters.")
    return reason
