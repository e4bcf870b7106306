"""What the informer does when a watch ends by itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from roster_operator.controller.informer import Informer
from roster_operator.controller.scopes import Scope, Scopes
from roster_operator.controller.watching import ListingExpired, WatchEnded
from roster_operator.kube.errors import Forbidden

FORBIDDEN = Forbidden("not any more", 403)


class ApiServer:
    """Answers what can be listed in which namespace."""

    def __init__(self) -> None:
        self.refused: set[str] = set()

    async def get(self, path: str, *, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        if any(f"/{name}/" in path for name in self.refused):
            raise FORBIDDEN
        return {}


def test_a_watch_that_ends_because_a_namespace_was_away_for_a_moment_is_followed_by_another() -> None:
    asyncio.run(_watched_while(lambda server: server.refused.clear()))


def test_a_watch_that_ends_though_everything_is_as_it_was_ends_the_operator() -> None:
    with pytest.raises(WatchEnded):
        asyncio.run(_watched_while(lambda _server: None, refused=()))


def test_a_listing_that_took_too_long_is_followed_by_another() -> None:
    asyncio.run(_watched_while(lambda _server: None, refused=(), ended=ListingExpired))


async def _watched_while(
    happens: Callable[[ApiServer], None], refused: Sequence[str] = ("b",), ended: type[WatchEnded] = WatchEnded
) -> None:
    """A namespace is refused and left out, something happens, and only then the watch ends; a second one goes on."""
    server, loop = ApiServer(), asyncio.get_running_loop()
    known = Scopes(server, ("a", "b"), lambda _namespace: None)  # type: ignore[arg-type]
    watches: list[Sequence[Scope]] = []

    async def changes() -> None:
        server.refused.update(refused)
        await known.look(sure=True)
        happens(server)
        await known.look()

    def watch(scopes: Sequence[Scope], *, ebooks: bool, stop: threading.Event, ready: threading.Event) -> None:
        assert ebooks
        watches.append(scopes)
        if len(watches) == 1:
            asyncio.run_coroutine_threadsafe(changes(), loop).result(10)
            raise ended
        ready.set()
        loop.call_soon_threadsafe(informer.stop)
        stop.wait(10)

    with ThreadPoolExecutor(1) as executor:
        informer = Informer(watch, known, executor)
        await known.look()
        await informer.run()
    assert watches == [("a", "b"), ("a", "b")]
