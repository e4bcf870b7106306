"""Opening PowerSchool sources in tests: against a simulated district, or against answers from a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

from district_simulator import SimulatedDistrict
from roster_operator.clock import Clock, FixedClock, SystemClock
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.powerschool import PowerSchoolSettings, open_powerschool
from roster_operator.sources.retries import RetryPolicy
from roster_operator.sources.source import RosterSource

BASE = "https://riverside.powerschool.example.org"
KEYS = Credentials(client_id="demo-key", client_secret="demo-secret")
QUICK = RetryPolicy(retries=1, first_wait=0.001, longest_wait=0.002, longest_retry_after=0.5)
NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)

Answer = httpx2.Response | object
"""What a route answers: a response, or what becomes JSON."""


def page(kind: str, *rows: Mapping[str, Any]) -> dict[str, Any]:
    """A list as PowerSchool wraps it."""
    inner: Any = rows[0] if len(rows) == 1 else list(rows)
    return {f"{kind}s": {"@expansions": "", **({kind: inner} if rows else {})}}


class Server:
    """Answers from a table of paths; lists have pages, and are counted, as they are there.

    What is not in the table is 404. `asked` holds the paths of all requests but those for tokens.
    """

    def __init__(self, routes: Mapping[str, Answer]) -> None:
        self.routes = {"/ws/v1/metadata": {"metadata": {}}, **routes}
        self.asked: list[str] = []
        self.tokens = 0
        self.refused: set[str] = set()
        """Tokens that are no longer good."""

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        assert request.headers["Accept"] == "application/json"
        if path == "/oauth/access_token" and path not in self.routes:
            self.tokens += 1
            return _json({"access_token": f"token-{self.tokens}", "expires_in": "2504956"})
        if not path.startswith("/oauth/"):
            self.asked.append(path)
            if request.headers["Authorization"].removeprefix("Bearer ") in self.refused:
                return httpx2.Response(401, json={"message": "expired"})
        return self._answer(path, request)

    def _answer(self, path: str, request: httpx2.Request) -> httpx2.Response:
        answer = self.routes.get(path)
        if answer is None and path.endswith("/count"):
            answer = self._count(path.removesuffix("/count"))
        if answer is None:
            return httpx2.Response(404, json={"message": "Not Found"})
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, httpx2.Response):
            return answer
        if int(request.url.params.get("page", 1)) > 1 and (listed := _list(answer)) is not None:
            start = (int(request.url.params["page"]) - 1) * int(request.url.params["pagesize"])
            answer = page(listed[0], *listed[1][start:])
        return _json(answer)

    def _count(self, path: str) -> object | None:
        listed = _list(self.routes.get(path))
        return None if listed is None else {"resource": {"count": len(listed[1])}}


def _list(answer: object) -> tuple[str, list[Any]] | None:
    """Kind and rows of what `page` made."""
    if not isinstance(answer, dict) or len(answer) != 1 or "@expansions" not in next(iter(answer.values())):
        return None
    ((outer, inner),) = answer.items()
    rows = inner.get(outer.removesuffix("s"), [])
    return outer.removesuffix("s"), rows if isinstance(rows, list) else [rows]


def _json(answer: object) -> httpx2.Response:
    return httpx2.Response(200, content=json.dumps(answer).encode(), headers={"Content-Type": "application/json"})


@contextmanager
def opened(
    handler: Callable[[httpx2.Request], httpx2.Response] | None = None,
    *,
    base_url: str = BASE,
    credentials: Credentials = KEYS,
    clock: Clock | None = None,
    time_zone: str = "America/Los_Angeles",
    **settings: Any,
) -> Iterator[RosterSource]:
    """A source that is closed again; `handler` stands for the server, without a network."""
    clock = clock or FixedClock(NOW)
    source = open_powerschool(
        PowerSchoolSettings(base_url, ZoneInfo(time_zone), **{"retries": QUICK, "request_timeout": 5.0, **settings}),
        credentials,
        clock=clock,
        interruption=Interruption(SystemClock(), 60),
        transport=httpx2.MockTransport(handler) if handler else None,
    )
    try:
        yield source
    finally:
        source.close()


@contextmanager
def of_district(district: SimulatedDistrict, **settings: Any) -> Iterator[RosterSource]:
    """A source of a simulated district, over real HTTP."""
    keys = Credentials(district.client_id, district.client_secret)
    with opened(base_url=district.base_url, credentials=keys, **settings) as source:
        yield source
