"""How one OneRoster server is to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Final

from roster_operator.api.v1alpha1.choices import (
    AuthMethod,
    ContentType,
    EndDates,
    Filter,
    OneRosterVersion,
    TokenCredentials,
    TokenParameters,
)
from roster_operator.sources.network import ANYWHERE, Network
from roster_operator.sources.retries import RetryPolicy
from roster_operator.sources.terminology import Words

ROSTER_CORE_SCOPE: Final = "https://purl.imsglobal.org/spec/or/{version}/scope/roster-core.readonly"
"""Everything but demographics, which a publisher has no business with (OneRoster 1.1, section 3.5)."""


_MEDIA: Final = {ContentType.FORM: "application/x-www-form-urlencoded", ContentType.JSON: "application/json"}


def token_of(version: OneRosterVersion) -> str:
    """A version as paths and scopes write it: v1p1."""
    return f"v{version.value.replace('.', 'p')}"


def headers_of(content_type: ContentType) -> dict[str, str]:
    """What it adds to a request that has no content."""
    return {"Content-Type": _MEDIA[content_type]} if content_type in _MEDIA else {}


@dataclass(frozen=True, slots=True)
class OneRosterSettings:
    """One server and its habits; by default those of no vendor in particular. Sizes in bytes, times in seconds."""

    base_url: str
    """As the district pasted it; see `urls.normalise`."""
    version: OneRosterVersion = OneRosterVersion.AUTO
    paths: Mapping[OneRosterVersion, tuple[str, ...]] = field(
        default_factory=lambda: {
            OneRosterVersion.V1_1: ("/ims/oneroster/v1p1",),
            OneRosterVersion.V1_2: ("/ims/oneroster/rostering/v1p2", "/ims/oneroster/v1p2"),
        }
    )
    """What may follow what was pasted, for each version, the likeliest first."""
    applications: str = ""
    """Where in a path the id of one district's application stands, as `{application}`; empty if it has none."""
    application_id: str | None = None
    discovery: str = ""
    """The path, at the host, where the applications of a token are listed; empty if the server has no such list."""
    auth: AuthMethod = AuthMethod.AUTO
    token_url: str | None = None
    """Where tokens are given out; else `token_urls` are tried."""
    token_urls: tuple[str, ...] = ("{root}/token", "{root}/oauth/token", "{api}/token")
    scope: str | None = ROSTER_CORE_SCOPE
    token_credentials: TokenCredentials = TokenCredentials.AUTO
    token_parameters: TokenParameters = TokenParameters.BODY
    content_type: ContentType = ContentType.NONE
    page_size: int = 5000
    max_concurrency: int = 4
    request_timeout: float = 60.0
    """For one whole answer."""
    missing_routes: frozenset[str] = frozenset()
    filters: frozenset[Filter] | None = None
    """By which it may be asked; None: by all, as far as they turn out to be honoured."""
    end_dates: EndDates = EndDates.EXCLUSIVE
    time_zone: tzinfo = UTC
    """The district's; which roles hold depends on its day."""
    words: Words = field(default_factory=Words)
    max_page_bytes: int = 24 * 1024 * 1024
    """After decompression; a page of 5,000 rows has 5 MB. Texts may take four times as much in memory."""
    max_rows: int = 20_000_000
    """Of one section; more is taken for a server that never ends."""
    max_pages: int = 500_000
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    network: Network = ANYWHERE
    """Which servers may be connected to."""
