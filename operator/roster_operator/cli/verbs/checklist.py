"""`roster-operator checklist`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.where import Where, of_district
from roster_operator.operations.checklist import Checklist
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.requests import ChecklistRequest

_EXAMPLES = """\b
Examples:
  kubectl roster checklist springfield -n districts
  kubectl get ri springfield -o yaml | roster-operator checklist springfield --file - -o json
"""


@click.command(epilog=_EXAMPLES)
@of_district
@asking.with_output
def checklist(*, wanted: DistrictName, where: Where, output: str) -> None:
    """List what to look at before a DISTRICT goes live, and after: what the last sync found, and who does what.

    Exits with 3 if something stands in the way of going live.
    """
    with asking.answering():
        result = where.find(ChecklistRequest(district=wanted), needs_ledger=False)
    show(result, output, lambda told: "\n".join(_table(told)))
    sys.exit(asking.EXIT_DONE if result.ready else asking.EXIT_WAITS)


def _table(told: Checklist) -> Iterator[str]:
    if not told.items:
        yield "No sync has looked yet."
        return
    yield columns(
        ("RESULT", "ITEM", "COUNT", "FOUND", "WHAT TO DO"),
        ((item.result, item.name, item.count, item.message, item.action) for item in told.items),
    )
