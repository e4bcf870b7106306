"""What the wizard asks, whoever is asked: a text, a secret, one of several, several of many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Option:
    """One choice."""

    value: str
    title: str
    chosen: bool = False
    detail: str = ""
    """Shown behind the title; nobody searches by it."""


class Leave(Exception):
    """Whoever is asked leaves, to come back later."""


class Back(Exception):
    """Whoever is asked goes back to what was asked before."""


class Asker(Protocol):
    """Who asks. Every question raises `Leave` if it is left, and `Back` if somebody goes back."""

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


def first(ask: Callable[[], str]) -> str:
    """The answer to a question before which there is none."""
    while True:
        with suppress(Back):
            return ask()
