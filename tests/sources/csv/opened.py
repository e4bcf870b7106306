"""Opening CSV sources in tests: by default without a time to settle, below the folder that is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from tests.support.clocks import HurriedClock

from roster_operator.clock import Clock, SystemClock
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.csv import CsvSettings, open_csv
from roster_operator.sources.retries import RetryPolicy
from roster_operator.sources.roster_files import RosterFiles
from roster_operator.sources.source import Outcome, Reading, RosterSource

RowT = TypeVar("RowT")

NOBODY = Credentials("", "")
QUICK = RetryPolicy(retries=2, first_wait=0.001, longest_wait=0.004)


class LaterClock(SystemClock):
    """The machine's clock, some time ahead."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        return datetime.now(UTC) + self._by


@contextmanager
def opened(
    base_url: str | Path,
    *,
    root: Path | None = None,
    namespace: str | None = None,
    credentials: Credentials = NOBODY,
    clock: Clock | None = None,
    interruption: Interruption | None = None,
    **settings: Any,
) -> Iterator[RosterSource]:
    """A source that is closed again; a path stands for its file:// URL, and for the root above it.

    `namespace`: whose part of `root` may be read; None: all of it may.
    """
    clock = clock or HurriedClock()
    if isinstance(base_url, Path):
        root = root or base_url.parent
        base_url = f"file://{base_url}"
    source = open_csv(
        CsvSettings(
            base_url=base_url,
            files=RosterFiles(root, shared=namespace is None).of(namespace or "") if root else None,
            **{"retries": QUICK, "settle": 0.0, **settings},
        ),
        credentials,
        clock=clock,
        interruption=interruption or Interruption(clock, 60),
    )
    try:
        yield source
    finally:
        source.close()


def read(reading: Reading[RowT]) -> tuple[list[RowT], Outcome]:
    """All rows, and how the reading ended."""
    rows = [row for page in reading for row in page]
    return rows, reading.outcome
