"""Pages without end: each is full of rows that were on none before."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from tests.hostile.proxy import route_of
from tests.hostile.spoiling import Body, rows_of

COUNT = 400_000
"""Rows that are said to be there."""


class PagesWithoutEnd:
    """Of one route, made of the first row that a sound server gives there, with long texts in it."""

    def __init__(self, route: str, long: str, at_most: int = 300) -> None:
        """`long` stands in each text of each row; `at_most`: rows of a page."""
        self._route = route
        self._long = long
        self._at_most = at_most
        self._sound: bytes | None = None

    def __call__(self, path: str, body: bytes) -> tuple[Body, dict[str, str]] | None:
        """See `proxy.Spoil`."""
        if route_of(path) == f"{self._route}/count":
            return json.dumps({"resource": {"count": COUNT}}).encode(), {}
        if route_of(path) != self._route:
            return None
        if self._sound is None and rows_of(json.loads(body)):
            self._sound = body
        return None if self._sound is None else self._page(self._sound, path)

    def _page(self, sound: bytes, path: str) -> tuple[Body, dict[str, str]]:
        tree = json.loads(sound)
        rows = rows_of(tree)
        like = rows[0]
        asked = {name: int(values[0]) for name, values in parse_qs(urlsplit(path).query).items() if values[0].isdigit()}
        size = asked.get("pagesize", asked.get("limit", 100))
        first = asked.get("offset", (asked.get("page", 1) - 1) * size)
        rows[:] = [self._row(like, number) for number in range(first, min(COUNT, first + min(size, self._at_most)))]
        return json.dumps(tree, ensure_ascii=False).encode(), {"X-Total-Count": str(COUNT)}

    def _row(self, like: dict[str, object], number: int) -> dict[str, object]:
        row: dict[str, object] = {}
        for name, value in like.items():
            if name in {"id", "dcid"}:
                row[name] = 5_000_000 + number
            elif isinstance(value, str):
                row[name] = f"{value}{number}" if name == "sourcedId" else f"{value}{self._long}{number}"
            else:
                row[name] = value
        return row
