"""The base URL: from what districts paste to where the API may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, unquote, urlencode

from roster_operator.api.v1alpha1.choices import OneRosterVersion
from roster_operator.errors import InvalidSpec
from roster_operator.sources.addresses import origin, parse_address
from roster_operator.sources.oneroster.settings import OneRosterSettings, token_of

BASE_URL_FIELD: Final = "spec.source.baseURL"
APPLICATION: Final = "{application}"
"""Where a path holds the id of one district's application."""

_VERSIONED = re.compile(
    r"(?P<root>.*?)/(?P<service>(?:ims/)?oneroster/)(?:(?:rostering|gradebook|resources)/)?(?P<version>v\d+p\d+)(?:/|$)",
    re.IGNORECASE,
)
_VERSION_1_0 = re.compile(r"(?P<root>.*?)/learningdata/v1(?:/|$)", re.IGNORECASE)
_UNVERSIONED = re.compile(r"(?P<root>.*?)/ims(?:/oneroster(?:/rostering)?)?/?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ApiBase:
    """Where a server's API may be."""

    url: str
    """Up to and with the version, without a slash at the end."""
    root: str
    """What stands before the OneRoster part; token endpoints are looked for beside it."""
    where: str
    """What messages may show."""
    host: str
    version: OneRosterVersion
    application: str = ""
    """The id of the district's application, percent-encoded; empty if the server has none or it is not known yet."""

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return "/".join(self.root.split("/", maxsplit=3)[:3])

    def is_at(self, url: str) -> bool:
        """Whether a URL leads to this server."""
        return url.startswith(f"{self.origin}/")

    @property
    def lacks_application(self) -> bool:
        """Whether the application must be found out first."""
        return APPLICATION in self.url

    def of(self, application: str) -> ApiBase:
        """The API of this application, whose id may be percent-encoded already."""
        encoded = _encoded(application)
        return replace(
            self,
            url=self.url.replace(APPLICATION, encoded),
            where=self.where.replace(APPLICATION, unquote(encoded)),
            application=encoded,
        )

    def route(self, *segments: str, **query: int | str) -> str:
        """The URL of a route, its segments and query percent-encoded; blanks become `%20`, as OAuth 1.0a needs."""
        path = "/".join(quote(segment, safe="") for segment in segments)
        return f"{self.url}/{path}?{urlencode(query, quote_via=quote)}" if query else f"{self.url}/{path}"


@dataclass(frozen=True, slots=True)
class _Pasted:
    """A path, taken apart."""

    root: str
    api: str = ""
    """The path of the API, if it was all there."""
    version: OneRosterVersion = OneRosterVersion.AUTO


def possible_bases(settings: OneRosterSettings) -> tuple[ApiBase, ...]:
    """Where the API may be, the likeliest first.

    Accepts a host, a host with a prefix, the whole path of the API, or the URL of one of its endpoints. Raises
    `InvalidSpec` for what is no URL, is unprotected, names a version of OneRoster that is not read, or contradicts
    other fields.
    """
    url = parse_address(settings.base_url, field=BASE_URL_FIELD).copy_with(query=None)
    pasted = _taken_apart(re.sub(r"/{2,}", "/", url.raw_path.decode("ascii")).rstrip("/"))
    application = _application(settings, pasted.root)
    server, root = origin(url), f"{origin(url)}{pasted.root}"
    return tuple(
        ApiBase(f"{server}{path}", root, f"{server}{unquote(path)}", url.host, version, application)
        for version, path in _paths(settings, pasted, application)
    )


def district_of(settings: OneRosterSettings) -> str:
    """Host and path that tell this district from others, whatever version of the API is asked."""
    base = possible_bases(settings)[0]
    place = base.root.partition("://")[2]
    return place if not base.application or base.application in place.split("/") else f"{place}/{base.application}"


def _paths(settings: OneRosterSettings, pasted: _Pasted, application: str) -> Iterator[tuple[OneRosterVersion, str]]:
    if pasted.api:
        if settings.version not in {OneRosterVersion.AUTO, pasted.version}:
            raise InvalidSpec(
                f"{BASE_URL_FIELD} names OneRoster {pasted.version}, but version {settings.version} is to be read. "
                f"Publisher: use the URL of version {settings.version}, or set spec.source.version to {pasted.version}."
            )
        yield pasted.version, pasted.api
        return
    versions = settings.paths if settings.version is OneRosterVersion.AUTO else [settings.version]
    found = [
        (version, _joined(pasted.root, path.replace(APPLICATION, application) if application else path))
        for version in versions
        for path in settings.paths.get(version, ())
    ]
    if not found:
        raise InvalidSpec(
            f"Where OneRoster {settings.version} is at this vendor is not known. Publisher: let {BASE_URL_FIELD} hold "
            "the whole path, up to the version."
        )
    usable = [(version, path) for version, path in found if APPLICATION not in path]
    yield from usable or found


def _taken_apart(path: str) -> _Pasted:
    if versioned := _VERSIONED.match(path):
        token = versioned["version"].lower()
        versions = (OneRosterVersion.V1_1, OneRosterVersion.V1_2)
        version = next((known for known in versions if token_of(known) == token), None)
        if version is None:
            raise InvalidSpec(
                f"{BASE_URL_FIELD} names OneRoster {versioned['version']}; 1.1 and 1.2 are the versions that are read. "
                "Publisher: use the URL of one of them."
            )
        rosters = re.sub(r"/(?:gradebook|resources)(/v\d+p\d+/?)$", r"/rostering\1", versioned[0], flags=re.IGNORECASE)
        return _Pasted(versioned["root"], rosters.rstrip("/"), version)
    if old := _VERSION_1_0.match(path):
        return _Pasted(old["root"], old[0].rstrip("/"), OneRosterVersion.V1_1)
    if bare := _UNVERSIONED.match(path):
        return _Pasted(bare["root"])
    return _Pasted(path)


def _application(settings: OneRosterSettings, root: str) -> str:
    """The application's id, of the spec or of the path; percent-encoded."""
    given = _encoded(settings.application_id) if settings.application_id else ""
    if not settings.applications:
        return given
    pattern = re.escape(settings.applications).replace(re.escape(APPLICATION), "(?P<id>[^/]+)")
    found = re.match(f"{pattern}(?:/|$)", root)
    named = _encoded(found["id"]) if found else ""
    if given and named and given != named:
        raise InvalidSpec(
            f"{BASE_URL_FIELD} and spec.source.applicationID name two applications. Publisher: keep the right one only."
        )
    return given or named


def _joined(root: str, path: str) -> str:
    """`path` behind `root`, where the end of the one may be the beginning of the other."""
    shared = path
    while shared and not root.lower().endswith(shared.lower()):
        shared = shared.rpartition("/")[0]
    return root + path[len(shared) :]


def _encoded(application: str) -> str:
    return quote(unquote(application.strip()), safe="")
