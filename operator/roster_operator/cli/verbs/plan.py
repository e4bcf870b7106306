"""`roster-operator plan`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from roster_operator.cli import asking, snapshot_key
from roster_operator.cli.manifests import load
from roster_operator.cli.rendering import JSON, TABLE, YAML, columns, moment, show
from roster_operator.clock import SystemClock
from roster_operator.errors import InputError
from roster_operator.ledger.store import open_ledger
from roster_operator.operations.naming import unknown
from roster_operator.operations.plan import PlanTold, Recorded
from roster_operator.operations.plan import plan as ask
from roster_operator.plurals import counted

MARKDOWN = "markdown"
_EXAMPLES = """\b
Examples:
  roster-operator plan springfield --file districts/ --ledger sqlite:///ledger.sqlite
  roster-operator plan springfield --file districts/ --ledger postgresql://... --snapshot-key-file key -o markdown
"""
_EBOOKS = ("EBOOK", "EDITION", "GRANT", "REMOVE", "FROM BEFORE")
_SCHOOLS = ("SCHOOL", "NAME", "GRANT", "REMOVE")


@click.command(epilog=_EXAMPLES)
@click.argument("district")
@click.option(
    "-f",
    "--file",
    "paths",
    multiple=True,
    required=True,
    metavar="PATH",
    help="The RosterIntegration and the EBooks as they are to be: a file, a folder, or -; several times.",
)
@asking.of_ledger
@asking.of_namespace
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
    district: str,
    paths: tuple[str, ...],
    ledger_url: str | None,
    namespace: str,
    snapshot_key_file: Path | None,
    output: str,
) -> None:
    """Show what the files would change of a DISTRICT, by the roster as it was last read. Nothing is written.

    The SIS is not asked, and its credentials are not needed. Exits with 3 if something would wait for an approval.
    """
    with asking.answering(), asking.queries_of(ledger_url) as queries:
        manifests = load(paths)
        named = [each for each in manifests.integrations if each.name == district and namespace in {"", each.namespace}]
        if not named:
            raise unknown("district", district, (each.name for each in manifests.integrations), where="in the files")
        if len(named) > 1:
            raise InputError(f"The files have several districts {district}. Name the namespace (-n).")
        key = snapshot_key.find_key(snapshot_key_file, ledger_url or "")
        ledger = open_ledger(ledger_url or "")
        try:
            result = ask(named[0], manifests.ebooks, Recorded(ledger, queries, key), SystemClock())
        finally:
            ledger.close()
    if output == MARKDOWN:
        click.echo("\n".join(_markdown(result)))
    else:
        show(result, output, lambda told: "\n".join(_table(told)))
    sys.exit(asking.EXIT_WAITS if result.held else asking.EXIT_DONE)


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
