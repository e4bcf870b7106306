"""A listing that takes longer than the API server keeps its state is told from what must end the operator.

The server is a fake: a real one forgets a state after five minutes.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web
from hack.controlplane.cluster import write_kubeconfig

from roster_operator.api import names
from roster_operator.controller import handlers
from roster_operator.controller.watching import Listener, ListingExpired, WatchEnded, Watching

_LISTED = {"namespaced": True, "singularName": "", "verbs": ["list", "watch", "patch"]}
_OURS = {**_LISTED, "name": names.ROSTER_INTEGRATION_PLURAL, "kind": names.ROSTER_INTEGRATION_KIND}
_VERSION = {"version": names.VERSION}
DISCOVERED: dict[str, Any] = {
    "/api": {"versions": ["v1"]},
    "/api/v1": {"resources": [{**_LISTED, "name": "namespaces", "namespaced": False, "kind": "Namespace"}]},
    "/apis": {"groups": [{"name": names.GROUP, "preferredVersion": _VERSION, "versions": [_VERSION]}]},
    f"/apis/{names.GROUP}/{names.VERSION}": {"resources": [_OURS]},
}


@asynccontextmanager
async def api_server(second_page: int) -> AsyncIterator[str]:
    """Its address. It answers a second page of a list with this status."""

    async def answer(request: web.Request) -> web.Response:
        if request.path in DISCOVERED:
            return web.json_response(DISCOVERED[request.path])
        if "continue" in request.query:
            told = {"kind": "Status", "code": second_page, "message": "The provided continue parameter is too old."}
            return web.json_response(told, status=second_page)
        return web.json_response({"metadata": {"resourceVersion": "1", "continue": "more"}, "items": []})

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(("status", "ends"), [(410, ListingExpired), (403, WatchEnded)])
def test_only_a_page_that_is_too_old_is_a_reason_to_list_anew(
    status: int, ends: type[WatchEnded], tmp_path: Path
) -> None:
    async def play() -> None:
        stop, ready = threading.Event(), threading.Event()
        async with api_server(status) as address:
            kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", cluster={"server": address}, token="any")
            watching = Watching(identity="it", kubeconfig=kubeconfig, scopes=("a",), ebooks=False, patience=1.0)
            listener = cast(Listener, object())
            await handlers.watch(watching, listener, asyncio.get_running_loop(), stop=stop, ready=ready)

    with pytest.raises(WatchEnded) as ended:
        asyncio.run(play())
    assert type(ended.value) is ends
