"""What can be seen of the operator from outside: its books, its log, and whether somebody's data is in what it says."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.nights.oracle import License
from tests.nights.world import MARK
from tests.reconcile.district_harness import Scene

_PERSONAL = re.compile(rf"{MARK}|\bp\d{{5}}\b")
_ACCOUNTS = "SELECT id, sourced_id, username FROM accounts"
_HELD = "SELECT account, edition, ebook FROM active_licenses"
_CHANGES = "SELECT change, account, edition, ebook FROM license_changes ORDER BY position"


@dataclass(frozen=True)
class Books:
    """What the ledger holds, as its two views and its accounts say."""

    licenses: frozenset[License]
    """Person, edition, eBook."""
    changes: tuple[tuple[str, License], ...]
    """The journal: `Granted` or `Revoked`, and what."""
    accounts: dict[str, tuple[int, str]]
    """By person: number and username."""


def books_of(scene: Scene) -> Books:
    """As of now."""
    people = {int(number): (_person(str(who)), str(login)) for number, who, login in scene.query(_ACCOUNTS)}

    def license_of(account: int, edition: str, book: str) -> License:
        return people[account][0], edition, book

    return Books(
        frozenset(license_of(*row) for row in scene.query(_HELD)),
        tuple((str(change), license_of(*row)) for change, *row in scene.query(_CHANGES)),
        {who: (number, login) for number, (who, login) in people.items()},
    )


def _person(key: str) -> str:
    """By the id in the ledger; PowerSchool's are numbers with a letter before them."""
    return f"p{int(key[1:]):05d}" if key[:1] in "ST" and key[1:].isdigit() else key


@contextmanager
def overheard() -> Iterator[list[str]]:
    """What the operator's log says meanwhile, errors with their traces."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    logger, ear = logging.getLogger("roster_operator"), Ear(logging.DEBUG)
    level = logger.level
    logger.addHandler(ear)
    logger.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        logger.removeHandler(ear)
        logger.setLevel(level)


def personal(text: str) -> str:
    """The first thing in a text that is somebody's; empty if there is none."""
    found = _PERSONAL.search(text)
    return text[max(0, found.start() - 60) : found.end() + 30] if found else ""
