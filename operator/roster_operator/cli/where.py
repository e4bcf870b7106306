"""Where a command about one district gets its answer: from a ledger and files, or from the cluster's console."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import click

from roster_operator.cli import asking
from roster_operator.cli.resources import NoClusterNamed, resources
from roster_operator.cli.snapshot_key import find_key
from roster_operator.clock import SystemClock
from roster_operator.errors import InputError, RosterOperatorError
from roster_operator.operations.ports import DistrictName, Sis
from roster_operator.operations.request import FleetRequest, Ports, Question, Request

ResultT = TypeVar("ResultT")


class Ask(Protocol):
    """Puts questions to a ledger or a console."""

    def __call__(self, question: Question[ResultT], /) -> ResultT:
        """The answer; raises `RosterOperatorError`."""
        ...


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
        help="The console's Service, to which a port is forwarded if neither --server, --ledger nor --file is named.",
    ),
    click.option(
        "--token-of",
        default="",
        metavar="NAMESPACE/NAME",
        help="The ServiceAccount to ask as, if the kubeconfig signs in by a certificate.",
    ),
)

_ALL_NAMESPACES: Final = click.option("-A", "--all-namespaces", is_flag=True, help="Of all namespaces of the cluster.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What the options say."""

    paths: tuple[str, ...] = ()
    kubeconfig: Path | None = None
    namespace: str = ""
    all_namespaces: bool = False
    ledger_url: str | None = None
    server: str = ""
    console: str = CONSOLE
    token_of: str = ""

    @property
    def is_here(self) -> bool:
        """Whether files or a ledger are named: then no cluster's console is asked."""
        return bool(self.ledger_url or self.paths)

    def find(
        self,
        question: Question[ResultT],
        *,
        needs_ledger: bool = True,
        key_file: Path | None = None,
        sis: Sis | None = None,
    ) -> ResultT:
        """The answer to one question: see `asking`."""
        with self.asking(needs_ledger=needs_ledger, key_file=key_file, sis=sis) as ask:
            return ask(question)

    @contextmanager
    def asking(
        self, *, needs_ledger: bool = True, key_file: Path | None = None, sis: Sis | None = None
    ) -> Iterator[Ask]:
        """Who answers: files and a ledger if these are named, else the console of the cluster.

        `needs_ledger`: the resource alone does not tell it; what it does tell can be read with the kubeconfig where no
        console can be reached. `key_file`: of roster snapshots, and `sis`: how to ask a SIS, for a ledger that is
        named. Raises `RosterOperatorError`.
        """
        if self.is_here and self.token_of:
            raise InputError(
                "--token-of is for the console, and so goes without --file and --ledger (ROSTER_OPERATOR_LEDGER_URL)."
            )
        with ExitStack() as opened:
            console = None if self.is_here else self._console(opened, may_be_away=not needs_ledger)
            here = functools.partial(self._answer_here, needs_ledger=needs_ledger, key_file=key_file, sis=sis)
            yield console or here

    def _answer_here(
        self, question: Question[ResultT], /, *, needs_ledger: bool, key_file: Path | None, sis: Sis | None
    ) -> ResultT:
        found = resources(self.paths, self.kubeconfig, self.namespace, everywhere=self.all_namespaces)
        key = find_key(key_file, self.ledger_url or "") if needs_ledger else None
        wanted = self.ledger_url or needs_ledger
        opened = asking.inquiry_of(self.ledger_url, key, plans=question.heavy) if wanted else nullcontext()
        with opened as inquiry:
            return question.answer(Ports(found, inquiry, SystemClock(), sis=sis))

    def _console(self, opened: ExitStack, *, may_be_away: bool) -> Ask | None:
        """What asks it; None if it is away and need not be there, which is said."""
        from roster_operator.cli import remote  # noqa: PLC0415 - files need no Kubernetes client
        from roster_operator.service import client  # noqa: PLC0415

        try:
            token = remote.token_of(self.kubeconfig, self.token_of)
            url = self.server or opened.enter_context(remote.forwarded(self.kubeconfig, self.console))
        except NoClusterNamed:
            raise
        except RosterOperatorError as error:
            if not may_be_away or self.server or self.token_of:
                raise
            click.echo(f"note: answered without the console, and so without the ledger. {error.message}", err=True)
            return None

        def ask(question: Question[ResultT], /) -> ResultT:
            return client.ask(url, token, self._placed(question))

        return ask

    def _placed(self, question: Question[ResultT]) -> Question[ResultT]:
        """The same, of the namespace that kubectl would take if none is named."""
        from roster_operator.cli import cluster  # noqa: PLC0415

        if isinstance(question, Request) and not question.district.namespace:
            name = question.district.name
            return replace(question, district=DistrictName(name, cluster.current_namespace(self.kubeconfig)))
        if isinstance(question, FleetRequest) and not question.namespace and not self.all_namespaces:
            return replace(question, namespace=self.namespace or cluster.current_namespace(self.kubeconfig))
        return question


def of_district(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command about the district that its argument names: its parameters `wanted`, a `DistrictName`, and `where`."""

    @functools.wraps(command)
    def called(*, district: str, where: Where, **given: Any) -> Any:
        return command(wanted=DistrictName(district, where.namespace), where=where, **given)

    return click.argument("district")(of_cluster(called))


def of_cluster(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command that files, a ledger or a cluster answer: its parameter `where`."""

    @functools.wraps(command)
    def called(**given: Any) -> Any:
        names = [name for name in Where.__dataclass_fields__ if name in given]
        return command(where=Where(**{name: given.pop(name) for name in names}), **given)

    with_options = asking.of_resources(asking.of_ledger(called))
    for option in reversed(_OPTIONS):
        with_options = option(with_options)
    return with_options


def of_fleet(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same of a command about many districts."""
    return _ALL_NAMESPACES(of_cluster(command))
