"""The command line of the simulator."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from district_simulator import clock
from district_simulator.app import FindService
from district_simulator.changes import CHANGES, ChangeError, apply_change
from district_simulator.csv_set.service import habits_of
from district_simulator.csv_set.writer import write_set
from district_simulator.exchange import Route
from district_simulator.export import write_pages
from district_simulator.faults import KINDS, Fault, FaultBoard, UnknownFaultError
from district_simulator.fleet import Fleet
from district_simulator.roster import DistrictSettings, Roster
from district_simulator.server import Binding, Server
from district_simulator.service import AccessSettings
from district_simulator.styles import Version
from district_simulator.vendors import VENDORS

_DEMO = AccessSettings()


@dataclass(frozen=True, slots=True)
class _Scenario:
    """The faults and changes that the server starts with."""

    faults: tuple[str, ...]
    changes: tuple[str, ...]


def _list_kinds(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted:
        return
    click.echo("Faults: NAME[=VALUE][,on=ROUTE+ROUTE][,page=K][,times=N][,after=N] (tokens: only with on=token)")
    for name, kind in sorted(KINDS.items()):
        choices = f" One of: {', '.join(kind.choices)}." if kind.choices else ""
        click.echo(f"  {name:19} {kind.summary}{choices}")
    click.echo("Changes: NAME[:VALUE][,option=value...]")
    for name, change in sorted(CHANGES.items()):
        click.echo(f"  {name:19} {(change.__doc__ or '').strip().partition(chr(10))[0]}")
    context.exit()


@click.command(context_settings={"show_default": True, "help_option_names": ["-h", "--help"]})
@click.option("--students", type=click.IntRange(1, 8_000_000), default=120, help="Students in the district.")
@click.option("--schools", type=click.IntRange(1), help="Schools; about 600 students each if not given.")
@click.option("--mathematics-courses", type=click.IntRange(1, 99), default=7, help="Mathematics courses.")
@click.option("--seed", type=int, default=1, help="Equal seeds and sizes give equal districts.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The simulated day; the real one if not given.")
@click.option("--districts", type=click.IntRange(1), help="Serve so many districts, below /d/0, /d/1, ...")
@click.option("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0 in a cluster.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Port to listen on; 0 takes any.")
@click.option(
    "--vendor",
    type=click.Choice(sorted(VENDORS), case_sensitive=False),
    default="Generic",
    help="The system to stand in for.",
)
@click.option("--oneroster-version", type=click.Choice(["1.1", "1.2", "both"]), help="Else the vendor's.")
@click.option("--prefix", help="Path before the vendor's own.")
@click.option("--tls-cert", type=click.Path(exists=True, path_type=Path), help="Certificate chain (PEM).")
@click.option("--tls-key", type=click.Path(exists=True, path_type=Path), help="Private key (PEM).")
@click.option("--client-id", default=_DEMO.client_id, envvar="SIMULATOR_CLIENT_ID", help="Client id, consumer key.")
@click.option(
    "--client-secret",
    default=_DEMO.client_secret,
    envvar="SIMULATOR_CLIENT_SECRET",
    help="Client secret, consumer secret.",
)
@click.option(
    "--auth", type=click.Choice(["oauth1", "oauth2", "bearer", "any"]), help="What is accepted; else the vendor's."
)
@click.option(
    "--token-client-auth",
    type=click.Choice(["basic", "body", "any"]),
    help="Where a token request carries its credentials; else the vendor's.",
)
@click.option("--scope-required/--scope-optional", default=None, help="Whether tokens need a scope.")
@click.option("--expires-in", type=int, help="Seconds that a token lives; else the vendor's.")
@click.option("--latency-ms", type=click.IntRange(0), help="Delay of each answer; the same as --fault latency=MS.")
@click.option("--max-parallel", type=click.IntRange(1), help="429 beyond so many requests at once.")
@click.option("--fault", "faults", multiple=True, metavar="FAULT", help="A fault to have; see --list.")
@click.option("--change", "changes", multiple=True, metavar="CHANGE", help="A change to apply; see --list.")
@click.option("--write-csv", type=click.Path(path_type=Path), metavar="PATH", help="Write a CSV set and stop.")
@click.option("--csv-version", type=click.Choice(["1.1", "1.2"]), default="1.1", help="Of a written CSV set.")
@click.option("--csv-mode", type=click.Choice(["bulk", "delta"]), default="bulk", help="All rows, or what changed.")
@click.option("--write-pages", type=click.Path(path_type=Path), metavar="DIR", help="Write all pages and stop.")
@click.option("--page-size", type=click.IntRange(1), default=5000, help="Rows in a written page.")
@click.option("--base-url", default="http://localhost", help="Address inside written pages.")
@click.option(
    "--list", is_flag=True, is_eager=True, expose_value=False, callback=_list_kinds, help="List faults and changes."
)
def main(**options: Any) -> None:
    """Serve a simulated school district as one of the systems that districts have.

    Prints "listening on ADDRESS" once requests are accepted, then what the district would paste. While it runs, faults
    and changes can be posted to /_simulator/faults and /_simulator/changes from the same machine; /_simulator/stats
    counts requests.
    """
    settings = _district(options)
    scenario = _scenario(options)
    try:
        if options["write_pages"] is not None:
            roster = Roster(settings)
            for text in scenario.changes:
                apply_change(roster, text)
            write_pages(roster, options["write_pages"], options["page_size"], options["base_url"], click.echo)
            return
        if options["write_csv"] is not None:
            _write_csv(options, settings, scenario)
            return
        find = _finder(options, settings, scenario)
    except (ChangeError, UnknownFaultError) as error:
        raise click.UsageError(str(error)) from error
    asyncio.run(_serve(find, _binding(options), partial(_announcement, options)))


def _district(options: dict[str, Any]) -> DistrictSettings:
    today: datetime | None = options["today"]
    return DistrictSettings(
        clock.today() if today is None else today.date(),
        options["students"],
        options["schools"],
        options["seed"],
        options["mathematics_courses"],
        real_time=today is None,
    )


def _access(options: dict[str, Any]) -> AccessSettings:
    names = ("client_id", "client_secret", "auth", "token_client_auth", "scope_required", "expires_in")
    given = {name: options[name] for name in names if options[name] is not None}
    return replace(VENDORS[options["vendor"]].access, **given)


def _versions(options: dict[str, Any]) -> tuple[Version, ...]:
    return VENDORS[options["vendor"]].versions(options["oneroster_version"])


def _prefix(options: dict[str, Any]) -> str:
    prefix = (options["prefix"] or "").strip("/")
    return f"/{prefix}" if prefix else ""


def _write_csv(options: dict[str, Any], settings: DistrictSettings, scenario: _Scenario) -> None:
    roster = Roster(settings)
    for text in scenario.changes:
        apply_change(roster, text)
    faults = FaultBoard([Fault.parse(text) for text in scenario.faults])
    habits = habits_of(faults, Route.other())
    write_set(roster, options["write_csv"], options["csv_version"], options["csv_mode"], habits)


def _binding(options: dict[str, Any]) -> Binding:
    if (options["tls_cert"] is None) != (options["tls_key"] is None):
        raise click.UsageError("--tls-cert and --tls-key belong together")
    return Binding(options["host"], options["port"], options["tls_cert"], options["tls_key"])


def _scenario(options: dict[str, Any]) -> _Scenario:
    faults = list(options["faults"])
    if options["latency_ms"]:
        faults.append(f"latency={options['latency_ms']}")
    if options["max_parallel"]:
        faults.append(f"max-parallel={options['max_parallel']}")
    return _Scenario(tuple(faults), options["changes"])


def _finder(options: dict[str, Any], settings: DistrictSettings, scenario: _Scenario) -> FindService:
    prefix = _prefix(options)
    if options["districts"] is not None:
        fleet = Fleet(
            settings,
            _access(options),
            options["districts"],
            vendor=options["vendor"],
            versions=options["oneroster_version"],
            prefix=prefix,
            faults=scenario.faults,
            changes=scenario.changes,
        )
        fleet.district(0)
        return fleet.find
    service = VENDORS[options["vendor"]].serve(settings, _access(options), prefix, _versions(options))
    service.faults.active += [Fault.parse(text) for text in scenario.faults]
    for text in scenario.changes:
        apply_change(service.roster, text)
    return lambda target: service if target.startswith(f"{prefix}/") else None


def _announcement(options: dict[str, Any], origin: str) -> str:
    """What a district would paste."""
    vendor = VENDORS[options["vendor"]]
    root = f"{origin}{_prefix(options)}{'/d/0' if options['districts'] is not None else ''}"
    lines = [f"base URL {root}{vendor.pasted[_versions(options)[0]]}"]
    if vendor.shows_token_url:
        query = "".join(f"?{name}=cpm" for name in vendor.token_query)
        lines.append(f"token URL {root}{vendor.token_path}{query}")
    return "\n".join(lines)


async def _serve(find: FindService, binding: Binding, announcement: Callable[[str], str]) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    server = Server(find, binding)
    await server.start()
    click.echo(f"listening on {server.origin}")
    click.echo(announcement(server.origin))
    try:
        await stopped.wait()
    finally:
        await server.stop()
