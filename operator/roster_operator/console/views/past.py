"""The syncs of a district: drawn, and in a table beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, timedelta

from roster_operator.console import addresses
from roster_operator.console.elements import Cell, Link, Page, Plot, Section, Table
from roster_operator.console.views.district import way_to
from roster_operator.messages import gettext as _
from roster_operator.messages import ngettext, pgettext
from roster_operator.operations.history import History, RunTold

RUNS = 100
"""Of a page."""


def history_page(told: History, namespace: str, name: str) -> Page:
    """The latest first. Each leads to what it changed, and to turning it back.

    What did not read the roster may have changed logins alone, as a clean-up does.
    """
    older = (Link(_("Earlier ones"), addresses.history(namespace, name, before=told.next)),) if told.next else ()
    plots = (
        (_plot(told, _("Licenses granted"), _granted), _plot(told, _("Licenses removed"), _removed))
        if told.runs
        else ()
    )
    head = (
        _("Started"),
        _("Granted"),
        _("Removed"),
        pgettext("removals", "Held"),
        _("Unchanged"),
        _("Conflicts"),
        _("Changes"),
        _("Turn back"),
    )

    def row(run: RunTold) -> tuple[Cell, ...]:
        changes = Link(_("of {run}", run=run.run_id), addresses.changes(namespace, name, run=run.run_id))
        undo = Link(_("undo {run}", run=run.run_id), addresses.undo(namespace, name, run=run.run_id))
        counts = (run.granted, run.removed, run.held, run.unchanged, run.conflicts)
        something = run.granted or run.removed or not run.proof
        return run.started, *counts, changes, undo if something else None

    empty = _("The ledger has no sync of it yet.")
    table = Table(_("Syncs that came to a decision, the latest first"), head, tuple(map(row, told.runs)), empty)
    section = Section(_("By day"), plots=plots, tables=(table,), links=older)
    return Page(_("History of {name}", name=name), (section,), way=way_to(namespace, name))


def _granted(run: RunTold) -> int:
    return run.granted


def _removed(run: RunTold) -> int:
    return run.removed


def _plot(told: History, title: str, count: Callable[[RunTold], int]) -> Plot:
    """A day has what its syncs did, and the next has nothing unless it had one, too."""
    by_day: dict[date, int] = {}
    waited: dict[date, str] = {}
    for run in told.runs:
        day = run.started.astimezone(UTC).date()
        by_day[day] = by_day.get(day, 0) + count(run)
        if run.held:
            waited[day] = ngettext("{day}: {number} waited", "{day}: {number} waited", run.held, day=day)
    since, until = min(by_day), max(by_day) + timedelta(days=1)
    steps = {since: 0} | {day + timedelta(days=1): 0 for day in by_day} | by_day
    total = sum(by_day.values())
    words = _(
        "{title} by day, {since} to {last}: {total} in all.", title=title, since=since, last=max(by_day), total=total
    )
    noted = _("{words} Dashed: changes waited.", words=words) if waited else words
    return Plot(noted, _("{words} The table says the same by sync.", words=words), since, until, steps, waited)
