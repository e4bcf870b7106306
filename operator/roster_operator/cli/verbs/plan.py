"""`roster-operator plan`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from roster_operator.cli import asking, snapshot_key
from roster_operator.cli.manifests import Manifests, load
from roster_operator.cli.rendering import JSON, TABLE, YAML, columns, moment, show
from roster_operator.cli.where import Where, of_district
from roster_operator.errors import InputError
from roster_operator.operations.naming import unknown
from roster_operator.operations.plan import PlanTold
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.spec_requests import PlanRequest
from roster_operator.plurals import counted

MARKDOWN = "markdown"
_EXAMPLES = """\b
Examples:
  kubectl roster plan springfield --file districts/springfield --file ebooks
  roster-operator plan springfield --file districts/ --ledger sqlite:///ledger.sqlite
  roster-operator plan springfield --file districts/ --ledger postgresql://... --snapshot-key-file key -o markdown
"""
_EBOOKS = ("EBOOK", "EDITION", "GRANT", "REMOVE", "FROM BEFORE")
_SCHOOLS = ("SCHOOL", "NAME", "GRANT", "REMOVE")


@click.command(epilog=_EXAMPLES)
@of_district
@snapshot_key.OPTION
@click.option(
    "-o",
    "--output",
    type=click.Choice([TABLE, MARKDOWN, JSON, YAML]),
    default=TABLE,
    show_default=True,
    help="A table for people, Markdown for a pull request, the others for programs.",
)
def plan(
    *,
    wanted: DistrictName,
    where: Where,
    snapshot_key_file: Path | None,
    output: str,
) -> None:
    """Show what the files would change of a DISTRICT, by the roster as it was last read. Nothing is written.

    The SIS is not asked, and its credentials are not needed. Exits with 3 if something would wait for an approval.
    """
    with asking.answering():
        if not where.paths:
            raise InputError("Name the RosterIntegration and the EBooks as they are to be: --file, several times.")
        question = _question(wanted, load(where.paths))
        result = replace(where, paths=()).find(question, key_file=snapshot_key_file)
    if output == MARKDOWN:
        click.echo("\n".join(_markdown(result)))
    else:
        show(result, output, lambda told: "\n".join(_table(told)))
    sys.exit(asking.EXIT_WAITS if result.held else asking.EXIT_DONE)


def _question(wanted: DistrictName, manifests: Manifests) -> PlanRequest:
    named = [each for each in manifests.integrations if each.name == wanted.name]
    named = [each for each in named if wanted.namespace in {"", each.namespace}]
    if not named:
        raise unknown("district", wanted.name, (each.name for each in manifests.integrations), where="in the files")
    if len(named) > 1:
        raise InputError(f"The files have several districts {wanted.name}. Name the namespace (-n).")
    integration = named[0]
    mentioned = {name for course in integration.spec.courses for name in course.ebooks}
    ebooks = tuple(ebook for name, ebook in manifests.ebooks.items() if name in mentioned)
    district = DistrictName(integration.name, integration.namespace)
    return PlanRequest(district=district, integration=integration, ebooks=ebooks)


def _table(told: PlanTold) -> Iterator[str]:
    yield f"{told.namespace}/{told.district}, by the roster of {moment(told.read)} UTC   {told.digest}"
    yield told.message
    yield from told.notes
    if told.by_ebook:
        yield ""
        yield columns(_EBOOKS, _ebook_rows(told))
    if told.by_school:
        yield ""
        yield columns(_SCHOOLS, _school_rows(told))


def _markdown(told: PlanTold) -> Iterator[str]:
    """For a comment on a pull request."""
    yield f"### {told.namespace}/{told.district}"
    yield ""
    held = f", **{counted(told.held, '[change waits|changes wait]')} for an approval**" if told.held else ""
    yield f"**{told.grants}** to grant, **{told.removals}** to remove, {told.unchanged} unchanged{held}."
    yield f"By the roster of {moment(told.read)} UTC; nothing was written. Plan `{told.digest}`."
    for note in told.notes:
        yield ""
        yield f"> {_cell(note)}"
    for head, rows in ((_EBOOKS, _ebook_rows(told)), (_SCHOOLS, _school_rows(told))):
        if rows:
            yield ""
            yield f"| {' | '.join(name.capitalize() for name in head)} |"
            yield f"|{'---|' * len(head)}"
            yield from (f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows)


def _ebook_rows(told: PlanTold) -> list[tuple[object, ...]]:
    return [(each.name, each.edition, each.grants, each.revocations, each.replaced) for each in told.by_ebook]


def _school_rows(told: PlanTold) -> list[tuple[object, ...]]:
    return [(each.id, each.name, each.grants, each.revocations) for each in told.by_school]


def _cell(value: object) -> str:
    """Names come from the SIS: nothing of them is to be read as Markdown or HTML."""
    text = "" if value is None else " ".join(str(value).split())
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()<>#+!|~&" else letter for letter in text)
