"""`roster-operator erase`."""

from __future__ import annotations

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import JSON, YAML, show
from roster_operator.cli.where import Where, of_district
from roster_operator.errors import InputError
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.requests import EraseRequest

_EXAMPLES = """\b
Examples:
  roster-operator erase springfield --person account:4711 --reason "request 17" --dry-run
  roster-operator erase springfield --person account:4711 --reason "request 17" --yes > certificate.yaml
  roster-operator erase springfield --everybody --reason "contract ended" --yes
"""


@click.command(epilog=_EXAMPLES)
@of_district
@click.option("--person", default="", metavar="WHO", help="account:ID, login, email, sourcedId or number.")
@click.option("--everybody", is_flag=True, help="Everybody of a district whose RosterIntegration is gone.")
@click.option("--reason", default="", metavar="TEXT", help="Why, such as the number of the request; it is kept.")
@click.option("--dry-run", is_flag=True, help="Show what would be erased, and change nothing.")
@click.option("--yes", is_flag=True, help="Do it. There is no way back.")
@click.option(
    "-o", "--output", type=click.Choice([YAML, JSON]), default=YAML, show_default=True, help="Of the certificate."
)
def erase(
    *,
    wanted: DistrictName,
    where: Where,
    person: str,
    everybody: bool,
    reason: str,
    dry_run: bool,
    yes: bool,
    output: str,
) -> None:
    """Erase what the ledger keeps of a person, or of everybody, of a DISTRICT, and print a certificate of it.

    Licenses end, and a sync does not bring the person back. The certificate names no person, says what must be kept and
    why, and has a digest that the ledger keeps.
    """
    with asking.answering():
        if dry_run == yes:
            raise InputError("Say --dry-run to see what would be erased, or --yes to erase it; there is no way back.")
        asked = EraseRequest(district=wanted, person=person, everybody=everybody, reason=reason, dry_run=dry_run)
        result = where.find(asked)
    show(result, output)
