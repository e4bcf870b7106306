"""What the status says of the licenses that a district has, of its seats, and of who waits for one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roster_operator.api.v1alpha1 import EBookCount, LicenseCounts
from roster_operator.licensing.models import Edition, Entitlement, LedgerCounts, LicenseCount
from roster_operator.reconcile.report import ReconcileReport


def license_counts(report: ReconcileReport, licenses: LedgerCounts, seats: Mapping[Entitlement, int]) -> LicenseCounts:
    """By eBook, too. `seats`: that there are, of what has a limit."""
    waiting = _waiting(report, licenses)
    return LicenseCounts(
        active=licenses.active,
        students=sum(each.active for each in licenses.by_ebook if each.edition is Edition.STUDENT),
        teachers=sum(each.active for each in licenses.by_ebook if each.edition is Edition.TEACHER),
        sticky=licenses.sticky,
        waiting=sum(waiting.values()) or None,
        by_ebook=tuple(
            EBookCount(
                name=each.ebook,
                edition=str(each.edition),
                active=each.active,
                seats=seats.get(Entitlement(each.ebook, each.edition)),
                waiting=waiting.get(Entitlement(each.ebook, each.edition)),
            )
            for each in _with_limits(licenses, {*seats, *waiting})
        ),
    )


def _waiting(report: ReconcileReport, licenses: LedgerCounts) -> Mapping[Entitlement, int]:
    """For a seat: in the ledger, or as it would be by a plan that is not carried out."""
    if report.decision is not None and report.applied is None:
        return {Entitlement(each.ebook, each.edition): each.people for each in report.decision.plan.waiting}
    return {Entitlement(each.ebook, each.edition): each.waiting for each in licenses.by_ebook if each.waiting}


def _with_limits(licenses: LedgerCounts, others: set[Entitlement]) -> Sequence[LicenseCount]:
    """What the district has, and `others`."""
    counts = {each: LicenseCount(*each, 0) for each in others}
    counts |= {Entitlement(each.ebook, each.edition): each for each in licenses.by_ebook}
    return [counts[which] for which in sorted(counts)]
