"""What becomes of a plan that waits, by what people approved, in the spec or by annotation. Pure but for what it asks
of the plan.

An approval is good for one sync, the first that applies, until it expires. It lets go what was seen, and nothing else:
of a plan that has grown, the rest waits under a digest of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from roster_operator.api.v1alpha1 import Approval, ApprovalState, ApprovalStatus
from roster_operator.ledger.interface.sync import MetApproval, PlannedSync, ShownPlan
from roster_operator.licensing.guards import Case, decide
from roster_operator.licensing.models import Consent
from roster_operator.reconcile.report import Decision

GOOD_FOR: Final = timedelta(days=7)
"""From the sync that first met it, unless the approval says until when."""


def decide_with(
    case: Case, planned: PlannedSync, approvals: Sequence[Approval], now: datetime, *, live: bool
) -> Decision:
    """What must wait, unless it was approved. What waits as a whole has a digest of all that would change.

    Of several approvals the first that is valid counts, else the first. `live`: what was approved goes tonight, so the
    digest is that of the rest.
    """
    verdict = decide(case)
    plan = replace(planned.plan, digest=planned.digest(verdict.hold))
    if not approvals:
        return Decision(plan, verdict)
    all_given = [
        _standing(approval, planned.shown(approval.plan), now, is_this=approval.plan == plan.digest)
        for approval in approvals
    ]
    given = next((each for each in all_given if each.state is ApprovalState.VALID), all_given[0])
    decision = Decision(plan, verdict, approval=given)
    if given.state is not ApprovalState.VALID or not verdict.hold:
        return decision
    consent = planned.consent(given.plan, verdict.hold)
    if consent.is_whole:
        remaining = decide(case, approved=True)
        return replace(decision, verdict=remaining, released=remaining != verdict, consent=consent)
    if consent.released and verdict.approvable:
        digest = consent.digest if live else plan.digest
        return replace(decision, plan=replace(plan, digest=digest), consent=consent)
    return decision


def _standing(approval: Approval, known: ShownPlan | None, now: datetime, *, is_this: bool) -> ApprovalStatus:
    first_met = known.approved if known is not None else None
    expires = approval.expires or (first_met or now) + GOOD_FOR
    if known is not None and known.spent is not None:
        state = ApprovalState.SPENT
    elif now >= expires:
        state = ApprovalState.EXPIRED
    elif is_this or (known is not None and known.comparable):
        state = ApprovalState.VALID
    else:
        return ApprovalStatus(plan=approval.plan, state=ApprovalState.UNKNOWN)
    return ApprovalStatus(plan=approval.plan, state=state, expires=expires)


def spends(decision: Decision) -> bool:
    """Whether the approval is spent once the plan is applied; not if none could help it."""
    given = decision.approval
    could_help = decision.verdict.approvable or decision.released
    return given is not None and given.state is ApprovalState.VALID and could_help


def spent(decision: Decision) -> Decision:
    """The same, after the approval was spent by it."""
    assert decision.approval is not None
    return replace(decision, approval=decision.approval.model_copy(update={"state": ApprovalState.SPENT}))


def noted(decision: Decision) -> MetApproval | None:
    """What the ledger is to know of it."""
    given = decision.approval
    if given is None:
        return None
    now_spent = given.state is ApprovalState.SPENT
    return MetApproval(given.plan, spent=now_spent, consent=decision.consent or Consent())
