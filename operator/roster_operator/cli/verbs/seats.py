"""`roster-operator seats`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.where import Where, of_district
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.seats import PoolTold, Seats
from roster_operator.operations.spec_requests import SeatsRequest

_EXAMPLES = """\b
Examples:
  kubectl roster seats springfield -n districts
  roster-operator seats springfield --file districts/ --ledger sqlite:///ledger.sqlite -o json
"""


@click.command(epilog=_EXAMPLES)
@of_district
@asking.with_output
def seats(*, wanted: DistrictName, where: Where, output: str) -> None:
    """Show the seats of a DISTRICT (spec.seats), pool by pool in the order in which they are used up, and who waits.

    It names no person: explain says of somebody that they wait.
    """
    with asking.answering():
        result = where.find(SeatsRequest(district=wanted))
    show(result, output, lambda told: "\n".join(_table(told)))


def _table(told: Seats) -> Iterator[str]:
    heads = ("EBOOK", "EDITION", "FOR", "BOUGHT BY", "DAYS", "SEATS", "USED", "FREE")
    yield columns(heads, map(_row, told.pools))
    for beyond in told.beyond:
        yield f"Without a seat, and they keep it: {beyond.licenses} of {beyond.ebook}, {beyond.edition} edition."
    for each in told.waiting:
        since = f"{each.since:%Y-%m-%d}"
        yield f"Waiting: {each.people} for {each.ebook}, {each.edition} edition; the first since {since}."
    if not told.waiting:
        yield "Nobody waits."


def _row(pool: PoolTold) -> tuple[object, ...]:
    days = f"{pool.first_day or ''}..{pool.last_day or ''}" if pool.first_day or pool.last_day else "always"
    free = max(0, pool.total - pool.used) if pool.is_on else 0
    where = f"school {pool.school}" if pool.school else "everybody"
    return pool.ebook, pool.edition, where, pool.purchaser, days, pool.total, pool.used, free
