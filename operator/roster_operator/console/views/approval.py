"""Where a plan that waits is approved: what is held and why, then what an approval would do, then that it was given."""

from __future__ import annotations

import json
import shlex
from typing import Any, Final

from roster_operator.api.v1alpha1.plan_status import PlanStatus
from roster_operator.console import addresses
from roster_operator.console.elements import Code, Field, Form, Kind, Page, Section, Table
from roster_operator.console.views.district import way_to
from roster_operator.operations.approve import Approval, approval_annotations
from roster_operator.operations.status import DistrictStatus
from roster_operator.plurals import counted
from roster_operator.yaml_text import as_yaml

DAYS: Final = (1, 7, 30)
"""For how long an approval may be good."""
_WEEK: Final = "7"
_NOT_YOU: Final = "You may look at it, and not approve it. Platform: that takes the permission to {}."


def approval_page(
    status: DistrictStatus, waits: Approval | None, *, why_not: str = "", alert: str = "", reason: str = ""
) -> Page:
    """What is held, by eBook and school. `waits`: as it could be approved; else `why_not` says why it cannot."""
    name, namespace, plan = status.name, status.namespace, status.plan
    sections = [Section("What waits, and why", notes=(waits.why if waits else why_not,), facts=_facts(status, plan))]
    if plan:
        sections.append(Section("What it would change", tables=_tables(plan)))
    if waits:
        fields = (
            Field("digest", "", waits.digest, Kind.HIDDEN),
            reason_field(reason),
            Field("days", "Good for", _WEEK, Kind.CHOICE, tuple((str(each), counted(each, "day[s]")) for each in DAYS)),
        )
        form = Form(addresses.approval(namespace, name), fields, "Show what an approval does")
        note = "Is the roster wrong? Then do nothing: once it is right again in the SIS, nothing waits any more."
        sections.append(Section("Approve", notes=(note,), form=form))
    return Page(f"Approval of {name}", tuple(sections), way=way_to(namespace, name), alert=alert)


def consent_page(told: Approval, reason: str, days: int, *, applies: bool) -> Page:
    """What an approval would do, before it is given. `applies`: whether it may be given here."""
    name, namespace = told.name, told.namespace
    held = counted(told.held, "[change that waits|changes that wait]")
    what = (
        f"With the next sync, {held} may go: the plan grants {told.grants} and removes {told.removals} in all.",
        f"It is good for one sync, until {told.expires:%Y-%m-%d %H:%M} UTC. What is removed beyond that waits again.",
        "The way back is to undo that sync, from the history of the district.",
    )
    fields = (
        Field("digest", "", told.digest, Kind.HIDDEN),
        Field("reason", "", reason, Kind.HIDDEN),
        Field("days", "", str(days), Kind.HIDDEN),
        Field("confirmed", "", "yes", Kind.HIDDEN),
    )
    here = Section(
        "Approve here",
        notes=("It is set as you, by your own permissions, and beside the spec, which Git keeps.",),
        form=Form(addresses.approval(namespace, name), fields, "Approve this plan"),
    )
    return Page(
        f"Approve the plan of {name}",
        (
            Section("What this does", notes=what, facts=(("Plan", told.digest), ("Why", reason))),
            *((here,) if applies else ()),
            Section("By Git, or by kubectl", codes=_codes(told, reason)),
        ),
        way=way_to(namespace, name),
        lead=() if applies else ("Nothing is changed from here: commit it, or run the command as yourself.",),
    )


def approved_page(told: Approval) -> Page:
    """That it was given."""
    done = f"Approved as you: {told.digest}, until {told.expires:%Y-%m-%d %H:%M} UTC. A sync was asked for."
    return Page(f"Approval of {told.name}", way=way_to(told.namespace, told.name), done=done)


def reason_field(value: str = "") -> Field:
    """Why something is changed."""
    hint = "Such as the number of the ticket. It stays beside what is done: name no person."
    return Field("reason", "Why", value, hint=hint, required=True)


def not_permitted(permission: object) -> str:
    """For whoever may look and not do."""
    return _NOT_YOU.format(permission)


def _facts(status: DistrictStatus, plan: PlanStatus | None) -> tuple[tuple[str, Any], ...]:
    asks = ("Who asks", f"{status.standing.acts or 'Nobody'}: {status.standing.reason}")
    if plan is None:
        return (asks,)
    return (
        asks,
        ("Plan", plan.digest),
        ("Waiting", plan.held + (plan.unconfirmed or 0)),
        ("To grant", plan.grants),
        ("To remove", plan.revocations),
        ("Unchanged", plan.unchanged),
    )


def _tables(plan: PlanStatus) -> tuple[Table, ...]:
    schools = tuple((each.name or each.id, each.id, each.revocations, each.grants) for each in plan.by_school)
    ebooks = tuple((each.name, each.edition, each.revocations, each.grants) for each in plan.by_ebook)
    head = ("Remove", "Grant")
    return (
        Table("By school, the most first", ("School", "Id", *head), schools, "It changes nothing by school."),
        Table("By eBook, the most first", ("eBook", "Edition", *head), ebooks, "It changes nothing."),
    )


def _codes(told: Approval, reason: str) -> tuple[Code, ...]:
    patch = shlex.quote(json.dumps({"metadata": {"annotations": approval_annotations(told, reason)}}))
    where = f"{told.name} -n {told.namespace}"
    return (
        Code("In rosterintegration.yaml, to commit", f"# {reason}\n{as_yaml(told.patch)}"),
        Code("At once, as yourself, where Git keeps the spec", f"kubectl patch ri {where} --type merge -p {patch}"),
        Code("Of the spec, where Git does not keep it", _of_spec(told, where)),
    )


def _of_spec(told: Approval, where: str) -> str:
    return f"kubectl patch ri {where} --type merge -p {shlex.quote(json.dumps(told.patch))}"
