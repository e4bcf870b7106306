"""Which addresses a source may talk to."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

import httpx2

from roster_operator.errors import InvalidSpec

_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")
_CLUSTER_SUFFIXES: Final = (".svc", ".svc.cluster.local")


def parse_address(text: str, *, field: str) -> httpx2.URL:
    """The URL in `text`, without its fragment; `field` is how the spec calls it.

    `https` only, because credentials and children's data travel: `http` is for this machine and for names that exist
    only inside a cluster. A user name or password in the URL is refused and not repeated in the message.
    """
    written = text.strip()
    if "://" not in written:
        written = f"https://{written}"
    try:
        url = httpx2.URL(written)
    except (httpx2.InvalidURL, UnicodeError):
        raise InvalidSpec(f"{field} is not a URL.") from None
    if url.port is not None and not 0 < url.port < 65536:
        raise InvalidSpec(f"{field} is not a URL: its port does not exist.")
    if not _HOST.fullmatch(url.raw_host.decode("ascii")) or url.scheme not in {"http", "https"}:
        raise InvalidSpec(f"{field} is not a URL that begins with https:// and a host name.")
    if url.userinfo:
        raise InvalidSpec(f"{field} holds a user name or password. Put credentials into the Secret.")
    if url.scheme == "http" and not is_internal(url.host):
        raise InvalidSpec(
            f"{field} begins with http://, so credentials and roster would travel unprotected. Use https:// "
            "(http:// is accepted for localhost and for names inside the cluster that end in .svc)."
        )
    return url.copy_with(fragment=None)


def is_internal(host: str) -> bool:
    """Whether the name or address can only mean this machine or a Service of this cluster."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(_CLUSTER_SUFFIXES):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def label(url: httpx2.URL) -> str:
    """Scheme, host and path: what a message may show of a URL."""
    return f"{origin(url)}{url.path.rstrip('/')}"


def origin(url: httpx2.URL) -> str:
    """Scheme, host and port: what credentials are bound to."""
    host = url.raw_host.decode("ascii")
    if ":" in host:
        host = f"[{host}]"
    default = {"http": 80, "https": 443}.get(url.scheme)
    port = "" if url.port is None or url.port == default else f":{url.port}"
    return f"{url.scheme}://{host}{port}"
