"""Why somebody has no license, or has lost one: a closed list, the same in the journal, in answers and in counts.

Values are stable: people search for them, and programs compare them. docs/reference/reasons.md says of each who acts.
"""

from __future__ import annotations

from enum import StrEnum

from roster_operator.licensing.eligibility import Eligibility
from roster_operator.licensing.entitlements import ClassStanding


class Cause(StrEnum):
    """What breaks the chain from a person by an enrollment, a class and a course to an eBook.

    In this order: what stands first is nearest to giving the license.
    """

    ENROLLMENT_NOT_BEGUN = "EnrollmentNotBegun"
    ENROLLMENT_ENDED = "EnrollmentEnded"
    TERM_NOT_BEGUN = "TermNotBegun"
    TERM_OVER = "TermOver"
    ENROLLMENT_DELETED = "EnrollmentDeleted"
    ENROLLMENT_DATES_REVERSED = "EnrollmentDatesReversed"
    """It ends before it begins."""
    ENROLLMENT_DATE_UNCLEAR = "EnrollmentDateUnclear"
    """A date that decides cannot be read."""
    ENROLLMENT_STATUS_UNCLEAR = "EnrollmentStatusUnclear"
    ROLE_UNCLEAR = "RoleUnclear"
    """Nobody can say what the person is in the class."""
    TERM_UNCLEAR = "TermUnclear"
    CLASS_STATUS_UNCLEAR = "ClassStatusUnclear"
    CLASS_REFERENCE_UNCLEAR = "ClassReferenceUnclear"
    """The status of its course, or of its school, is a word that is not known."""
    CLASS_REFERENCE_LOST = "ClassReferenceLost"
    """It was in scope, and its course or its school is not listed any more."""
    STUDENT_AS_TEACHER = "StudentAsTeacher"
    """A student, whom an enrollment calls a teacher: the Teacher edition holds the answers."""
    ROLE_OVER = "RoleOver"
    """Every role that is told of the person is over, or has not begun."""
    ROLE_GIVES_NOTHING = "RoleGivesNothing"
    """Guardian, administrator and so on."""
    OTHER_EDITION = "OtherEdition"
    """The enrollment gives the eBook's other edition."""
    EDITION_MISSING = "EditionMissing"
    """The eBook has no edition for this role."""
    COURSE_NOT_MAPPED = "CourseNotMapped"
    CLASS_WITHOUT_COURSE = "ClassWithoutCourse"
    SCHOOL_NOT_SELECTED = "SchoolNotSelected"
    CLASS_DELETED = "ClassDeleted"
    CLASS_NOT_LISTED = "ClassNotListed"
    """Somebody is enrolled in it, and the SIS does not list it."""
    PERSON_DISABLED = "PersonDisabled"
    PERSON_DELETED = "PersonDeleted"
    PERSON_STATUS_UNCLEAR = "PersonStatusUnclear"
    PERSON_NOT_DESCRIBED = "PersonNotDescribed"
    """Enrolled, and in no list of people."""


UNCLEAR: frozenset[Cause] = frozenset(
    {
        Cause.ENROLLMENT_DATE_UNCLEAR,
        Cause.ENROLLMENT_STATUS_UNCLEAR,
        Cause.ROLE_UNCLEAR,
        Cause.TERM_UNCLEAR,
        Cause.CLASS_STATUS_UNCLEAR,
        Cause.CLASS_REFERENCE_UNCLEAR,
        Cause.CLASS_REFERENCE_LOST,
        Cause.PERSON_STATUS_UNCLEAR,
        Cause.PERSON_NOT_DESCRIBED,
    }
)
"""Nobody can say whether they break it: who has a license keeps it."""

OF_ENROLLMENTS: dict[Eligibility, Cause] = {
    Eligibility.OTHER_ROLE: Cause.ROLE_GIVES_NOTHING,
    Eligibility.DELETED: Cause.ENROLLMENT_DELETED,
    Eligibility.NOT_BEGUN: Cause.ENROLLMENT_NOT_BEGUN,
    Eligibility.ENDED: Cause.ENROLLMENT_ENDED,
    Eligibility.DATES_REVERSED: Cause.ENROLLMENT_DATES_REVERSED,
    Eligibility.UNCLEAR_DATES_REVERSED: Cause.ENROLLMENT_DATE_UNCLEAR,
    Eligibility.UNCLEAR_DATE: Cause.ENROLLMENT_DATE_UNCLEAR,
    Eligibility.UNCLEAR_DAY_ORDER: Cause.ENROLLMENT_DATE_UNCLEAR,
    Eligibility.UNCLEAR_STATUS: Cause.ENROLLMENT_STATUS_UNCLEAR,
    Eligibility.UNCLEAR_ROLE: Cause.ROLE_UNCLEAR,
}
"""Student, Staff and ByPerson have none."""

OF_CLASSES: dict[ClassStanding, Cause] = {
    ClassStanding.DELETED: Cause.CLASS_DELETED,
    ClassStanding.LOST: Cause.CLASS_REFERENCE_LOST,
    ClassStanding.UNCLEAR_REFERENCE: Cause.CLASS_REFERENCE_UNCLEAR,
    ClassStanding.UNCLEAR_STATUS: Cause.CLASS_STATUS_UNCLEAR,
    ClassStanding.UNCLEAR_TERM: Cause.TERM_UNCLEAR,
}
"""Of the others it takes a look at the class to say."""
