"""One district: who must act, what it looks like, what is wrong, what comes; and the way to ask about a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from roster_operator.api import reasons
from roster_operator.api.v1alpha1.plan_status import PlanStatus
from roster_operator.api.v1alpha1.status import CheckResult, LicenseCounts, RosterCounts
from roster_operator.console import addresses
from roster_operator.console.elements import Button, Cell, Field, Form, Link, Page, Section, Table, original
from roster_operator.console.views.marks import of_actor, of_result
from roster_operator.console.views.reasons import check_told, item_told, reason_told
from roster_operator.console.views.stages import stage_sections
from roster_operator.console.views.words import ACTORS, EVENTS, MODES, OUTCOMES, SWITCHES, TRIGGERS, called
from roster_operator.errors import Actor
from roster_operator.messages import gettext as _
from roster_operator.messages import ngettext, pgettext
from roster_operator.operations.checklist import Checklist, ChecklistItem
from roster_operator.operations.fleet import NOBODY, Mode
from roster_operator.operations.history import History, RunTold
from roster_operator.operations.status import DistrictStatus
from roster_operator.operations.upcoming import Event, Upcoming

HOME: Final = Link(_("Districts"), addresses.DISTRICTS)
_NO_PEOPLE: Final = _(
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
    reason, contact = reason_told(standing.reason), status.contacts.of(standing.acts)
    if standing.acts:
        actor = called(ACTORS, str(standing.acts))
        reached = _("{actor} ({contact})", actor=actor, contact=contact) if contact else actor
        who = _("{actor} acts first: {reason}", actor=reached, reason=reason)
    else:
        who = _("Nobody has to act: {reason}", reason=reason)
    gone = _("The ledger does not answer, so this is what the RosterIntegration tells.")
    return Page(
        name,
        (
            Section(_("Status"), facts=tuple(_facts(status)), tables=_forgotten(status), links=_ways_on(status)),
            Section(
                _("Checklist"),
                notes=(_ready(checklist),) if checklist.items and not status.live else (),
                tables=(_checklist(checklist, people=people),),
            ),
            person_section(namespace, name, people=people),
            *stage_sections(status),
            Section(
                _("Upcoming"),
                tables=(_upcoming(upcoming),),
                links=(
                    Link(_("License calendar"), addresses.calendar(namespace, name)),
                    Link(_("All that is upcoming"), addresses.upcoming(namespace, name)),
                ),
            ),
            Section(
                _("History"),
                tables=(_history(history, away=bool(away)),),
                links=(
                    Link(_("History, and undo"), addresses.history(namespace, name)),
                    *((Link(_("All changes"), addresses.changes(namespace, name)),) if people else ()),
                ),
            ),
        ),
        way=(HOME,),
        alert=gone if away else "",
        lead=(*((away,) if away else ()), who, standing.message),
    )


def person_section(namespace: str, name: str, *, people: bool = True) -> Section:
    """Where a person is asked about."""
    if not people:
        return Section(_("A person"), notes=(_NO_PEOPLE,))
    hint = _("A login, email, sourcedId, student or staff number, or account:ID. Your look is written down.")
    fields = (
        Field("person", _("Who"), hint=hint, required=True),
        Field("ebook", _("eBook"), hint=_("Its name, for that one alone.")),
    )
    looked = Link(_("Who looked at people"), addresses.access(namespace, name))
    return Section(_("A person"), form=Form(addresses.person(namespace, name), fields, _("Explain")), links=(looked,))


def way_to(namespace: str, name: str) -> tuple[Link, ...]:
    """The pages above one of the district's."""
    return HOME, Link(name, addresses.district(namespace, name))


def _facts(told: DistrictStatus) -> Iterator[tuple[str, Cell]]:
    licenses, plan, last, roster = told.licenses, told.plan, told.last_sync, told.roster
    acts = str(told.standing.acts or NOBODY)
    yield _("Who must act"), of_actor(acts, waits=told.standing.waits)
    for actor in Actor:
        if contact := told.contacts.of(actor):
            yield _("Contact: {actor}", actor=called(ACTORS, str(actor))), contact
    if told.standing.since:
        yield _("Since"), told.standing.since
    yield _("Namespace"), told.namespace
    yield _("Mode"), _mode(told)
    kind = told.source_type if told.vendor in {"Generic", told.source_type} else f"{told.source_type}, {told.vendor}"
    yield _("SIS"), f"{kind}, {told.source_url}"
    if licenses:
        yield _("Licenses"), _licenses(licenses)
    if plan:
        yield _("Plan"), _plan(plan)
    if roster:
        yield _("Roster"), _roster(roster)
    if last:
        yield _("Last sync"), last.finish_time
        yield (
            _("It came to"),
            _(
                "{outcome} ({trigger}): {granted} granted, {revoked} removed, {held} held",
                outcome=called(OUTCOMES, last.outcome),
                trigger=called(TRIGGERS, last.trigger),
                granted=last.granted,
                revoked=last.revoked,
                held=last.held,
            ),
        )
    if told.last_sync_time and last and last.finish_time != told.last_sync_time:
        yield _("Last good sync"), told.last_sync_time
    if told.next_sync_time:
        yield _("Next sync"), told.next_sync_time


def _mode(told: DistrictStatus) -> str:
    if told.suspended:
        return called(MODES, str(Mode.SUSPENDED))
    return called(MODES, str(Mode.LIVE)) if told.live else _("setup mode: no license changes")


def _licenses(told: LicenseCounts) -> str:
    parts = {
        "active": told.active,
        "students": told.students,
        "teachers": told.teachers,
        "sticky": told.sticky,
        "waiting": told.waiting,
    }
    if told.waiting:
        return _("{active} active: {students} Student, {teachers} Teacher, {sticky} sticky; {waiting} wait", **parts)
    return _("{active} active: {students} Student, {teachers} Teacher, {sticky} sticky", **parts)


def _plan(told: PlanStatus) -> str:
    return _(
        "{grants} to grant, {revocations} to remove, {unchanged} unchanged; {held} held, {conflicts}. Digest: {digest}",
        grants=told.grants,
        revocations=told.revocations,
        unchanged=told.unchanged,
        held=told.held,
        conflicts=ngettext("{number} conflict", "{number} conflicts", told.conflicts),
        digest=told.digest,
    )


def _roster(told: RosterCounts) -> str:
    return _(
        "{students}, {teachers} in {classes} of {courses} at {schools}",
        students=ngettext("{number} student", "{number} students", told.students),
        teachers=ngettext("{number} teacher", "{number} teachers", told.teachers),
        classes=ngettext("{number} class", "{number} classes", told.classes),
        courses=ngettext("{number} course", "{number} courses", told.courses),
        schools=ngettext("{number} school", "{number} schools", told.schools),
    )


def _ways_on(told: DistrictStatus) -> tuple[Link, ...]:
    """The ways to what waits, to what an undo holds, and to the settings."""
    namespace, name = told.namespace, told.name
    waits = told.plan is not None and bool(told.plan.held or told.plan.unconfirmed)
    approval = Link(_("What waits, and its approval"), addresses.approval(namespace, name))
    lift = Link(_("Let syncs apply again after an undo"), addresses.lift(namespace, name))
    undone = told.standing.reason == reasons.UNDONE
    setup = Link(_("Change its settings"), addresses.wizard(namespace, name))
    cleanup = Link(_("Clean up accounts"), addresses.cleanup(namespace, name))
    return (*((approval,) if waits else ()), *((lift,) if undone else ()), setup, cleanup)


def _forgotten(told: DistrictStatus) -> tuple[Table, ...]:
    rows = tuple((called(SWITCHES, str(each.what)), each.since, original(each.message)) for each in told.reminders)
    return (Table(_("Forgotten?"), (_("Switch"), _("Since"), _("Meaning")), rows, ""),) if rows else ()


def _ready(told: Checklist) -> str:
    if told.ready:
        return _("Nothing stands in the way of going live.")
    return _("Something stands in the way of going live.")


def _checklist(told: Checklist, *, people: bool) -> Table:
    head = (
        _("Item"),
        _("Result"),
        _("Count"),
        _("Last week"),
        _("Found"),
        _("What to do, and who"),
        *((_("One by one"),) if people else ()),
    )

    def row(item: ChecklistItem) -> tuple[Cell, ...]:
        action = addresses.details(told.namespace, told.name)
        listed = (
            Button(_("List"), action, {"item": item.name}, _("what {item} counts", item=item_told(item.name)))
            if item.count and item.result is not CheckResult.PASS
            else None
        )
        told_of = check_told(item.name, item.count, item.message, item.action)
        shown = (item_told(item.name), of_result(item.result), item.count, item.last_week, *told_of)
        return (*shown, listed) if people else shown

    return Table(
        _("What the last sync found, the gravest first"),
        head,
        tuple(map(row, told.items)),
        _("No sync has looked yet."),
    )


def _upcoming(told: Upcoming) -> Table:
    until = told.until.date()
    return Table(
        _("Until {day}", day=until),
        (_("When"), _("What"), _("Who acts"), _("Meaning")),
        tuple(map(event_row, told.events)),
        _("Nothing that is known, until {day}.", day=until),
    )


def event_row(told: Event) -> tuple[Cell, ...]:
    """Of something that will be."""
    acts = called(ACTORS, str(told.acts)) if told.acts else None
    return told.at, called(EVENTS, str(told.kind)), acts, original(told.message)


def _history(told: History | None, *, away: bool) -> Table:
    empty = _("Not known while the ledger does not answer.") if away else _("The ledger has no sync of it yet.")
    runs = told.runs if told else ()
    head = (
        _("Started"),
        _("Granted"),
        _("Removed"),
        pgettext("removals", "Held"),
        _("Unchanged"),
        _("Conflicts"),
        _("Rows read"),
        _("Changes"),
    )
    rows = tuple(_run(run, told) for run in runs) if told else ()
    return Table(_("Syncs that came to a decision, the latest first"), head, rows, empty)


def _run(run: RunTold, told: History) -> tuple[Cell, ...]:
    read = sum(each.rows for each in run.proof) if run.proof else None
    link = Link(_("of {run}", run=run.run_id), addresses.changes(told.namespace, told.district, run=run.run_id))
    return run.started, run.granted, run.removed, run.held, run.unchanged, run.conflicts, read, link
