"""`roster-operator districts` and `transfer`: whose districts are, for the platform, who alone may say so."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from roster_operator.clock import SystemClock
from roster_operator.errors import InputError, RosterOperatorError
from roster_operator.ledger import open_ledger
from roster_operator.ledger.interface.ownership import Holding
from roster_operator.ledger.ledger import Ledger

EXIT_FAILED, EXIT_WRONG_INPUT = 1, 2

_NAMESPACE: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SQLITE_FILE: Final = "sqlite:///"
_COLUMNS: Final = ("DISTRICT", "NAMESPACE", "HELD BY", "LIVE SINCE", "LICENSES")


def _of_ledger(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name the ledger, as those of `run`."""
    url = click.option("--ledger", "ledger_url", envvar="ROSTER_OPERATOR_LEDGER_URL", metavar="URL", help="Its URL.")
    file = click.option(
        "--ledger-file",
        envvar="ROSTER_OPERATOR_LEDGER_FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A file that holds the ledger's URL.",
    )
    return url(file(command))


@click.command()
@_of_ledger
def districts(ledger_url: str | None, ledger_file: Path | None) -> None:
    """List the districts of a ledger, and to which namespaces they belong."""
    with _opened(ledger_url, ledger_file) as ledger:
        rows = [_COLUMNS, *map(_row, ledger.holdings())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@click.command()
@click.argument("district")
@click.option("--to", "namespace", required=True, metavar="NAMESPACE", help="Whose it is from now on.")
@_of_ledger
def transfer(district: str, namespace: str, ledger_url: str | None, ledger_file: Path | None) -> None:
    """Give a DISTRICT, as `roster-operator districts` names it, to another namespace.

    Its accounts and licenses stay. The RosterIntegration that holds it gets DistrictConflict from now on, and one of
    the other namespace takes the district over when it goes live. One that nobody has is kept for that namespace.
    """
    if not _NAMESPACE.fullmatch(namespace):
        raise click.UsageError(f"{namespace!r} is not the name of a namespace")
    with _opened(ledger_url, ledger_file) as ledger:
        known = ledger.transfer(district, namespace, SystemClock().now())
    note = "" if known else " (nobody had it: is the name right?)"
    click.echo(f"{district} is {namespace}'s{note}")


def _row(holding: Holding) -> tuple[str, ...]:
    since = f"{holding.live_since:%Y-%m-%d}" if holding.live_since else "-"
    return holding.source, holding.namespace or "-", holding.owner or "-", since, str(holding.licenses)


def _find(url: str) -> None:
    """Raise `InputError` for a SQLite file that is not there: it would be made."""
    path = url.removeprefix(_SQLITE_FILE)
    if url.startswith(_SQLITE_FILE) and not Path(path).exists():
        raise InputError(f"There is no ledger at {url}. Platform: correct its URL.")


@contextmanager
def _opened(url: str | None, file: Path | None) -> Iterator[Ledger]:
    """The ledger, if it has this version's schema. What fails ends the program."""
    named = file.read_text(encoding="utf-8").strip() if file else url
    if not named:
        raise click.UsageError("name the ledger with --ledger (ROSTER_OPERATOR_LEDGER_URL) or --ledger-file")
    ledger: Any = None
    try:
        _find(named)
        ledger = open_ledger(named)
        ledger.check()
        yield ledger
    except RosterOperatorError as error:
        click.echo(f"error: {error.message}", err=True)
        sys.exit(EXIT_WRONG_INPUT if isinstance(error, InputError) else EXIT_FAILED)
    finally:
        if ledger is not None:
            ledger.close()
