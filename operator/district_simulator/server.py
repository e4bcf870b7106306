"""Starting and stopping the HTTP server of one district or of many."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from district_simulator.app import FindService, build_app


@dataclass(frozen=True, slots=True)
class Binding:
    """Where to listen: port 0 takes any free one; a certificate and its key turn TLS on."""

    host: str = "127.0.0.1"
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None

    @property
    def scheme(self) -> str:
        """http or https."""
        return "http" if self.certificate is None else "https"

    def ssl_context(self) -> ssl.SSLContext | None:
        """The TLS context, or None for plain HTTP."""
        if self.certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


class Server:
    """A running HTTP server; `origin` is its scheme, host and port once it listens."""

    def __init__(self, find: FindService, binding: Binding) -> None:
        self._runner = web.AppRunner(build_app(find), access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
        self._binding = binding
        self.origin = ""

    async def start(self) -> None:
        """Listen; returns once requests are accepted."""
        await self._runner.setup()
        binding = self._binding
        site = web.TCPSite(self._runner, binding.host, binding.port, ssl_context=binding.ssl_context())
        await site.start()
        port = self._runner.addresses[0][1]
        host = f"[{binding.host}]" if ":" in binding.host else binding.host
        self.origin = f"{binding.scheme}://{host}:{port}"

    async def stop(self) -> None:
        """Stop listening and drop what is still being answered."""
        await self._runner.cleanup()
