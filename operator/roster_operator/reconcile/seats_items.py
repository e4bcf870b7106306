"""What the checklist says of seats. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from roster_operator.api.v1alpha1 import Check, CheckResult
from roster_operator.licensing.models import Waiting
from roster_operator.plurals import counted
from roster_operator.reconcile.report import ReconcileReport
from roster_operator.reconcile.rules import Item

_NAMED: Final = 2
"""So many eBooks, and of each so many schools, are spelled out."""


def seats_items(report: ReconcileReport) -> Iterator[Check]:
    """Whether everybody has a seat, and whether all eBooks have any; nothing, where nothing has a limit."""
    told, decision = report.seats, report.decision
    if told is None or decision is None:
        return
    applied = report.applied
    waiting = applied.waiting if applied is not None else decision.plan.waiting
    names = {school.id: school.name for school in report.catalog.schools} if report.catalog is not None else {}
    yield _seats(waiting, names, would="" if applied is not None else "would ")
    if told.without:
        yield Check(
            name=str(Item.NO_SEATS),
            result=CheckResult.WARN,
            count=len(told.without),
            message=f"Of these spec.seats has no pool, so that they have no limit: {_listed(told.without, _NAMED)}.",
            action="Publisher: add a pool to spec.seats for each, if the agreement has a number.",
        )


def _seats(waiting: Sequence[Waiting], names: Mapping[str, str], *, would: str) -> Check:
    if not waiting:
        return Check(name=str(Item.SEATS), result=CheckResult.PASS, count=0, message="There is a seat for everybody.")
    most = sorted(waiting, key=lambda each: (-each.people, each.ebook, each.edition))
    return Check(
        name=str(Item.SEATS),
        result=CheckResult.FAIL,
        count=sum(each.people for each in waiting),
        message=f"People {would}wait for a seat: {_listed([_short(each, names) for each in most], _NAMED)}.",
        action="Publisher: buy more seats and raise the total in spec.seats, or wait until some come back.",
    )


def _short(each: Waiting, names: Mapping[str, str]) -> str:
    """By how many it is short, and where most of them are."""
    schools = sorted(each.by_school, key=lambda school: (-each.by_school[school], school))
    where = [f"{each.by_school[school]} at {names.get(school) or school}" for school in schools]
    return (
        f"{counted(each.people, '[person|people]')} of {each.ebook}, {each.edition} edition ({_listed(where, _NAMED)})"
    )


def _listed(parts: Sequence[str], most: int) -> str:
    more = f" and {len(parts) - most} more" if len(parts) > most else ""
    return ", ".join(parts[:most]) + more
