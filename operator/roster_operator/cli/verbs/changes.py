"""`roster-operator changes`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.where import Where, of_district
from roster_operator.operations.changes import Asked, Changes
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.requests import MOST_CHANGES, ChangesRequest
from roster_operator.plurals import counted

_EXAMPLES = """\b
Examples:
  kubectl roster changes springfield --run 1f0c9a52
  roster-operator changes springfield --ledger sqlite:///ledger.sqlite --ebook algebra
  roster-operator changes springfield --school "Lincoln High" --run 1f0c9a52
  roster-operator changes springfield --person account:4711 -o json
"""


@click.command(epilog=_EXAMPLES)
@of_district
@click.option("--run", default="", metavar="RUN", help="By this run: its id, or four characters of it or more.")
@click.option("--ebook", default="", metavar="NAME", help="Of this eBook.")
@click.option("--school", default="", metavar="NAME", help="By this school: its id, number or name.")
@click.option("--person", default="", metavar="WHO", help="Of a person: account:ID, login, email, sourcedId or number.")
@click.option("--limit", type=click.IntRange(1, MOST_CHANGES), default=100, show_default=True, help="Changes to show.")
@click.option("--before", type=click.IntRange(1), metavar="POSITION", help="Show the changes before this one.")
@asking.with_output
def changes(
    *,
    wanted: DistrictName,
    where: Where,
    run: str,
    ebook: str,
    school: str,
    person: str,
    limit: int,
    before: int | None,
    output: str,
) -> None:
    """List the latest licenses that came to and went from a DISTRICT, in their order.

    People are ids of accounts. With --person the access log is told who looked at whom.
    """
    asked = Asked(run, ebook, person, before, limit, school)
    with asking.answering():
        result = where.find(ChangesRequest(district=wanted, asked=asked))
    show(result, output, lambda told: "\n".join(_table(told)))


def _table(told: Changes) -> Iterator[str]:
    if told.earlier:
        yield f"There are earlier ones: --before {told.earlier}"
    yield columns(
        ("POSITION", "AT (UTC)", "CHANGE", "ACCOUNT", "EBOOK", "EDITION", "WHY", "SCHOOL", "RUN"),
        (
            (c.position, c.at, c.change, c.account, c.ebook, c.edition, c.why, c.school_id, c.run_id)
            for c in told.changes
        ),
    )
    if told.by_no_school:
        yield f"Nobody knows by which school {counted(told.by_no_school, 'change[s]')} beside these came."
