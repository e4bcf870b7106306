"""`roster-operator status`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, moment, show, span
from roster_operator.cli.where import Where, of_district
from roster_operator.clock import SystemClock
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.requests import StatusRequest
from roster_operator.operations.status import DistrictStatus, InLedger
from roster_operator.plurals import counted
from roster_operator.reconcile.standing import Standing

_EXAMPLES = """\b
Examples:
  kubectl roster status springfield -n districts
  roster-operator status springfield --file districts/ --ledger sqlite:///ledger.sqlite
  kubectl get ri -n districts -o yaml | roster-operator status springfield --file - -o json
"""


@click.command(epilog=_EXAMPLES)
@of_district
@asking.with_output
def status(*, wanted: DistrictName, where: Where, output: str) -> None:
    """Show how a DISTRICT stands on one screen: who must act first, what was forgotten, what comes next.

    With --ledger or --server also what the ledger knows. Exits with 3 if something waits or the roster could not be
    read whole.
    """
    clock = SystemClock()
    with asking.answering():
        result = where.find(StatusRequest(district=wanted), needs_ledger=False)
    show(result, output, lambda told: "\n".join(_screen(told, clock.now())))
    sys.exit(asking.EXIT_WAITS if result.standing.waits else asking.EXIT_DONE)


def _screen(told: DistrictStatus, now: datetime) -> Iterator[str]:
    yield _headline(told)
    yield ""
    yield from _standing(told.standing, told.contacts.of(told.standing.acts), now)
    if told.reminders:
        yield ""
        yield "Forgotten?"
        for reminder in told.reminders:
            since = f" since {_since(reminder.since, now)}" if reminder.since else ""
            yield f"  {reminder.what}{since}. {reminder.message}"
    yield ""
    yield from (f"{label:<12}{text}" for label, text in _facts(told, now))
    if told.checklist:
        yield ""
        rows = ((each.name, each.result, each.count, each.action or each.message) for each in told.checklist)
        yield columns(("CHECK", "RESULT", "COUNT", "WHAT AND WHO"), rows)
    if told.history:
        yield ""
        ended = ((h.time, h.outcome, h.reason, h.granted, h.revoked, h.held, h.count) for h in told.history)
        yield columns(("ENDED (UTC)", "OUTCOME", "REASON", "GRANTED", "REMOVED", "HELD", "RUNS"), ended)


def _headline(told: DistrictStatus) -> str:
    mode = "suspended" if told.suspended else "live" if told.live else "setup mode"
    kind = told.source_type if told.vendor in {"Generic", told.source_type} else f"{told.source_type} {told.vendor}"
    return f"{told.namespace}/{told.name}   {mode}   {kind} {told.source_url}"


def _standing(standing: Standing, contact: str, now: datetime) -> Iterator[str]:
    at = f" ({contact})" if contact else ""
    who = f"{standing.acts}{at} acts first" if standing.acts else "Nobody has to act"
    since = f" since {_since(standing.since, now)}" if standing.since else ""
    yield f"{who}: {standing.reason}{since}"
    yield f"  {standing.message}"


def _facts(told: DistrictStatus, now: datetime) -> Iterator[tuple[str, str]]:
    licenses, plan, last, roster = told.licenses, told.plan, told.last_sync, told.roster
    if licenses:
        waiting = f", {licenses.waiting} wait" if licenses.waiting else ""
        parts = f"{licenses.students} Student, {licenses.teachers} Teacher, {licenses.sticky} sticky"
        yield "Licenses", f"{licenses.active} active: {parts}{waiting}"
    if plan:
        changes = f"{plan.grants} to grant, {plan.revocations} to remove, {plan.unchanged} unchanged"
        yield "Plan", f"{changes}; {plan.held} held, {counted(plan.conflicts, 'conflict[s]')}   {plan.digest}"
    if roster:
        people = f"{counted(roster.students, 'student[s]')}, {counted(roster.teachers, 'teacher[s]')}"
        places = f"{counted(roster.classes, 'class[es]')} of {counted(roster.courses, 'course[s]')}"
        yield "Roster", f"{people} in {places} at {counted(roster.schools, 'school[s]')}"
    if contacts := told.contacts.told():
        yield "Contacts", contacts
    if told.canary:
        yield "Canary", told.canary.message
    if told.season:
        yield "Season", f"{told.season.season}. {told.season.message}"
    if last:
        took = f"took {last.duration_seconds} s, {last.granted} granted, {last.revoked} removed, {last.held} held"
        yield "Last sync", f"{_since(last.finish_time, now)}: {last.outcome} ({last.trigger}), {took}"
    if told.last_sync_time and last and last.finish_time != told.last_sync_time:
        yield "Last good", _since(told.last_sync_time, now)
    if told.next_sync_time:
        ahead = told.next_sync_time - now
        when = f"in {span(ahead)}" if ahead.total_seconds() > 0 else f"{span(ahead)} ago"
        why = f": {told.next_sync.message}" if told.next_sync else ""
        yield "Next sync", f"{moment(told.next_sync_time)} UTC ({when}){why}"
    elif told.next_sync and not told.suspended:
        yield "Next sync", told.next_sync.message
    if told.ledger:
        yield from _in_ledger(told.ledger, now)


def _in_ledger(known: InLedger, now: datetime) -> Iterator[tuple[str, str]]:
    live = f", live since {known.live_since:%Y-%m-%d}" if known.live_since else ""
    yield "Ledger", f"{known.district}: {counted(known.licenses, 'license[s]')}, {known.sticky} sticky{live}"
    if known.last_run:
        run = known.last_run
        yield "Last run", f"{_since(run.finished, now)}: {run.granted} granted, {run.removed} removed   {run.run_id}"
    for end in known.ending:
        yield "Ends", f"{moment(end.until)} UTC: {counted(end.licenses, 'license[s]')} of {end.ebook} {end.edition}"


def _since(value: datetime, now: datetime) -> str:
    return f"{moment(value)} UTC ({span(now - value)} ago)"
