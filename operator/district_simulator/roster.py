"""The roster of a district on a given day: the generated arithmetic with the changes laid over it.

Every row is computed from its number when it is asked for. Enrollment numbers run through the students' enrollments
(seven each), then the teachers', then those that changes have added.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from district_simulator.catalogue import GRADES, MATHEMATICS, SLOTS, catalogue_of
from district_simulator.facts import ClassFacts, CourseFacts, EnrollmentFacts, OrgFacts, UserFacts
from district_simulator.overlay import ACTIVE, TO_BE_DELETED, Overlay
from district_simulator.people import FIRST_NUMBER, People, Person
from district_simulator.school_year import SchoolYear
from district_simulator.shape import DistrictShape

DISTRICT_ID = "900"
FIRST_SCHOOL = 994
FIRST_SECTION = 1001
_ROLE_OF_KIND = {"A": "administrator", "S": "student", "T": "teacher"}


@dataclass(frozen=True, slots=True)
class DistrictSettings:
    """What a district is generated from: equal settings give equal rosters, byte for byte.

    With `real_time`, what a change touches was last modified at the real time of the change.
    """

    today: date
    students: int = 120
    schools: int | None = None
    seed: int = 1
    mathematics_courses: int = 7
    real_time: bool = False


class Roster:
    """The rows of one district, by number."""

    def __init__(self, settings: DistrictSettings) -> None:
        self.settings = settings
        self.shape = DistrictShape(settings.students, settings.schools)
        self.catalogue = catalogue_of(settings.mathematics_courses)
        self.people = People(settings.seed)
        self.overlay = Overlay()
        self.refresh()

    def refresh(self) -> None:
        """Recompute what hangs on the overlay alone; called after each change."""
        overlay, settings = self.overlay, self.settings
        self.year = SchoolYear(SchoolYear.around(settings.today).ends_in + overlay.years_on)
        self.sessions = self.year.sessions()
        by_id = {session.sourced_id: session for session in self.sessions}
        self.slot_sessions: list[tuple[str, ...]] = []
        self._spans: list[tuple[str, str]] = []
        for subject in self.catalogue.subjects:
            ids = tuple(self.year.session_id(part) if part else self.year.sourced_id for part in subject.sessions)
            begin, end = min(by_id[sid].start for sid in ids), max(by_id[sid].end for sid in ids)
            if overlay.last_day is not None and begin < overlay.last_day:
                end = min(end, overlay.last_day)
            self.slot_sessions.append(ids)
            self._spans.append((begin.isoformat(), end.isoformat()))
        self._prefix = [self._class_prefix(school) for school in range(self.shape.schools)]
        self._school_ids = [str(FIRST_SCHOOL + school) for school in range(self.shape.schools)]
        self.generated_at = f"{self.year.ends_in - 1 - overlay.years_on}-07-01T08:00:00.000Z"
        self._also_at: dict[tuple[str, int], tuple[str, ...]] = {}
        for extra in overlay.extras:
            key, school = (extra.kind, extra.person), self._school_ids[extra.school]
            if extra.guest and school not in self._also_at.get(key, ()):
                self._also_at[key] = (*self._also_at.get(key, ()), school)
        floor = max(overlay.year_revision, overlay.dates_revision)
        self._touched = [max(floor, overlay.minted.get(s, (0, 0))[1]) for s in range(self.shape.schools)]

    def modified_at(self, revision: int) -> str:
        """The dateLastModified of a row that a change touched last; 0 is the generator's own."""
        return self.overlay.moments[revision - 1] if revision else self.generated_at

    def generation(self, school: int) -> int:
        """How often the section ids of a school were made anew."""
        return self.overlay.minted.get(school, (0, 0))[0] + self.overlay.years_on

    def _class_prefix(self, school: int, generations_ago: int = 0) -> str:
        generation = self.generation(school) - generations_ago
        return f"{FIRST_SCHOOL + school}_{f'{generation}_' if generation else ''}"

    @property
    def students(self) -> int:
        """The number of students ever listed, new arrivals included."""
        return self.shape.students + len(self.overlay.arrivals)

    @property
    def first_teaching(self) -> int:
        """The number of the first teacher enrollment."""
        return self.shape.students * SLOTS

    @property
    def first_extra(self) -> int:
        """The number of the first enrollment that a change has added."""
        return self.first_teaching + self.shape.teachings

    @property
    def enrollments(self) -> int:
        """The number of enrollments ever listed."""
        return self.first_extra + len(self.overlay.extras)

    def org(self, number: int) -> OrgFacts:
        """Number 0 is the district, the others its schools."""
        lea = f"06{(self.settings.seed * 7919 + 1000) % 100_000:05d}"
        if number == 0:
            return OrgFacts(DISTRICT_ID, f"District {self.settings.seed}", lea, None, tuple(self._school_ids))
        kind = "High" if number % 2 == 0 else "Middle"
        school_id = self._school_ids[number - 1]
        return OrgFacts(school_id, f"{kind} School {number}", f"{lea}{number:05d}", DISTRICT_ID, ())

    def course(self, number: int) -> CourseFacts:
        """A course by its number in the catalogue."""
        course = self.catalogue.courses[number]
        subject = self.catalogue.subjects[course.slot]
        edit = self.overlay.courses.get(number)
        title, code, sourced_id, revision = course.title, course.code, f"CRS-{course.code}", 0
        if edit is not None:
            revision = edit.revision
            title, code, sourced_id = edit.title or title, edit.code or code, edit.sourced_id or sourced_id
        return CourseFacts(sourced_id, title, code, subject.name, subject.code, course.grades, revision)

    def course_of_class(self, school: int, local_class: int) -> int:
        """The number of the course that a class teaches."""
        layout = self.shape.layouts[school]
        slot, cohort, section = layout.spot_of(local_class)
        return self.catalogue.number(slot, layout.first_grade + cohort, section)

    def class_id(self, school: int, local_class: int, generations_ago: int = 0) -> str:
        """The sourcedId of a class today; it changes when a school's section ids are minted anew."""
        prefix = self._class_prefix(school, generations_ago) if generations_ago else self._prefix[school]
        return f"{prefix}{FIRST_SECTION + local_class}"

    def klass(self, number: int) -> ClassFacts:
        """A class by its number in the district."""
        school = self.shape.school_of_class(number)
        local = number - self.shape.class_starts[school]
        layout = self.shape.layouts[school]
        slot, cohort, section = layout.spot_of(local)
        grade = layout.first_grade + cohort
        course = self.course(self.catalogue.number(slot, grade, section))
        edit = self.overlay.classes.get(number)
        return ClassFacts(
            self.class_id(school, local),
            (edit.status if edit else None) or ACTIVE,
            course.title,
            f"{course.code}-{section + 1}",
            f"{'ABCDEFG'[slot]}{100 + section}",
            GRADES[grade],
            course.subject,
            course.subject_code,
            str((slot + section) % SLOTS + 1),
            course.sourced_id,
            self._school_ids[school],
            self.slot_sessions[slot],
            (edit.end if edit else None) or self._spans[slot][1],
            max(edit.revision if edit else 0, self._touched[school]),
        )

    def person(self, kind: str, number: int) -> Person:
        """A person's own id with the names, addresses and numbers that changes have left them."""
        own = self.people.person(kind, number)
        other = self.overlay.identities.get((kind, number))
        return own if other is None else self.people.person(*other[:2])._replace(sourced_id=own.sourced_id)

    def user(self, kind: str, number: int) -> UserFacts:
        """A person of a kind: A (one administrator a school), S or T."""
        shape = self.shape
        grade, revision = "", 0
        if kind == "A":
            school = number
        elif kind == "T":
            school = bisect_right(shape.teacher_starts, number) - 1
        else:
            peer = number
            if number >= shape.students:
                peer, revision = self.overlay.arrivals[number - shape.students]
            school = shape.school_of_student(peer)
            layout = shape.layouts[school]
            grade = GRADES[layout.first_grade + layout.cohort_of(peer - shape.school_start(school))]
        edit = self.overlay.persons.get((kind, number))
        return UserFacts(
            self.person(kind, number),
            (edit.status if edit else None) or ACTIVE,
            _ROLE_OF_KIND[kind],
            self._school_ids[school],
            grade,
            max(edit.revision if edit else revision, self.overlay.identities.get((kind, number), ("", 0, 0))[2]),
            self._also_at.get((kind, number), ()),
        )

    def seat_of(self, number: int) -> tuple[int, int, int]:
        """The student, school and local class of a student's enrollment, before any wave strikes."""
        if number >= self.first_extra:
            extra = self.overlay.extras[number - self.first_extra]
            return extra.person, extra.school, extra.local_class
        student, slot = divmod(number, SLOTS)
        school, local_class = self.shape.seat(student, slot)
        return student, school, local_class

    def enrollment(self, number: int) -> EnrollmentFacts:
        """An enrollment by its number."""
        if number >= self.first_extra:
            return self._extra(number)
        if number >= self.first_teaching:
            return self._teaching(number)
        student, school, local = self.seat_of(number)
        layout = self.shape.layouts[school]
        slot = local // layout.classes_per_slot
        status = TO_BE_DELETED if self._withdrawn(student, slot) else ACTIVE
        revision = self._touched[school]
        for wave in self.overlay.waves:
            struck = wave.strikes(number)
            if struck:
                revision = max(revision, wave.revision)
                if struck == 1:
                    status = ACTIVE if status == TO_BE_DELETED else TO_BE_DELETED
                else:
                    local = _neighbour(layout.section_starts, layout.classes_per_slot, local)
        facts = EnrollmentFacts(
            f"E{FIRST_NUMBER + student}-{slot}", status, f"S{FIRST_NUMBER + student}", "student", "false",
            f"{self._prefix[school]}{FIRST_SECTION + local}", self._school_ids[school],
            *self._spans[slot], revision, school, local,
        )  # fmt: skip
        return self._edited(number, facts)

    def _extra(self, number: int) -> EnrollmentFacts:
        extra = self.overlay.extras[number - self.first_extra]
        slot = extra.local_class // self.shape.layouts[extra.school].classes_per_slot
        facts = EnrollmentFacts(
            f"X{FIRST_NUMBER + number - self.first_extra}", ACTIVE, f"{extra.kind}{FIRST_NUMBER + extra.person}",
            _ROLE_OF_KIND[extra.kind], "false", self.class_id(extra.school, extra.local_class),
            self._school_ids[extra.school], *self._spans[slot], max(extra.revision, self._touched[extra.school]),
            extra.school, extra.local_class,
        )  # fmt: skip
        return self._edited(number, facts)

    def _teaching(self, number: int) -> EnrollmentFacts:
        school, local, teacher, leads = self.shape.teaching(number - self.first_teaching)
        slot = local // self.shape.layouts[school].classes_per_slot
        facts = EnrollmentFacts(
            f"F{FIRST_NUMBER + number - self.first_teaching}", ACTIVE, f"T{FIRST_NUMBER + teacher}", "teacher",
            "true" if leads else "false", self.class_id(school, local), self._school_ids[school],
            *self._spans[slot], self._touched[school], school, local,
        )  # fmt: skip
        return self._edited(number, facts)

    def _edited(self, number: int, facts: EnrollmentFacts) -> EnrollmentFacts:
        """The enrollment with what changes have done to its class or to itself."""
        overlay = self.overlay
        if not (overlay.classes or overlay.enrollments):
            return facts
        klass = self.shape.class_starts[facts.school] + facts.local_class
        for edit in (overlay.classes.get(klass), overlay.enrollments.get(number)):
            if edit is not None:
                facts = facts._replace(
                    status=edit.status or facts.status,
                    end=min(edit.end or facts.end, facts.end),
                    revision=max(edit.revision, facts.revision),
                )
        return facts

    def _withdrawn(self, student: int, slot: int) -> bool:
        """One student in a hundred has left mathematics, one in fifty arts: their rows stay as tobedeleted."""
        if slot == MATHEMATICS:
            return (student + self.settings.seed) % 100 == 41
        return slot == SLOTS - 1 and (student + self.settings.seed) % 50 == 17


def _neighbour(section_starts: tuple[int, ...], classes_per_slot: int, local: int) -> int:
    """The first class of the next grade of the school in the same slot; after the last grade, of the first one."""
    slot, rest = divmod(local, classes_per_slot)
    following = [start for start in section_starts if start > rest]
    return slot * classes_per_slot + (following[0] if following else 0)
