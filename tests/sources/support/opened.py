"""Opening OneRoster sources in tests, with short waits and small pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx2
from tests.support.clocks import HurriedClock

from roster_operator.clock import Clock
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.oneroster import OneRosterSettings, open_oneroster
from roster_operator.sources.retries import RetryPolicy
from roster_operator.sources.source import Outcome, Reading, RosterSource

RowT = TypeVar("RowT")

BASE = "https://sis.example.org"
API = "/ims/oneroster/v1p1"
KEYS = Credentials(client_id="demo-key", client_secret="demo-secret")
QUICK = RetryPolicy(retries=2, first_wait=0.001, longest_wait=0.004)

Handler = Callable[[httpx2.Request], httpx2.Response]


@contextmanager
def opened(
    base_url: str = BASE,
    *,
    credentials: Credentials = KEYS,
    handler: Handler | None = None,
    clock: Clock | None = None,
    interruption: Interruption | None = None,
    **settings: Any,
) -> Iterator[RosterSource]:
    """A source that is closed again; `handler` stands for the server, without a network."""
    clock = clock or HurriedClock()
    source = open_oneroster(
        OneRosterSettings(base_url=base_url, **{"retries": QUICK, "page_size": 50, **settings}),
        credentials,
        clock=clock,
        interruption=interruption or Interruption(clock, 60),
        transport=httpx2.MockTransport(handler) if handler else None,
    )
    try:
        yield source
    finally:
        source.close()


def read(reading: Reading[RowT]) -> tuple[list[RowT], Outcome]:
    """All rows, and how the reading ended."""
    rows = [row for page in reading for row in page]
    return rows, reading.outcome
