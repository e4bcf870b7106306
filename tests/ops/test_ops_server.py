"""Probes and scrapes."""

from __future__ import annotations

import asyncio

import aiohttp

from roster_operator.ops.server import OpsServer


async def ask(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


def test_health_and_readiness_say_what_is_wrong() -> None:
    faults: dict[str, str | None] = {"syncs": None, "ledger": "it does not answer"}

    async def scenario() -> None:
        server = OpsServer(
            health={"syncs": lambda: faults["syncs"]},
            readiness=lambda: {"ledger": lambda: faults["ledger"]},
            metrics=lambda: b"roster_operator_x 1\n",
        )
        port = await server.start("127.0.0.1", 0)
        try:
            assert await ask(port, "/healthz") == (200, "syncs: ok\n")
            assert await ask(port, "/readyz") == (503, "ledger: it does not answer\n")
            faults.update(syncs="1 hangs", ledger=None)
            assert await ask(port, "/healthz") == (503, "syncs: 1 hangs\n")
            assert await ask(port, "/readyz") == (200, "ledger: ok\n")
            assert await ask(port, "/metrics") == (200, "roster_operator_x 1\n")
        finally:
            await server.stop()

    asyncio.run(scenario())
