"""Whether a student still attends the district, and whether somebody dropped a section.

PowerSchool says the first by a letter, by a number and in words (`Students.Enroll_Status` of its data dictionary: 0 is
active, -1 pre-registered, and every other number is a way to have left), and the second by a boolean.
"""

from __future__ import annotations

import re
from typing import Final

from roster_operator.roster.models import Status
from roster_operator.sources.powerschool.wire import SchoolEnrollment, StudentRow, Value
from roster_operator.sources.values.text import told
from roster_operator.sources.values.words import status

_WORDS: Final = {
    **dict.fromkeys(("a", "p", "registered", "preregistered", "currentlyenrolled"), Status.ACTIVE),
    **dict.fromkeys(("t", "g", "h", "i", "transferredout", "transferout", "historical"), Status.GONE),
    **dict.fromkeys(("importedashistorical", "importedhistorical", "notenrolled"), Status.GONE),
}
"""Beside those that all systems share: the letters, and how PowerSchool spells them out."""
_ATTENDING: Final = frozenset({0, -1})
_DROPPED: Final = {
    **dict.fromkeys(("true", "t", "yes", "y", "1", "on"), Status.GONE),
    **dict.fromkeys(("false", "f", "no", "n", "0", "off"), Status.ACTIVE),
}
_WHOLE: Final = re.compile(r"([-+]?\d{1,9})(?:\.0*)?", re.ASCII)
_BETWEEN_WORDS: Final = re.compile(r"[-_ ]+")


def student_status(row: StudentRow) -> tuple[Status, bool]:
    """Whether a student attends the district, and whether that is told at all; who is pre-registered does.

    What contradicts itself is not understood.
    """
    said = row.school_enrollment
    expanded = said if isinstance(said, list) else [said]
    meant = [status for one in expanded for status in _meanings(one)]
    return _together(meant), bool(meant)


def attendance_status(dropped: Value) -> Status:
    """Whether somebody dropped a section; they did not if nothing is said."""
    written = _plain(dropped)
    return _DROPPED.get(written.lower()) or status(written)


def _meanings(said: SchoolEnrollment | Value) -> list[Status]:
    """What each value that is told means; a description is free text, and not needed beside the others."""
    if not isinstance(said, SchoolEnrollment):
        return [_meaning(said)] if told(said) else []
    meant = [_meaning(value) for value in (said.enroll_status, said.enroll_status_code) if _is_told(value)]
    described = said.enroll_status_description
    if _is_told(described) and (not meant or _meaning(described) is not Status.UNRECOGNIZED):
        meant.append(_meaning(described))
    return meant


def _together(meant: list[Status]) -> Status:
    known = set(meant)
    if Status.GONE in known:
        return Status.UNRECOGNIZED if Status.ACTIVE in known else Status.GONE
    return Status.UNRECOGNIZED if Status.UNRECOGNIZED in known else Status.ACTIVE


def _meaning(value: object) -> Status:
    """What a letter, a number or a word means."""
    if isinstance(value, list):
        return _together([_meaning(one) for one in value])
    if isinstance(value, bool | dict):
        return Status.UNRECOGNIZED
    written = _plain(value)
    if whole := _WHOLE.fullmatch(written):
        return Status.ACTIVE if int(whole[1]) in _ATTENDING else Status.GONE
    return _WORDS.get(_BETWEEN_WORDS.sub("", written.lower())) or status(written)


def _is_told(value: object) -> bool:
    return bool(value) if isinstance(value, list | dict) else bool(told(value))


def _plain(value: object) -> str:
    written = told(value)
    whole = _WHOLE.fullmatch(written)
    return str(int(whole[1])) if whole else written
