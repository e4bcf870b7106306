"""Reads one section of a roster. One that is not provably whole ends the reading: no plan on half a roster."""

from __future__ import annotations

from collections.abc import Callable, Collection

from roster_operator.errors import ReadIncomplete, SectionEmpty, SourceError
from roster_operator.sources.source import Complete, Incomplete, Reading, RowT, Section


def read(
    reading: Reading[RowT],
    section: Section,
    sink: Callable[[Collection[RowT]], object],
    *,
    may_be_empty: bool = False,
) -> Complete:
    """Give every page of a section to `sink`; raises a `SourceError` with the section, unless it was read whole."""
    try:
        for page in reading:
            sink(page)
    except SourceError as error:
        error.while_reading = section
        raise
    outcome = reading.outcome
    if isinstance(outcome, Incomplete):
        message = f"The section {section} could not be read whole: {outcome.message} Nothing was changed."
        raise ReadIncomplete(message, section=section)
    if not outcome.rows and not may_be_empty:
        raise SectionEmpty(f"The section {section} is shared and empty.", section=section)
    return outcome
