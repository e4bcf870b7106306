"""Where a redirect leads, and where it does not: credentials never follow one to another server."""

from __future__ import annotations

import httpx2

from roster_operator.errors import WrongURL
from roster_operator.sources.addresses import origin
from roster_operator.sources.failures import RedirectedAway


def redirected(source: httpx2.URL, location: str, where: str) -> httpx2.URL:
    """The target, if it is on the same server; user names and passwords in it are dropped."""
    target = _target_of(source, location)
    if target is None:
        raise WrongURL(f"{where} redirects without a usable target. District: check the base URL.")
    if origin(target) != origin(source):
        raise RedirectedAway(where)
    return source.copy_with(raw_path=target.raw_path)


def _target_of(source: httpx2.URL, location: str) -> httpx2.URL | None:
    """Where a redirect leads; None if that is no URL."""
    try:
        target = source.join(location)
        origin(target)
    except (httpx2.InvalidURL, UnicodeError):
        return None
    return target
