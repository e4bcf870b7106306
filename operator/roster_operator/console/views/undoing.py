"""Where a sync is turned back: what that would be, and then what it was; and where what an undo holds is let go."""

from __future__ import annotations

from roster_operator.console import addresses
from roster_operator.console.elements import Cell, Field, Form, Kind, Link, Page, Section, Table, original
from roster_operator.console.views.approval import reason_field
from roster_operator.console.views.district import way_to
from roster_operator.console.views.reasons import reason_told
from roster_operator.console.views.words import edition_told, licenses_told
from roster_operator.ledger.undo.interface import EBookUndone
from roster_operator.messages import gettext as _
from roster_operator.messages import ngettext
from roster_operator.operations.status import DistrictStatus
from roster_operator.operations.undo import Lifted, UndoTold


def undo_page(told: UndoTold, *, name: str, ebook: str, school: str, alert: str = "") -> Page:
    """What would be turned back of a run, of one eBook or by one school if they are named."""
    namespace = told.namespace
    fields = tuple(
        Field(key, "", value, Kind.HIDDEN)
        for key, value in (("run", told.run_id), ("ebook", ebook), ("school", school), ("digest", told.digest))
    )
    holds = (
        _(
            "Nothing of {name} changes afterwards until somebody lifts that: the next sync would do the same again.",
            name=name,
        )
        if told.holds
        else _("Syncs go on as before.")
    )
    ways = _("It is a run of its own, so it can be undone, too.")
    cleanup = (
        ngettext(
            "It was a clean-up: {number} account would be as before.",
            "It was a clean-up: {number} accounts would be as before.",
            told.accounts,
        )
        if told.accounts
        else None
    )
    return Page(
        _("Undo in {name}", name=name),
        (
            Section(
                _("What this does"),
                notes=(
                    *((cleanup,) if cleanup else ()),
                    _(
                        "{back} would come back, {gone} would go.",
                        back=licenses_told(told.granted),
                        gone=licenses_told(told.removed),
                    ),
                    holds,
                    ways,
                ),
                facts=((_("Run"), told.run_id), (_("eBook"), ebook or _("all")), (_("School"), school or _("all"))),
                tables=(_by_ebook(told, name, school, planned=True), _left(told)),
            ),
            *(() if told.accounts else (_narrower(told, name, ebook, school),)),
            Section(
                _("Do it"), form=Form(addresses.undo(namespace, name), (*fields, reason_field()), _("Turn this back"))
            ),
        ),
        way=way_to(namespace, name),
        alert=alert,
        lead=(_("Nothing was changed yet."),),
    )


def undone_page(told: UndoTold, *, name: str) -> Page:
    """That it was done."""
    links = (Link(_("What came and went by it"), addresses.changes(told.namespace, name, run=told.by_run or "")),)
    lift = (
        (Link(_("Let syncs apply again what they plan"), addresses.lift(told.namespace, name)),) if told.holds else ()
    )
    holds = (_("Nothing of {name} changes now until it is lifted.", name=name),) if told.holds else ()
    return Page(
        _("Undo in {name}", name=name),
        (
            Section(
                _("What was done"),
                notes=holds,
                facts=((_("Turned back"), told.run_id), (_("By the run"), told.by_run)),
                tables=(_by_ebook(told, name, "", planned=False), _left(told)),
                links=(*links, *lift),
            ),
        ),
        way=way_to(told.namespace, name),
        done=_turned_back(told),
    )


def _turned_back(told: UndoTold) -> str:
    back, gone = licenses_told(told.granted), licenses_told(told.removed)
    if not told.accounts:
        return _("Turned back: {back} came back, {gone} went.", back=back, gone=gone)
    return ngettext(
        "Turned back: {number} account is as before, {back} came back, {gone} went.",
        "Turned back: {number} accounts are as before, {back} came back, {gone} went.",
        told.accounts,
        back=back,
        gone=gone,
    )


def no_undo_page(namespace: str, name: str, message: str) -> Page:
    """Instead, where nothing can be turned back."""
    every = Section(_("Syncs"), links=(Link(_("History"), addresses.history(namespace, name)),))
    return Page(_("Undo in {name}", name=name), (every,), way=way_to(namespace, name), alert=message)


def lift_page(status: DistrictStatus, *, permitted: str) -> Page:
    """What lifting lets go. `permitted`: empty, or why they may not."""
    name, namespace, plan = status.name, status.namespace, status.plan
    would = _(
        "By the last plan it would grant {grants} and remove {removals}.",
        grants=plan.grants if plan else 0,
        removals=plan.revocations if plan else 0,
    )
    again = _("The next sync applies again what it plans, also what was turned back.")
    notes = (again, would) if plan else (again,)
    form = None if permitted else Form(addresses.lift(namespace, name), (), _("Let syncs apply again"))
    return Page(
        _("Lift the hold of {name}", name=name),
        (Section(_("What this does"), notes=(*notes, *((permitted,) if permitted else ())), form=form),),
        way=way_to(namespace, name),
        lead=(reason_told(status.standing.reason), status.standing.message),
    )


def lifted_page(told: Lifted, name: str) -> Page:
    """That it was done."""
    done = _("The syncs of {name} apply again what they plan.", name=name)
    return Page(
        _("Lift the hold of {name}", name=name),
        way=way_to(told.namespace, name),
        done=done if told.was_held else _("Nothing was held of {name} by an undo.", name=name),
    )


def _narrower(told: UndoTold, name: str, ebook: str, school: str) -> Section:
    """The same of less."""
    fields = (
        Field("run", "", told.run_id, Kind.HIDDEN),
        Field("ebook", _("eBook"), ebook, hint=_("Its name; empty for all.")),
        Field("school", _("School"), school, hint=_("Its id, number or name; empty for all.")),
    )
    form = Form(addresses.undo(told.namespace, name), fields, _("Show only that"), method="get")
    return Section(_("Only one eBook, or one school"), form=form)


def _by_ebook(told: UndoTold, name: str, school: str, *, planned: bool) -> Table:
    def row(each: EBookUndone) -> tuple[Cell, ...]:
        only = addresses.undo(told.namespace, name, run=told.run_id, ebook=each.ebook, school=school)
        return (
            (Link(each.ebook, only) if planned else each.ebook),
            edition_told(each.edition),
            each.granted,
            each.removed,
        )

    head = (
        (_("eBook"), _("Edition"), _("Come back"), _("Go"))
        if planned
        else (_("eBook"), _("Edition"), _("Came back"), _("Went"))
    )
    return Table(_("By eBook"), head, tuple(map(row, told.by_ebook)), _("No license."))


def _left(told: UndoTold) -> Table:
    rows = tuple((original(each.why), each.changes) for each in told.left)
    return Table(
        _("Left as they are, as they changed since"),
        (_("Why"), _("Changes")),
        rows,
        _("Nothing of it has changed since."),
    )
