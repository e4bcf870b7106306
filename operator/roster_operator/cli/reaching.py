"""Whether a SIS answers from here: on its port, and no more; what it says is a sync's matter."""

from __future__ import annotations

import os
import socket
from typing import Final
from urllib.parse import urlsplit

_PATIENCE: Final = 5.0
_PORTS: Final = {"https": 443, "http": 80, "sftp": 22}


def in_the_way(url: str) -> tuple[str, str]:
    """The place that a URL names, and what keeps one from it; empty if nothing does."""
    parts = urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme)
    if not parts.hostname or port is None:
        return parts.scheme or url, ""
    place = f"{parts.hostname}:{port}"
    if os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy"):
        return f"{place} (by the proxy that HTTPS_PROXY names, which was not asked)", ""
    try:
        socket.create_connection((parts.hostname, port), timeout=_PATIENCE).close()
    except socket.gaierror:
        return place, "no such host is known here."
    except TimeoutError:
        return place, f"no answer in {_PATIENCE:.0f} s."
    except OSError as error:
        return place, f"{(error.strerror or 'no connection').lower()}."
    return place, ""
