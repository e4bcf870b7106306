"""The checklist for going live, and after: each item Pass, Warn or Fail, with a count and an action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from roster_operator.api.v1alpha1 import Check, CheckResult
from roster_operator.api.v1alpha1.status import MAX_CHECKS
from roster_operator.licensing.conflicts import EXPLANATIONS as CONFLICTS
from roster_operator.licensing.conflicts import Conflict
from roster_operator.licensing.login_formats import ExistingAccounts
from roster_operator.licensing.models import Plan
from roster_operator.plurals import counted
from roster_operator.reconcile.cleanup_hint import cleanup_options
from roster_operator.reconcile.report import Decision, Mappings, ReconcileReport
from roster_operator.reconcile.rules import COUNTED, Item, raised
from roster_operator.reconcile.seats_items import seats_items
from roster_operator.roster.quality import Questions
from roster_operator.sources.source import Access

_NAMED: Final = 5
"""So many of several names are spelled out."""
_NEARLY_ALL: Final = 90
_HALF: Final = 50
"""Percent of the accounts from before that could be recognized."""
_RANK: Final = {CheckResult.FAIL: 0, CheckResult.WARN: 1, CheckResult.PASS: 2}


def checklist(report: ReconcileReport, previous: Sequence[Check]) -> tuple[Check, ...]:
    """The items that this reconcile can judge, or the `previous` ones if it did not get far enough to judge any.

    A read of what changed judges no more than names and sections; the other items stay.
    """
    examples = {item.name: item.examples for item in previous} if report.examples is None else report.examples
    items = tuple(item.model_copy(update={"examples": tuple(examples.get(item.name, ()))}) for item in _items(report))
    if not report.only_adds:
        return _gravest(items) or tuple(previous)
    judged = {item.name for item in items}
    return _gravest((*items, *(item for item in previous if item.name not in judged)))


def _gravest(items: Sequence[Check]) -> tuple[Check, ...]:
    """As many as a status holds, in their order; the others are in the ledger."""
    if len(items) <= MAX_CHECKS:
        return tuple(items)
    kept = sorted(range(len(items)), key=lambda at: (_RANK[items[at].result], at))[:MAX_CHECKS]
    return tuple(items[at] for at in sorted(kept))


def _items(report: ReconcileReport) -> Iterator[Check]:
    if report.access is not None:
        yield _sections(report.access.sections)
        for notice in report.access.notices:
            yield _check(notice.name, CheckResult.WARN, None, notice.message, notice.action)
    if report.mappings is not None:
        yield from _mappings(report.mappings)
    if report.roster is not None and not report.roster.only_adds:
        yield from _data(report.roster.questions)
    if report.decision is not None and not report.only_adds:
        yield from _licenses(report.decision)
        yield from seats_items(report)


def _licenses(decision: Decision) -> Iterator[Check]:
    if decision.plan.existing is not None:
        yield _existing_accounts(decision.plan.existing)
    yield _matching(decision.plan)
    if changed := decision.plan.recognition.changed:
        what = "person[ has|s have] the id that somebody had before, and neither their login nor their number"
        yield _check(
            Item.IDS_USED_AGAIN,
            CheckResult.WARN,
            changed,
            f"{counted(changed, what)}.",
            "District: check that these are the same people: an id that is given again hands on the account.",
        )
    yield _removals(decision)
    if not decision.plan.grants + decision.plan.unchanged:
        yield _check(
            Item.LICENSES,
            CheckResult.WARN,
            0,
            "By this roster nobody has a license today.",
            "District: see that the classes of these courses have enrollments, and terms that are on today. "
            "Publisher: see that the courses in the spec are those that are taught in the schools in the spec.",
        )


def _sections(access: tuple[Access, ...]) -> Check:
    refused = [item for item in access if not item.shared]
    empty = [item for item in access if item.shared and item.empty]
    if refused:
        named = ", ".join(str(item.section) for item in refused)
        return _check(Item.SECTIONS, CheckResult.FAIL, len(refused), f"Not shared: {named}.", refused[0].message)
    if empty:
        named = ", ".join(str(item.section) for item in empty)
        return _check(Item.SECTIONS, CheckResult.WARN, len(empty), f"Shared but empty: {named}.", empty[0].message)
    return _check(Item.SECTIONS, CheckResult.PASS, len(access), "All sections are shared.")


def _mappings(mappings: Mappings) -> Iterator[Check]:
    choose = "Publisher: choose from the ConfigMap that status.catalog names."
    create = "Publisher: create the EBook, or correct its name."
    for name, resolved, unresolved, action in (
        (Item.SCHOOLS, mappings.schools, len(mappings.unresolved_schools), choose),
        (Item.COURSES, mappings.courses, len(mappings.unresolved_courses), choose),
        (Item.EBOOKS, mappings.ebooks, len(mappings.unknown_ebooks), create),
    ):
        if unresolved:
            yield _check(
                name, CheckResult.FAIL, unresolved, counted(unresolved, "in the spec [is|are] not found."), action
            )
        elif not resolved:
            yield _check(name, CheckResult.FAIL, 0, "None is selected yet.", choose)
        else:
            yield _check(name, CheckResult.PASS, resolved, f"{resolved} found.")
    if idle := mappings.idle_courses:
        yield _check(
            Item.IDLE_COURSES,
            CheckResult.WARN,
            len(idle),
            f"{counted(len(idle), 'course[s] in the spec [has|have]')} no class in the schools in the spec: "
            f"{_some(idle)}.",
            "Publisher: choose courses that are taught there, by the ConfigMap that status.catalog names.",
        )
    if idle := mappings.idle_schools:
        yield _check(
            Item.IDLE_SCHOOLS,
            CheckResult.WARN,
            len(idle),
            f"{counted(len(idle), 'school[s] in the spec [has|have]')} no class today of the courses in the spec: "
            f"{_some(idle)}.",
            "Publisher: choose courses that are taught there. District: see that the classes are shared and on.",
        )
    if similar := mappings.similar_courses:
        yield _check(
            Item.SIMILAR_COURSES,
            CheckResult.WARN,
            len(similar),
            f"{counted(len(similar), 'course[s] like those in the spec [is|are] taught there without an eBook')}: "
            f"{_some(similar)}.",
            "Publisher: add to spec.courses those that use the eBooks, too.",
        )
    if retired := len(mappings.retired_ebooks):
        yield _check(
            Item.RETIRED_EBOOKS,
            CheckResult.WARN,
            retired,
            f"Courses lead to retired eBooks: {', '.join(mappings.retired_ebooks[:5])}.",
            "Publisher: map these courses to their successors.",
        )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def _data(questions: Questions) -> Iterator[Check]:
    found = raised(questions)
    for question in found:
        rule, count = COUNTED[question], questions[question]
        yield _check(str(question), CheckResult.WARN, count, f"{counted(count, rule.found)}.", rule.action)
    if not found:
        yield _check(Item.DATA, CheckResult.PASS, None, "The roster's rows raise no question.")


def _existing_accounts(found: ExistingAccounts) -> Check:
    """Where hardly anybody is recognized, nearly everybody would get a second account."""
    told = f"{found.recognized} of {counted(found.existing, 'account[s] from before [is|are]')} recognized"
    if found.percent >= _NEARLY_ALL:
        return _check(Item.EXISTING_ACCOUNTS, CheckResult.PASS, found.recognized, f"{told}.")
    unknown = found.existing - found.recognized
    forms = f"; their logins are {found.form_existing}, the roster's {found.form_coming}"
    message = f"{told}{forms if found.form_existing != found.form_coming else ''}."
    action = (
        "District: export the logins as the accounts have them. Publisher: or clean up the accounts before going live"
        f"{f' (cleanup {options})' if (options := cleanup_options(found)) else ''}."
    )
    if (link := found.bridge) is not None:
        action = f"The roster's {link.of_roster} is the {link.of_accounts} of {link.found} of {link.among}. {action}"
    result = CheckResult.FAIL if found.percent < _HALF else CheckResult.WARN
    return _check(Item.EXISTING_ACCOUNTS, result, unknown, message, action)


def _matching(plan: Plan) -> Check:
    if plan.conflicts:
        causes = conflicts_of(plan)
        message = "; ".join(conflict_sentence(plan, cause) for cause in causes)
        actions = dict.fromkeys(CONFLICTS[cause][1] for cause in causes)
        return _check(Item.MATCHING, CheckResult.FAIL, plan.conflicts, f"{message}.", " ".join(actions))
    return _check(
        Item.MATCHING,
        CheckResult.PASS,
        plan.accounts_linked,
        f"{counted(plan.accounts_linked, 'existing account[s] recognized')}, {plan.accounts_created} to create, "
        "no conflict.",
    )


def conflicts_of(plan: Plan) -> list[Conflict]:
    """Why persons were refused, the most frequent cause first."""
    return sorted(plan.conflicts_by, key=lambda cause: (-plan.conflicts_by[cause], cause))


def conflict_sentence(plan: Plan, cause: Conflict) -> str:
    """How many were refused for a cause, and some accounts that it is about, by the ledger's own numbers."""
    accounts = plan.accounts_in_conflict.get(cause, ())
    named = f" ({'account' if len(accounts) == 1 else 'accounts'} {', '.join(map(str, accounts))})" if accounts else ""
    return counted(plan.conflicts_by[cause], CONFLICTS[cause][0]) + named


def _removals(decision: Decision) -> Check:
    plan, verdict = decision.plan, decision.verdict
    if verdict.hold:
        return _check(
            Item.REMOVALS,
            CheckResult.WARN,
            plan.revocations,
            f"{verdict.why[0].upper()}{verdict.why[1:]}.",
            verdict.remedy or f"Publisher: if that is right, set spec.approval.plan to {plan.digest}.",
        )
    return _check(Item.REMOVALS, CheckResult.PASS, plan.revocations, counted(plan.revocations, "license[s] to remove."))


def _check(name: str, result: CheckResult, count: int | None, message: str, action: str | None = None) -> Check:
    return Check(name=str(name), result=result, count=count, message=message, action=action)
