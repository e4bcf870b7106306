"""`spec.source`: where the roster comes from."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from roster_operator.api.rules import Between, ServerURL, Shaped, rule, ruled
from roster_operator.api.wire import WireModel


class SourceType(StrEnum):
    """The kind of API or file that is read."""

    ONE_ROSTER = "OneRoster"


class Vendor(StrEnum):
    """Whose student information system answers; each has habits that its profile knows."""

    GENERIC = "Generic"
    AERIES = "Aeries"
    CLASSLINK = "ClassLink"
    ESCHOOLDATA = "eSchoolData"
    INFINITE_CAMPUS = "InfiniteCampus"
    POWERSCHOOL = "PowerSchool"
    SKYWARD = "Skyward"
    SYNERGY = "Synergy"


class AuthMethod(StrEnum):
    """How the SIS is told who asks."""

    AUTO = "Auto"
    OAUTH2 = "OAuth2"
    OAUTH1 = "OAuth1"
    OAUTH1_SHA1 = "OAuth1SHA1"
    BEARER = "Bearer"


class SecretReference(WireModel):
    """A Secret in the RosterIntegration's own namespace."""

    model_config = ConfigDict(json_schema_extra={"x-kubernetes-map-type": "atomic"})

    name: Annotated[
        str,
        Field(min_length=1, max_length=253),
        Shaped(r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", "must be a Secret's name: lower case letters, digits, - and ."),
    ]
    """Name of the Secret."""


_ONLY_OAUTH2 = "may only be set with auth Auto or OAuth2; remove it, or set auth to OAuth2"


class RosterSourceSpec(WireModel):
    """The student information system (SIS), and how to read it."""

    model_config = ConfigDict(
        json_schema_extra=ruled(
            rule("!has(self.tokenURL) || self.auth in ['Auto', 'OAuth2']", _ONLY_OAUTH2, field_path=".tokenURL"),
            rule("!has(self.scope) || self.auth in ['Auto', 'OAuth2']", _ONLY_OAUTH2, field_path=".scope"),
        )
    )

    type: SourceType = SourceType.ONE_ROSTER
    """The kind of API that is read: OneRoster (the REST API of OneRoster 1.1)."""
    vendor: Vendor = Vendor.GENERIC
    """Whose SIS it is. Generic suits every server that follows the OneRoster specification."""
    base_url: Annotated[str, ServerURL()]
    """Where the SIS's OneRoster API begins, as the district gave it, such as https://springfield.example.org/aeries.
    The path /ims/oneroster/v1p1 may be left out. Host and path also tell districts apart, unless spec.district does."""
    secret_ref: SecretReference
    """The Secret with the district's credentials: keys clientID and clientSecret (OAuth 1.0a: consumer key and secret),
    or token for auth Bearer; optionally ca.crt, PEM certificates to trust. The operator reads this Secret and no other,
    and never writes it."""
    auth: AuthMethod = AuthMethod.AUTO
    """How to sign in: OAuth2 (client credentials), OAuth1 (OAuth 1.0a, HMAC-SHA256), OAuth1SHA1 (OAuth 1.0a,
    HMAC-SHA1, for older servers), Bearer (the Secret's token as it is), or Auto: Bearer if the Secret has a token, else
    OAuth2 if the server gives out tokens, else OAuth 1.0a."""
    token_url: Annotated[str, ServerURL()] | None = None
    """OAuth2 only: where tokens are given out, if it is not at token or oauth/token beside the API. The Secret's
    clientID and clientSecret are sent there."""
    scope: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    """OAuth2 only: the scopes to ask for, separated by spaces, if the server wants others than OneRoster's own for
    everything but demographics."""
    page_size: Annotated[int, Field(ge=1, le=50_000)] = 5000
    """Rows to ask for in one request. Servers may give fewer; the read goes on until it is proved whole."""
    concurrency: Annotated[int, Field(ge=1, le=16)] = 4
    """Requests to this SIS at the same time, at most. Lower it if the district's server suffers."""
    request_timeout: Annotated[timedelta, Between("1s", "10m")] = timedelta(seconds=60)
    """How long one request may take before it is tried again."""

    @model_validator(mode="after")
    def _oauth2_settings_need_oauth2(self) -> Self:
        for field, value in (("tokenURL", self.token_url), ("scope", self.scope)):
            if value is not None and self.auth not in (AuthMethod.AUTO, AuthMethod.OAUTH2):
                raise ValueError(f"{field}: {_ONLY_OAUTH2}")
        return self
