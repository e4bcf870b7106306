"""What a server does, as it was found out by asking it: some of it can be relied upon, and much cannot.

A source that can be examined is a `TellsChanges`; not every source is (PowerSchool's own API and files are not).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from roster_operator.errors import SourceProtocolError
from roster_operator.roster.models import Enrollment
from roster_operator.sources.source import Reading, RosterSource


class FilterSupport(StrEnum):
    """What a server makes of a parameter that it may or may not know."""

    UNKNOWN = "Unknown"
    """There was nothing to see it by."""
    HONOURED = "Honoured"
    IGNORED = "Ignored"
    REFUSED = "Refused"
    """Answered with an error."""


class Totals(StrEnum):
    """What `X-Total-Count` is worth."""

    UNKNOWN = "Unknown"
    RIGHT = "Right"
    ABSENT = "Absent"
    WRONG = "Wrong"


class Dates(StrEnum):
    """What `dateLastModified` is worth."""

    UNKNOWN = "Unknown"
    VARIED = "Varied"
    CONSTANT = "Constant"
    """All rows have the same: either nothing has changed yet, or it says when everything was loaded."""
    EMPTY = "Empty"
    """At least one row has none that can be read."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What was found out about one server. Holds nothing of a roster."""

    version: str = ""
    """Of OneRoster."""
    largest_page: int = 0
    """Rows in the largest page that it gave; 0 if that was all that there was, so that its limit is not known."""
    totals: Totals = Totals.UNKNOWN
    links: bool = False
    """Whether it names other pages by links."""
    status_filter: FilterSupport = FilterSupport.UNKNOWN
    date_filter: FilterSupport = FilterSupport.UNKNOWN
    sort: FilterSupport = FilterSupport.UNKNOWN
    dates: Dates = Dates.UNKNOWN
    date_form: str = ""
    """How it writes times, in a few words."""
    latency: float | None = None
    """Seconds from request to answer, the median of those that the examination made."""

    @property
    def tells_changes(self) -> bool:
        """Whether it can be asked what changed since a time."""
        return self.date_filter is FilterSupport.HONOURED and self.dates is Dates.VARIED

    def corrected(self, observed: FilterSupport | Dates) -> Provider:
        """The same, but for what an answer has shown since about asking for changes."""
        return replace(self, dates=observed) if isinstance(observed, Dates) else replace(self, date_filter=observed)


class ChangesNotTold(SourceProtocolError):
    """The SIS was asked for what changed since a time, and its answer is not that."""

    def __init__(self, message: str, observed: FilterSupport | Dates) -> None:
        """`observed`: what the answer shows about the server."""
        super().__init__(message)
        self.observed = observed


class Examination(Protocol):
    """A server being asked, beside whatever else it is asked for."""

    def found(self) -> Provider:
        """What it does; waits for the answers that have not come yet.

        What one question meets is its answer; raises `SourceError` only if the server cannot be asked at all.
        """
        ...


@runtime_checkable
class TellsChanges(RosterSource, Protocol):
    """A source that can be examined and, if its server is up to it, asked for what changed."""

    def examine(self) -> Examination:
        """Find out what the server does, with a handful of requests.

        They go out as soon as the first page of enrollments is here: with a probe that follows and begins to read, or
        else when what was found is asked for.
        """
        ...

    def use_known(self, provider: Provider) -> None:
        """Read in the way that suits a server that was examined before; to be told before anything is fetched."""
        ...

    def changed_enrollments(self, since: datetime) -> Reading[Enrollment]:
        """Every enrollment that changed after `since`, ended ones included, and some that changed shortly before.

        Raises `ChangesNotTold` as soon as the answers show that the server was not up to the question.
        """
        ...
