"""`spec.source`: where the roster comes from.

What is left unset is what the profile of the vendor says (`vendors/`), so fields have no defaults here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, WithJsonSchema, model_validator

from roster_operator import vendors
from roster_operator.api.rules import Between, OneOf, RosterURL, ServerURL, Shaped, rule, ruled
from roster_operator.api.v1alpha1.choices import (
    AuthMethod,
    ContentType,
    EndDates,
    Filter,
    OneRosterVersion,
    SourceType,
    TokenCredentials,
    TokenParameters,
)
from roster_operator.api.v1alpha1.delta import DeltaReads
from roster_operator.api.wire import WireModel


class SecretReference(WireModel):
    """A Secret in the RosterIntegration's own namespace."""

    model_config = ConfigDict(json_schema_extra={"x-kubernetes-map-type": "atomic"})

    name: Annotated[
        str,
        Field(min_length=1, max_length=253),
        Shaped(r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", "must be a Secret's name: lower case letters, digits, - and ."),
    ]
    """Name of the Secret."""


class TokenRequest(WireModel):
    """How the SIS wants to be asked for an OAuth 2 token."""

    credentials: TokenCredentials | None = None
    """Where client id and secret are put: Basic (a header), Body (the form), or Auto: Basic, and Body if that is
    refused."""
    parameters: TokenParameters | None = None
    """Where grant type and scope are put: Body (the form) or Query (the URL)."""


RouteName = Annotated[
    str,
    Field(min_length=1, max_length=32),
    Shaped(r"^[A-Za-z]+(/\{id\}/[A-Za-z]+)?$", "must be a route such as terms or schools/{id}/classes"),
]


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a field must be besides well-formed, given the others."""

    field: str
    cel: str
    holds: Callable[[RosterSourceSpec], bool]
    message: str


def _oauth2_only(field: str, given: Callable[[RosterSourceSpec], bool]) -> _Rule:
    return _Rule(
        field,
        f"!has(self.{field}) || !has(self.auth) || self.auth in ['Auto', 'OAuth2']",
        lambda source: not given(source) or source.auth in (None, AuthMethod.AUTO, AuthMethod.OAUTH2),
        "may only be set with auth Auto or OAuth2; remove it, or set auth to OAuth2",
    )


def _not_with(type_: SourceType, field: str, attribute: str) -> _Rule:
    return _Rule(
        field,
        f"self.type != '{type_}' || !has(self.{field})",
        lambda source: source.type is not type_ or getattr(source, attribute) is None,
        f"must not be set with type {type_}, which has no such choice; remove it",
    )


_WITH_APPLICATIONS: Final = vendors.with_applications()

_OF_ONEROSTER: Final = {
    "version": "version",
    "auth": "auth",
    "tokenURL": "token_url",
    "scope": "scope",
    "tokenRequest": "token_request",
    "contentType": "content_type",
    "missingRoutes": "missing_routes",
    "filters": "filters",
}
"""Fields that only the REST API of OneRoster gives a meaning, with their attributes."""

_FOREIGN: Final[Mapping[SourceType, Mapping[str, str]]] = {
    SourceType.POWERSCHOOL: {**_OF_ONEROSTER, "endDates": "end_dates"},
    SourceType.ONE_ROSTER_CSV: {**_OF_ONEROSTER, "pageSize": "page_size", "concurrency": "concurrency"},
}

_RULES: Final[tuple[_Rule, ...]] = (
    _oauth2_only("tokenURL", lambda source: source.token_url is not None),
    _oauth2_only("scope", lambda source: source.scope is not None),
    _oauth2_only("tokenRequest", lambda source: source.token_request is not None),
    _Rule(
        "applicationID",
        f"!has(self.applicationID) || self.vendor in {list(_WITH_APPLICATIONS)}",
        lambda source: source.application_id is None or source.vendor in _WITH_APPLICATIONS,
        f"may only be set with vendor {' or '.join(_WITH_APPLICATIONS)}; remove it, or set vendor to one of them",
    ),
    _Rule(
        "coTeacherQuery",
        "!has(self.coTeacherQuery) || self.type == 'PowerSchool'",
        lambda source: source.co_teacher_query is None or source.type is SourceType.POWERSCHOOL,
        "may only be set with type PowerSchool; remove it, or set type to PowerSchool",
    ),
    _Rule(
        "delta",
        "!has(self.delta) || self.type == 'OneRoster'",
        lambda source: source.delta is None or source.type is SourceType.ONE_ROSTER,
        "may only be set with type OneRoster; remove it: every sync of another type reads everything",
    ),
    _Rule(
        "baseURL",
        "self.type == 'OneRosterCSV' || self.baseURL.matches('^(?i:https?)://')",
        lambda source: source.type is SourceType.ONE_ROSTER_CSV or source.base_url.lower().startswith("http"),
        "may only begin with sftp:// or file:// with type OneRosterCSV; set type, or use the URL of the SIS's API",
    ),
    _Rule(
        "secretRef",
        "has(self.secretRef) || (self.type == 'OneRosterCSV' && self.baseURL.matches('^(?i:file)://'))",
        lambda source: source.secret_ref is not None or source.is_on_volume,
        "must be given; only files of a volume (type OneRosterCSV, file:///...) need no Secret",
    ),
    _Rule(
        "settleTime",
        "!has(self.settleTime) || self.type == 'OneRosterCSV'",
        lambda source: source.settle_time is None or source.type is SourceType.ONE_ROSTER_CSV,
        "may only be set with type OneRosterCSV; remove it, or set type",
    ),
    *(_not_with(type_, field, attribute) for type_, fields in _FOREIGN.items() for field, attribute in fields.items()),
)
"""Checked by the API server and by `_rules_hold`. A type that does not know a field says so with a line here."""


class RosterSourceSpec(WireModel):
    """The student information system (SIS), and how to read it."""

    model_config = ConfigDict(
        json_schema_extra=ruled(*(rule(each.cel, each.message, field_path=f".{each.field}") for each in _RULES))
    )

    type: SourceType = SourceType.ONE_ROSTER
    """What is read: OneRoster (the REST API of OneRoster 1.1 and 1.2), PowerSchool (the API of the PowerSchool SIS
    itself), or OneRosterCSV (files of OneRoster CSV 1.1 and 1.2: a ZIP or a folder, on a volume, a web server or an
    SFTP server)."""
    vendor: Annotated[str, OneOf(vendors.names())] = vendors.GENERIC
    """Whose SIS it is. Its profile says what the fields below are if they are not set, and what the SIS's own words are
    in messages. Generic suits every server that follows the OneRoster specification. PowerSchool is the OneRoster API
    of Unified Classroom, Skyward is SMS 2.0, ClassLink is read with OAuth 1.0a and ClassLinkProxy with an access
    token."""
    version: OneRosterVersion | None = None
    """The version of OneRoster: 1.1, 1.2, or Auto: the one that baseURL names, else 1.1, else 1.2 if the SIS does not
    have 1.1."""
    base_url: Annotated[str, RosterURL()]
    """Where the SIS's OneRoster API begins, as the district gave it, such as https://springfield.example.org/aeries.
    The path /ims/oneroster/v1p1 may be left out. With OneRosterCSV, where the files lie:
    https://files.example.org/springfield.zip, sftp://files.example.org/springfield or, below the folder that the
    namespace has on a volume, file:///rosters/districts/springfield. Host and path also tell districts apart, unless
    spec.district does."""
    application_id: (
        Annotated[
            str,
            Field(min_length=1, max_length=256),
            Shaped(r"^[!-~]+$", "must be the id that the SIS shows, without blanks"),
        ]
        | None
    ) = None
    """ClassLinkProxy: which district is read, as its oneroster_application_id; not needed if the access token is for
    one district only, or if baseURL holds it. InfiniteCampus: the appName of the token URL; not needed if tokenURL or
    baseURL holds it."""
    secret_ref: SecretReference | None = None
    """The Secret with the district's credentials: keys clientID and clientSecret (OAuth 1.0a: consumer key and secret),
    or token for auth Bearer; optionally ca.crt, PEM certificates to trust. For sftp:// clientID is the user, with
    clientSecret (the password) or ssh-privatekey, and knownHosts, the server's host key, must be there. Only file:///
    needs no Secret. The operator reads this Secret and no other, and never writes it."""
    credentials_expire: (
        Annotated[date, WithJsonSchema({"type": "string", "format": "date", "maxLength": 10})] | None
    ) = None
    """The day from which on the SIS no longer accepts the credentials, such as 2027-06-30, where it says one. From 30
    days before, the condition CredentialsExpiring reminds of it; nothing else happens by it."""
    auth: AuthMethod | None = None
    """How to sign in: OAuth2 (client credentials), OAuth1 (OAuth 1.0a, HMAC-SHA256), OAuth1SHA1 (OAuth 1.0a,
    HMAC-SHA1, for older servers), Bearer (the Secret's token as it is), or Auto: Bearer if the Secret has a token, else
    OAuth2 if the server gives out tokens, else OAuth 1.0a."""
    token_url: Annotated[str, ServerURL(query=True)] | None = None
    """OAuth2 only: where tokens are given out, with its query if it has one. The Secret's clientID and clientSecret are
    sent there. Generic looks at token and oauth/token beside the API, and at token below its path."""
    scope: Annotated[str, Field(max_length=1024)] | None = None
    """OAuth2 only: the scopes to ask for, separated by spaces; an empty text asks for none. Generic asks for
    OneRoster's own scope for everything but demographics."""
    token_request: TokenRequest | None = None
    """OAuth2 only: how the SIS wants to be asked for a token."""
    content_type: ContentType | None = None
    """The Content-Type that requests for pages carry, though they have no content, because some servers refuse them
    without: None, Form (application/x-www-form-urlencoded) or JSON (application/json)."""
    page_size: Annotated[int, Field(ge=1, le=50_000)] | None = None
    """Rows to ask for in one request. Servers may give fewer; the read goes on until it is proved whole. Generic asks
    for 5000."""
    concurrency: Annotated[int, Field(ge=1, le=16)] | None = None
    """Requests to this SIS at the same time, at most. Lower it if the district's server suffers. Generic makes 4."""
    request_timeout: Annotated[timedelta, Between("1s", "10m")] | None = None
    """How long one request may take before it is tried again. Generic waits 60s."""
    missing_routes: (
        Annotated[tuple[RouteName, ...], Field(max_length=20, json_schema_extra={"x-kubernetes-list-type": "atomic"})]
        | None
    ) = None
    """Routes that this SIS does not have and that are never asked for, such as teachers or schools/{id}/classes."""
    filters: (
        Annotated[tuple[Filter, ...], Field(max_length=10, json_schema_extra={"x-kubernetes-list-type": "atomic"})]
        | None
    ) = None
    """Fields by which this SIS may be asked for some rows only. What comes of it is tried out and checked all the same;
    an empty list: it is never asked for changes only. Generic leaves it to what the SIS turns out to do."""
    end_dates: EndDates | None = None
    """What the end of an enrollment or term means: Exclusive (as OneRoster has it), the first day on which it is over,
    or Inclusive, its last day."""
    co_teacher_query: (
        Annotated[
            str,
            Field(max_length=256),
            Shaped(
                r"^([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+)?$", "must be a PowerQuery's name, such as org.example.coteachers"
            ),
        ]
        | None
    ) = None
    """PowerSchool only: the PowerQuery that tells who teaches a section beside its lead teacher. The plugin package in
    examples/powerschool-plugin brings org.cpm.rostering.section.coteachers, which is asked if this is not set. An
    empty text asks none: then only lead teachers get licenses. If the query cannot be run, no Teacher edition is
    removed."""
    delta: DeltaReads | None = None
    """Reads what changed in between full reads, where the SIS can tell: OneRoster only. Absent: every sync reads
    everything."""

    settle_time: Annotated[timedelta, Between("0s", "24h")] | None = None
    """OneRosterCSV only: how long files on a volume or an SFTP server must have been left alone before they are read,
    so that a set is not taken while it is being delivered. 5m if not set."""

    @property
    def is_on_volume(self) -> bool:
        """Whether the roster is in files of a volume, which need no credentials."""
        return self.type is SourceType.ONE_ROSTER_CSV and self.base_url.lower().startswith("file://")

    @model_validator(mode="after")
    def _rules_hold(self) -> Self:
        for each in _RULES:
            if not each.holds(self):
                raise ValueError(f"{each.field}: {each.message}")
        return self
