"""The HTTP client of a source, and whom it trusts."""

from __future__ import annotations

import ssl
from functools import lru_cache, partial

import httpx2

from roster_operator.errors import InvalidSpec
from roster_operator.sources.connections import Connections
from roster_operator.sources.network import Network
from roster_operator.sources.transport import Transport


def open_client(
    connections: Connections,
    *,
    ca_pem: str,
    network: Network,
    transport: httpx2.BaseTransport | None,
) -> httpx2.Client:
    """A client that follows no redirect by itself and keeps cookies, as farms of servers need.

    `network`: which servers it may connect to. `transport` replaces all of it.
    """
    if ca_pem:
        trust(ca_pem)  # a certificate that is none is told of now, not at the first request
    return httpx2.Client(
        trust_env=False,
        follow_redirects=False,
        transport=transport or Transport(partial(trust, ca_pem), connections, network),
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
