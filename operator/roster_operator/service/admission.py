"""How many questions are taken on at once: of all, and of one person, so that nobody keeps the others waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

from roster_operator.service.refusals import Refused

MOST: Final = 64
"""Questions, those being answered among them; whoever comes beyond is to come again."""
MOST_OF_ONE: Final = 16


class Admission:
    """Counts who is being answered. Of one event loop."""

    def __init__(self, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        """`most_of_one`: of one person."""
        self._most = most
        self._most_of_one = most_of_one
        self._all = 0
        self._each = Counter[str]()

    @contextmanager
    def of_anybody(self) -> Iterator[None]:
        """Raises `Refused` if there are too many."""
        if self._all >= self._most:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "Too many questions are being answered. Try again.")
        self._all += 1
        try:
            yield
        finally:
            self._all -= 1

    @contextmanager
    def of(self, user: str) -> Iterator[None]:
        """Raises `Refused` if this person has too many."""
        if self._each[user] >= self._most_of_one:
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "Too many of your questions are being answered. Try again.")
        self._each[user] += 1
        try:
            yield
        finally:
            self._each[user] -= 1
            if not self._each[user]:
                del self._each[user]
