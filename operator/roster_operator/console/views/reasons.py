"""Reasons of the status and items of the checklist in words for people of a district, by their stable ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from roster_operator.api import reasons
from roster_operator.console.elements import original
from roster_operator.messages import gettext as _
from roster_operator.operations.circumstances import What
from roster_operator.operations.fleet import UNREADABLE
from roster_operator.reconcile.rules import COUNTED, Item, action_message, found_message
from roster_operator.reconcile.standing import OVERDUE, Forgotten
from roster_operator.roster.quality import Question

REASONS: Final[Mapping[str, str]] = {
    reasons.SYNCED: _("Licenses are what the roster says"),
    reasons.SETUP_MODE: _("The district is being set up, and no license is changed yet"),
    reasons.PLAN_ONLY: _("It was only looked what a sync would change"),
    reasons.VALIDATED: _("The SIS accepts the credentials"),
    reasons.ALL_SHARED: _("The SIS shares everything that is needed"),
    reasons.ALL_RESOLVED: _("All schools, courses and eBooks that were chosen exist"),
    reasons.CLEAN: _("The roster raises no question"),
    reasons.PROGRESSING: _("A sync is under way"),
    reasons.NOT_YET_CHECKED: _("This was not looked at yet"),
    reasons.SUSPENDED: _("Syncs are suspended"),
    reasons.INVALID_SPEC: _("The district's settings are wrong"),
    reasons.CREDENTIALS_MISSING: _("The key or the secret of the SIS is not there"),
    reasons.UNRESOLVED: _("A school, course or eBook that was chosen does not exist"),
    reasons.DISTRICT_CONFLICT: _("This district is set up twice"),
    reasons.CREDENTIALS_REJECTED: _("The SIS refuses the key or the secret"),
    reasons.CREDENTIALS_EXPIRE: _("The key of the SIS ends soon"),
    reasons.SCOPE_REJECTED: _("The SIS does not let this key read rosters"),
    reasons.CLOCK_SKEWED: _("The clock of the SIS is wrong, or ours"),
    reasons.SECTION_NOT_SHARED: _("The SIS does not share a part of the roster"),
    reasons.SECTION_EMPTY: _("The SIS shares a part of the roster with nothing in it"),
    reasons.WRONG_URL: _("The URL is not that of the rosters of a SIS"),
    reasons.SOURCE_UNREACHABLE: _("The SIS does not answer"),
    reasons.TLS_FAILED: _("The certificate of the SIS cannot be trusted"),
    reasons.HOST_NOT_TRUSTED: _("The server of the files is not the one that was named"),
    reasons.SOURCE_RATE_LIMITED: _("The SIS asks to come back later"),
    reasons.SOURCE_PROTOCOL_ERROR: _("The SIS answers what cannot be read as a roster"),
    reasons.READ_INCOMPLETE: _("The roster could not be read whole, so nothing was changed"),
    reasons.NO_SCRATCH_SPACE: _("There is no room for temporary files, so nothing was changed"),
    reasons.DATA_QUESTIONS: _("Some data in the SIS need a look"),
    reasons.MATCHING_CONFLICTS: _("Of some people it is not clear which account is theirs"),
    reasons.REMOVALS_HELD: _("Many licenses would be removed, and that waits for an approval"),
    reasons.LICENSES_MISSING: _("The licenses of the district are not in the ledger, so nothing is changed"),
    reasons.SOURCE_CHANGED: _("The roster comes from another place and has too few people that are known"),
    reasons.IDENTITIES_CHANGED: _("Many people have the same ids and are otherwise different"),
    reasons.ROSTER_IN_QUESTION: _("The roster is not like the one before, so nothing is changed"),
    reasons.UNDONE: _("A sync was undone, and nothing is changed until that is lifted"),
    reasons.LEDGER_UNAVAILABLE: _("The ledger of licenses does not answer"),
    reasons.DISTRICT_BUSY: _("Another sync of this district is under way"),
    reasons.TIMED_OUT: _("The sync took too long, and nothing was changed"),
    reasons.INTERRUPTED: _("The sync was stopped, and nothing was changed"),
    reasons.INTERNAL_ERROR: _("The operator failed"),
    What.SPEC_NOT_KNOWN: _("The settings of today are not known here"),
    What.SPEC_NOT_SYNCED: _("The settings have changed since the last sync"),
    What.SPEC_CHANGED: _("The settings have changed in what they give this person"),
    What.SCHOOL_NOT_READ: _("A school was not read yet"),
    What.NAMES_UNRESOLVED: _("A name in the settings stands for nothing"),
    What.CANARY_ELSEWHERE: _("Their schools are not live yet"),
    What.OTHER_CASE: _("The login is written otherwise"),
    What.SAME_LOGIN: _("Another account has the same login"),
    What.AMBIGUOUS_ACCOUNT: _("It is not clear whose account this is"),
    What.NOT_IN_SIS: _("The SIS does not know this person"),
    What.GRANTED_BY_HAND: _("A license was granted by hand"),
    What.BLOCKED: _("A license was blocked by hand"),
    OVERDUE: _("A sync is overdue"),
    UNREADABLE: _("The district's settings cannot be read"),
    Forgotten.SCHEDULE_PAUSED: _("Syncs by the clock are paused"),
    Forgotten.INTERVAL_PAUSED: _("Syncs are very rare"),
    Forgotten.APPROVAL_SPENT: _("An approval is of no use any more"),
    Forgotten.GUARD_OFF: _("No removal would be held"),
    Forgotten.DELETION_WAITS: _("The district is being deleted, and that waits"),
}
"""Of each reason."""

ITEMS: Final[Mapping[str, str]] = {
    Item.SECTIONS: _("Parts of the roster"),
    Item.SCHOOLS: _("Schools"),
    Item.COURSES: _("Courses"),
    Item.EBOOKS: _("eBooks"),
    Item.IDLE_COURSES: _("Courses without classes"),
    Item.IDLE_SCHOOLS: _("Schools without classes"),
    Item.SIMILAR_COURSES: _("Courses without eBook"),
    Item.RETIRED_EBOOKS: _("Retired eBooks"),
    Item.DATA: _("Data"),
    Item.EXISTING_ACCOUNTS: _("Existing accounts"),
    Item.MATCHING: _("Matching"),
    Item.IDS_USED_AGAIN: _("Ids used again"),
    Item.REMOVALS: _("Removals"),
    Item.LICENSES: _("Licenses"),
    Item.CO_TEACHERS: _("Co-teachers"),
    Item.TIME_ZONE: _("Time zone"),
    Item.OLD_FILES: _("Old files"),
    Item.PLATFORM_LIMITS: _("Limits of the platform"),
    Question.LEFT_AS_IS: _("People left as they are"),
    Question.UNREADABLE_DATE: _("Unreadable date"),
    Question.UNKNOWN_STATUS: _("Unknown status"),
    Question.UNCLEAR_TERM: _("Class of unclear term"),
    Question.STUDENT_AS_TEACHER: _("Student enrolled as teacher"),
    Question.NO_CURRENT_ROLE: _("Teacher without current role"),
    Question.SHARED_LOGIN: _("Login of many people"),
    Question.MASKED: _("Masked logins"),
    Question.LOGIN_FORMAT: _("Login of another form"),
    Question.LOGIN_OF_SEVERAL: _("Login of several people"),
    Question.NUMBER_OF_SEVERAL: _("Number of several people"),
    Question.SAME_ID_TWICE: _("People with one id"),
    Question.UNKNOWN_PERSON: _("Enrollment of unknown person"),
    Question.UNKNOWN_CLASS: _("Enrollment in unknown class"),
    Question.CLASS_ASTRAY: _("Class of unknown course"),
    Question.CLASS_WITHOUT_SESSION: _("Class without term"),
    Question.REJECTED_ROW: _("Rejected row"),
    Question.END_BEFORE_BEGIN: _("End before begin"),
    Question.UNRECOGNIZED_ROLE: _("Enrollment of unknown role"),
    Question.UNKNOWN_ROLE: _("Enrollment without role"),
    Question.NOT_A_SCHOOL: _("Class at no school"),
    Question.OUTSIDE_TERM: _("Enrollment outside of the term"),
    Question.NO_TEACHER: _("Class without teacher"),
    Question.NO_STUDENTS: _("Class without students"),
    Question.NO_LOGIN: _("Person without username and email"),
    Question.SEVERAL_RECORDS: _("People with several records"),
    Question.DUPLICATE_ROW: _("Duplicate row"),
    Question.CLASS_WITHOUT_COURSE: _("Class without course"),
}
"""Of each item of the checklist."""
_QUESTIONS: Final[Mapping[str, Question]] = {str(question): question for question in COUNTED}


def reason_told(reason: str) -> str:
    """In words, and as the status has it, which support and documentation go by."""
    words = REASONS.get(reason)
    return _("{words} ({code}).", words=words, code=reason) if words else reason


def check_told(item: str, count: int | None, message: str, action: str | None) -> tuple[str, str | None]:
    """What an item of the checklist says, and who does what: in any language where it only counts.

    What else stands there was made when it was judged, with names of the spec, and is in English.
    """
    question = _QUESTIONS.get(item)
    if question is None or count is None:
        return original(message), original(action)
    found, does = found_message(question, count), action_message(question)
    return found if found == message else original(message), does if does == action else original(action)


def item_told(item: str) -> str:
    """What an item of the checklist is called."""
    return ITEMS.get(item, item)
