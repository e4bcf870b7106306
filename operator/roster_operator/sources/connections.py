"""The HTTP client of a source and its open sockets.

A thread that waits in `recv` cannot be told to stop. So the sockets are known here, and another thread can shut them
down: the waiting one then fails at once and finds out why.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import threading
import weakref
from functools import lru_cache
from typing import Any, Final

import httpx2

from roster_operator.errors import InvalidSpec

_TALKATIVE: Final = ("httpx2", *(f"httpcore2.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))


for _name in _TALKATIVE:
    # They write URLs and headers, which hold identifiers of persons and cookies.
    logging.getLogger(_name).addFilter(lambda _record: False)


class Connections:
    """The open sockets of one client. Thread-safe."""

    def __init__(self) -> None:
        """None are open yet."""
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._ended = False

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Learn of a new connection; to be given to each request as its `trace` extension."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            opened = info["return_value"].get_extra_info("socket")
            if isinstance(opened, socket.socket):
                with self._lock:
                    self._sockets.add(opened)
                    ended = self._ended
                if ended:
                    _shut_down(opened)

    def break_off(self) -> None:
        """End whatever is under way; new connections may follow."""
        with self._lock:
            sockets = list(self._sockets)
        for opened in sockets:
            _shut_down(opened)

    def end(self) -> None:
        """End whatever is under way, and each connection that is still being opened as soon as it is."""
        with self._lock:
            self._ended = True
        self.break_off()


def _shut_down(opened: socket.socket) -> None:
    """Below TLS, which would wait for the other side."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(opened, socket.SHUT_RDWR)


def open_client(
    *, ca_pem: str, max_connections: int, use_proxy: bool, transport: httpx2.BaseTransport | None
) -> httpx2.Client:
    """A client that follows no redirect by itself and keeps cookies, as farms of servers need.

    `use_proxy`: honour HTTPS_PROXY and NO_PROXY. `transport` replaces the network.
    """
    return httpx2.Client(
        verify=trust(ca_pem),
        trust_env=use_proxy,
        follow_redirects=False,
        transport=transport,
        limits=httpx2.Limits(max_connections=max_connections, max_keepalive_connections=max_connections),
        headers={
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": "roster-operator",
        },
    )


@lru_cache(maxsize=64)
def trust(ca_pem: str) -> ssl.SSLContext:
    """The public authorities, and those of the Secret's `ca.crt`. Shared, because loading them takes long."""
    context = httpx2.create_ssl_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_pem:
        try:
            context.load_verify_locations(cadata=ca_pem)
        except (ssl.SSLError, ValueError):
            raise InvalidSpec("ca.crt in the Secret is not a certificate in PEM.") from None
    return context
