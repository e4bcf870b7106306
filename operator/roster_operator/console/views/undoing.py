"""Where a sync is turned back: what that would be, and then what it was; and where what an undo holds is let go."""

from __future__ import annotations

from roster_operator.console import addresses
from roster_operator.console.elements import Cell, Field, Form, Kind, Link, Page, Section, Table
from roster_operator.console.views.approval import reason_field
from roster_operator.console.views.district import way_to
from roster_operator.ledger.undo.interface import EBookUndone
from roster_operator.operations.status import DistrictStatus
from roster_operator.operations.undo import Lifted, UndoTold
from roster_operator.plurals import counted


def undo_page(told: UndoTold, *, name: str, ebook: str, school: str, alert: str = "") -> Page:
    """What would be turned back of a run, of one eBook or by one school if they are named."""
    namespace, back, gone = told.namespace, counted(told.granted, "license[s]"), counted(told.removed, "license[s]")
    fields = tuple(
        Field(key, "", value, Kind.HIDDEN)
        for key, value in (("run", told.run_id), ("ebook", ebook), ("school", school), ("digest", told.digest))
    )
    holds = (
        f"Nothing of {name} changes afterwards until somebody lifts that: the next sync would do the same again."
        if told.holds
        else "Syncs go on as before."
    )
    ways = "It is a run of its own, so it can be undone, too."
    return Page(
        f"Undo in {name}",
        (
            Section(
                "What this does",
                notes=(f"{back} would come back, {gone} would go. {holds} {ways}",),
                facts=(("Run", told.run_id), ("eBook", ebook or "all"), ("School", school or "all")),
                tables=(_by_ebook(told, name, school, planned=True), _left(told)),
            ),
            _narrower(told, name, ebook, school),
            Section("Do it", form=Form(addresses.undo(namespace, name), (*fields, reason_field()), "Turn this back")),
        ),
        way=way_to(namespace, name),
        alert=alert,
        lead=("Nothing was changed yet.",),
    )


def undone_page(told: UndoTold, *, name: str) -> Page:
    """That it was done."""
    back, gone = counted(told.granted, "license[s]"), counted(told.removed, "license[s]")
    links = (Link("What came and went by it", addresses.changes(told.namespace, name, run=told.by_run or "")),)
    lift = (Link("Let syncs apply again what they plan", addresses.lift(told.namespace, name)),) if told.holds else ()
    holds = (f"Nothing of {name} changes now until it is lifted.",) if told.holds else ()
    return Page(
        f"Undo in {name}",
        (
            Section(
                "What was done",
                notes=holds,
                facts=(("Turned back", told.run_id), ("By the run", told.by_run)),
                tables=(_by_ebook(told, name, "", planned=False), _left(told)),
                links=(*links, *lift),
            ),
        ),
        way=way_to(told.namespace, name),
        done=f"Turned back: {back} came back, {gone} went.",
    )


def no_undo_page(namespace: str, name: str, message: str) -> Page:
    """Instead, where nothing can be turned back."""
    every = Section("Syncs", links=(Link("History", addresses.history(namespace, name)),))
    return Page(f"Undo in {name}", (every,), way=way_to(namespace, name), alert=message)


def lift_page(status: DistrictStatus, *, permitted: str) -> Page:
    """What lifting lets go. `permitted`: empty, or why they may not."""
    name, namespace, plan = status.name, status.namespace, status.plan
    told = f"By the last plan it would grant {plan.grants} and remove {plan.revocations}." if plan else ""
    notes = (f"The next sync applies again what it plans, also what was turned back. {told}".strip(),)
    form = None if permitted else Form(addresses.lift(namespace, name), (), "Let syncs apply again")
    return Page(
        f"Lift the hold of {name}",
        (Section("What this does", notes=(*notes, *((permitted,) if permitted else ())), form=form),),
        way=way_to(namespace, name),
        lead=(f"{status.standing.reason}. {status.standing.message}",),
    )


def lifted_page(told: Lifted, name: str) -> Page:
    """That it was done."""
    done = f"The syncs of {name} apply again what they plan."
    return Page(
        f"Lift the hold of {name}",
        way=way_to(told.namespace, name),
        done=done if told.was_held else f"Nothing was held of {name} by an undo.",
    )


def _narrower(told: UndoTold, name: str, ebook: str, school: str) -> Section:
    """The same of less."""
    fields = (
        Field("run", "", told.run_id, Kind.HIDDEN),
        Field("ebook", "eBook", ebook, hint="Its name; empty for all."),
        Field("school", "School", school, hint="Its id, number or name; empty for all."),
    )
    form = Form(addresses.undo(told.namespace, name), fields, "Show only that", method="get")
    return Section("Only one eBook, or one school", form=form)


def _by_ebook(told: UndoTold, name: str, school: str, *, planned: bool) -> Table:
    def row(each: EBookUndone) -> tuple[Cell, ...]:
        only = addresses.undo(told.namespace, name, run=told.run_id, ebook=each.ebook, school=school)
        return (Link(each.ebook, only) if planned else each.ebook), each.edition, each.granted, each.removed

    head = ("eBook", "Edition", "Come back", "Go") if planned else ("eBook", "Edition", "Came back", "Went")
    return Table("By eBook", head, tuple(map(row, told.by_ebook)), "No license.")


def _left(told: UndoTold) -> Table:
    rows = tuple((each.why, each.changes) for each in told.left)
    return Table(
        "Left as they are, as they changed since", ("Why", "Changes"), rows, "Nothing of it has changed since."
    )
