"""Words that stand out, and by what."""

from __future__ import annotations

from typing import Final

from roster_operator.api.v1alpha1.status import CheckResult
from roster_operator.console.elements import Mark
from roster_operator.console.views.words import ACTORS, RESULTS, called
from roster_operator.operations.fleet import NOBODY

_KINDS: Final = {CheckResult.FAIL: "bad", CheckResult.WARN: "warn", CheckResult.PASS: "good"}


def of_result(result: CheckResult) -> Mark:
    """What was found."""
    return Mark(called(RESULTS, str(result)), _KINDS[result])


def of_actor(acts: str, *, waits: bool) -> Mark:
    """Who must act; `waits`: whether licenses are not what they should be until then."""
    return Mark(called(ACTORS, acts), "good" if acts == NOBODY else "bad" if waits else "warn")
