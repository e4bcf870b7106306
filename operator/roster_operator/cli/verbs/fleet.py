"""`roster-operator fleet`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.where import Ask, Where, of_fleet
from roster_operator.operations.fleet import ACTORS, Fleet, FleetRow, Mode, Order, Wanted
from roster_operator.operations.fleet_requests import MOST_ROWS, FleetRowsRequest
from roster_operator.plurals import counted

_EXAMPLES = """\b
Examples:
  kubectl roster fleet -A
  kubectl roster fleet -A --acts Publisher --acts Platform --sort since
  roster-operator fleet --file districts/ --reason RemovalsHeld -o json
"""


@click.command(epilog=_EXAMPLES)
@of_fleet
@click.option(
    "--acts",
    type=click.Choice(ACTORS, case_sensitive=False),
    multiple=True,
    help="Those on which they must act first; several times.",
)
@click.option("--reason", default="", metavar="REASON", help="Those for this reason, such as RemovalsHeld.")
@click.option("--mode", type=click.Choice([str(mode) for mode in Mode]), help="Those in this mode.")
@click.option("--vendor", default="", metavar="VENDOR", help="Those whose SIS is this vendor's.")
@click.option("--forgotten", is_flag=True, help="Those of which something may have been forgotten.")
@click.option("--contains", default="", metavar="TEXT", help="Those that have it in NAMESPACE/NAME.")
@click.option(
    "--sort",
    type=click.Choice([str(order) for order in Order]),
    default=str(Order.ACTS),
    show_default=True,
    help="By who must act and since when, name, the longest wait, most licenses, most held, the oldest good sync.",
)
@click.option("--limit", type=click.IntRange(1), help="So many at most.")
@asking.with_output
def fleet(
    *,
    where: Where,
    acts: tuple[str, ...],
    reason: str,
    mode: str | None,
    vendor: str,
    forgotten: bool,
    contains: str,
    sort: str,
    limit: int | None,
    output: str,
) -> None:
    """List districts by who must act on them first.

    Always exits with 0 if they could be read: what waits stands in the rows.
    """
    wanted = Wanted(acts, reason, Mode(mode) if mode else None, vendor, forgotten, contains)
    with asking.answering(), where.asking(needs_ledger=False) as ask:
        result = whole_fleet(ask, FleetRowsRequest(wanted=wanted, order=Order(sort)), limit)
    show(result, output, lambda told: "\n".join(_table(told)))


def whole_fleet(ask: Ask, question: FleetRowsRequest, limit: int | None = None) -> Fleet:
    """All rows that are wanted, or `limit` of them, page by page. Who moves meanwhile is listed once."""
    rows: dict[tuple[str, str], FleetRow] = {}
    start = 0
    while True:
        size = min(MOST_ROWS, limit - start if limit else MOST_ROWS)
        told = ask(replace(question, start=start, limit=size))
        rows |= {(row.namespace, row.name): row for row in told.rows}
        start += len(told.rows)
        if not told.rows or start >= min(told.found, limit or told.found):
            return replace(told, rows=tuple(rows.values()))


def _table(told: Fleet) -> Iterator[str]:
    yield columns(
        ("NAMESPACE", "NAME", "MODE", "ACTS", "REASON", "SINCE (UTC)", "LICENSES", "HELD", "LAST SYNC", "FORGOTTEN?"),
        (
            (
                row.namespace,
                row.name,
                row.mode,
                row.acts,
                row.reason,
                row.since,
                row.licenses,
                row.held,
                row.last_sync,
                ", ".join(row.forgotten),
            )
            for row in told.rows
        ),
    )
    if not told.districts:
        yield "No district here; -A looks at all namespaces."
        return
    turns = ", ".join(f"{actor} {number}" for actor, number in told.by_actor.items() if number)
    yield f"{len(told.rows)} of {counted(told.districts, 'district[s]')}. Of all: {turns or 'none'}."
