"""The watch of Secrets: metadata only, and never stuck.

What a real API server seldom does on demand (an expired version, a stream that breaks off) is served here.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from kubernetes.aio.client import ApiClient, Configuration
from tests.controller.conftest import Districts

from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import connect
from roster_operator.kube.metadata_watch import ABSENT, SecretWatch, secret_version

Noticed = list[tuple[str, str]]


def metadata(name: str, version: int) -> dict[str, Any]:
    return {"metadata": {"namespace": "n", "name": name, "uid": name, "resourceVersion": str(version)}}


class StubServer:
    """Answers each LIST and each WATCH with the next of its scripts; the last one of a kind stays."""

    def __init__(self, lists: list[Any], watches: list[Any]) -> None:
        self.lists, self.watches = lists, watches
        self.accepted: list[str] = []
        self.since: list[str] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.accepted.append(request.headers["Accept"])
        watching = "watch" in request.query
        scripts = self.watches if watching else self.lists
        script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
        if isinstance(script, int):
            return web.json_response({"kind": "Status", "message": "no"}, status=script)
        if not watching:
            return web.json_response({"metadata": {"resourceVersion": "10"}, "items": script})
        self.since.append(request.query["resourceVersion"])
        response = web.StreamResponse()
        await response.prepare(request)
        for event in script:
            if event is None:
                await asyncio.sleep(3600)
            await response.write(json.dumps(event).encode() + b"\n")
        return response


async def watched(
    server: StubServer, until: Callable[[SecretWatch, Noticed], bool], look: Callable[[SecretWatch, Noticed], None]
) -> None:
    app = web.Application()
    app.router.add_get("/api/v1/secrets", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    configuration = Configuration()
    configuration.host = f"http://127.0.0.1:{runner.addresses[0][1]}"
    client = KubernetesClient(ApiClient(configuration))
    noticed: Noticed = []
    watch = SecretWatch(client, lambda namespace, name: noticed.append((namespace, name)))
    task = asyncio.create_task(watch.run())
    try:
        async with asyncio.timeout(10):
            while not until(watch, noticed):
                assert not task.done()
                await asyncio.sleep(0.01)
        look(watch, noticed)
    finally:
        task.cancel()
        await client.close()
        await runner.cleanup()


def event(kind: str, name: str, version: int) -> dict[str, Any]:
    return {"type": kind, "object": metadata(name, version)}


def test_versions_follow_what_comes_changes_and_goes() -> None:
    changes = [event("ADDED", "b", 11), event("MODIFIED", "a", 12), event("DELETED", "b", 13), None]
    server = StubServer([[metadata("a", 1)]], [changes])

    def look(watch: SecretWatch, noticed: Noticed) -> None:
        assert watch.version("n", "a") == secret_version(metadata("a", 12)["metadata"])
        assert watch.version("n", "b") == ABSENT
        assert noticed == [("n", "a"), ("n", "b"), ("n", "a"), ("n", "b")]
        assert all("PartialObjectMetadata" in accepted for accepted in server.accepted)

    asyncio.run(watched(server, lambda _watch, noticed: len(noticed) == 4, look))


def test_nothing_is_claimed_before_the_first_listing() -> None:
    server = StubServer([500], [[None]])

    def look(watch: SecretWatch, _noticed: Noticed) -> None:
        assert watch.version("n", "a") is None

    asyncio.run(watched(server, lambda _watch, _noticed: len(server.accepted) > 0, look))


def test_an_expired_version_leads_to_a_listing_that_notices_what_was_missed() -> None:
    expired = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "message": "too old"}}
    server = StubServer([[metadata("a", 1)], [metadata("a", 2), metadata("b", 1)]], [[expired], [None]])

    def look(watch: SecretWatch, noticed: Noticed) -> None:
        assert watch.version("n", "a") == secret_version(metadata("a", 2)["metadata"])
        assert sorted(noticed) == [("n", "a"), ("n", "a"), ("n", "b")]

    asyncio.run(watched(server, lambda _watch, noticed: len(noticed) == 3, look))


def test_a_stream_that_ends_goes_on_from_its_last_bookmark() -> None:
    server = StubServer([[metadata("a", 1)]], [[event("BOOKMARK", "", 40)], [event("MODIFIED", "a", 41), None]])

    def look(_watch: SecretWatch, noticed: Noticed) -> None:
        assert server.since == ["10", "40"]
        assert noticed == [("n", "a"), ("n", "a")]

    asyncio.run(watched(server, lambda _watch, noticed: len(noticed) == 2, look))


def test_errors_are_waited_out() -> None:
    server = StubServer([[metadata("a", 1)], [metadata("a", 5)]], [503, [None]])

    def look(watch: SecretWatch, _noticed: Noticed) -> None:
        assert watch.version("n", "a") == secret_version(metadata("a", 5)["metadata"])

    asyncio.run(watched(server, lambda _watch, noticed: len(noticed) == 2, look))


def test_an_error_that_lasts_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    server = StubServer([403, 403, 500, [metadata("a", 1)]], [[None]])

    asyncio.run(watched(server, lambda _watch, noticed: len(noticed) == 1, lambda _watch, _noticed: None))

    told = [record.getMessage() for record in caplog.records if record.name == "roster_operator.kube.metadata_watch"]
    assert len(told) == 2, told
    first, second = told
    assert "cannot watch Secrets" in first
    assert "(HTTP 403)" in first
    assert "(HTTP 500)" in second


def test_the_real_api_server_sends_no_content(districts: Districts, identity: Path) -> None:
    districts.create_secret("sis", clientSecret="hunter2")
    path = f"/api/v1/namespaces/{districts.namespace}/secrets"

    async def read() -> list[Any]:
        client = KubernetesClient(await connect(identity))
        try:
            items, version = await client.list(path, metadata_only=True)
            one = await client.get(f"{path}/sis", metadata_only=True)
            districts.change_secret("sis", clientSecret="hunter3")
            changes = client.watch(path, version, metadata_only=True)
            change = await anext(aiter(changes))
            return [items, one, change]
        finally:
            await client.close()

    received = json.dumps(asyncio.run(read()))

    assert '"sis"' in received
    for secret in ("hunter2", "hunter3"):
        assert base64.b64encode(secret.encode()).decode() not in received
