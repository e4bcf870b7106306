"""`roster-operator notify test`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import click
import httpx2

from roster_operator.cli import asking
from roster_operator.cli.rendering import columns, moment, show
from roster_operator.clock import SystemClock
from roster_operator.errors import Actor, InputError
from roster_operator.operations.notify import Notified, NotNotified
from roster_operator.operations.notify import notify as send

_PATIENCE: Final = 15.0
"""Seconds."""
_EXAMPLES = """\b
Examples:
  kubectl port-forward -n monitoring svc/alertmanager-operated 9093 &
  roster-operator notify test --alertmanager http://127.0.0.1:9093
  roster-operator notify test --alertmanager https://alerts.example.org --actor Publisher --label severity=warning
"""


@click.group(epilog=_EXAMPLES)
def notify() -> None:
    """Whether alerts reach somebody."""


@notify.command(epilog=_EXAMPLES)
@click.option("--alertmanager", "url", required=True, metavar="URL", help="Alertmanager's address, with its prefix.")
@click.option(
    "--actor",
    "actors",
    type=click.Choice([actor.value for actor in Actor]),
    multiple=True,
    help="Whom it is for; several times. [default: each]",
)
@click.option(
    "--label", "labels", multiple=True, metavar="NAME=VALUE", help="One that your rules add to each alert; several."
)
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PATH",
    help="A bearer token, where Alertmanager asks for one.",
)
@asking.with_output
def test(
    *,
    url: str,
    actors: tuple[str, ...],
    labels: tuple[str, ...],
    token_file: Path | None,
    output: str,
) -> None:
    """Send a test alert to Alertmanager, and say which receivers it goes to.

    One for each who acts, as the operator's alerts are routed by the label `actor`. It ends by itself after ten
    minutes. Exits with 3 if one is muted or reaches no receiver.
    """
    with asking.answering():
        named = dict(_label(text) for text in labels)
        now = SystemClock().now()
        with _Api(url, token_file) as api:
            told = tuple(send(api, actor, named, now) for actor in Actor if not actors or actor.value in actors)
    show(told, output, _table)
    sys.exit(asking.EXIT_DONE if all(each.receivers and not each.muted_by for each in told) else asking.EXIT_WAITS)


def _label(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not name or not separator:
        raise InputError(f"--label {text} is not NAME=VALUE, such as severity=warning.")
    return name, value


def _table(told: tuple[Notified, ...]) -> str:
    return columns(
        ("ACTOR", "GOES TO", "MUTED", "ENDS"),
        ((each.actor, ", ".join(each.receivers), each.muted_by, moment(each.ends)) for each in told),
    )


class _Api:
    """Alertmanager's API v2 at an address."""

    def __init__(self, url: str, token_file: Path | None) -> None:
        token = token_file.read_text(encoding="utf-8").strip() if token_file else ""
        try:
            address = httpx2.URL(url.rstrip("/"))
        except httpx2.InvalidURL:
            raise InputError("--alertmanager is no URL, such as http://127.0.0.1:9093.") from None
        self._place = address.copy_with(userinfo=b"")
        """Without a password, as messages show it."""
        self._client = httpx2.Client(
            timeout=_PATIENCE,
            auth=(address.username, address.password) if address.userinfo else None,
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )

    def __enter__(self) -> _Api:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def post(self, path: str, content: Any) -> None:
        self._asked("POST", path, json=content)

    def get(self, path: str, **query: str) -> Any:
        answer = self._asked("GET", path, params=query)
        try:
            return answer.json()
        except ValueError:
            raise NotNotified(f"{self._place} is no Alertmanager: it answers no JSON. Platform: correct it.") from None

    def _asked(self, method: str, path: str, **arguments: Any) -> httpx2.Response:
        try:
            answer = self._client.request(method, f"{self._place}/api/v2/{path}", **arguments)
        except httpx2.HTTPError as error:
            raise NotNotified(
                f"{self._place} does not answer ({type(error).__name__}). Platform: is it Alertmanager's address?"
            ) from None
        if answer.is_error:
            raise NotNotified(
                f"{self._place}/api/v2/{path} answers with HTTP status {answer.status_code}. "
                "Platform: is it Alertmanager's address, with its prefix, and does it ask for a token (--token-file)?"
            )
        return answer
