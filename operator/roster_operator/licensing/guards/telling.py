"""Whether a roster is told as it was before: its proofs, its sections, its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

from roster_operator.api import reasons
from roster_operator.licensing.evidence import Evidence
from roster_operator.licensing.guards.case import REMOVALS, THE_PLAN, Case, Verdict
from roster_operator.plurals import counted
from roster_operator.roster.quality import Question

_NAMED: Final = 3
_FEW_CLASSES: Final = 2
_FEW_PERCENT: Final = 10
"""So many classes, unless they are most, or so many percent of those in scope, may come without a term at once."""
_END_OR_BEGIN: Final = frozenset({"beginDate", "endDate", "startDate", "status", "enabledUser", "terms"})
"""Fields that keep somebody from a license. Without them nobody loses one, so they are missed where any is granted."""


def section_emptied(case: Case) -> Verdict | None:
    """A section that held rows holds none: no terms, for one, and every class is on."""
    readings = case.two_readings
    emptied = readings[0].emptied(readings[1]) if readings else ()
    if not emptied:
        return None
    return Verdict(
        THE_PLAN,
        f"{_listed(f'the section {name}' for name in emptied)} held rows before, and holds none now",
        "District: check that it is shared, and filled for this school year.",
        reasons.ROSTER_IN_QUESTION,
    )


def field_missing(case: Case) -> Verdict | None:
    """A field that was filled is filled nowhere: a column was renamed, and an end that is not told is no end."""
    readings = case.two_readings
    missing = readings[0].missing_members(readings[1]) if readings else {}
    if not missing or (not case.plan.grants and _END_OR_BEGIN.issuperset(chain.from_iterable(missing.values()))):
        return None
    fields = (f"{' and '.join(members)} of {section}" for section, members in missing.items())
    return Verdict(
        THE_PLAN,
        f"{_listed(fields)} held values before, and no row has one now",
        "District: check the export for a column that was renamed, moved or left out.",
        reasons.ROSTER_IN_QUESTION,
    )


def terms_unknown(case: Case) -> Verdict | None:
    """Many classes have only terms that the SIS does not describe, and had others: they would all be taken as on."""
    before, now = case.questions_before, case.questions
    if before is None or not case.plan.grants:
        return None
    more = now.get(Question.CLASS_WITHOUT_SESSION, 0) - before.get(Question.CLASS_WITHOUT_SESSION, 0)
    few = more <= _FEW_CLASSES and more * 2 <= case.classes
    if few or more * 100 <= case.classes * _FEW_PERCENT:
        return None
    return Verdict(
        THE_PLAN,
        counted(more, "class[es] in scope more than before [has|have] no term that the SIS describes"),
        "District: check that the academic schedules are those of this school year, and all of them shared.",
        reasons.ROSTER_IN_QUESTION,
    )


def proof_missing(case: Case) -> Verdict | None:
    """A section is proved whole by less than before, so that an end may go unnoticed."""
    readings = case.two_readings
    if not readings or not case.plan.revocations:
        return None
    missing = readings[0].missing_proofs(readings[1])
    return _removals_wait(missing, readings[0])


def section_shrunk(case: Case) -> Verdict | None:
    """A section lost more than it ever did."""
    readings = case.two_readings
    if not readings or not case.plan.revocations:
        return None
    return _removals_wait(readings[0].odd_shrinks(readings[1]), readings[0])


def _removals_wait(sections: Mapping[str, str], before: Evidence) -> Verdict | None:
    if not sections:
        return None
    told = (f"the section {name} {what}{_since(before, name)}" for name, what in sections.items())
    return Verdict(
        REMOVALS,
        _listed(told),
        "District: check that the SIS, and whatever stands before it, gives out the whole section.",
    )


def _since(before: Evidence, name: str) -> str:
    since = before.sections[name].since
    return f" (since {since})" if since else ""


def _listed(parts: Iterable[str]) -> str:
    listed = list(parts)
    more = f"; and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return "; ".join(listed[:_NAMED]) + more
