"""One district: who must act, what it looks like, what is wrong, what comes; and the way to ask about a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from roster_operator.api import reasons
from roster_operator.api.v1alpha1.status import CheckResult
from roster_operator.console import addresses
from roster_operator.console.elements import Button, Cell, Field, Form, Link, Page, Section, Table
from roster_operator.console.views.marks import of_actor, of_result
from roster_operator.operations.checklist import Checklist, ChecklistItem
from roster_operator.operations.fleet import NOBODY
from roster_operator.operations.history import History, RunTold
from roster_operator.operations.status import DistrictStatus
from roster_operator.operations.upcoming import Upcoming
from roster_operator.plurals import counted

HOME: Final = Link("Districts", addresses.DISTRICTS)
_NO_PEOPLE: Final = (
    "You may not look at people of this district. Platform: it takes the permission to get rosterintegrations/people."
)


def district_page(
    status: DistrictStatus,
    checklist: Checklist,
    upcoming: Upcoming,
    history: History | None,
    *,
    people: bool,
    away: str = "",
) -> Page:
    """`history`: None while the ledger does not know the district. `people`: whether they may see people of it.

    `away`: why the ledger does not answer; then all is of the RosterIntegration alone.
    """
    name, namespace = status.name, status.namespace
    standing = status.standing
    contact = status.contacts.of(standing.acts)
    at = f" ({contact})" if contact else ""
    who = f"{standing.acts}{at} acts first" if standing.acts else "Nobody has to act"
    return Page(
        f"{name}",
        (
            Section("Status", facts=tuple(_facts(status)), tables=_forgotten(status), links=_ways_on(status)),
            Section(
                "Checklist",
                notes=(_ready(checklist),) if checklist.items and not status.live else (),
                tables=(_checklist(checklist, people=people),),
            ),
            person_section(namespace, name, people=people),
            Section(
                "Upcoming",
                tables=(_upcoming(upcoming),),
                links=(
                    Link("License calendar", addresses.calendar(namespace, name)),
                    Link("All that is upcoming", addresses.upcoming(namespace, name)),
                ),
            ),
            Section(
                "History",
                tables=(_history(history, away=bool(away)),),
                links=(
                    Link("History, and undo", addresses.history(namespace, name)),
                    *((Link("All changes", addresses.changes(namespace, name)),) if people else ()),
                ),
            ),
        ),
        way=(HOME,),
        alert=f"The ledger does not answer, so this is what the RosterIntegration tells. {away}" if away else "",
        lead=(f"{who}: {standing.reason}. {standing.message}",),
    )


def person_section(namespace: str, name: str, *, people: bool = True) -> Section:
    """Where a person is asked about."""
    if not people:
        return Section("A person", notes=(_NO_PEOPLE,))
    hint = "A login, email, sourcedId, student or staff number, or account:ID. Your look is written down."
    fields = (
        Field("person", "Who", hint=hint, required=True),
        Field("ebook", "eBook", hint="Its name, for that one alone."),
    )
    looked = Link("Who looked at people", addresses.access(namespace, name))
    return Section("A person", form=Form(addresses.person(namespace, name), fields, "Explain"), links=(looked,))


def way_to(namespace: str, name: str) -> tuple[Link, ...]:
    """The pages above one of the district's."""
    return HOME, Link(name, addresses.district(namespace, name))


def _facts(told: DistrictStatus) -> Iterator[tuple[str, Cell]]:
    licenses, plan, last, roster = told.licenses, told.plan, told.last_sync, told.roster
    acts = str(told.standing.acts or NOBODY)
    yield "Who must act", of_actor(acts, waits=told.standing.waits)
    if contacts := told.contacts.told():
        yield "Contacts", contacts
    if told.standing.since:
        yield "Since", told.standing.since
    yield "Namespace", told.namespace
    yield "Mode", "suspended" if told.suspended else "live" if told.live else "setup mode: no license changes"
    kind = told.source_type if told.vendor in {"Generic", told.source_type} else f"{told.source_type}, {told.vendor}"
    yield "SIS", f"{kind}, {told.source_url}"
    if licenses:
        parts = f"{licenses.students} Student, {licenses.teachers} Teacher, {licenses.sticky} sticky"
        waiting = f"; {licenses.waiting} wait" if licenses.waiting else ""
        yield "Licenses", f"{licenses.active} active: {parts}{waiting}"
    if plan:
        changes = f"{plan.grants} to grant, {plan.revocations} to remove, {plan.unchanged} unchanged"
        yield "Plan", f"{changes}; {plan.held} held, {counted(plan.conflicts, 'conflict[s]')}. Digest: {plan.digest}"
    if roster:
        people = f"{counted(roster.students, 'student[s]')}, {counted(roster.teachers, 'teacher[s]')}"
        places = f"{counted(roster.classes, 'class[es]')} of {counted(roster.courses, 'course[s]')}"
        yield "Roster", f"{people} in {places} at {counted(roster.schools, 'school[s]')}"
    if last:
        yield "Last sync", last.finish_time
        counts = f"{last.granted} granted, {last.revoked} removed, {last.held} held"
        yield "It came to", f"{last.outcome} ({last.trigger}): {counts}"
    if told.last_sync_time and last and last.finish_time != told.last_sync_time:
        yield "Last good sync", told.last_sync_time
    if told.next_sync_time:
        yield "Next sync", told.next_sync_time


def _ways_on(told: DistrictStatus) -> tuple[Link, ...]:
    """The ways to what waits, to what an undo holds, and to the settings."""
    namespace, name = told.namespace, told.name
    waits = told.plan is not None and bool(told.plan.held or told.plan.unconfirmed)
    approval = Link("What waits, and its approval", addresses.approval(namespace, name))
    lift = Link("Let syncs apply again after an undo", addresses.lift(namespace, name))
    undone = told.standing.reason == reasons.UNDONE
    setup = Link("Change its settings", addresses.wizard(namespace, name))
    return (*((approval,) if waits else ()), *((lift,) if undone else ()), setup)


def _forgotten(told: DistrictStatus) -> tuple[Table, ...]:
    rows = tuple((str(each.what), each.since, each.message) for each in told.reminders)
    return (Table("Forgotten?", ("Switch", "Since", "Meaning"), rows, ""),) if rows else ()


def _ready(told: Checklist) -> str:
    return "Nothing stands in the way of going live." if told.ready else "Something stands in the way of going live."


def _checklist(told: Checklist, *, people: bool) -> Table:
    head = (
        "Item",
        "Result",
        "Count",
        "Last week",
        "Found",
        "What to do, and who",
        *(("One by one",) if people else ()),
    )

    def row(item: ChecklistItem) -> tuple[Cell, ...]:
        action = addresses.details(told.namespace, told.name)
        listed = (
            Button("List", action, {"item": item.name}, f"what {item.name} counts")
            if item.count and item.result is not CheckResult.PASS
            else None
        )
        shown = (item.name, of_result(item.result), item.count, item.last_week, item.message, item.action)
        return (*shown, listed) if people else shown

    return Table(
        "What the last sync found, the gravest first", head, tuple(map(row, told.items)), "No sync has looked yet."
    )


def _upcoming(told: Upcoming) -> Table:
    rows = tuple((each.at, str(each.kind), each.acts and str(each.acts), each.message) for each in told.events)
    until = f"{told.until:%Y-%m-%d}"
    return Table(
        f"Until {until}", ("When", "What", "Who acts", "Meaning"), rows, f"Nothing that is known, until {until}."
    )


def _history(told: History | None, *, away: bool) -> Table:
    empty = "Not known while the ledger does not answer." if away else "The ledger has no sync of it yet."
    runs = told.runs if told else ()
    head = ("Started", "Granted", "Removed", "Held", "Unchanged", "Conflicts", "Rows read", "Changes")
    rows = tuple(_run(run, told) for run in runs) if told else ()
    return Table("Syncs that came to a decision, the latest first", head, rows, empty)


def _run(run: RunTold, told: History) -> tuple[Cell, ...]:
    read = sum(each.rows for each in run.proof) if run.proof else None
    link = Link(f"of {run.run_id}", addresses.changes(told.namespace, told.district, run=run.run_id))
    return run.started, run.granted, run.removed, run.held, run.unchanged, run.conflicts, read, link
