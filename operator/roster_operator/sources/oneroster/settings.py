"""How one OneRoster server is to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from roster_operator.sources.retries import RetryPolicy

ROSTER_CORE_SCOPE: Final = "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly"
"""Everything but demographics, which a publisher has no business with (OneRoster 1.1, section 3.5)."""


class AuthKind(StrEnum):
    """How the server wants to be told who asks."""

    AUTO = "Auto"
    """A token of the Secret if it has one; else OAuth 2 if the server has a token endpoint; else OAuth 1.0a."""
    OAUTH2 = "OAuth2"
    OAUTH1_HMAC_SHA256 = "OAuth1-HMAC-SHA256"
    OAUTH1_HMAC_SHA1 = "OAuth1-HMAC-SHA1"
    BEARER = "Bearer"
    """The token of the Secret, as it is."""


@dataclass(frozen=True, slots=True)
class OneRosterSettings:
    """One server and its habits. Sizes in bytes, times in seconds."""

    base_url: str
    """As the district pasted it; see `urls.normalise`."""
    auth: AuthKind = AuthKind.AUTO
    token_url: str | None = None
    """Where tokens are given out, if it is not `token` or `oauth/token` beside the API."""
    scope: str | None = ROSTER_CORE_SCOPE
    page_size: int = 5000
    max_concurrency: int = 4
    request_timeout: float = 60.0
    """For one whole answer."""
    max_page_bytes: int = 64 * 1024 * 1024
    """After decompression."""
    max_rows: int = 20_000_000
    """Of one section; more is taken for a server that never ends."""
    max_pages: int = 500_000
    retries: RetryPolicy = field(default_factory=RetryPolicy)
