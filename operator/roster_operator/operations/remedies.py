"""For each cause that keeps somebody from a license, who must act, and what they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from roster_operator.errors import Actor
from roster_operator.licensing.causes import Cause
from roster_operator.sources.source import Section
from roster_operator.sources.terminology import WORDS, Words


class Remedy(NamedTuple):
    """What helps."""

    acts: Actor | None
    """None: nobody has to, if it is meant so."""
    what: str
    share: Section | None = None
    """What may have to be shared for it."""

    def said_for(self, cause: Cause, words: Words) -> str:
        """In the words of a product, where they are known."""
        shared = words.share(self.share) if self.share is not None and words is not WORDS else ""
        sharing = f"District: {shared}." if shared else ""
        return " ".join(filter(None, (self.what.replace("the SIS", words.product), sharing, words.causes.get(cause))))


_WORD: Final = "use active or tobedeleted"

REMEDIES: Final[Mapping[Cause, Remedy]] = {
    Cause.ENROLLMENT_NOT_BEGUN: Remedy(
        None, "It begins later. If the day is wrong, correct the begin date in the SIS."
    ),
    Cause.ENROLLMENT_ENDED: Remedy(None, "Its end has come. If the person is still there, correct the end in the SIS."),
    Cause.TERM_NOT_BEGUN: Remedy(None, "No term of the class has begun. If the day is wrong, correct the term."),
    Cause.TERM_OVER: Remedy(Actor.DISTRICT, "Move the class to a current term, if it goes on."),
    Cause.ENROLLMENT_DELETED: Remedy(None, "It was ended. If the person is still there, enroll them again in the SIS."),
    Cause.ENROLLMENT_DATES_REVERSED: Remedy(Actor.DISTRICT, "It ends before it begins: correct its dates."),
    Cause.ENROLLMENT_DATE_UNCLEAR: Remedy(Actor.DISTRICT, "A date of it cannot be understood: correct its dates."),
    Cause.ENROLLMENT_STATUS_UNCLEAR: Remedy(Actor.DISTRICT, f"Its status is not known: {_WORD}."),
    Cause.ROLE_UNCLEAR: Remedy(Actor.DISTRICT, "Nobody can say what they are there: give the enrollment a role."),
    Cause.TERM_UNCLEAR: Remedy(Actor.DISTRICT, "A date of its terms cannot be understood: correct the terms."),
    Cause.CLASS_STATUS_UNCLEAR: Remedy(Actor.DISTRICT, f"The class's status is not known: {_WORD}."),
    Cause.CLASS_REFERENCE_UNCLEAR: Remedy(Actor.DISTRICT, f"The status of its course or school is not known: {_WORD}."),
    Cause.CLASS_REFERENCE_LOST: Remedy(Actor.DISTRICT, "Share the class's course and school again.", Section.COURSES),
    Cause.STUDENT_AS_TEACHER: Remedy(Actor.DISTRICT, "A student is called a teacher there: correct one of the roles."),
    Cause.ROLE_OVER: Remedy(Actor.DISTRICT, "All their roles are over or have not begun: correct the roles' dates."),
    Cause.ROLE_GIVES_NOTHING: Remedy(None, "This role gets no eBook. If it is wrong, correct it in the SIS."),
    Cause.OTHER_EDITION: Remedy(None, "Their role gets the eBook's other edition."),
    Cause.EDITION_MISSING: Remedy(
        Actor.PUBLISHER, "There is no edition for their role: add it to the EBook, if it exists."
    ),
    Cause.COURSE_NOT_MAPPED: Remedy(Actor.PUBLISHER, "The class's course does not lead to it: see spec.courses."),
    Cause.CLASS_WITHOUT_COURSE: Remedy(Actor.DISTRICT, "Give the class its course."),
    Cause.SCHOOL_NOT_SELECTED: Remedy(
        Actor.PUBLISHER,
        "spec.schools does not name the class's school, which counts, and not the person's home school: add it.",
    ),
    Cause.CLASS_DELETED: Remedy(None, "The class was ended. If it goes on, restore it in the SIS."),
    Cause.CLASS_NOT_LISTED: Remedy(
        Actor.DISTRICT, "The SIS does not list the class: share it, or end the enrollment.", Section.CLASSES
    ),
    Cause.PERSON_DISABLED: Remedy(Actor.DISTRICT, "Enable the person in the SIS."),
    Cause.PERSON_DELETED: Remedy(None, "The person is marked as gone. If they are there, restore them in the SIS."),
    Cause.PERSON_STATUS_UNCLEAR: Remedy(Actor.DISTRICT, f"The person's status is not known: {_WORD}."),
    Cause.PERSON_NOT_DESCRIBED: Remedy(
        Actor.DISTRICT, "No list of people has them: share them with these credentials.", Section.STUDENTS
    ),
}
