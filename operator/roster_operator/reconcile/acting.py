"""Who has to act on a condition: whom its message names first, or else whoever its reason is for. Pure.

docs/reference/rosterintegration.md says for each reason what that somebody does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from roster_operator.api import reasons
from roster_operator.api.conditions import Condition
from roster_operator.errors import Actor

_NAMED: Final = re.compile(r"\b(?:(District|Publisher|Platform): |Nobody has to act\b)")
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


def by_reason(reason: str) -> Actor | None:
    """Who has to act for a reason of Ready, where no message says more; the platform on what is not known here."""
    return _ACTORS.get(reason, Actor.PLATFORM)


def actor_of(condition: Condition) -> Actor | None:
    """Who acts on a condition that is not as it should be: whom its message names first, or else its reason."""
    named = _NAMED.search(condition.message)
    return by_reason(condition.reason) if named is None else _named(named)


def actor_in(message: str) -> Actor | None:
    """Whom a message names first."""
    named = _NAMED.search(message)
    return None if named is None else _named(named)


def label_of(reason: str) -> str:
    """A reason as a bounded value of a label; empty before the first look."""
    return reason if not reason or reason in _ACTORS else OTHER


def _named(found: re.Match[str]) -> Actor | None:
    return Actor(found[1]) if found[1] else None
