"""The publisher's catalogue is read seldom, and never used when it is known to be out of date."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from kubernetes.aio.client import ApiClient, Configuration

from roster_operator.clock import FixedClock
from roster_operator.controller.ebooks import EBooks
from roster_operator.kube.client import KubernetesClient


class Catalogue:
    """What the API server has; `meanwhile` runs while it answers."""

    def __init__(self) -> None:
        self.items = [ebook("algebra")]
        self.lists = 0
        self.meanwhile: Callable[[], None] = lambda: None

    async def answer(self, _request: web.Request) -> web.Response:
        self.lists += 1
        items = list(self.items)
        self.meanwhile()
        return web.json_response({"metadata": {"resourceVersion": "1"}, "items": items})


def ebook(name: str, **spec: Any) -> dict[str, Any]:
    kind = {"apiVersion": "rostering.cpm.org/v1alpha1", "kind": "EBook"}
    return {**kind, "metadata": {"name": name}, "spec": {"title": name, **spec}}


def with_catalogue(scenario: Callable[[EBooks, Catalogue, FixedClock], Awaitable[None]]) -> None:
    async def play() -> None:
        catalogue, clock = Catalogue(), FixedClock(datetime(2026, 9, 1, tzinfo=UTC))
        app = web.Application()
        app.router.add_get("/{path:.*}", catalogue.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        configuration = Configuration()
        configuration.host = f"http://127.0.0.1:{runner.addresses[0][1]}"
        client = KubernetesClient(ApiClient(configuration))
        try:
            await scenario(EBooks(client, clock), catalogue, clock)
        finally:
            await client.close()
            await runner.cleanup()

    asyncio.run(play())


def test_many_syncs_at_once_read_the_catalogue_once() -> None:
    async def scenario(ebooks: EBooks, catalogue: Catalogue, _clock: FixedClock) -> None:
        found = await asyncio.gather(*(ebooks.read({"algebra"}) for _ in range(20)))
        assert all(set(each) == {"algebra"} for each in found)
        assert catalogue.lists == 1

    with_catalogue(scenario)


def test_a_change_that_was_seen_is_read() -> None:
    async def scenario(ebooks: EBooks, catalogue: Catalogue, _clock: FixedClock) -> None:
        await ebooks.read({"algebra"})
        catalogue.items = [ebook("algebra", retired=True)]
        ebooks.changed()
        assert (await ebooks.read({"algebra"}))["algebra"].spec.retired

    with_catalogue(scenario)


def test_a_change_that_nobody_saw_is_read_after_a_minute() -> None:
    async def scenario(ebooks: EBooks, catalogue: Catalogue, clock: FixedClock) -> None:
        await ebooks.read(())
        catalogue.items = []
        assert set(await ebooks.read(())) == {"algebra"}
        clock.advance(timedelta(seconds=61))
        assert not await ebooks.read(())

    with_catalogue(scenario)


def test_an_ebook_that_is_not_known_yet_is_looked_for() -> None:
    async def scenario(ebooks: EBooks, catalogue: Catalogue, _clock: FixedClock) -> None:
        await ebooks.read({"algebra"})
        catalogue.items.append(ebook("geometry"))
        assert "geometry" in await ebooks.read({"geometry"})
        assert catalogue.lists == 2

    with_catalogue(scenario)


def test_what_changed_while_it_was_read_is_read_again() -> None:
    async def scenario(ebooks: EBooks, catalogue: Catalogue, _clock: FixedClock) -> None:
        catalogue.meanwhile = ebooks.changed
        await ebooks.read({"algebra"})
        catalogue.meanwhile = lambda: None
        catalogue.items = [ebook("algebra", retired=True)]
        assert (await ebooks.read({"algebra"}))["algebra"].spec.retired

    with_catalogue(scenario)


def test_an_ebook_that_cannot_be_read_counts_as_missing() -> None:
    async def scenario(ebooks: EBooks, catalogue: Catalogue, _clock: FixedClock) -> None:
        catalogue.items.append({**ebook("broken"), "spec": {"title": 7}})
        assert set(await ebooks.read(())) == {"algebra"}

    with_catalogue(scenario)
