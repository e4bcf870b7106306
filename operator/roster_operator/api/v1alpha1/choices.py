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
    V1_1 = "1.1"
    V1_2 = "1.2"


class AuthMethod(StrEnum):
    """How the SIS is told who asks."""

    AUTO = "Auto"
    OAUTH2 = "OAuth2"
    OAUTH1 = "OAuth1"
    OAUTH1_SHA1 = "OAuth1SHA1"
    BEARER = "Bearer"


class TokenCredentials(StrEnum):
    """Where a token request carries client id and secret."""

    AUTO = "Auto"
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
    INCLUSIVE = "Inclusive"


class Filter(StrEnum):
    """A field by which the SIS can be asked for some rows only."""

    DATE_LAST_MODIFIED = "dateLastModified"
    STATUS = "status"
