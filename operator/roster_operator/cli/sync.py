"""`roster-operator sync`: one reconcile of each RosterIntegration in files, with no cluster.

It shares every line of the reconcile with the controller, so it serves pull requests, support and tests.
"""

from __future__ import annotations

import os
import sys
import uuid
from functools import partial
from pathlib import Path

import click

from roster_operator.api import conditions
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.cli import credentials, snapshot_key
from roster_operator.cli.manifests import Manifests, load
from roster_operator.cli.printing import printed
from roster_operator.clock import SystemClock
from roster_operator.errors import InputError, RosterOperatorError
from roster_operator.interruption import Interruption
from roster_operator.ledger import open_ledger
from roster_operator.ops import traces
from roster_operator.ops.logs import configure_logging
from roster_operator.reconcile.contract import Environment, Outcome, Request, Result, Trigger
from roster_operator.reconcile.steps import reconcile
from roster_operator.sources.reach import Reach
from roster_operator.sources.registry import open_source
from roster_operator.sources.roster_files import RosterFiles

EXIT_SYNCED, EXIT_FAILED, EXIT_WRONG_INPUT, EXIT_HELD_OR_INCOMPLETE = 0, 1, 2, 3

_EXITS = {
    Outcome.SYNCED: EXIT_SYNCED,
    Outcome.PLANNED: EXIT_SYNCED,
    Outcome.HELD: EXIT_HELD_OR_INCOMPLETE,
    Outcome.INCOMPLETE: EXIT_HELD_OR_INCOMPLETE,
    Outcome.INVALID_INPUT: EXIT_WRONG_INPUT,
    Outcome.FAILED: EXIT_FAILED,
}
_WORST_FIRST = (EXIT_WRONG_INPUT, EXIT_FAILED, EXIT_HELD_OR_INCOMPLETE, EXIT_SYNCED)
_DEFAULT_LEDGER = "sqlite:///roster-operator.sqlite"
_EMPTY_LEDGER = "sqlite://"
_SQLITE_FILE = "sqlite:///"


@click.command()
@click.option(
    "-f",
    "--file",
    "paths",
    multiple=True,
    required=True,
    metavar="PATH",
    help="A file, a folder, or -; several times. They hold the RosterIntegration, its Secret and the EBooks.",
)
@click.option(
    "--ledger",
    "ledger_url",
    envvar="ROSTER_OPERATOR_LEDGER_URL",
    metavar="URL",
    help=f"sqlite:///PATH or postgresql://... [default: {_DEFAULT_LEDGER}; with --plan-only an empty one]",
)
@click.option(
    "--roster-files",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder in which each namespace has one below which its file:// URLs may point. Without it, none may.",
)
@click.option(
    "--shared-roster-files", is_flag=True, help="Let the districts of each namespace read all of --roster-files."
)
@click.option(
    "--host",
    "hosts",
    envvar=credentials.HOST_VARIABLE,
    multiple=True,
    metavar="HOST",
    help="The host, or HOST:PORT, that credentials in the environment may be sent to; several times.",
)
@snapshot_key.OPTION
@click.option("--create", is_flag=True, help="Create the SQLite file of --ledger if it is not there.")
@click.option("--plan-only", is_flag=True, help="Show what would change, and write nothing, whatever spec.live says.")
@click.option(
    "--log-level",
    type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"], case_sensitive=False),
    default="WARNING",
    show_default=True,
    help="No level shows personal data.",
)
def sync(
    *,
    paths: tuple[str, ...],
    ledger_url: str | None,
    roster_files: Path | None,
    shared_roster_files: bool,
    hosts: tuple[str, ...],
    snapshot_key_file: Path | None,
    create: bool,
    plan_only: bool,
    log_level: str,
) -> None:
    """Reconcile each RosterIntegration in the files once, with no cluster.

    Its status is printed as YAML on standard output, and behind it what the SIS offers, if there is something to choose
    from that; logs go to standard error. Credentials come from the Secret in
    the files; where it is not there, from ROSTER_CLIENT_ID and ROSTER_CLIENT_SECRET (or ROSTER_TOKEN), for one district
    and for the hosts in ROSTER_HOST only.

    Exits with 0 when synced (in setup mode: planned), 3 when removals are or would be held or the roster could not be
    read whole, 2 when the files, the credentials or names in the spec are wrong, 1 when the ledger or the operator
    failed.
    """
    configure_logging(log_level)
    try:
        manifests = load(paths)
        url = _ledger_url(ledger_url, create=create, plan_only=plan_only)
        ledger = open_ledger(url)
        key = snapshot_key.find_key(snapshot_key_file, url, create=not plan_only)
    except RosterOperatorError as error:
        click.echo(f"error: {error.message}", err=True)
        sys.exit(EXIT_WRONG_INPUT)
    given = credentials.given(hosts)
    files = RosterFiles(roster_files, shared=shared_roster_files) if roster_files else None
    reading = partial(open_source, reach=Reach(files))
    environment = Environment(SystemClock(), ledger, reading, lambda: str(uuid.uuid4()), key)
    try:
        if plan_only and url != _EMPTY_LEDGER:
            ledger.check()
        else:
            ledger.migrate()
        with traces.collected(os.environ):
            exits = {
                _reconcile(_request(integration, manifests, given, plan_only), environment)
                for integration in manifests.integrations
            }
    except RosterOperatorError as error:
        click.echo(f"error: {error.message}", err=True)
        sys.exit(EXIT_FAILED)
    finally:
        ledger.close()
    sys.exit(next(code for code in _WORST_FIRST if code in exits))


def _request(
    integration: RosterIntegration, manifests: Manifests, given: credentials.Given, plan_only: bool
) -> Request:
    return Request(
        integration=integration,
        credentials=credentials.choose(integration, manifests, given),
        secret_version="",
        ebooks=manifests.ebooks,
        trigger=Trigger.COMMAND_LINE,
        plan_only=plan_only,
    )


def _reconcile(request: Request, environment: Environment) -> int:
    interruption = Interruption(environment.clock, request.integration.spec.timeout.total_seconds())
    result = reconcile(request, environment, interruption)
    click.echo(printed(request.integration, result), nl=False)
    return _exit_code(result)


def _exit_code(result: Result) -> int:
    status = result.status
    resolved = status.condition(conditions.MAPPINGS_RESOLVED)
    if resolved is not None and resolved.status == conditions.ConditionStatus.FALSE:
        return EXIT_WRONG_INPUT
    if result.outcome is Outcome.PLANNED and status.plan is not None and status.plan.held:
        return EXIT_HELD_OR_INCOMPLETE
    return _EXITS[result.outcome]


def _ledger_url(given: str | None, *, create: bool, plan_only: bool) -> str:
    """An empty ledger in memory stands for one that is not there, if nothing is to be written.

    Raises `InputError` for a SQLite file that is not there and not to be created: on an empty ledger, everything is a
    grant to a new account.
    """
    if given is None and plan_only:
        return _EMPTY_LEDGER
    url = given or _DEFAULT_LEDGER
    path = url.removeprefix(_SQLITE_FILE)
    if not url.startswith(_SQLITE_FILE) or path in {"", ":memory:"} or Path(path).exists():
        return url
    if create:
        return _EMPTY_LEDGER if plan_only else url
    instead = "leave --ledger out to plan against an empty one" if plan_only else "add --create for the first sync"
    raise InputError(f"There is no ledger at {url}. Platform: correct --ledger, or {instead}.")
