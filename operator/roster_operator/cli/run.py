"""`roster-operator run`: the controller."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
import threading
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr

from roster_operator.api import durations
from roster_operator.cli import snapshot_key
from roster_operator.clock import SystemClock
from roster_operator.controller.operator import Operator
from roster_operator.controller.settings import OperatorSettings
from roster_operator.errors import InputError
from roster_operator.kube.connection import NoCluster
from roster_operator.ledger.leading import Leader
from roster_operator.ledger.store import open_ledger
from roster_operator.ops import traces
from roster_operator.ops.logs import configure_logging, describe
from roster_operator.reconcile.steps import reconcile
from roster_operator.sources.network import Network, Servers
from roster_operator.sources.reach import Reach
from roster_operator.sources.registry import open_source
from roster_operator.sources.roster_files import RosterFiles

logger = logging.getLogger(__name__)

EXIT_FAILED, EXIT_WRONG_INPUT = 1, 2

_LAST_WAIT = 0.5
"""Seconds that each thread gets to end when all else has."""
_UNITS = {"": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
_SPANS = ("heartbeat", "grace", "patience", "longest_timeout", "shortest_interval")
_LISTS = ("namespaces", "allow_addresses", "deny_addresses")
_SHORTEST, _LONGEST = 3, 600
"""Seconds that a Lease may last."""
SPARE_CONNECTIONS = 5
"""Of the ledger, beside two for each worker: for deletions and checks."""


class Duration(click.ParamType[timedelta]):
    """A duration such as 45s or 10m."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read it."""
        if isinstance(value, timedelta):
            return value
        try:
            return durations.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Memory(click.ParamType[int]):
    """A size such as 1Gi or 512Mi, or a number of bytes, as Kubernetes writes both."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it."""
        text = str(value)
        number, unit = (text[:-2], text[-2:]) if text[-2:] in _UNITS else (text, "")
        if not (number.isascii() and number.isdigit() and int(number)):
            self.fail(f"{text!r} is not a size: a number of bytes, or one with Ki, Mi or Gi", param, ctx)
        return int(number) * _UNITS[unit]


@click.command(context_settings={"auto_envvar_prefix": "ROSTER_OPERATOR"})
@click.option(
    "--ledger",
    "ledger_url",
    envvar="ROSTER_OPERATOR_LEDGER_URL",
    metavar="URL",
    help="sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE.",
)
@click.option(
    "--ledger-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that holds the ledger's URL, such as a mounted Secret.",
)
@click.option(
    "--kubeconfig",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Default: the pod's ServiceAccount, or what kubectl would use.",
)
@click.option(
    "--roster-files",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder in which each namespace has one below which its file:// URLs may point. Default: there is none.",
)
@click.option(
    "--shared-roster-files", is_flag=True, help="Let the districts of each namespace read all of --roster-files."
)
@click.option(
    "--allow-addresses",
    default="",
    metavar="A,B",
    help="Servers of your own networks that districts may name, beside those of the internet: addresses, ranges "
    "(10.20.0.0/16), names (sis.example.org, *.example.org).",
)
@click.option(
    "--deny-addresses",
    default="",
    metavar="A,B",
    help="Servers of the internet that they may not, written likewise.",
)
@click.option(
    "--namespaces", default="", metavar="A,B", help="Whose RosterIntegrations are served. Default: all namespaces."
)
@click.option(
    "--lease",
    default="",
    metavar="NAMESPACE/NAME",
    help="The Lease by which one of several operators works, while the others stand by. Default: this one is alone.",
)
@click.option(
    "--lease-duration",
    type=Duration(),
    default="15s",
    show_default=True,
    help="Time after which another one takes over from an operator of which nothing is heard.",
)
@click.option(
    "--watch-secrets/--no-watch-secrets",
    default=True,
    show_default=True,
    help="Watch the metadata of Secrets, so that a changed one is noticed within seconds.",
)
@click.option(
    "--workers", type=click.IntRange(1, 256), default=16, show_default=True, help="Districts synced at the same time."
)
@click.option(
    "--per-server",
    type=click.IntRange(1, 256),
    default=8,
    show_default=True,
    help="Of these, districts on one server: many districts may share the host of their SIS.",
)
@click.option(
    "--per-namespace",
    type=click.IntRange(1, 256),
    help="Of the workers, those that one namespace may hold. Default: three quarters; all, if one namespace is served.",
)
@click.option(
    "--longest-timeout",
    type=Duration(),
    default="4h",
    show_default=True,
    help="Time that a sync may take, whatever spec.timeout says.",
)
@click.option(
    "--shortest-interval",
    type=Duration(),
    default="1m",
    show_default=True,
    help="Time from one sync of a district to the next at least, whatever intervals its spec names.",
)
@click.option(
    "--keep-runs",
    type=click.IntRange(0),
    default=400,
    show_default=True,
    metavar="DAYS",
    help="Days for which the ledger keeps what each sync did. 0: for ever.",
)
@click.option(
    "--keep-changes",
    type=click.IntRange(0),
    default=400,
    show_default=True,
    metavar="DAYS",
    help="Days for which the ledger keeps which licenses came and went (license_changes). 0: for ever.",
)
@click.option(
    "--snapshot-secret",
    default="",
    metavar="NAMESPACE/NAME",
    help="The Secret with the key by which people are found in roster snapshots; made if it is not there.",
)
@snapshot_key.OPTION
@click.option(
    "--keep-logins",
    type=click.IntRange(0),
    default=400,
    show_default=True,
    metavar="DAYS",
    help="Days for which it keeps logins, emails and numbers of who has no license and is on no roster. 0: for ever.",
)
@click.option(
    "--memory",
    type=Memory(),
    metavar="SIZE",
    help="Memory that the process may take, such as 1Gi: so many large districts are synced at the same time as it "
    "holds, and at most half of the workers sync large ones.",
)
@click.option(
    "--heartbeat",
    type=Duration(),
    default="10m",
    show_default=True,
    help="Time between two looks at each resource, whatever events say.",
)
@click.option(
    "--grace",
    type=Duration(),
    default="45s",
    show_default=True,
    help="Time for what is being committed to end at a stop.",
)
@click.option(
    "--patience",
    type=Duration(),
    default="10m",
    show_default=True,
    help="Time for which the API server may refuse the watch before the operator ends, to be started afresh.",
)
@click.option("--ops-host", default="", help="Where /healthz, /readyz and /metrics listen. Default: everywhere.")
@click.option("--ops-port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Their port.")
@click.option(
    "--log-level",
    type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"], case_sensitive=False),
    default="INFO",
    show_default=True,
    help="No level shows personal data.",
)
def run(ledger_url: str | None, ledger_file: Path | None, log_level: str, **options: Any) -> None:
    """Serve the RosterIntegrations of a cluster until told to stop.

    Each option can also be given as an environment variable: ROSTER_OPERATOR_ and its name, as in
    ROSTER_OPERATOR_LEDGER_URL. Exits with 0 after SIGTERM, with 1 if something ended it, with 2 for wrong options.
    """
    configure_logging(log_level)
    url = ledger_file.read_text(encoding="utf-8").strip() if ledger_file else ledger_url
    if not url:
        raise click.UsageError("name the ledger with --ledger (ROSTER_OPERATOR_LEDGER_URL) or --ledger-file")
    _check_temporary_folder()
    settings = _settings(url, options)
    with traces.collected(os.environ):
        code = _serve(settings)
    leave(code)


def _serve(settings: OperatorSettings) -> int:
    """Run the operator to its end; the exit code."""
    try:
        connections = 2 * settings.workers + SPARE_CONNECTIONS
        leader = Leader(settings.lease, settings.identity) if settings.lease else None
        ledger = open_ledger(settings.ledger.get_secret_value(), pool_size=connections, leader=leader)
        root = settings.roster_files
        files = RosterFiles(root, shared=settings.shared_roster_files) if root else None
        network = Network(Servers.parse(settings.allow_addresses), Servers.parse(settings.deny_addresses))
        reading = partial(open_source, reach=Reach(files, network))
        operator = Operator(settings, reconcile=reconcile, ledger=ledger, open_source=reading, clock=SystemClock())
        return asyncio.run(operator.run())
    except (InputError, NoCluster) as error:
        click.echo(f"error: {error}", err=True)
        return EXIT_WRONG_INPUT
    except Exception as error:  # noqa: BLE001 - the boundary of the process
        logger.error("the operator ends: %s", describe(error))  # noqa: TRY400 - the text may hold data
        return EXIT_FAILED


def _check_temporary_folder() -> None:
    """A sync that finds none would fail as if by a defect."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        raise click.UsageError(
            "no folder for temporary files can be written to. Platform: mount an emptyDir at /tmp, as the chart does, "
            "or name another folder in TMPDIR."
        ) from None


def _settings(url: str, options: dict[str, Any]) -> OperatorSettings:
    spans = {name: options.pop(name).total_seconds() for name in _SPANS}
    lasting = int(options.pop("lease_duration").total_seconds())
    if options["lease"].count("/") != bool(options["lease"]) or not _SHORTEST <= lasting <= _LONGEST:
        raise click.UsageError(f"--lease is NAMESPACE/NAME, and --lease-duration from {_SHORTEST}s to {_LONGEST}s")
    options |= {name: _listed(options[name]) for name in _LISTS}
    named = options.pop("snapshot_key_file")
    try:
        key = snapshot_key.find_key(named, "" if options["snapshot_secret"] else url, create=True)
    except InputError as error:
        raise click.UsageError(error.message) from error
    written = SecretStr(key.written) if key is not None else None
    return OperatorSettings(ledger=SecretStr(url), snapshot_key=written, lease_seconds=lasting, **spans, **options)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def leave(code: int) -> None:
    """End the process, also if a thread hangs that nobody can end: what it does is safe to cut off."""
    others = [thread for thread in threading.enumerate() if thread is not threading.current_thread()]
    for thread in others:
        if not thread.daemon:
            thread.join(_LAST_WAIT)
    if not any(thread.is_alive() for thread in others if not thread.daemon):
        sys.exit(code)
    logger.warning("threads did not end; the process ends without them")
    logging.shutdown()
    os._exit(code)
