"""`roster-operator export`."""

from __future__ import annotations

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import JSON, YAML, show
from roster_operator.cli.where import Where, of_district
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.requests import ExportRequest

_EXAMPLES = """\b
Examples:
  roster-operator export springfield --person account:4711 --ledger sqlite:///ledger.sqlite > request-17.yaml
"""


@click.command(epilog=_EXAMPLES)
@of_district
@click.option("--person", required=True, metavar="WHO", help="account:ID, login, email, sourcedId or number.")
@click.option(
    "-o", "--output", type=click.Choice([YAML, JSON]), default=YAML, show_default=True, help="Both can be read."
)
def export(*, wanted: DistrictName, where: Where, person: str, output: str) -> None:
    """Print all that the ledger keeps of a person of a DISTRICT, where it came from, and who looked.

    It holds the person's data: keep it as carefully as the SIS does. The access log is told.
    """
    with asking.answering():
        result = where.find(ExportRequest(district=wanted, person=person))
    show(result, output)
