"""A PowerSchool server as a source of rosters."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Literal

from roster_operator.clock import Clock
from roster_operator.roster.models import ClassSection, Course, Enrollment, Person, School, Session
from roster_operator.sources.powerschool.probe import probe
from roster_operator.sources.powerschool.reading import ListReader, Lists, Pages, T, Tallied, guarded
from roster_operator.sources.powerschool.rolls import Rolls
from roster_operator.sources.powerschool.schedule import Schedule
from roster_operator.sources.powerschool.settings import PowerSchoolSettings
from roster_operator.sources.source import Reading, Report, Scope, Section
from roster_operator.sources.workers import Workers


class PowerSchoolSource:
    """Reads one server. To be driven by one thread; fetches lists in threads of its own."""

    lists_selected_schools: Literal[True] = True

    def __init__(
        self,
        reader: ListReader,
        workers: Workers,
        settings: PowerSchoolSettings,
        clock: Clock,
        *,
        close: Callable[[], None],
    ) -> None:
        """`close` gives back the connections."""
        self._reader = reader
        self._workers = workers
        self._settings = settings
        self._clock = clock
        self._close = close
        lists = Lists(reader, workers)
        self._schedule = Schedule(lists, clock, settings.time_zone)
        self._rolls = Rolls(lists, self._schedule, settings.co_teacher_query)

    def probe(self, *, then_read: bool = False) -> Report:
        """Validate the credentials and ask each section for one row."""
        del then_read
        return self._workers.run(probe, self._reader, self._settings, self._clock.now())

    def repeats(self, transcript: bytes) -> bool:
        """False: what was read is not remembered page by page."""
        del transcript
        return False

    def transcript(self) -> bytes | None:
        """None; see `repeats`."""
        return None

    def schools(self) -> Reading[School]:
        """Every school but the one of those who graduated."""
        return _reading(Section.ORGANIZATIONS, self._schedule.read_schools)

    def sessions(self) -> Reading[Session]:
        """Every term of every school."""
        return _reading(Section.SCHEDULES, self._schedule.read_terms)

    def courses(self) -> Reading[Course]:
        """Every course of every school, each once."""
        return _reading(Section.COURSES, self._schedule.read_courses)

    def classes(self) -> Reading[ClassSection]:
        """Every section of the school years that are on, begin soon or were the last to end."""
        return _reading(Section.CLASSES, self._schedule.read_classes)

    def enrollments(self, scope: Scope | None = None) -> Reading[Enrollment]:
        """The teachers and students of the classes in scope."""
        return _reading(Section.ENROLLMENTS, partial(self._rolls.read_enrollments, scope))

    def people(self, scope: Scope | None = None) -> Reading[Person]:
        """The active staff and students of the schools in scope."""
        return _reading(Section.STUDENTS, partial(self._rolls.read_people, scope))

    def people_by_id(self, ids: Collection[str]) -> Reading[Person]:
        """Who attends or teaches in a school in scope, and belongs to another one."""
        return _reading(Section.STUDENTS, partial(self._rolls.read_people_by_id, frozenset(ids)))

    def close(self) -> None:
        """Break off what is under way and give back connections."""
        self._workers.close()
        self._close()


def _reading(section: Section, read: Callable[[Tallied], Pages[T]]) -> Reading[T]:
    tallied = Tallied()
    return Reading(guarded(section, tallied, read(tallied)))
