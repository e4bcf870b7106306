"""Who is to act is said once, where anybody is; and of all that is wrong at once, all is named."""

from __future__ import annotations

import pytest

from roster_operator.controller.reconcile.advice import advised, located, nothing_in
from roster_operator.errors import ReadIncomplete, SourceRateLimited, SourceUnreachable, StillDelivered
from roster_operator.sources.source import Access, Section


def test_who_acts_is_added_where_nobody_is_named() -> None:
    assert "District: if this stays" in advised(SourceUnreachable("It broke.")).message
    assert "Publisher: if this happens often" in advised(SourceRateLimited("Too often.")).message
    assert advised(ReadIncomplete("It broke. Platform: look.")).message == "It broke. Platform: look."


def test_a_wait_needs_nobody() -> None:
    waiting = "It was changed 3 s ago. Nobody has to act."
    assert advised(StillDelivered(waiting)).message == waiting


@pytest.mark.parametrize(
    ("section", "message", "named"),
    [
        (Section.COURSES, "https://sis.example.org/courses broke off.", False),
        (Section.COURSES, "https://sis.example.org does not share courses.", True),
        (Section.CLASSES, "It broke off.", False),
    ],
)
def test_the_section_is_named_unless_the_message_does(section: Section, message: str, *, named: bool) -> None:
    told = located(SourceUnreachable(message), section).message
    assert told == (message if named else f"While the section {section} was read: {message}")


def test_all_sections_that_are_empty_are_named() -> None:
    access = [
        Access(section, shared=True, empty=section in {Section.CLASSES, Section.ENROLLMENTS, Section.STUDENTS})
        for section in Section
    ]
    assert nothing_in(Section.CLASSES, access).message.startswith(
        "The SIS shares the sections classes, enrollments and students, but they hold nothing."
    )
    assert nothing_in(Section.COURSES, ()).message.startswith(
        "The SIS shares the section courses, but it holds nothing."
    )
