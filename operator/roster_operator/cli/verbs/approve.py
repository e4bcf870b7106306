"""`roster-operator approve`."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from roster_operator.api import durations
from roster_operator.cli import asking
from roster_operator.cli.rendering import show
from roster_operator.cli.where import Where, of_district
from roster_operator.errors import InputError
from roster_operator.operations.approve import Approval, approval_annotations
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.spec_requests import ApproveRequest
from roster_operator.plurals import counted
from roster_operator.yaml_text import as_yaml

_EXAMPLES = """\b
Examples:
  kubectl roster approve springfield plan-1acd397caa7cca8c66bf4908 -n districts
  kubectl roster approve springfield plan-1acd397caa7cca8c66bf4908 -n districts --apply --dry-run
"""


@click.command(epilog=_EXAMPLES)
@of_district
@click.argument("digest")
@click.option("--apply", "applies", is_flag=True, help="Set the annotation approved-plan, as yourself, instead.")
@click.option("--dry-run", is_flag=True, help="With --apply: let the API server check it, and change nothing.")
@click.option("--for", "good_for", default="168h", metavar="TIME", help="How long it is good. [default: 168h, a week]")
@asking.with_output
def approve(
    *,
    wanted: DistrictName,
    where: Where,
    digest: str,
    applies: bool,
    dry_run: bool,
    good_for: str,
    output: str,
) -> None:
    """Approve what waits of a DISTRICT, by the DIGEST of the plan that was seen (status.plan.digest).

    Prints the patch for Git. Refuses any other plan than the one that waits now. It is good for one sync, until it
    expires: if more is to be removed by then, that waits.
    """
    with asking.answering():
        if dry_run and not applies:
            raise InputError("--dry-run goes with --apply; without that, nothing is changed anyway.")
        if applies and where.paths:
            raise InputError("--apply changes a cluster, and --file names files: change spec.approval.plan in them.")
        asked = ApproveRequest(district=wanted, digest=digest, seconds=_seconds(good_for))
        result = where.find(asked, needs_ledger=False)
        if applies:
            from roster_operator.cli import cluster  # noqa: PLC0415 - files need no Kubernetes client

            change = {"metadata": {"annotations": approval_annotations(result)}}
            cluster.change(where.kubeconfig, result.namespace, result.name, change, dry_run=dry_run)
    done = f"# {'Would be set' if dry_run else 'Set'} in the cluster." if applies else ""
    show(result, output, lambda told: "\n".join(_patch(told, done)))


def _seconds(written: str) -> int:
    try:
        return int(durations.parse(written).total_seconds())
    except ValueError as error:
        raise InputError(f"--for {written}: {error}") from None


def _patch(told: Approval, done: str) -> Iterator[str]:
    yield f"# {told.why}"
    held = counted(told.held, "[change waits|changes wait]")
    yield f"# Approves: {held}, of {told.grants} to grant and {told.removals} to remove."
    yield f"# Good for one sync, until {told.expires:%Y-%m-%d %H:%M} UTC. What is removed beyond that waits."
    yield done or (f"# Or: kubectl patch ri {told.name} -n {told.namespace} --type merge -p '{json.dumps(told.patch)}'")
    yield as_yaml(told.patch).rstrip()
