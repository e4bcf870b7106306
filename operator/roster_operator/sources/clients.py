"""The HTTP client of a source, and whom it trusts."""

from __future__ import annotations

import ssl
from functools import lru_cache, partial
from typing import Final
from urllib.request import getproxies

import httpx2

from roster_operator.errors import InvalidSpec
from roster_operator.sources.connections import Connections
from roster_operator.sources.transport import DirectTransport

_PROXIED: Final = frozenset({"http", "https", "all"})


def open_client(
    connections: Connections,
    *,
    ca_pem: str,
    max_connections: int,
    use_proxy: bool,
    transport: httpx2.BaseTransport | None,
) -> httpx2.Client:
    """A client that follows no redirect by itself and keeps cookies, as farms of servers need.

    `use_proxy`: honour HTTPS_PROXY and NO_PROXY. `transport` replaces the network.
    """
    if ca_pem:
        trust(ca_pem)  # a certificate that is none is told of now, not at the first request
    if transport is None and not (use_proxy and _PROXIED & getproxies().keys()):
        transport = DirectTransport(partial(trust, ca_pem), connections)
    return httpx2.Client(
        verify=trust(ca_pem) if transport is None else True,
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
    # Python 3.13 made this the default. It refuses certificates without key identifiers, as authorities of a district's
    # own make them, and adds nothing to the checks of signature, name and dates.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if ca_pem:
        try:
            context.load_verify_locations(cadata=ca_pem)
        except (ssl.SSLError, ValueError):
            raise InvalidSpec("ca.crt in the Secret is not a certificate in PEM.") from None
    return context
