"""What all commands that ask and decide share: their options, how they end, and what they say of what is wrong."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TypeVar

import click

from roster_operator.cli.rendering import JSON, TABLE, YAML
from roster_operator.clock import SystemClock
from roster_operator.errors import InputError, RosterOperatorError
from roster_operator.ledger.by_hand import open_by_hand
from roster_operator.ledger.cleanup import open_cleanup
from roster_operator.ledger.imports import open_imports
from roster_operator.ledger.people import open_people
from roster_operator.ledger.queries import open_queries
from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.ledger.store import open_ledger
from roster_operator.ledger.undo import open_undo
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.ports import Caller
from roster_operator.snapshot.key import SnapshotKey

EXIT_DONE, EXIT_FAILED, EXIT_WRONG_INPUT, EXIT_WAITS = 0, 1, 2, 3
"""As `sync` has them: done; the ledger, the cluster or the operator failed; wrong input; something waits."""

CommandT = TypeVar("CommandT", bound=Callable[..., object])

_file = click.option(
    "-f",
    "--file",
    "paths",
    multiple=True,
    metavar="PATH",
    help="A file, a folder, or -; several times: RosterIntegrations instead of those of a cluster.",
)
_kubeconfig = click.option(
    "--kubeconfig",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PATH",
    help="The cluster, if there is no --file. [default: as kubectl has it]",
)
_namespace = click.option("-n", "--namespace", default="", metavar="NAMESPACE", help="Of the RosterIntegration.")
_ledger = click.option(
    "--ledger",
    "ledger_url",
    envvar="ROSTER_OPERATOR_LEDGER_URL",
    metavar="URL",
    help="sqlite:///PATH or postgresql://...",
)
_output = click.option(
    "-o",
    "--output",
    type=click.Choice([TABLE, JSON, YAML]),
    default=TABLE,
    show_default=True,
    help="A table for people, the others for programs.",
)


def of_resources(command: CommandT) -> CommandT:
    """Options of a command about RosterIntegrations: paths, kubeconfig, namespace."""
    return _file(_kubeconfig(_namespace(command)))


def of_ledger(command: CommandT) -> CommandT:
    """The option of a command that needs the ledger: ledger_url."""
    return _ledger(command)


def with_output(command: CommandT) -> CommandT:
    """The option of a command that answers: output."""
    return _output(command)


@contextmanager
def answering() -> Iterator[None]:
    """End the program over what is wrong with one line that says so, and its exit code."""
    try:
        yield
    except RosterOperatorError as error:
        click.echo(f"error: {error.message}", err=True)
        sys.exit(EXIT_WRONG_INPUT if isinstance(error, InputError) else EXIT_FAILED)


@contextmanager
def queries_of(url: str | None) -> Iterator[LedgerQueries]:
    """The ledger of a command that needs one."""
    if not url:
        raise InputError("This needs the ledger: name it with --ledger (ROSTER_OPERATOR_LEDGER_URL).")
    queries = open_queries(url)
    try:
        yield queries
    finally:
        queries.close()


@contextmanager
def inquiry_of(url: str | None, key: SnapshotKey | None = None, *, plans: bool = False) -> Iterator[Inquiry]:
    """Of whoever runs the command, to the ledger of a command that may name a person.

    `key`: of roster snapshots. `plans`: whether the command makes a plan.
    """
    with queries_of(url) as queries, ExitStack() as opened:
        people = opened.enter_context(closing(open_people(url or "")))
        undoing = opened.enter_context(closing(open_undo(url or "")))
        imports = opened.enter_context(closing(open_imports(url or "")))
        planning = opened.enter_context(closing(open_ledger(url or ""))) if plans else None
        by_hand = opened.enter_context(closing(open_by_hand(url or "")))
        cleaning = opened.enter_context(closing(open_cleanup(url or "")))
        caller, now = Caller(getpass.getuser(), "os"), SystemClock().now()
        yield Inquiry(queries, people, caller, now, key, undoing, imports, planning, by_hand, cleaning)
