"""`roster-operator erase`."""

from __future__ import annotations

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import JSON, YAML, show
from roster_operator.errors import InputError
from roster_operator.operations.erase import erase as ask
from roster_operator.operations.ports import DistrictName

_EXAMPLES = """\b
Examples:
  roster-operator erase springfield --person account:4711 --reason "request 17" --dry-run
  roster-operator erase springfield --person account:4711 --reason "request 17" --yes > certificate.yaml
  roster-operator erase springfield --everybody --reason "contract ended" --yes
"""


@click.command(epilog=_EXAMPLES)
@click.argument("district")
@click.option("--person", default="", metavar="WHO", help="account:ID, login, email, sourcedId or number.")
@click.option("--everybody", is_flag=True, help="Everybody of a district whose RosterIntegration is gone.")
@click.option("--reason", default="", metavar="TEXT", help="Why, such as the number of the request; it is kept.")
@click.option("--dry-run", is_flag=True, help="Show what would be erased, and change nothing.")
@click.option("--yes", is_flag=True, help="Do it. There is no way back.")
@asking.of_namespace
@asking.of_ledger
@click.option(
    "-o", "--output", type=click.Choice([YAML, JSON]), default=YAML, show_default=True, help="Of the certificate."
)
def erase(
    *,
    district: str,
    person: str,
    everybody: bool,
    reason: str,
    dry_run: bool,
    yes: bool,
    namespace: str,
    ledger_url: str | None,
    output: str,
) -> None:
    """Erase what the ledger keeps of a person, or of everybody, of a DISTRICT, and print a certificate of it.

    Licenses end, and a sync does not bring the person back. The certificate names no person, says what must be kept and
    why, and has a digest that the ledger keeps.
    """
    with asking.answering():
        if dry_run == yes:
            raise InputError("Say --dry-run to see what would be erased, or --yes to erase it; there is no way back.")
        with asking.inquiry_of(ledger_url) as inquiry:
            named = DistrictName(district, namespace)
            result = ask(inquiry, named, person=person, everybody=everybody, reason=reason, dry_run=dry_run)
    show(result, output)
