"""Where all schools go live after those of the canary: what that would do, how it is done, then that it was."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

from roster_operator.console import addresses
from roster_operator.console.elements import Code, Field, Form, Kind, Page, Section
from roster_operator.console.views.approval import reason_field
from roster_operator.console.views.district import way_to
from roster_operator.console.views.stages import canary_facts
from roster_operator.console.views.words import licenses_told
from roster_operator.messages import gettext as _
from roster_operator.messages import ngettext
from roster_operator.operations.promote import PromotionTold
from roster_operator.operations.status import DistrictStatus
from roster_operator.yaml_text import as_yaml


def promotion_page(
    status: DistrictStatus, told: PromotionTold | None, *, applies: bool, why_not: str = "", alert: str = ""
) -> Page:
    """`told`: how it can be done; else `why_not` says why it cannot. `applies`: whether it may be done here."""
    name, namespace = status.name, status.namespace
    notes = tuple(_what(told)) if told else (why_not,)
    sections = [Section(_("What this does"), notes=notes, facts=tuple(canary_facts(status)))]
    if told and applies:
        fields = (Field("seen", "", told.seen, Kind.HIDDEN), reason_field())
        form = Form(addresses.promotion(namespace, name), fields, _("Let all schools go live"))
        note = _(
            "It changes the spec as you, by your own permissions. Where Git keeps the spec, commit it there instead."
        )
        sections.append(Section(_("Promote here"), notes=(note,), form=form))
    if told:
        sections.append(Section(_("By Git, or by kubectl"), codes=tuple(_codes(told))))
    lead = (_("Nothing was changed yet."),) if applies or not told else ()
    by_git = _("Nothing is changed from here: commit it, or run the command as yourself.")
    return Page(
        _("Promotion of {name}", name=name),
        tuple(sections),
        way=way_to(namespace, name),
        alert=alert,
        lead=lead or (by_git,),
    )


def promoted_page(told: PromotionTold) -> Page:
    """That it was done."""
    done = _(
        "All schools of {name} go live with the next sync, which was asked for. It was changed as you.", name=told.name
    )
    return Page(_("Promotion of {name}", name=told.name), way=way_to(told.namespace, told.name), done=done)


def _what(told: PromotionTold) -> Iterator[str]:
    grants, removals = told.canary.grants or 0, told.canary.revocations or 0
    yield _(
        "The canary is removed from the spec, so all schools are live with the next sync: it would grant "
        "{grants} and remove {removals} outside of {schools}.",
        grants=licenses_told(grants),
        removals=removals,
        schools=tuple(told.schools),
    )
    if told.expires:
        yield ngettext(
            "{number} change of it would wait, and {digest} is approved with it, until {expires}.",
            "{number} changes of it would wait, and {digest} is approved with it, until {expires}.",
            told.canary.held or 0,
            digest=told.canary.digest,
            expires=told.expires,
        )
    yield _(
        "A live district takes no canary again. The way back is to undo that sync, from the history of the district."
    )


def _codes(told: PromotionTold) -> Iterator[Code]:
    where = f"{told.name} -n {told.namespace}"
    yield Code(_("In rosterintegration.yaml: remove spec.canary, and commit"), as_yaml(told.patch))
    patch = shlex.quote(json.dumps(told.patch))
    yield Code(_("Of the spec, where Git does not keep it"), f"kubectl patch ri {where} --type merge -p {patch}")
