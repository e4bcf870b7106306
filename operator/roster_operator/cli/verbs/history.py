"""`roster-operator history`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.where import Where, of_district
from roster_operator.operations.history import History
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.requests import MOST_RUNS, HistoryRequest

_EXAMPLES = """\b
Examples:
  kubectl roster history springfield -n districts
  roster-operator history springfield --ledger sqlite:///ledger.sqlite --limit 50 -o json
"""
_HEAD = ("STARTED (UTC)", "SECONDS", "GRANTED", "REMOVED", "HELD", "UNCHANGED", "CONFLICTS", "ROWS", "PLAN", "RUN")


@click.command(epilog=_EXAMPLES)
@of_district
@click.option("--limit", type=click.IntRange(1, MOST_RUNS), default=20, show_default=True, help="Runs to show.")
@click.option("--before", default="", metavar="RUN", help="Show the runs before this one.")
@asking.with_output
def history(*, wanted: DistrictName, where: Where, limit: int, before: str, output: str) -> None:
    """List the syncs of a DISTRICT in the ledger, newest first: those of a live district that came to a decision.

    `status` also tells of the latest that failed, and of setup mode.
    """
    with asking.answering():
        result = where.find(HistoryRequest(district=wanted, limit=limit, before=before))
    show(result, output, lambda told: "\n".join(_table(told)))


def _table(told: History) -> Iterator[str]:
    yield columns(
        _HEAD,
        (
            (
                run.started,
                run.duration_seconds,
                run.granted,
                run.removed,
                run.held,
                run.unchanged,
                run.conflicts,
                sum(each.rows for each in run.proof) if run.proof else None,
                run.digest,
                run.run_id,
            )
            for run in told.runs
        ),
    )
    if told.next:
        yield f"There are more: --before {told.next}"
