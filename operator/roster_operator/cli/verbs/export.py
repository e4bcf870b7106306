"""`roster-operator export`."""

from __future__ import annotations

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import JSON, YAML, show
from roster_operator.operations.export import export as ask
from roster_operator.operations.ports import DistrictName

_EXAMPLES = """\b
Examples:
  roster-operator export springfield --person account:4711 --ledger sqlite:///ledger.sqlite > request-17.yaml
"""


@click.command(epilog=_EXAMPLES)
@click.argument("district")
@click.option("--person", required=True, metavar="WHO", help="account:ID, login, email, sourcedId or number.")
@asking.of_namespace
@asking.of_ledger
@click.option(
    "-o", "--output", type=click.Choice([YAML, JSON]), default=YAML, show_default=True, help="Both can be read."
)
def export(*, district: str, person: str, namespace: str, ledger_url: str | None, output: str) -> None:
    """Print all that the ledger keeps of a person of a DISTRICT, where it came from, and who looked.

    It holds the person's data: keep it as carefully as the SIS does. The access log is told.
    """
    with asking.answering(), asking.inquiry_of(ledger_url) as inquiry:
        result = ask(inquiry, DistrictName(district, namespace), person)
    show(result, output)
