"""What the informer is asked to watch, and whom it tells. Nothing here knows what the informer is made of."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from roster_operator.controller.inventory import ObservedEBook, ObservedResource
from roster_operator.controller.scopes import Scope

_LAST_SECONDS: Final = 8.0


class WatchEnded(Exception):
    """The watch ended though nobody told it to: what was raised there, if anything was, is its cause."""


class ListingExpired(WatchEnded):
    """Listing took longer than the API server keeps the state of its first page. What was done meanwhile stays done."""


class Listener(Protocol):
    """Who is told what was seen, in the event loop of the engine."""

    def on_change(self, sighting: ObservedResource) -> None:
        """A RosterIntegration came, changed or was listed."""

    def on_delete(self, key: str, uid: str) -> None:
        """A RosterIntegration is gone."""

    def on_ebook_change(self, ebook: ObservedEBook, *, live: bool) -> None:
        """An EBook was listed, or (`live`) just came or changed."""

    def on_ebook_delete(self, name: str) -> None:
        """An EBook is gone."""

    async def finalize(self, sighting: ObservedResource) -> None:
        """Return when a deleted RosterIntegration may go."""


@dataclass(frozen=True, slots=True)
class Watching:
    """What to watch, and how."""

    identity: str
    """Who watches, for the informer's own use."""
    kubeconfig: Path | None
    scopes: Sequence[Scope]
    """Namespaces, or the one that stands for all of them."""
    ebooks: bool
    """Whether there are EBooks to watch, too."""
    patience: float
    """Seconds of refusals after which the watch gives up and the operator ends."""


@dataclass(frozen=True, slots=True)
class Backoffs:
    """Delays between attempts at a failing request: 1, 2, 4, 8, 15, 15, ... seconds, until patience ends."""

    patience: float

    def __iter__(self) -> Iterator[float]:
        """Each request counts afresh."""
        spent, delay = 0.0, 1.0
        while spent < self.patience:
            yield delay
            spent, delay = spent + delay, min(delay * 2, 15.0)


async def await_exit(task: asyncio.Task[Any]) -> None:
    """Wait until a task that is about to end has ended.

    After a while, cancel all that is left in this loop, as often as it takes: a watcher whose session was closed under
    it may swallow a cancellation, and kopf then waits for it without end.
    """
    seconds = _LAST_SECONDS
    while not (await asyncio.wait({task}, timeout=seconds))[0]:
        for other in asyncio.all_tasks() - {asyncio.current_task()}:
            other.cancel()
        seconds = 0.5
