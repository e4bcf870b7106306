"""The syncs of a district: drawn, and in a table beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, timedelta

from roster_operator.console import addresses
from roster_operator.console.elements import Cell, Link, Page, Plot, Section, Table
from roster_operator.console.views.district import way_to
from roster_operator.operations.history import History, RunTold

RUNS = 100
"""Of a page."""


def history_page(told: History, namespace: str, name: str) -> Page:
    """The latest first. Each leads to what it changed, and to turning it back."""
    older = (Link("Earlier ones", addresses.history(namespace, name, before=told.next)),) if told.next else ()
    plots = (_plot(told, "Licenses granted", _granted), _plot(told, "Licenses removed", _removed)) if told.runs else ()
    head = ("Started", "Granted", "Removed", "Held", "Unchanged", "Conflicts", "Changes", "Turn back")

    def row(run: RunTold) -> tuple[Cell, ...]:
        changes = Link(f"of {run.run_id}", addresses.changes(namespace, name, run=run.run_id))
        undo = Link(f"undo {run.run_id}", addresses.undo(namespace, name, run=run.run_id))
        counts = (run.granted, run.removed, run.held, run.unchanged, run.conflicts)
        return run.started, *counts, changes, undo if run.granted or run.removed else None

    empty = "The ledger has no sync of it yet."
    table = Table("Syncs that came to a decision, the latest first", head, tuple(map(row, told.runs)), empty)
    section = Section("By day", plots=plots, tables=(table,), links=older)
    return Page(f"History of {name}", (section,), way=way_to(namespace, name))


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
            waited[day] = f"{day}: {run.held} waited"
    since, until = min(by_day), max(by_day) + timedelta(days=1)
    steps = {since: 0} | {day + timedelta(days=1): 0 for day in by_day} | by_day
    total = sum(by_day.values())
    noted = " Dashed: changes waited." if waited else ""
    words = f"{title} by day, {since} to {max(by_day)}: {total} in all."
    return Plot(f"{words}{noted}", f"{words} The table says the same by sync.", since, until, steps, waited)
