"""The wizard's last pages: checklist and plan, setup mode or live, and what becomes of it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Final

from roster_operator.console import addresses
from roster_operator.console.elements import Cell, Code, Field, Form, Kind, Link, Page, Section, Table
from roster_operator.console.views.marks import of_result
from roster_operator.console.views.reasons import check_told, item_told
from roster_operator.console.views.wizard import PATHS, at, title_of, way
from roster_operator.console.views.words import edition_told, licenses_told
from roster_operator.messages import gettext as _
from roster_operator.messages import listed
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wizard.applying import replacing
from roster_operator.operations.wizard.draft import Draft, Step, document
from roster_operator.operations.wizard.folder import manifest
from roster_operator.operations.wizard.manifests import SecretForm
from roster_operator.operations.wizard.offer import Offer
from roster_operator.operations.wizard.review import Review
from roster_operator.operations.wizard.words import GO_LIVE, TITLES

_FORMS: Final = (
    (str(SecretForm.NONE), _("Not at all: the Platform engineer creates the Secret")),
    (str(SecretForm.EXTERNAL), _("ExternalSecret: a store of the platform has them")),
    (str(SecretForm.PLAIN), _("In plain text, in a file that must not go to Git")),
)


def review_page(district: DistrictName, found: Review | None, *, alert: str = "") -> Page:
    """Checklist and plan; None: they are to be made."""
    again = Form(
        at(district, PATHS[Step.REVIEW]), (), _("Make it again") if found else _("Read the roster, and make the plan")
    )
    if found is None:
        note = _(
            "The roster is read as a sync reads it, and compared with the licenses that there are. Nothing is written."
        )
        return Page(
            title_of(Step.REVIEW), (Section(_("Plan"), notes=(note,), form=again),), way=way(district), alert=alert
        )
    on = (Link(_("Next: setup mode, or live"), at(district, PATHS[Step.GO_LIVE])),) if found.planned else ()
    back = tuple(
        Link(_("Change: {title}", title=TITLES[step]), at(district, PATHS[step]))
        for step in (Step.SCHOOLS, Step.COURSES, Step.EBOOKS)
    )
    good = found.planned and found.names_found
    return Page(
        title_of(Step.REVIEW),
        (
            Section(_("Next"), links=(*on, *back)),
            Section(_("Checklist"), tables=(_checklist(found),)),
            Section(
                _("Plan"), notes=(found.message,) if good else (), facts=_counts(found), tables=_plan(found), form=again
            ),
        ),
        way=way(district),
        alert=alert or ("" if good else found.message),
        lead=(_("Nothing was written."),),
    )


def live_page(district: DistrictName, draft: Draft, found: Review, *, was_live: bool, alert: str = "") -> Page:
    """The last question, with what enabling would do by the plan that was shown."""
    failing = () if was_live else found.checklist.failing
    waiting = _("{number} of these changes would wait for an approval.", number=found.held) if found.held else ""
    does = _(
        "By the plan, it would grant {licenses} and remove {removals}.",
        licenses=licenses_told(found.grants),
        removals=found.removals,
    )
    no = ("no", _("No: remain in setup mode"))
    options = (no,) if failing else (no, ("yes", _("Yes: enable automated rostering")))
    barred = _("It cannot be enabled while the checklist fails: {items}.", items=listed(map(item_told, failing)))
    field = Field("live", _("Enable automated rostering?"), "yes" if draft.live else "no", Kind.CHOICE, options)
    form = Form(at(district, PATHS[Step.GO_LIVE]), (field,), _("Finish"))
    back = Link(_("Back: checklist and plan"), at(district, PATHS[Step.REVIEW]))
    section = Section(
        _("Go live?"),
        notes=tuple(filter(None, (GO_LIVE, does, waiting, barred if failing else ""))),
        form=form,
        links=(back,),
    )
    return Page(title_of(Step.GO_LIVE), (section,), way=way(district), alert=alert)


def result_page(
    district: DistrictName,
    draft: Draft,
    offer: Offer | None,
    base: Mapping[str, Any] | None,
    *,
    applies: bool,
    there: Sequence[tuple[str, str]] = (),
    secret_due: bool = False,
    kept_by: str = "",
    alert: str = "",
) -> Page:
    """What becomes of the answers. `there`: what the cluster has of it; `kept_by`: what would set a change back."""
    sections = []
    if there:
        sections.append(Section(_("What is there now"), facts=tuple(there)))
    if applies:
        told = _(
            "It is made as you, by your own permissions: tried first on the server, then the Secret, then the district."
        )
        git = (
            _("{who} keeps this district as Git has it, and would set a change back: take the folder.", who=kept_by)
            if kept_by
            else ""
        )
        form = None if kept_by else Form(at(district, "apply"), (), _("Apply it, as me"))
        sections.append(Section(_("Apply it in the cluster"), notes=(git or told,), form=form))
    sections.append(_for_git(district, secret_due=secret_due))
    sections.append(Section(_("The same by hand"), codes=_codes(draft, offer, base)))
    mode = (
        _("The district is to be live.")
        if draft.live
        else _("The district is to be in setup mode: nothing is written until you go live.")
    )
    return Page(
        _("What becomes of {name}", name=district.name),
        tuple(sections),
        way=way(district),
        alert=alert,
        lead=(mode,),
    )


def applied_page(district: DistrictName, done: Sequence[str]) -> Page:
    """That it was done."""
    link = Link(_("See what the operator makes of it"), addresses.district(district.namespace, district.name))
    return Page(
        _("What becomes of {name}", name=district.name),
        (Section(_("What was done"), notes=tuple(_("{what}.", what=each) for each in done), links=(link,)),),
        way=way(district),
        done=_("Applied, as you."),
    )


def _for_git(district: DistrictName, *, secret_due: bool) -> Section:
    fields = (
        Field("secret", _("How do the credentials get into your cluster?"), str(SecretForm.NONE), Kind.CHOICE, _FORMS),
        Field("store", _("Name of the ClusterSecretStore"), hint=_("For an ExternalSecret.")),
    )
    form = Form(at(district, "folder"), fields if secret_due else (), _("Download the folder"))
    note = _("A ZIP to unpack and commit. It holds no secret, unless you ask for one in plain text.")
    return Section(_("A folder for Git"), notes=(note,), form=form)


def _codes(draft: Draft, offer: Offer | None, base: Mapping[str, Any] | None) -> tuple[Code, ...]:
    text = Code("rosterintegration.yaml", manifest(draft, offer))
    if base is None:
        return (text, Code(_("To create it, as yourself"), "kubectl apply -f rosterintegration.yaml"))
    patch = {"spec": replacing(base, document(draft)["spec"])}
    command = f"kubectl patch ri {draft.name} -n {draft.namespace} --type merge -p {shlex.quote(json.dumps(patch))}"
    return (
        text,
        Code(_("What changes, as a patch"), json.dumps(patch, indent=2)),
        Code(_("To change it, as yourself"), command),
    )


def _checklist(found: Review) -> Table:
    rows = tuple(
        (
            item_told(each.name),
            of_result(each.result),
            each.count,
            *check_told(each.name, each.count, each.message, each.action),
        )
        for each in found.checklist.items
    )
    head = (_("Item"), _("Result"), _("Count"), _("Found"), _("What to do, and who"))
    return Table(_("What was found, the gravest first"), head, rows, _("Nothing was looked at."))


def _counts(found: Review) -> tuple[tuple[str, Cell], ...]:
    if not found.planned:
        return ()
    return (
        (_("To grant"), found.grants),
        (_("To remove"), found.removals),
        (_("Unchanged"), found.unchanged),
        (_("Waiting for an approval"), found.held),
        (_("New accounts"), found.accounts_created),
    )


def _plan(found: Review) -> tuple[Table, ...]:
    if not found.planned:
        return ()
    books = tuple((each.name, edition_told(each.edition), each.grants, each.revocations) for each in found.by_ebook)
    schools = tuple((each.name or each.id, each.id, each.grants, each.revocations) for each in found.by_school)
    return (
        Table(_("By eBook"), (_("eBook"), _("Edition"), _("Grant"), _("Remove")), books, _("It changes nothing.")),
        Table(
            _("By school"), (_("School"), _("Id"), _("Grant"), _("Remove")), schools, _("It changes nothing by school.")
        ),
    )
