"""Where a plan that waits is approved: what is held and why, then what an approval would do, then that it was given."""

from __future__ import annotations

import json
import shlex
from typing import Any, Final

from roster_operator.api.v1alpha1.plan_status import PlanStatus
from roster_operator.console import addresses
from roster_operator.console.elements import Code, Field, Form, Kind, Page, Section, Table
from roster_operator.console.views.district import way_to
from roster_operator.console.views.reasons import reason_told
from roster_operator.console.views.stages import stage_notes
from roster_operator.console.views.words import ACTORS, called, days_told, edition_told
from roster_operator.messages import gettext as _
from roster_operator.messages import ngettext
from roster_operator.operations.approve import Approval, approval_annotations
from roster_operator.operations.fleet import NOBODY
from roster_operator.operations.status import DistrictStatus
from roster_operator.yaml_text import as_yaml

DAYS: Final = (1, 7, 30)
"""For how long an approval may be good."""
_WEEK: Final = "7"


def approval_page(
    status: DistrictStatus, waits: Approval | None, *, why_not: str = "", alert: str = "", reason: str = ""
) -> Page:
    """What is held, by eBook and school. `waits`: as it could be approved; else `why_not` says why it cannot."""
    name, namespace, plan = status.name, status.namespace, status.plan
    notes = (waits.why if waits else why_not, *stage_notes(status))
    sections = [Section(_("What waits, and why"), notes=notes, facts=_facts(status, plan))]
    if plan:
        sections.append(Section(_("What it would change"), tables=_tables(plan)))
    if waits:
        fields = (
            Field("digest", "", waits.digest, Kind.HIDDEN),
            reason_field(reason),
            Field("days", _("Good for"), _WEEK, Kind.CHOICE, tuple((str(each), days_told(each)) for each in DAYS)),
        )
        form = Form(addresses.approval(namespace, name), fields, _("Show what an approval does"))
        note = _("Is the roster wrong? Then do nothing: once it is right again in the SIS, nothing waits any more.")
        sections.append(Section(_("Approve"), notes=(note,), form=form))
    return Page(_("Approval of {name}", name=name), tuple(sections), way=way_to(namespace, name), alert=alert)


def consent_page(told: Approval, reason: str, days: int, *, applies: bool) -> Page:
    """What an approval would do, before it is given. `applies`: whether it may be given here."""
    name, namespace = told.name, told.namespace
    what = (
        ngettext(
            "With the next sync, {number} change that waits may go: the plan grants {grants} and removes {removals} in "
            "all.",
            "With the next sync, {number} changes that wait may go: the plan grants {grants} and removes {removals} in "
            "all.",
            told.held,
            grants=told.grants,
            removals=told.removals,
        ),
        _(
            "It is good for one sync, until {expires}. What is removed beyond that waits again.",
            expires=told.expires,
        ),
        _("The way back is to undo that sync, from the history of the district."),
    )
    fields = (
        Field("digest", "", told.digest, Kind.HIDDEN),
        Field("reason", "", reason, Kind.HIDDEN),
        Field("days", "", str(days), Kind.HIDDEN),
        Field("confirmed", "", "yes", Kind.HIDDEN),
    )
    here = Section(
        _("Approve here"),
        notes=(_("It is set as you, by your own permissions, and beside the spec, which Git keeps."),),
        form=Form(addresses.approval(namespace, name), fields, _("Approve this plan")),
    )
    return Page(
        _("Approve the plan of {name}", name=name),
        (
            Section(_("What this does"), notes=what, facts=((_("Plan"), told.digest), (_("Why"), reason))),
            *((here,) if applies else ()),
            Section(_("By Git, or by kubectl"), codes=_codes(told, reason)),
        ),
        way=way_to(namespace, name),
        lead=() if applies else (_("Nothing is changed from here: commit it, or run the command as yourself."),),
    )


def approved_page(told: Approval) -> Page:
    """That it was given."""
    done = _(
        "Approved as you: {digest}, until {expires}. A sync was asked for.", digest=told.digest, expires=told.expires
    )
    return Page(_("Approval of {name}", name=told.name), way=way_to(told.namespace, told.name), done=done)


def reason_field(value: str = "") -> Field:
    """Why something is changed."""
    hint = _("Such as the number of the ticket. It stays beside what is done: name no person.")
    return Field("reason", _("Why"), value, hint=hint, required=True)


def not_permitted(permission: object) -> str:
    """For whoever may look and not do."""
    return _(
        "You may look at it, and not approve it. Platform: that takes the permission to {permission}.",
        permission=str(permission),
    )


def _facts(status: DistrictStatus, plan: PlanStatus | None) -> tuple[tuple[str, Any], ...]:
    asks = (
        _("Who asks"),
        _(
            "{actor}: {reason}",
            actor=called(ACTORS, str(status.standing.acts or NOBODY)),
            reason=reason_told(status.standing.reason),
        ),
    )
    if plan is None:
        return (asks,)
    return (
        asks,
        (_("Plan"), plan.digest),
        (_("Waiting"), plan.held + (plan.unconfirmed or 0)),
        (_("To grant"), plan.grants),
        (_("To remove"), plan.revocations),
        (_("Unchanged"), plan.unchanged),
    )


def _tables(plan: PlanStatus) -> tuple[Table, ...]:
    schools = tuple((each.name or each.id, each.id, each.revocations, each.grants) for each in plan.by_school)
    ebooks = tuple((each.name, edition_told(each.edition), each.revocations, each.grants) for each in plan.by_ebook)
    head = (_("Remove"), _("Grant"))
    return (
        Table(
            _("By school, the most first"), (_("School"), _("Id"), *head), schools, _("It changes nothing by school.")
        ),
        Table(_("By eBook, the most first"), (_("eBook"), _("Edition"), *head), ebooks, _("It changes nothing.")),
    )


def _codes(told: Approval, reason: str) -> tuple[Code, ...]:
    patch = shlex.quote(json.dumps({"metadata": {"annotations": approval_annotations(told, reason)}}))
    where = f"{told.name} -n {told.namespace}"
    return (
        Code(_("In rosterintegration.yaml, to commit"), f"# {reason}\n{as_yaml(told.patch)}"),
        Code(_("At once, as yourself, where Git keeps the spec"), f"kubectl patch ri {where} --type merge -p {patch}"),
        Code(_("Of the spec, where Git does not keep it"), _of_spec(told, where)),
    )


def _of_spec(told: Approval, where: str) -> str:
    return f"kubectl patch ri {where} --type merge -p {shlex.quote(json.dumps(told.patch))}"
