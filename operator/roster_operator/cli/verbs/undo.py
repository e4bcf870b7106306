"""`roster-operator undo`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.where import Where, of_district
from roster_operator.errors import InputError
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.requests import LiftRequest, UndoRequest
from roster_operator.operations.undo import Lifted, UndoTold
from roster_operator.plurals import counted

_EXAMPLES = """\b
Examples:
  kubectl roster undo springfield 1f0c9a52 -n districts
  kubectl roster undo springfield 1f0c9a52 -n districts --digest plan-1acd397caa7cca8c66bf4908 --reason "wrong export"
  kubectl roster undo springfield 1f0c9a52 -n districts --school "Lincoln High"
  kubectl roster undo springfield --lift -n districts
"""


@click.command(epilog=_EXAMPLES)
@of_district
@click.argument("run", default="")
@click.option("--ebook", default="", metavar="NAME", help="What the sync did of this eBook alone.")
@click.option("--school", default="", metavar="NAME", help="What it did by this school alone: its id, number or name.")
@click.option("--digest", default="", metavar="DIGEST", help="Do it: that of what was shown.")
@click.option("--reason", default="", metavar="TEXT", help="Why; it stands in the status. Name no person.")
@click.option("--lift", is_flag=True, help="Let the syncs of the district apply again what they plan.")
@asking.with_output
def undo(
    *,
    wanted: DistrictName,
    where: Where,
    run: str,
    ebook: str,
    school: str,
    digest: str,
    reason: str,
    lift: bool,
    output: str,
) -> None:
    """Turn back what a sync, import or clean-up (RUN) did in a DISTRICT, but for what was changed since.

    Without --digest it shows what that would be, and changes nothing. The next sync would do again what one did: so
    nothing of the district changes afterwards until somebody lifts that (--lift), or approves what the next would do.
    """
    with asking.answering():
        if lift == bool(run):
            raise InputError("Name the run to undo, as `history` lists them; or --lift, to end what an undo holds.")
        if lift:
            lifted = where.find(LiftRequest(district=wanted))
            show(lifted, output, _lifted)
            return
        request = UndoRequest(district=wanted, run=run, ebook=ebook, school=school, reason=reason, digest=digest)
        result = where.find(request)
    show(result, output, lambda told: "\n".join(_table(told)))


def _lifted(told: Lifted) -> str:
    if not told.was_held:
        return f"Nothing was held of {told.district} by an undo."
    return f"The syncs of {told.district} apply again what they plan."


def _table(told: UndoTold) -> Iterator[str]:
    back, gone = counted(told.granted, "license[s]"), counted(told.removed, "license[s]")
    if told.done:
        yield f"Turned back the run {told.run_id}: {back} came back, {gone} went. This is the run {told.by_run}."
        if told.holds:
            lift = f"roster-operator undo {told.district} --lift"
            yield f"Nothing of {told.district} changes now until it is lifted: {lift}"
    else:
        yield f"To turn back {told.run_id}: {back} would come back, {gone} would go. Nothing was changed."
        yield f"To do it: --digest {told.digest} --reason TEXT"
    if told.accounts:
        are = "are" if told.done else "would be"
        yield f"It was a clean-up: {counted(told.accounts, 'account[s]')} {are} as before."
    if told.by_ebook:
        yield ""
        rows = ((each.ebook, each.edition, each.granted, each.removed) for each in told.by_ebook)
        yield columns(("EBOOK", "EDITION", "COME BACK", "GO"), rows)
    if told.left:
        yield ""
        yield columns(("LEFT AS THEY ARE", "CHANGES"), ((each.why, each.changes) for each in told.left))
        yield f"Of the accounts {', '.join(map(str, told.accounts_left))}."
