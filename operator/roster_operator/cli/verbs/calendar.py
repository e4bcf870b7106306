"""`roster-operator calendar`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.where import Where, of_district
from roster_operator.operations.calendar import AHEAD_DAYS, MOST_DAYS, LicenseCalendar
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.requests import CalendarRequest
from roster_operator.plurals import counted

_EXAMPLES = """\b
Examples:
  kubectl roster calendar springfield -n districts
  roster-operator calendar springfield --ledger sqlite:///ledger.sqlite --days 30 -o json
"""


@click.command(epilog=_EXAMPLES)
@of_district
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=AHEAD_DAYS, show_default=True, help="How far ahead.")
@asking.with_output
def calendar(*, wanted: DistrictName, where: Where, days: int, output: str) -> None:
    """Show how many licenses a DISTRICT will have, by eBook and edition, if its roster stays as it was read last.

    The table has the cliffs: days on which a tenth of them or more begin or end. -o json has every change.
    """
    with asking.answering():
        result = where.find(CalendarRequest(district=wanted, days=days))
    show(result, output, lambda told: "\n".join(_table(told)))


def _table(told: LicenseCalendar) -> Iterator[str]:
    yield f"By the roster as it was read at {told.read:%Y-%m-%d %H:%M} UTC (run {told.run_id})."
    yield columns(
        ("EBOOK", "EDITION", f"{told.today}", f"{told.until}"),
        ((e.ebook, e.edition, e.licenses, e.days[-1].licenses if e.days else e.licenses) for e in told.by_ebook),
    )
    yield ""
    if told.cliffs:
        rows = ((c.day, c.ebook, c.edition, c.before, c.begin, c.end, c.licenses) for c in told.cliffs)
        yield columns(("CLIFF", "EBOOK", "EDITION", "BEFORE", "BEGIN", "END", "THEN"), rows)
    else:
        yield "No day on which a tenth of them begins or ends."
    if told.undecided:
        yield f"Not counted: {counted(told.undecided, '[person|people]')} of whom nobody can say all; they keep theirs."
