"""The base URL: from what districts paste to where the API is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from roster_operator.errors import InvalidSpec
from roster_operator.sources.addresses import label, origin, parse_address

BASE_URL_FIELD: Final = "spec.source.baseURL"

_VERSION = re.compile(r"(?P<root>.*?)/(?:ims/)?oneroster/(?:rostering/)?(?P<version>v\d+p\d+)(?:/|$)", re.IGNORECASE)
_VERSION_1_0 = re.compile(r"(?P<root>.*?)/learningdata/v1(?:/|$)", re.IGNORECASE)
_UNVERSIONED = re.compile(r"(?P<root>.*?)/ims(?:/oneroster)?/?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ApiBase:
    """Where a server's API is."""

    url: str
    """Up to and with the version, without a slash at the end."""
    root: str
    """What stands before the OneRoster part; token endpoints are looked for beside it."""
    where: str
    """What messages may show."""
    host: str

    def route(self, *segments: str, **query: int) -> str:
        """The URL of a route, its segments and query percent-encoded; blanks become `%20`, as OAuth 1.0a needs."""
        path = "/".join(quote(segment, safe="") for segment in segments)
        return f"{self.url}/{path}?{urlencode(query, quote_via=quote)}" if query else f"{self.url}/{path}"


def normalise(pasted: str) -> ApiBase:
    """Accepts a host, a host with a prefix, the whole path of the API, or the URL of one of its endpoints.

    Raises `InvalidSpec` for what is no URL, is unprotected, or names another version of OneRoster.
    """
    url = parse_address(pasted, field=BASE_URL_FIELD).copy_with(query=None)
    path = re.sub(r"/{2,}", "/", url.raw_path.decode("ascii")).rstrip("/")
    root, api = _split(path)
    base = f"{origin(url)}{api}"
    return ApiBase(
        url=base, root=f"{origin(url)}{root}", where=label(url.copy_with(raw_path=api.encode())), host=url.host
    )


def _split(path: str) -> tuple[str, str]:
    """The path before the OneRoster part, and the path of the API."""
    if versioned := _VERSION.match(path):
        if versioned["version"].lower() != "v1p1":
            raise InvalidSpec(
                f"{BASE_URL_FIELD} names OneRoster {versioned['version']}; version 1.1 is what is read. "
                "Publisher: use the URL for version 1.1, which ends in /ims/oneroster/v1p1."
            )
        return versioned["root"], versioned[0].rstrip("/")
    if old := _VERSION_1_0.match(path):
        return old["root"], old[0].rstrip("/")
    if bare := _UNVERSIONED.match(path):
        return bare["root"], f"{bare['root']}/ims/oneroster/v1p1"
    return path, f"{path}/ims/oneroster/v1p1"
