"""The publisher's words, in a terminal and on a page alike."""

from __future__ import annotations

from typing import Final

from roster_operator.messages import gettext as _
from roster_operator.messages import listed, ngettext
from roster_operator.operations.wizard.draft import Step
from roster_operator.operations.wizard.offer import OfferedCourse, Size
from roster_operator.operations.wizard.proposals import Because

TITLES: Final = {
    Step.CONNECTION: _("Entering credentials"),
    Step.SCHOOLS: _("Specifying schools to be processed"),
    Step.COURSES: _("Specifying courses to be processed"),
    Step.EBOOKS: _("Assigning eBooks to courses"),
    Step.REVIEW: _("Checklist and plan"),
    Step.GO_LIVE: _("Enabling automated rostering"),
}
GO_LIVE: Final = _(
    "Only enable when you are ready to go live. Once enabled, the automated rostering process will replace any "
    "existing eBook license assignments you currently have with the incoming data from your SIS."
)
GUESSES: Final = {Because.NUMBER: _("named by the SIS"), Because.TITLE: _("guessed by title")}
"""What a proposal rests on."""
ACCEPTED: Final = _("The SIS accepts the credentials, and every section of the roster can be read.")


def course_title(course: OfferedCourse) -> str:
    """As people know it."""
    return f"{course.value}  {course.title}".rstrip() if course.by == "code" else f"{course.title} (id {course.value})"


def size_in_words(size: Size) -> str:
    """Of a school, or of a course at some schools."""
    return listed(
        (
            ngettext("{number} class", "{number} classes", size.classes),
            ngettext("{number} student", "{number} students", size.students),
        )
    )
