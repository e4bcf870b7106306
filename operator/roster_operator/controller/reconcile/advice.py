"""Whatever a source fails with, the message says which section was being read, and who is to act."""

from __future__ import annotations

from typing import Final

from roster_operator.errors import Actor, SourceError, SourceRateLimited
from roster_operator.sources.source import Section

_IF_OFTEN: Final = "Publisher: if this happens often, lower spec.source.concurrency."
_IF_IT_STAYS: Final = "District: if this stays, see whether the SIS is up, and ask its vendor, with this message."


def located(error: SourceError, section: Section) -> SourceError:
    """The error, its message with the section that was being read."""
    if section not in error.message:
        error.message = f"While the section {section} was read: {error.message}"
    return error


def advised(error: SourceError) -> SourceError:
    """The error, its message with who is to act, unless it says so already."""
    if not any(f"{actor}:" in error.message for actor in Actor):
        advice = _IF_OFTEN if isinstance(error, SourceRateLimited) else _IF_IT_STAYS
        error.message = f"{error.message} {advice}"
    return error
