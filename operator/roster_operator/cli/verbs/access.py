"""`roster-operator access`."""

from __future__ import annotations

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.where import Where, of_district
from roster_operator.operations.access import Accesses
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.requests import AccessRequest

_EXAMPLES = """\b
Examples:
  roster-operator access springfield --ledger sqlite:///ledger.sqlite
  kubectl roster access springfield --person account:4711 -o json
"""


@click.command(epilog=_EXAMPLES)
@of_district
@click.option("--person", default="", metavar="WHO", help="At one: account:ID, login, email, sourcedId or number.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="Looks to show.")
@asking.with_output
def access(*, wanted: DistrictName, where: Where, person: str, limit: int, output: str) -> None:
    """List who looked at which person of a DISTRICT, and when, the latest first."""
    with asking.answering():
        result = where.find(AccessRequest(district=wanted, person=person, limit=limit))
    show(result, output, _table)


def _table(told: Accesses) -> str:
    return columns(
        ("AT (UTC)", "ACCOUNT", "ASKED", "WHO", "KNOWN BY"),
        ((look.at, look.account, look.verb, look.actor, look.through) for look in told.looks),
    )
