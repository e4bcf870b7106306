"""How a terminal asks: a text, a secret, one of several, several of many. Everything goes to standard error.

So standard output is free for what is to be piped on.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import click
import questionary
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.output import Output, create_output

from roster_operator.cli.wizard import choosing
from roster_operator.cli.wizard.questions import Back, Leave, Option
from roster_operator.clock import SystemClock
from roster_operator.errors import InputError

_ONE_HINT: Final = "(arrows, Enter; Esc goes back)"
_NARROWEST: Final = 20
_PATIENCE: Final = 1.0
"""Seconds after which somebody wonders whether anything happens."""

ResultT = TypeVar("ResultT")
_BACK: Final = KeyBindings()


@_BACK.add("escape", eager=True)
def _go_back(event: KeyPressEvent) -> None:
    event.app.exit(exception=Back)


class Terminal:
    """The terminal that the command runs in."""

    def __init__(self) -> None:
        """Raises `InputError` if there is none."""
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise InputError(
                "The wizard asks in a terminal, and this is none: give it the answers with --answers FILE."
            )
        self._output: Output = create_output(stdout=sys.stderr)
        self._style = questionary.Style([("answer", "bold"), ("highlighted", "bold"), ("selected", "noreverse")])
        if "NO_COLOR" in os.environ:
            self._style = questionary.Style([])

    def text(self, question: str, default: str = "", check: Callable[[str], str] = lambda _text: "") -> str:
        """See `Asker`."""
        return str(
            self._ask(
                questionary.text(question, default, lambda text: check(text.strip()) or True, output=self._output)
            )
        ).strip()

    def secret(self, question: str) -> str:
        """See `Asker`."""
        return str(self._ask(questionary.password(question, output=self._output))).strip()

    def one(self, question: str, options: Sequence[Option], default: str = "") -> str:
        """See `Asker`."""
        choices = [questionary.Choice(option.title, option.value) for option in options]
        first = next((choice for choice in choices if choice.value == default), None)
        return str(
            self._ask(
                questionary.select(
                    question, choices, default=first, instruction=_ONE_HINT, style=self._style, output=self._output
                )
            )
        )

    def many(self, question: str, options: Sequence[Option], *, at_least: int = 0) -> tuple[str, ...]:
        """See `Asker`."""
        shown = choosing.Choosing(options, at_least)
        return self._end(choosing.application(question, shown, self._output, self._style).run)

    def _ask(self, question: questionary.Question) -> Any:
        question.application.key_bindings = merge_key_bindings(
            [*filter(None, [question.application.key_bindings]), _BACK]
        )
        return self._end(question.unsafe_ask)

    def _end(self, ask: Callable[[], ResultT]) -> ResultT:
        try:
            return ask()
        except (KeyboardInterrupt, EOFError):
            raise Leave from None


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """Say what is being done, and in a terminal, while it takes long, how many rows came so far."""
    say(f"{what} ...")
    clock = SystemClock()
    shown, due = False, clock.monotonic() + _PATIENCE

    def grew(rows: int) -> None:
        nonlocal shown, due
        if sys.stderr.isatty() and clock.monotonic() >= due:
            shown, due = True, clock.monotonic() + _PATIENCE
            click.echo(f"\r  rows: {rows:,}", err=True, nl=False)

    try:
        yield grew
    finally:
        if shown:
            say()


def say(text: str = "", *, color: str = "", bold: bool = False, exact: bool = False) -> None:
    """Tell something, beside questions; `exact`: a table or a command, whose lines are not broken."""
    if not exact and sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        text = textwrap.fill(text, max(width, _NARROWEST), break_long_words=False, break_on_hyphens=False)
    click.secho(text, fg=color or None, bold=bold or None, err=True)
