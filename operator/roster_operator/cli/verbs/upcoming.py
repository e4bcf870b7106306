"""`roster-operator upcoming`."""

from __future__ import annotations

import base64
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path

import click

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.cli import asking
from roster_operator.cli.certificates import ends_of
from roster_operator.cli.manifests import load
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.resources import resources
from roster_operator.clock import SystemClock
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.upcoming import AHEAD, Upcoming
from roster_operator.operations.upcoming import upcoming as ask

_EXAMPLES = """\b
Examples:
  kubectl roster upcoming springfield -n districts
  roster-operator upcoming springfield --file districts/ --ledger sqlite:///ledger.sqlite --days 30 -o json
"""


@click.command(epilog=_EXAMPLES)
@click.argument("district")
@asking.of_resources
@asking.of_ledger
@click.option("--days", type=click.IntRange(1, 3_650), default=AHEAD.days, show_default=True, help="How far ahead.")
@asking.with_output
def upcoming(
    *,
    district: str,
    paths: tuple[str, ...],
    kubeconfig: Path | None,
    namespace: str,
    ledger_url: str | None,
    days: int,
    output: str,
) -> None:
    """List what will end or begin for a DISTRICT by itself, the soonest first.

    The next sync, credentials with a date (spec.source.credentialsExpire), certificates of the Secret if you may read
    it, and with --ledger licenses that end. Exits with 3 if something has ended already.
    """
    now = SystemClock().now()
    with asking.answering(), asking.queries_of(ledger_url) if ledger_url else nullcontext() as queries:
        found = resources(paths, kubeconfig, namespace).one(DistrictName(district, namespace))
        certificates = {} if "-" in paths else _certificates(found, paths, kubeconfig)
        result = ask(found, queries, certificates, now, ahead=timedelta(days=days))
    show(result, output, _table)
    sys.exit(asking.EXIT_WAITS if any(event.past for event in result.events) else asking.EXIT_DONE)


def _certificates(
    integration: RosterIntegration, paths: tuple[str, ...], kubeconfig: Path | None
) -> Mapping[str, datetime]:
    """Of the Secret; none if it is not there, or not for whoever asks to read."""
    reference = integration.spec.source.secret_ref
    if reference is None:
        return {}
    if paths:
        return ends_of(load(paths).secrets.get((integration.namespace, reference.name), {}))
    from roster_operator.cli import cluster  # noqa: PLC0415 - files need no Kubernetes client

    data = cluster.secret(kubeconfig, integration.namespace, reference.name)
    return ends_of({key: base64.b64decode(value) for key, value in data.items()})


def _table(told: Upcoming) -> str:
    if not told.events:
        return f"Nothing that is known, until {told.until:%Y-%m-%d}."
    rows = ((event.at, event.kind, event.acts, event.message) for event in told.events)
    return columns(("AT (UTC)", "WHAT", "ACTS", "MEANS"), rows)
