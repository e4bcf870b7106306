"""The wizard's last pages: checklist and plan, setup mode or live, and what becomes of it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Final

from roster_operator.console import addresses
from roster_operator.console.elements import Cell, Code, Field, Form, Kind, Link, Page, Section, Table
from roster_operator.console.views.marks import of_result
from roster_operator.console.views.wizard import PATHS, at, title_of, way
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wizard.applying import replacing
from roster_operator.operations.wizard.draft import Draft, Step, document
from roster_operator.operations.wizard.folder import manifest
from roster_operator.operations.wizard.manifests import SecretForm
from roster_operator.operations.wizard.offer import Offer
from roster_operator.operations.wizard.review import Review
from roster_operator.operations.wizard.words import GO_LIVE
from roster_operator.plurals import counted

_FORMS: Final = (
    (str(SecretForm.NONE), "Not at all: the Platform engineer creates the Secret"),
    (str(SecretForm.EXTERNAL), "ExternalSecret: a store of the platform has them"),
    (str(SecretForm.PLAIN), "In plain text, in a file that must not go to Git"),
)


def review_page(district: DistrictName, found: Review | None, *, alert: str = "") -> Page:
    """Checklist and plan; None: they are to be made."""
    again = Form(
        at(district, PATHS[Step.REVIEW]), (), "Make it again" if found else "Read the roster, and make the plan"
    )
    if found is None:
        note = (
            "The roster is read as a sync reads it, and compared with the licenses that there are. Nothing is written."
        )
        return Page(
            title_of(Step.REVIEW), (Section("Plan", notes=(note,), form=again),), way=way(district), alert=alert
        )
    on = (Link("Next: setup mode, or live", at(district, PATHS[Step.GO_LIVE])),) if found.planned else ()
    back = tuple(
        Link(f"Change: {PATHS[step]}", at(district, PATHS[step])) for step in (Step.SCHOOLS, Step.COURSES, Step.EBOOKS)
    )
    good = found.planned and found.names_found
    return Page(
        title_of(Step.REVIEW),
        (
            Section("Next", links=(*on, *back)),
            Section("Checklist", tables=(_checklist(found),)),
            Section(
                "Plan", notes=(found.message,) if good else (), facts=_counts(found), tables=_plan(found), form=again
            ),
        ),
        way=way(district),
        alert=alert or ("" if good else found.message),
        lead=("Nothing was written.",),
    )


def live_page(district: DistrictName, draft: Draft, found: Review, *, was_live: bool, alert: str = "") -> Page:
    """The last question, with what enabling would do by the plan that was shown."""
    failing = () if was_live else found.checklist.failing
    waiting = f" {found.held} of these changes would wait for an approval." if found.held else ""
    does = f"By the plan, it would grant {counted(found.grants, 'license[s]')} and remove {found.removals}.{waiting}"
    no = ("no", "No: remain in setup mode")
    options = (no,) if failing else (no, ("yes", "Yes: enable automated rostering"))
    barred = f"It cannot be enabled while the checklist fails: {', '.join(failing)}." if failing else ""
    field = Field("live", "Enable automated rostering?", "yes" if draft.live else "no", Kind.CHOICE, options)
    form = Form(at(district, PATHS[Step.GO_LIVE]), (field,), "Finish")
    back = Link("Back: checklist and plan", at(district, PATHS[Step.REVIEW]))
    section = Section("Go live?", notes=tuple(filter(None, (GO_LIVE, does, barred))), form=form, links=(back,))
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
        sections.append(Section("What is there now", facts=tuple(there)))
    if applies:
        told = (
            "It is made as you, by your own permissions: tried first on the server, then the Secret, then the district."
        )
        git = (
            f"{kept_by} keeps this district as Git has it, and would set a change back: take the folder."
            if kept_by
            else ""
        )
        form = None if kept_by else Form(at(district, "apply"), (), "Apply it, as me")
        sections.append(Section("Apply it in the cluster", notes=(git or told,), form=form))
    sections.append(_for_git(district, secret_due=secret_due))
    sections.append(Section("The same by hand", codes=_codes(draft, offer, base)))
    mode = "live" if draft.live else "in setup mode: nothing is written until you go live"
    return Page(
        f"What becomes of {district.name}",
        tuple(sections),
        way=way(district),
        alert=alert,
        lead=(f"The district is to be {mode}.",),
    )


def applied_page(district: DistrictName, done: Sequence[str]) -> Page:
    """That it was done."""
    link = Link("See what the operator makes of it", addresses.district(district.namespace, district.name))
    return Page(
        f"What becomes of {district.name}",
        (Section("What was done", notes=tuple(f"{each}." for each in done), links=(link,)),),
        way=way(district),
        done="Applied, as you.",
    )


def _for_git(district: DistrictName, *, secret_due: bool) -> Section:
    fields = (
        Field("secret", "How do the credentials get into your cluster?", str(SecretForm.NONE), Kind.CHOICE, _FORMS),
        Field("store", "Name of the ClusterSecretStore", hint="For an ExternalSecret."),
    )
    form = Form(at(district, "folder"), fields if secret_due else (), "Download the folder")
    note = "A ZIP to unpack and commit. It holds no secret, unless you ask for one in plain text."
    return Section("A folder for Git", notes=(note,), form=form)


def _codes(draft: Draft, offer: Offer | None, base: Mapping[str, Any] | None) -> tuple[Code, ...]:
    text = Code("rosterintegration.yaml", manifest(draft, offer))
    if base is None:
        return (text, Code("To create it, as yourself", "kubectl apply -f rosterintegration.yaml"))
    patch = {"spec": replacing(base, document(draft)["spec"])}
    command = f"kubectl patch ri {draft.name} -n {draft.namespace} --type merge -p {shlex.quote(json.dumps(patch))}"
    return (
        text,
        Code("What changes, as a patch", json.dumps(patch, indent=2)),
        Code("To change it, as yourself", command),
    )


def _checklist(found: Review) -> Table:
    rows = tuple(
        (each.name, of_result(each.result), each.count, each.message, each.action) for each in found.checklist.items
    )
    head = ("Item", "Result", "Count", "Found", "What to do, and who")
    return Table("What was found, the gravest first", head, rows, "Nothing was looked at.")


def _counts(found: Review) -> tuple[tuple[str, Cell], ...]:
    if not found.planned:
        return ()
    return (
        ("To grant", found.grants),
        ("To remove", found.removals),
        ("Unchanged", found.unchanged),
        ("Waiting for an approval", found.held),
        ("New accounts", found.accounts_created),
    )


def _plan(found: Review) -> tuple[Table, ...]:
    if not found.planned:
        return ()
    books = tuple((each.name, each.edition, each.grants, each.revocations) for each in found.by_ebook)
    schools = tuple((each.name or each.id, each.id, each.grants, each.revocations) for each in found.by_school)
    return (
        Table("By eBook", ("eBook", "Edition", "Grant", "Remove"), books, "It changes nothing."),
        Table("By school", ("School", "Id", "Grant", "Remove"), schools, "It changes nothing by school."),
    )
