"""Who is to act is said once, where anybody is; and of all that is wrong at once, all is named."""

from __future__ import annotations

import pytest

from roster_operator.errors import (
    ReadIncomplete,
    SectionEmpty,
    SourceError,
    SourceRateLimited,
    SourceUnreachable,
    StillDelivered,
)
from roster_operator.reconcile.failures import failure_of
from roster_operator.sources.source import Access, Section


def told(error: SourceError) -> str:
    return failure_of(error, ()).message


def test_who_acts_is_added_where_nobody_is_named() -> None:
    assert "District: if this stays" in told(SourceUnreachable("It broke."))
    assert "Publisher: if this happens often" in told(SourceRateLimited("Too often."))
    assert told(ReadIncomplete("It broke. Platform: look.")) == "It broke. Platform: look."


def test_a_wait_needs_nobody() -> None:
    waiting = "It was changed 3 s ago. Nobody has to act."
    assert told(StillDelivered(waiting)) == waiting


@pytest.mark.parametrize("named", ["", "courses"])
def test_the_section_is_named_unless_the_message_does(named: str) -> None:
    error = SourceUnreachable("It broke off. District: wait.", section=named)
    error.while_reading = "courses"
    where = "" if named else "While the section courses was read: "
    assert told(error) == f"{where}It broke off. District: wait."


def test_all_sections_that_are_empty_are_named() -> None:
    access = [
        Access(section, shared=True, empty=section in {Section.CLASSES, Section.ENROLLMENTS, Section.STUDENTS})
        for section in Section
    ]
    error = SectionEmpty("It is empty.", section=Section.CLASSES)
    assert failure_of(error, access).message.startswith(
        "The SIS shares the sections classes, enrollments and students, but they hold nothing."
    )
    error = SectionEmpty("It is empty.", section=Section.COURSES)
    assert told(error).startswith("The SIS shares the section courses, but it holds nothing.")
