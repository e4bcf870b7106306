"""`roster-operator checklist`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, indented, show
from roster_operator.cli.where import Where, of_district
from roster_operator.operations.checklist import Checklist
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.questions import Details
from roster_operator.operations.requests import ChecklistRequest, DetailsRequest
from roster_operator.roster.subjects import MOST_LISTED

_SCHOOLS = 10
_EXAMPLES = """\b
Examples:
  kubectl roster checklist springfield -n districts
  kubectl roster checklist springfield -n districts --details PersonWithoutUsernameAndEmail
  kubectl roster checklist springfield -n districts --details ClassWithoutTeacher --school 994 -o json
  kubectl get ri springfield -o yaml | roster-operator checklist springfield --file - -o json
"""


@click.command(epilog=_EXAMPLES)
@of_district
@click.option(
    "--details",
    "item",
    default="",
    metavar="ITEM",
    help="List what this item counts one by one: people, classes, rows. Needs the ledger.",
)
@click.option("--limit", type=click.IntRange(1, MOST_LISTED), default=100, show_default=True, help="With --details.")
@click.option("--school", default=None, metavar="ID", help="With --details: those at this school only.")
@asking.with_output
def checklist(*, wanted: DistrictName, where: Where, item: str, limit: int, school: str | None, output: str) -> None:
    """List what to look at before a DISTRICT goes live, and after: what the last sync found, and who does what.

    Exits with 3 if something stands in the way of going live. With --details the access log is told who looked at whom.
    """
    if item:
        _show_details(DetailsRequest(district=wanted, item=item, limit=limit, school=school), where, output)
        return
    with asking.answering():
        result = where.find(ChecklistRequest(district=wanted), needs_ledger=False)
    show(result, output, lambda told: "\n".join(_table(told)))
    sys.exit(asking.EXIT_DONE if result.ready else asking.EXIT_WAITS)


def _show_details(request: DetailsRequest, where: Where, output: str) -> None:
    with asking.answering():
        result = where.find(request)
    show(result, output, lambda told: "\n".join(_details(told)))


def _details(told: Details) -> Iterator[str]:
    if told.message:
        yield f"{told.item}: {told.message}"
    if told.action:
        yield told.action
    if told.page:
        yield f"See {told.page}."
    if not told.listed:
        yield "Nothing of it is kept one by one."
        return
    yield ""
    yield columns(
        ("SCHOOL", "PERSON (SIS)", "ACCOUNT", "CLASS", "WHAT", "SINCE (UTC)", "ID"),
        (
            (each.school, each.person, each.account, each.class_id, each.what, each.since, each.id)
            for each in told.listed
        ),
    )
    if len(told.schools) > 1:
        named = ", ".join(f"{at.school or 'no one school'} {at.kept}" for at in told.schools[:_SCHOOLS])
        yield f"By school: {named}{', ...' if len(told.schools) > _SCHOOLS else ''}"
    if (told.count or told.kept) > len(told.listed):
        yield f"These are {len(told.listed)} of {told.count or told.kept}; {told.kept} are kept one by one (--limit)."


def _table(told: Checklist) -> Iterator[str]:
    if not told.items:
        yield "No sync has looked yet."
        return
    head, *lines = columns(
        ("RESULT", "ITEM", "COUNT", "LAST WEEK"),
        ((item.result, item.name, item.count, item.last_week) for item in told.items),
    ).splitlines()
    yield head
    for line, item in zip(lines, told.items, strict=True):
        yield line
        yield from indented(item.message)
        yield from indented(item.action)
        yield from indented(f"For instance: {', '.join(item.examples)}" if item.examples else "")
    if contacts := told.contacts.told():
        yield f"Contacts: {contacts}."
    if told.asked_last_week is not None:
        yield f"To look at: {told.asked} now, {told.asked_last_week} a week ago."
