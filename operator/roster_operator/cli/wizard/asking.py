"""How a terminal asks: a text, a secret, one of several, several of many. Everything goes to standard error.

So standard output is free for what is to be piped on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import click
import questionary
from prompt_toolkit.output import Output, create_output

from roster_operator.clock import SystemClock
from roster_operator.errors import InputError

_ONE_HINT: Final = "(arrows, Enter)"
_MANY_HINT: Final = "(type to search, Space adds or removes, Ctrl-A all, Enter when finished)"
_PATIENCE: Final = 1.0
"""Seconds after which somebody wonders whether anything happens."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice."""

    value: str
    title: str
    chosen: bool = False


class Leave(Exception):
    """Whoever is asked leaves, to come back later."""


class Asker(Protocol):
    """Who asks. Every question raises `Leave` if it is left."""

    def text(self, question: str, default: str = "", check: Callable[[str], str] = lambda _text: "") -> str:
        """A line; `check` says what is wrong with it."""
        ...

    def secret(self, question: str) -> str:
        """A line that nobody sees."""
        ...

    def one(self, question: str, options: Sequence[Option], default: str = "") -> str:
        """The value of one option."""
        ...

    def many(self, question: str, options: Sequence[Option], *, at_least: int = 0) -> tuple[str, ...]:
        """The values of those that are chosen."""
        ...


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
        choices = [questionary.Choice(option.title, option.value, checked=option.chosen) for option in options]
        enough = "Choose at least one: move to it, and press Space."
        asked = questionary.checkbox(
            question,
            choices,
            validate=lambda chosen: len(chosen) >= at_least or enough,
            use_jk_keys=False,
            use_search_filter=True,
            instruction=_MANY_HINT,
            style=self._style,
            output=self._output,
        )
        return tuple(self._ask(asked))

    def _ask(self, question: questionary.Question) -> Any:
        try:
            return question.unsafe_ask()
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


def say(text: str = "", *, color: str = "", bold: bool = False) -> None:
    """Tell something, beside questions."""
    click.secho(text, fg=color or None, bold=bold or None, err=True)
