"""`roster-operator check`."""

from __future__ import annotations

import sys

import click

from roster_operator.cli import asking
from roster_operator.cli.reaching import in_the_way
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.resources import resources
from roster_operator.cli.where import Where, of_cluster
from roster_operator.errors import RosterOperatorError, UnknownName
from roster_operator.operations.check import ClusterFacts, Report
from roster_operator.operations.check import check as ask
from roster_operator.operations.fleet_requests import CheckRequest
from roster_operator.operations.ports import DistrictName

_EXAMPLES = """\b
Examples:
  kubectl roster check -n districts --sis springfield
  kubectl roster check --ledger postgresql://...
  roster-operator check --ledger sqlite:///ledger.sqlite --file districts/ --sis springfield -o json
"""


@click.command(epilog=_EXAMPLES)
@of_cluster
@click.option("--sis", default="", metavar="DISTRICT", help="Also whether its SIS can be reached.")
@asking.with_output
def check(
    *,
    where: Where,
    sis: str,
    output: str,
) -> None:
    """Look whether an installation has what it needs, before and after it.

    The Kubernetes version, the resource definitions, what you may do; the ledger's schema, rights and clock; the way
    to a SIS: with --ledger or --file from here, else as the operator last found it. Exits with 3 if something is
    missing; what could not be looked at is Unknown.
    """
    with asking.answering():
        reached = {}
        if sis and where.is_here:
            found = resources(where.paths, where.kubeconfig, where.namespace).one(DistrictName(sis, where.namespace))
            place, problem = in_the_way(found.spec.source.base_url)
            reached[place] = problem
        cluster = "Not looked at, as files are named (--file)." if where.paths else _cluster(where)
        result = ask(cluster, _inside(where, sis), reached)
    show(result, output, _table)
    sys.exit(asking.EXIT_DONE if result.sound else asking.EXIT_WAITS)


def _cluster(where: Where) -> ClusterFacts | str:
    from roster_operator.cli import cluster_facts  # noqa: PLC0415 - files need no Kubernetes client

    try:
        return cluster_facts.gather(where.kubeconfig, where.namespace)
    except RosterOperatorError as error:
        return error.message


def _inside(where: Where, sis: str) -> Report | str:
    """By the ledger that is named, or else by the console: an installation may have none, or not yet."""
    if where.ledger_url:
        return where.find(CheckRequest())
    if where.paths:
        return "Not looked at: name it with --ledger."
    try:
        return where.find(CheckRequest(sis=sis))
    except UnknownName:
        raise
    except RosterOperatorError as error:
        return f"Not looked at, as no ledger is named (--ledger) and the console not reached. {error.message}"


def _table(told: Report) -> str:
    return columns(("RESULT", "WHAT", "FOUND"), ((item.result, item.name, item.message) for item in told.items))
