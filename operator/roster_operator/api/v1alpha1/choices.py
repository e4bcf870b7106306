"""The words that fields of `spec.source` choose from."""

from __future__ import annotations

from enum import StrEnum


class SourceType(StrEnum):
    """The kind of API or file that is read."""

    ONE_ROSTER = "OneRoster"
    POWERSCHOOL = "PowerSchool"
    ONE_ROSTER_CSV = "OneRosterCSV"


class OneRosterVersion(StrEnum):
    """The version of OneRoster that the SIS is asked in."""

    AUTO = "Auto"
    """The one that the base URL names, else the first that the server has."""
    V1_1 = "1.1"
    V1_2 = "1.2"


class AuthMethod(StrEnum):
    """How the SIS is told who asks."""

    AUTO = "Auto"
    """A token of the Secret if it has one; else OAuth 2 if the server has a token endpoint; else OAuth 1.0a."""
    OAUTH2 = "OAuth2"
    OAUTH1 = "OAuth1"
    OAUTH1_SHA1 = "OAuth1SHA1"
    BEARER = "Bearer"
    """The token of the Secret, as it is."""


class TokenCredentials(StrEnum):
    """Where a token request carries client id and secret."""

    AUTO = "Auto"
    """In a header, and in the form if that is refused."""
    BASIC = "Basic"
    BODY = "Body"


class TokenParameters(StrEnum):
    """Where a token request carries grant type and scope."""

    BODY = "Body"
    QUERY = "Query"


class ContentType(StrEnum):
    """The Content-Type header of requests that have no content."""

    NONE = "None"
    FORM = "Form"
    JSON = "JSON"


class EndDates(StrEnum):
    """What the end of an enrollment or term means."""

    EXCLUSIVE = "Exclusive"
    """The first day on which it is over, as OneRoster has it."""
    INCLUSIVE = "Inclusive"
    """Its last day."""


class Filter(StrEnum):
    """A field by which the SIS can be asked for some rows only."""

    DATE_LAST_MODIFIED = "dateLastModified"
    STATUS = "status"
