"""`roster-operator check`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from roster_operator.cli import asking
from roster_operator.cli.reaching import in_the_way
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.resources import resources
from roster_operator.clock import SystemClock
from roster_operator.errors import RosterOperatorError
from roster_operator.ledger.queries.interface import LedgerHealth
from roster_operator.operations.check import ClusterFacts, Report
from roster_operator.operations.check import check as ask
from roster_operator.operations.ports import DistrictName

_EXAMPLES = """\b
Examples:
  kubectl roster check --ledger postgresql://...
  roster-operator check --ledger sqlite:///ledger.sqlite --file districts/ --sis springfield -o json
"""


@click.command(epilog=_EXAMPLES)
@asking.of_resources
@asking.of_ledger
@click.option("--sis", default="", metavar="DISTRICT", help="Also whether its SIS can be reached from here.")
@asking.with_output
def check(
    *,
    paths: tuple[str, ...],
    kubeconfig: Path | None,
    namespace: str,
    ledger_url: str | None,
    sis: str,
    output: str,
) -> None:
    """Look whether an installation has what it needs, before and after it.

    The Kubernetes version, the resource definitions, what you may do, the ledger's schema, rights and clock, the way
    to a SIS. Exits with 3 if something is missing; what could not be looked at is Unknown.
    """
    with asking.answering():
        reached = {}
        if sis:
            found = resources(paths, kubeconfig, namespace).one(DistrictName(sis, namespace))
            place, problem = in_the_way(found.spec.source.base_url)
            reached[place] = problem
        cluster = "Not looked at, as files are named (--file)." if paths else _cluster(kubeconfig, namespace)
        result = ask(cluster, _ledger(ledger_url), reached, SystemClock().now())
    show(result, output, _table)
    sys.exit(asking.EXIT_DONE if result.sound else asking.EXIT_WAITS)


def _cluster(kubeconfig: Path | None, namespace: str) -> ClusterFacts | str:
    from roster_operator.cli import cluster_facts  # noqa: PLC0415 - files need no Kubernetes client

    try:
        return cluster_facts.gather(kubeconfig, namespace)
    except RosterOperatorError as error:
        return error.message


def _ledger(url: str | None) -> LedgerHealth | str:
    if not url:
        return "Not looked at: name it with --ledger."
    with asking.queries_of(url) as queries:
        return queries.health()


def _table(told: Report) -> str:
    return columns(("RESULT", "WHAT", "FOUND"), ((item.result, item.name, item.message) for item in told.items))
