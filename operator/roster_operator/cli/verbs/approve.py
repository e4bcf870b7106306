"""`roster-operator approve`."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import show
from roster_operator.cli.where import Where, of_district
from roster_operator.cli.yaml_text import as_yaml
from roster_operator.errors import InputError
from roster_operator.operations.approve import Approval
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.spec_requests import ApproveRequest
from roster_operator.plurals import counted

_EXAMPLES = """\b
Examples:
  kubectl roster approve springfield plan-1acd397caa7cca8c66bf4908 -n districts
  kubectl roster approve springfield plan-1acd397caa7cca8c66bf4908 -n districts --apply --dry-run
"""


@click.command(epilog=_EXAMPLES)
@of_district
@click.argument("digest")
@click.option("--apply", "applies", is_flag=True, help="Set it in the cluster, as yourself, instead of by Git.")
@click.option("--dry-run", is_flag=True, help="With --apply: let the API server check it, and change nothing.")
@asking.with_output
def approve(
    *,
    wanted: DistrictName,
    where: Where,
    digest: str,
    applies: bool,
    dry_run: bool,
    output: str,
) -> None:
    """Approve what waits of a DISTRICT, by the DIGEST of the plan that was seen (status.plan.digest).

    Prints the patch for Git. Refuses any other plan than the one that waits now.
    """
    with asking.answering():
        if dry_run and not applies:
            raise InputError("--dry-run goes with --apply; without that, nothing is changed anyway.")
        if applies and where.paths:
            raise InputError("--apply changes a cluster, and --file names files: change spec.approval.plan in them.")
        result = where.find(ApproveRequest(district=wanted, digest=digest), needs_ledger=False)
        if applies:
            from roster_operator.cli import cluster  # noqa: PLC0415 - files need no Kubernetes client

            cluster.change(where.kubeconfig, result.namespace, result.name, result.patch, dry_run=dry_run)
    done = f"# {'Would be set' if dry_run else 'Set'} in the cluster." if applies else ""
    show(result, output, lambda told: "\n".join(_patch(told, done)))


def _patch(told: Approval, done: str) -> Iterator[str]:
    yield f"# {told.why}"
    held = counted(told.held, "[change waits|changes wait]")
    yield f"# Approves: {held}, of {told.grants} to grant and {told.removals} to remove."
    yield done or (f"# Or: kubectl patch ri {told.name} -n {told.namespace} --type merge -p '{json.dumps(told.patch)}'")
    yield as_yaml(told.patch).rstrip()
