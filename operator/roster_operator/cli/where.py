"""Where a command about one district gets its answer: from a ledger and files, or from the cluster's console."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from roster_operator.cli import asking
from roster_operator.cli.resources import resources
from roster_operator.cli.snapshot_key import find_key
from roster_operator.clock import SystemClock
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.requests import Ports, Request

ResultT = TypeVar("ResultT")

CONSOLE: Final = "roster-operator/roster-operator-console"
"""Namespace and name of the console's Service, as the chart calls it in a release of that name and namespace."""

_OPTIONS: Final = (
    click.option("--server", default="", envvar="ROSTER_OPERATOR_SERVER", metavar="URL", help="The console's URL."),
    click.option(
        "--console",
        default=CONSOLE,
        envvar="ROSTER_OPERATOR_CONSOLE",
        show_default=True,
        metavar="NAMESPACE/SERVICE",
        help="The console's Service, to which a port is forwarded if neither --server nor --ledger is named.",
    ),
    click.option(
        "--token-of",
        default="",
        metavar="NAMESPACE/NAME",
        help="The ServiceAccount to ask as, if the kubeconfig signs in by a certificate.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What the options say."""

    paths: tuple[str, ...] = ()
    kubeconfig: Path | None = None
    namespace: str = ""
    ledger_url: str | None = None
    server: str = ""
    console: str = CONSOLE
    token_of: str = ""

    def find(self, request: Request[ResultT], *, needs_ledger: bool = True, key_file: Path | None = None) -> ResultT:
        """The answer: of files and a ledger if these are named; else of the cluster, by its console if need be.

        `needs_ledger`: the resource alone does not tell it. `key_file`: of roster snapshots, for a ledger that is
        named. Raises `RosterOperatorError`.
        """
        if self.ledger_url or self.paths or not (needs_ledger or self.server):
            return self._here(request, key_file, needs_ledger=needs_ledger)
        return self._of_console(request)

    def _here(self, request: Request[ResultT], key_file: Path | None, *, needs_ledger: bool) -> ResultT:
        found = resources(self.paths, self.kubeconfig, self.namespace)
        key = find_key(key_file, self.ledger_url or "") if needs_ledger else None
        opened = asking.inquiry_of(self.ledger_url, key) if self.ledger_url or needs_ledger else nullcontext()
        with opened as inquiry:
            return request.answer(Ports(found, inquiry, SystemClock()))

    def _of_console(self, request: Request[ResultT]) -> ResultT:
        from roster_operator.cli import cluster, remote  # noqa: PLC0415 - files need no Kubernetes client
        from roster_operator.service import client  # noqa: PLC0415

        district = request.district
        if not district.namespace:
            namespace = cluster.current_namespace(self.kubeconfig)
            request = replace(request, district=DistrictName(district.name, namespace))
        token = remote.token_of(self.kubeconfig, self.token_of)
        reached = nullcontext(self.server) if self.server else remote.forwarded(self.kubeconfig, self.console)
        with reached as url:
            return client.ask(url, token, request)


def of_district(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command about the district that its argument names: its parameters `wanted`, a `DistrictName`, and `where`."""

    @functools.wraps(command)
    def called(*, district: str, **given: Any) -> Any:
        where = Where(**{name: given.pop(name) for name in Where.__dataclass_fields__})
        return command(wanted=DistrictName(district, where.namespace), where=where, **given)

    with_options = asking.of_resources(asking.of_ledger(called))
    for option in reversed(_OPTIONS):
        with_options = option(with_options)
    return click.argument("district")(with_options)
