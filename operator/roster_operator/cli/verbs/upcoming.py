"""`roster-operator upcoming`."""

from __future__ import annotations

import base64
import sys
from collections.abc import Mapping
from datetime import datetime

import click

from roster_operator.cli import asking
from roster_operator.cli.certificates import ends_of
from roster_operator.cli.manifests import load
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.resources import resources
from roster_operator.cli.where import Where, of_district
from roster_operator.errors import RosterOperatorError
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.spec_requests import MOST_DAYS, UpcomingRequest
from roster_operator.operations.upcoming import AHEAD, Upcoming

_EXAMPLES = """\b
Examples:
  kubectl roster upcoming springfield -n districts
  roster-operator upcoming springfield --file districts/ --ledger sqlite:///ledger.sqlite --days 30 -o json
"""


@click.command(epilog=_EXAMPLES)
@of_district
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=AHEAD.days, show_default=True, help="How far ahead.")
@asking.with_output
def upcoming(
    *,
    wanted: DistrictName,
    where: Where,
    days: int,
    output: str,
) -> None:
    """List what will end or begin for a DISTRICT by itself, the soonest first.

    The next sync, credentials with a date (spec.source.credentialsExpire), and certificates of the Secret if you may
    read it; with --ledger or --server also terms, and licenses that begin or end in bulk. Exits with 3 if something has
    ended already.
    """
    with asking.answering():
        question = UpcomingRequest(district=wanted, days=days, certificates=_certificates(where, wanted))
        result = where.find(question, needs_ledger=False)
    show(result, output, _table)
    sys.exit(asking.EXIT_WAITS if any(event.past for event in result.events) else asking.EXIT_DONE)


def _certificates(where: Where, wanted: DistrictName) -> Mapping[str, datetime]:
    """Of the Secret; none if it is not there, or not for whoever asks to read."""
    if where.paths:
        return {} if "-" in where.paths else _of_files(where, wanted)
    from roster_operator.cli import cluster  # noqa: PLC0415 - files need no Kubernetes client

    try:
        found = resources((), where.kubeconfig, where.namespace).one(wanted)
        reference = found.spec.source.secret_ref
        data = cluster.secret(where.kubeconfig, found.namespace, reference.name) if reference else {}
    except RosterOperatorError:
        return {}
    return ends_of({key: base64.b64decode(value) for key, value in data.items()})


def _of_files(where: Where, wanted: DistrictName) -> Mapping[str, datetime]:
    found = resources(where.paths, None, where.namespace).one(wanted)
    reference = found.spec.source.secret_ref
    return ends_of(load(where.paths).secrets.get((found.namespace, reference.name), {})) if reference else {}


def _table(told: Upcoming) -> str:
    rows = ((event.at, event.kind, event.acts, event.message) for event in told.events)
    table = columns(("AT (UTC)", "WHAT", "ACTS", "MEANS"), rows)
    first = table if told.events else f"Nothing that is known, until {told.until:%Y-%m-%d}."
    return "\n".join((first, *told.not_known))
