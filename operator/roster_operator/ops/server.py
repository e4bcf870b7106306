"""The HTTP server of the platform: /healthz, /readyz and /metrics.

It runs on the event loop that it vouches for: a loop that is blocked does not answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

Fault = str | None
Check = Callable[[], Fault]
"""What is wrong, in words; None if nothing is."""


class OpsServer:
    """Answers probes and scrapes."""

    def __init__(
        self, *, health: Mapping[str, Check], readiness: Callable[[], Mapping[str, Check]], metrics: Callable[[], bytes]
    ) -> None:
        """`health`: what only a restart mends. `readiness`: what the operator needs to do its work, as of now."""
        self._metrics = metrics
        app = web.Application()
        app.router.add_get("/healthz", _answer(lambda: health))
        app.router.add_get("/readyz", _answer(readiness))
        app.router.add_get("/metrics", self._scrape)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port, which the system chooses if 0 was asked for."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        chosen: int = self._runner.addresses[0][1]
        return chosen

    async def stop(self) -> None:
        """Answer no more."""
        await self._runner.cleanup()

    async def _scrape(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._metrics(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


def _answer(asked: Callable[[], Mapping[str, Check]]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(_request: web.Request) -> web.Response:
        checks = asked()
        faults = {name: fault for name, check in checks.items() if (fault := check()) is not None}
        lines = [f"{name}: {faults.get(name, 'ok')}" for name in checks]
        return web.Response(text="\n".join(lines) + "\n", status=503 if faults else 200)

    return handler
