"""Guards: what of a plan must wait until somebody has looked. A chain of pure functions, each from a `Case` to a hold.

A wrong removal locks a class out of its books, and a wrong grant gives a stranger a child's account; a late one costs
a day. So what is not sure waits, and the status says why, and who does what.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from roster_operator.licensing.guards import identity, removals, telling
from roster_operator.licensing.guards.case import Case, Doubt, Forgotten, Limits, SpecChange, Undone, Verdict
from roster_operator.licensing.models import Hold

__all__ = ["GUARDS", "PATIENCE", "Case", "Doubt", "Forgotten", "Limits", "SpecChange", "Undone", "Verdict", "decide"]

PATIENCE = removals.PATIENCE

Guard = Callable[[Case], Verdict | None]

GUARDS: Final[tuple[Guard, ...]] = (
    # Is this our ledger, and is all of it there? Else everybody would be a new account.
    identity.licenses_missing,
    # Did somebody turn back what a sync did? It would do the same again.
    identity.undone,
    # Are these our people? If that is in question, nothing at all is applied: no grant, no removal, no account.
    identity.source_changed,
    identity.identities_changed,
    identity.strangers_come,
    # Is everything told that was told before? What is missing may be what keeps somebody from a license: the same.
    telling.section_emptied,
    telling.field_missing,
    telling.terms_unknown,
    # Do many come whom nobody knows? What is missing explains that better, so it is looked at before.
    identity.strangers_prevail,
    # Is it clear what the spec means? No approval releases this.
    removals.names_unresolved,
    # Are there too many? Of the district all removals wait; of a school its own, beside what else waits.
    removals.too_many_in_district,
    # Are they few each night, and many in a week? All removals wait.
    removals.too_many_lately,
    removals.too_many_in_school,
    # Can the rows be trusted that somebody is missing from? All removals wait.
    removals.rows_unreadable,
    removals.classes_untold,
    telling.proof_missing,
    telling.section_shrunk,
    removals.rows_lead_nowhere,
    # Is anybody missing by a role of which the SIS does not tell everybody? Removals of that edition wait.
    removals.role_untold,
    # Is nobody to lose an edition without a person's word? Removals of that edition wait.
    removals.edition_held,
)
"""The policy, in this order: the first that lets everything, or all removals, wait has the last word."""

_DOUBTS: Final[tuple[Guard, ...]] = (removals.rows_unreadable, removals.classes_untold, removals.rows_lead_nowhere)


def decide(case: Case, *, approved: bool = False) -> Verdict:
    """What must wait. `approved`: somebody has seen the plan, so only that waits which no approval releases."""
    verdict = Verdict(Hold())
    if not case.plan.changes_anything and case.forgotten is None:
        return removals.rows_unreadable(case) or verdict
    for guard in GUARDS:
        found = guard(case)
        if found is None or (approved and found.approvable):
            continue
        if found.hold.everything:
            return _with_other_doubts(case, found) if found.doubts else found
        verdict = _both(verdict, found)
    return verdict


def _with_other_doubts(case: Case, verdict: Verdict) -> Verdict:
    """The same, with what else is in doubt: each is told, and has its own week from when it is."""
    others = [found for guard in _DOUBTS if (found := guard(case)) is not None and not found.doubts <= verdict.doubts]
    return replace(
        verdict,
        why="; ".join(filter(None, (verdict.why, *(other.why for other in others)))),
        doubts=verdict.doubts.union(*(other.doubts for other in others)),
    )


def _both(one: Verdict, other: Verdict) -> Verdict:
    """What either lets wait; neither is everything."""
    return replace(
        one,
        hold=Hold(schools=one.hold.schools | other.hold.schools, editions=one.hold.editions | other.hold.editions),
        why="; ".join(filter(None, (one.why, other.why))),
        doubts=one.doubts | other.doubts,
        suspension_unacknowledged=one.suspension_unacknowledged or other.suspension_unacknowledged,
    )
