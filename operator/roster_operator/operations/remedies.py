"""For each cause that keeps somebody from a license, who must act, and what they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from roster_operator.errors import Actor
from roster_operator.licensing.causes import Cause
from roster_operator.messages import Message, following
from roster_operator.messages import gettext as _
from roster_operator.sources.source import Section
from roster_operator.sources.terminology import WORDS, Words


class Remedy(NamedTuple):
    """What helps."""

    acts: Actor | None
    """None: nobody has to, if it is meant so."""
    what: Message
    share: Section | None = None
    """What may have to be shared for it."""

    def said_for(self, cause: Cause, words: Words) -> str:
        """In the words of a product, where they are known."""
        known = words is not WORDS
        shared = words.share(self.share) if self.share is not None and known else ""
        said = Message(self.what.template, {"sis": words.product if known else _("the SIS")})
        sharing = f"District: {shared}." if shared else ""
        return following(said, sharing, words.causes.get(cause))


REMEDIES: Final[Mapping[Cause, Remedy]] = {
    Cause.ENROLLMENT_NOT_BEGUN: Remedy(
        None, _("It begins later. If the day is wrong, correct the begin date in {sis}.")
    ),
    Cause.ENROLLMENT_ENDED: Remedy(
        None, _("Its end has come. If the person is still there, correct the end in {sis}.")
    ),
    Cause.TERM_NOT_BEGUN: Remedy(None, _("No term of the class has begun. If the day is wrong, correct the term.")),
    Cause.TERM_OVER: Remedy(Actor.DISTRICT, _("Move the class to a current term, if it goes on.")),
    Cause.ENROLLMENT_DELETED: Remedy(
        None, _("It was ended. If the person is still there, enroll them again in {sis}.")
    ),
    Cause.ENROLLMENT_DATES_REVERSED: Remedy(Actor.DISTRICT, _("It ends before it begins: correct its dates.")),
    Cause.ENROLLMENT_DATE_UNCLEAR: Remedy(Actor.DISTRICT, _("A date of it cannot be understood: correct its dates.")),
    Cause.ENROLLMENT_STATUS_UNCLEAR: Remedy(Actor.DISTRICT, _("Its status is not known: use active or tobedeleted.")),
    Cause.ROLE_UNCLEAR: Remedy(Actor.DISTRICT, _("Nobody can say what they are there: give the enrollment a role.")),
    Cause.TERM_UNCLEAR: Remedy(Actor.DISTRICT, _("A date of its terms cannot be understood: correct the terms.")),
    Cause.CLASS_STATUS_UNCLEAR: Remedy(
        Actor.DISTRICT, _("The class's status is not known: use active or tobedeleted.")
    ),
    Cause.CLASS_REFERENCE_UNCLEAR: Remedy(
        Actor.DISTRICT, _("The status of its course or school is not known: use active or tobedeleted.")
    ),
    Cause.CLASS_REFERENCE_LOST: Remedy(
        Actor.DISTRICT, _("Share the class's course and school again."), Section.COURSES
    ),
    Cause.STUDENT_AS_TEACHER: Remedy(
        Actor.DISTRICT, _("A student is called a teacher there: correct one of the roles.")
    ),
    Cause.ROLE_OVER: Remedy(Actor.DISTRICT, _("All their roles are over or have not begun: correct the roles' dates.")),
    Cause.ROLE_GIVES_NOTHING: Remedy(None, _("This role gets no eBook. If it is wrong, correct it in {sis}.")),
    Cause.OTHER_EDITION: Remedy(None, _("Their role gets the eBook's other edition.")),
    Cause.EDITION_MISSING: Remedy(
        Actor.PUBLISHER, _("There is no edition for their role: add it to the EBook, if it exists.")
    ),
    Cause.COURSE_NOT_MAPPED: Remedy(Actor.PUBLISHER, _("The class's course does not lead to it: see spec.courses.")),
    Cause.CLASS_WITHOUT_COURSE: Remedy(Actor.DISTRICT, _("Give the class its course.")),
    Cause.SCHOOL_NOT_SELECTED: Remedy(
        Actor.PUBLISHER,
        _("spec.schools does not name the class's school, which counts, and not the person's home school: add it."),
    ),
    Cause.CLASS_DELETED: Remedy(None, _("The class was ended. If it goes on, restore it in {sis}.")),
    Cause.CLASS_NOT_LISTED: Remedy(
        Actor.DISTRICT, _("The SIS does not list the class: share it, or end the enrollment."), Section.CLASSES
    ),
    Cause.PERSON_DISABLED: Remedy(Actor.DISTRICT, _("Enable the person in {sis}.")),
    Cause.PERSON_DELETED: Remedy(None, _("The person is marked as gone. If they are there, restore them in {sis}.")),
    Cause.PERSON_STATUS_UNCLEAR: Remedy(
        Actor.DISTRICT, _("The person's status is not known: use active or tobedeleted.")
    ),
    Cause.PERSON_NOT_DESCRIBED: Remedy(
        Actor.DISTRICT, _("No list of people has them: share them with these credentials."), Section.STUDENTS
    ),
}
