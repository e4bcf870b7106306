"""The base URL: from what districts paste to where PowerSchool is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from roster_operator.errors import InvalidSpec
from roster_operator.sources.addresses import label, origin, parse_address

_FIELD = "spec.source.baseURL"
_PAGES = re.compile(r"/(?:ws|oauth|admin|teachers?|guardian|public|pw|students?)(?:/|$).*", re.IGNORECASE)
"""What follows the server's address when somebody copies it from the browser or from a manual."""


@dataclass(frozen=True, slots=True)
class PowerSchoolBase:
    """Where a server is."""

    url: str
    """Scheme, host and port, and a path if PowerSchool stands behind one; no slash at the end."""
    where: str
    """What messages may show."""
    host: str

    @property
    def district(self) -> str:
        """What tells districts apart: host and path."""
        return self.url.partition("://")[2]

    @property
    def token_urls(self) -> tuple[str, str]:
        """Where tokens are given out; some versions want the slash."""
        return f"{self.url}/oauth/access_token", f"{self.url}/oauth/access_token/"

    def route(self, path: tuple[str, ...], query: Mapping[str, str | int]) -> str:
        """The URL of a route, its segments and query percent-encoded; `=` and `;` inside a search too."""
        encoded = "/".join(quote(segment, safe="") for segment in path)
        asked = urlencode(query, quote_via=quote)
        return f"{self.url}/{encoded}?{asked}" if asked else f"{self.url}/{encoded}"


def normalise(pasted: str) -> PowerSchoolBase:
    """Accepts the server's address, with or without the path of a page of PowerSchool or of its API.

    Raises `InvalidSpec` for what is no URL, is unprotected, or is the address of a OneRoster API.
    """
    url = parse_address(pasted, field=_FIELD).copy_with(query=None)
    path = re.sub(r"/{2,}", "/", url.raw_path.decode("ascii"))
    if "/oneroster" in path.lower():
        raise InvalidSpec(
            f"{_FIELD} is the address of a OneRoster API, but spec.source.type is PowerSchool. Publisher: set the type "
            "to OneRoster, or give the address at which the district signs in to PowerSchool."
        )
    path = _PAGES.sub("", path).rstrip("/")
    return PowerSchoolBase(
        url=f"{origin(url)}{path}", where=label(url.copy_with(raw_path=path.encode() or b"/")), host=url.host
    )
