"""Who sits in a section and who teaches it beside its lead, as PowerSchool keeps it.

A student may have several rows in one section: those who re-entered it, and those who never came (entry and exit on one
day).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from district_simulator.directory import Directory
from district_simulator.facts import EnrollmentFacts
from district_simulator.overlay import ACTIVE
from district_simulator.people import number_of
from district_simulator.powerschool import keys, records
from district_simulator.powerschool.keys import SectionKey
from district_simulator.roster import Roster

_DAY = timedelta(days=1)
_PLAIN, _REENTRY, _NEVER_ATTENDED = 0, 1, 2


class Rolls:
    """The rows of students in sections, and the co-teachers of the district."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._roster: Roster = directory.roster

    def rows(self, key: SectionKey) -> list[dict[str, Any]]:
        """The rows of a section: by student, then by entry."""
        rows = [*self._attending(key), *self._never_attending(key)]
        rows.sort(key=lambda row: (row["student_id"], row["entry_date"]))
        return rows

    def section_of(self, dcid: int) -> SectionKey | None:
        """The section in which a row stands, going by its DCID; the row may not exist."""
        ends_in, variant, number = keys.enrollment_of(dcid)
        roster = self._roster
        if not (0 <= number < roster.enrollments and variant <= _NEVER_ATTENDED):
            return None
        facts = roster.enrollment(number)
        klass = roster.shape.class_starts[facts.school] + facts.local_class - (variant == _NEVER_ATTENDED)
        this_year = ends_in == roster.year.ends_in
        minted = roster.overlay.minted.get(facts.school, (0, 0))[0] if this_year else 0
        return SectionKey(ends_in, minted, klass)

    def co_teachers(self) -> Iterable[dict[str, str]]:
        """Whoever teaches a section today without leading it, as a PowerQuery on SECTIONTEACHER shows them."""
        today = self._roster.settings.today.isoformat()
        roster, shape = self._roster, self._roster.shape
        for _, numbers in self._directory.listing(("enrollments",)).pieces:
            for number in numbers:
                if number < roster.first_teaching:
                    continue
                facts = roster.enrollment(number)
                klass = shape.class_starts[facts.school] + facts.local_class
                if facts.role != "teacher" or facts.primary == "true" or facts.status != ACTIVE or facts.end <= today:
                    continue
                if not is_taught(roster, klass):
                    continue
                key = SectionKey(roster.year.ends_in, roster.overlay.minted.get(facts.school, (0, 0))[0], klass)
                yield {
                    "id": str(number + 1),
                    "section_id": str(keys.section_dcid(key)),
                    "users_dcid": str(keys.user_dcid("T", number_of(facts.person_id) or 0)),
                    "school_id": str(keys.school_dcid(facts.school)),
                    "role_name": "Co-teacher",
                    "start_date": facts.begin,
                    "end_date": facts.end,
                }

    def _members(self, klass: int) -> list[tuple[int, EnrollmentFacts]]:
        found = [(number, self._roster.enrollment(number)) for number in self._directory.members(klass)]
        return [(number, facts) for number, facts in found if facts.role == "student"]

    def _attending(self, key: SectionKey) -> Iterable[dict[str, Any]]:
        section = keys.section_dcid(key)
        for number, facts in self._members(key.klass):
            student = _student_number(facts)
            here = _in_year(facts, self._roster.year.ends_in - key.ends_in)
            dropped = facts.status != ACTIVE
            left = (date.fromisoformat(here.begin) + 21 * _DAY).isoformat()
            if not dropped and (student + key.klass) % 53 == 7 and left < here.end:
                dcid = keys.enrollment_dcid(key.ends_in, _REENTRY, number)
                before = here._replace(end=left)
                yield records.section_enrollment(dcid, section, keys.student_dcid(student), before, dropped)
                here = here._replace(begin=left)
            dcid = keys.enrollment_dcid(key.ends_in, _PLAIN, number)
            yield records.section_enrollment(dcid, section, keys.student_dcid(student), here, dropped)

    def _never_attending(self, key: SectionKey) -> Iterable[dict[str, Any]]:
        """Some students of the next section were once put into this one and never came."""
        shape = self._roster.shape
        school = shape.school_of_class(key.klass)
        local, size = key.klass - shape.class_starts[school], shape.layouts[school].classes_per_slot
        if (local + 1) % size == 0:
            return
        for number, facts in self._members(key.klass + 1):
            student = _student_number(facts)
            if student % 23 == 11 and facts.status == ACTIVE:
                here = _in_year(facts, self._roster.year.ends_in - key.ends_in)
                dcid = keys.enrollment_dcid(key.ends_in, _NEVER_ATTENDED, number)
                never = here._replace(end=here.begin)
                section = keys.section_dcid(key)
                yield records.section_enrollment(dcid, section, keys.student_dcid(student), never, False)


def is_taught(roster: Roster, klass: int) -> bool:
    """Whether a class is there today: PowerSchool has no status that would say otherwise."""
    edit = roster.overlay.classes.get(klass)
    return klass not in roster.overlay.gone["class"] and (edit is None or edit.status in (None, ACTIVE))


def _student_number(facts: EnrollmentFacts) -> int:
    number = number_of(facts.person_id)
    if number is None:
        raise ValueError("not an id of a person")
    return number


def _in_year(facts: EnrollmentFacts, years_ago: int) -> EnrollmentFacts:
    """The same enrollment so many years earlier."""
    if years_ago == 0:
        return facts
    begin, end = (f"{int(day[:4]) - years_ago}{day[4:]}" for day in (facts.begin, facts.end))
    return facts._replace(begin=begin, end=end)
