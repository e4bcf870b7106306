"""Whatever a source fails with, the message says which section was being read, and who is to act."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from roster_operator.errors import Actor, SectionEmpty, SourceError, SourceRateLimited
from roster_operator.sources.source import Access, Section

_IF_OFTEN: Final = "Publisher: if this happens often, lower spec.source.concurrency."
_IF_IT_STAYS: Final = "District: if this stays, see whether the SIS is up, and ask its vendor, with this message."


def located(error: SourceError, section: Section) -> SourceError:
    """The error, its message with the section that was being read."""
    if f" {section}" not in error.message:
        error.message = f"While the section {section} was read: {error.message}"
    return error


def nothing_in(section: Section, access: Iterable[Access]) -> SectionEmpty:
    """For a section that must hold something and does not; all that the probe saw to be empty are named with it."""
    empty = [section, *(each.section for each in access if each.empty and each.section is not section)]
    named = ", ".join(empty[:-1]) + f" and {empty[-1]}" if empty[1:] else section
    sections, hold = ("sections", "they hold") if empty[1:] else ("section", "it holds")
    return SectionEmpty(
        f"The SIS shares the {sections} {named}, but {hold} nothing. Nothing was changed. "
        "District: check that the current school year is filled, and that its records are shared."
    )


def advised(error: SourceError) -> SourceError:
    """The error, its message with who is to act, unless it says so already, or nobody has to."""
    if error.actor is not None and not any(f"{actor}:" in error.message for actor in Actor):
        advice = _IF_OFTEN if isinstance(error, SourceRateLimited) else _IF_IT_STAYS
        error.message = f"{error.message} {advice}"
    return error
