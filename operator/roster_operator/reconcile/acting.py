"""Who has to act, by the reason of Ready: for the status, metrics and alerts. Pure.

docs/reference/rosterintegration.md says for each reason what that somebody does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from roster_operator.api import conditions, reasons
from roster_operator.api.conditions import Condition, find
from roster_operator.errors import Actor

NOBODY: Final = ""
OTHER: Final = "Other"
"""Stands for a reason that this version does not know."""

_ACTORS: Final[Mapping[str, Actor | None]] = {
    reasons.SYNCED: None,
    reasons.SETUP_MODE: None,
    reasons.PLAN_ONLY: None,
    reasons.PROGRESSING: None,
    reasons.NOT_YET_CHECKED: None,
    reasons.SUSPENDED: None,
    reasons.DISTRICT_BUSY: None,
    reasons.INTERRUPTED: None,
    reasons.INVALID_SPEC: Actor.PUBLISHER,
    reasons.UNRESOLVED: Actor.PUBLISHER,
    reasons.DISTRICT_CONFLICT: Actor.PUBLISHER,
    reasons.SOURCE_RATE_LIMITED: Actor.PUBLISHER,
    reasons.REMOVALS_HELD: Actor.PUBLISHER,
    reasons.SOURCE_CHANGED: Actor.PUBLISHER,
    reasons.IDENTITIES_CHANGED: Actor.PUBLISHER,
    reasons.LICENSES_MISSING: Actor.PLATFORM,
    reasons.ROSTER_IN_QUESTION: Actor.PUBLISHER,
    reasons.UNDONE: Actor.PUBLISHER,
    reasons.TIMED_OUT: Actor.PUBLISHER,
    reasons.CREDENTIALS_REJECTED: Actor.DISTRICT,
    reasons.SCOPE_REJECTED: Actor.DISTRICT,
    reasons.CLOCK_SKEWED: Actor.DISTRICT,
    reasons.TLS_FAILED: Actor.DISTRICT,
    reasons.WRONG_URL: Actor.DISTRICT,
    reasons.SECTION_NOT_SHARED: Actor.DISTRICT,
    reasons.SECTION_EMPTY: Actor.DISTRICT,
    reasons.SOURCE_UNREACHABLE: Actor.DISTRICT,
    reasons.SOURCE_PROTOCOL_ERROR: Actor.DISTRICT,
    reasons.READ_INCOMPLETE: Actor.DISTRICT,
    reasons.CREDENTIALS_MISSING: Actor.PLATFORM,
    reasons.HOST_NOT_TRUSTED: Actor.PLATFORM,
    reasons.NO_SCRATCH_SPACE: Actor.PLATFORM,
    reasons.LEDGER_UNAVAILABLE: Actor.PLATFORM,
    reasons.INTERNAL_ERROR: Actor.PLATFORM,
}


def labels_of(reason: str) -> tuple[str, str]:
    """Reason and actor, as bounded values of labels; both empty before the first look."""
    if not reason:
        return "", NOBODY
    if reason not in _ACTORS:
        return OTHER, NOBODY
    return reason, str(_ACTORS[reason] or NOBODY)


def acting_on(found: Iterable[Condition]) -> Actor | None:
    """Who has to act on the conditions of a district; None if nobody has to."""
    ready = find(tuple(found), conditions.READY)
    return None if ready is None else _ACTORS.get(ready.reason)
