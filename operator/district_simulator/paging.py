"""limit, offset and the Link header (OneRoster 1.1 REST binding, section 3.4.1; RFC 8288)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from district_simulator.statusinfo import RefusedError

DEFAULT_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of rows that a request asks for."""

    limit: int
    offset: int

    @property
    def page(self) -> int:
        """The page that this is for a reader with this limit, counted from 1."""
        return self.offset // max(1, self.limit) + 1


def window_of(parameters: Sequence[tuple[str, str]], default_limit: int = DEFAULT_LIMIT) -> Window:
    """The window that the query parameters ask for; 400 for values that are no whole numbers."""
    given = dict(parameters)
    limit = _number(given, "limit", default_limit)
    offset = _number(given, "offset", 0)
    if limit < 1 or offset < 0:
        raise RefusedError(400, "invalid data", "limit must be positive and offset must not be negative")
    return Window(limit, offset)


def lenient_window_of(parameters: Sequence[tuple[str, str]], default_limit: int = DEFAULT_LIMIT) -> Window:
    """The same for a server that takes its defaults instead of wrong values."""
    try:
        return window_of(parameters, default_limit)
    except RefusedError:
        return Window(default_limit, 0)


def _number(given: dict[str, str], name: str, default: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 12):
        raise RefusedError(400, "invalid data", f"{name} must be a whole number")
    return int(text)


def link_header(url: str, parameters: Sequence[tuple[str, str]], window: Window, total: int) -> str:
    """The Link header of a page: next and last while more remains, first and prev after the first page.

    All other query parameters are kept as they were sent.
    """
    others = [(name, value) for name, value in parameters if name not in ("limit", "offset")]

    def target(offset: int, rel: str) -> str:
        query = [*others, ("limit", str(window.limit)), ("offset", str(offset))]
        encoded = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)
        return f'<{url}?{encoded}>; rel="{rel}"'

    links = []
    if window.offset + window.limit < total:
        last = (total - 1) // window.limit * window.limit
        links += [target(window.offset + window.limit, "next"), target(last, "last")]
    if window.offset > 0:
        links += [target(0, "first"), target(max(0, window.offset - window.limit), "prev")]
    return ", ".join(links)
