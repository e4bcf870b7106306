"""Which egress proxy leads to a server: what HTTPS_PROXY, ALL_PROXY and NO_PROXY say.

Only https goes through one, in a tunnel: http is for this machine and for Services of the cluster.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

from roster_operator.sources.addresses import is_internal

_PORT: Final = 80


class Proxy(NamedTuple):
    """A proxy that speaks HTTP."""

    host: str
    port: int
    authorization: str
    """The value of the header Proxy-Authorization; empty if the proxy wants none."""

    def __repr__(self) -> str:
        """Without what the proxy must be told."""
        return f"Proxy({self.host}:{self.port})"


class ProxyUnusable(httpx2.ProxyError):
    """What is configured is no proxy that speaks HTTP."""


class ProxyRefused(httpx2.ProxyError):
    """The proxy leads to no server, and says why."""

    def __init__(self, status: int) -> None:
        """`status`: of HTTP."""
        super().__init__(f"HTTP {status}")
        self.status = status


def proxy_for(host: str, port: int) -> Proxy | None:
    """The proxy that the environment names for a server; raises `ProxyUnusable`."""
    configured = getproxies()
    address = configured.get("https") or configured.get("all")
    if not address or is_internal(host) or proxy_bypass(f"{host}:{port}"):
        return None
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        name, number = parts.hostname, parts.port
    except ValueError:
        raise ProxyUnusable("no address") from None
    if parts.scheme != "http" or not name:
        raise ProxyUnusable("no proxy that speaks HTTP")
    authorization = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = f"Basic {b64encode(pair.encode()).decode()}"
    return Proxy(name, number or _PORT, authorization)
