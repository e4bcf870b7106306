"""The check of credentials and shared sections: one row of each, and what it means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roster_operator.errors import SectionNotShared
from roster_operator.sources.failures import RouteMissing
from roster_operator.sources.powerschool import messages, roster
from roster_operator.sources.powerschool.dcids import dcid
from roster_operator.sources.powerschool.faculty import CoTeachers, ask_for_co_teachers
from roster_operator.sources.powerschool.reading import ListReader
from roster_operator.sources.powerschool.routes import ALL_SCHOOLS, Listing, enrollments_of, of_school
from roster_operator.sources.powerschool.settings import PowerSchoolSettings
from roster_operator.sources.powerschool.wire import COURSES, SECTIONS, STAFF, STUDENTS, TERMS, RowT
from roster_operator.sources.source import Access, Notice, Report, Section

_LOOKED_AT: Final = 3
"""Schools, or classes, that are asked before a section counts as empty: closed schools have nothing."""


def probe(reader: ListReader, settings: PowerSchoolSettings, now: datetime) -> Report:
    """Asks each section for one row, as far as it can be asked.

    Without schools nothing else has a route, and without classes there are no enrollments to ask for. Raises what
    concerns the server or the credentials as a whole.
    """
    reader.client.authorize()
    looks = _Looks(reader)
    schools = looks.at(Section.ORGANIZATIONS, [ALL_SCHOOLS], rows=_LOOKED_AT + 1)
    ids = [dcid(row) for row in schools if not roster.is_graduates(row)][:_LOOKED_AT]
    if ids:
        looks.at(Section.SCHEDULES, [of_school(one, TERMS, Section.SCHEDULES) for one in ids])
        looks.at(Section.COURSES, [of_school(one, COURSES, Section.COURSES) for one in ids])
        classes = looks.at(Section.CLASSES, [of_school(one, SECTIONS, Section.CLASSES) for one in ids], rows=_LOOKED_AT)
        if classes:
            looks.at(Section.ENROLLMENTS, [enrollments_of(dcid(row)) for row in classes if dcid(row)])
        looks.at(Section.TEACHERS, [of_school(one, STAFF, Section.TEACHERS) for one in ids])
        looks.at(Section.STUDENTS, [of_school(one, STUDENTS, Section.STUDENTS) for one in ids])
    return Report(tuple(looks.found), tuple(_notices(reader, settings, now)))


class _Looks:
    """Looks at sections, and what was found."""

    def __init__(self, reader: ListReader) -> None:
        self.found: list[Access] = []
        self._reader = reader

    def at(self, section: Section, lists: Sequence[Listing[RowT]], *, rows: int = 1) -> list[RowT]:
        """Some rows of the first list that has any."""
        seen: list[RowT] = []
        try:
            for listing in lists:
                seen = self._reader.look(listing, rows)
                if seen:
                    break
        except (SectionNotShared, RouteMissing) as refused:
            if not self._reader.client.answered and isinstance(refused, RouteMissing):
                raise
            self.found.append(Access(section, shared=False, message=refused.message))
            return []
        message = "" if seen else messages.empty(section, self._reader.client.where)
        self.found.append(Access(section, shared=True, empty=not seen, message=message))
        return seen


def _notices(reader: ListReader, settings: PowerSchoolSettings, now: datetime) -> Iterator[Notice]:
    if notice := _about_time_zone(reader.metadata().get("district_timezone", ""), settings.time_zone, now):
        yield notice
    state = ask_for_co_teachers(settings.co_teacher_query, reader.count)
    if state.unknown:
        yield messages.co_teachers_unknown(refused=state is CoTeachers.QUERY_REFUSED)


def _about_time_zone(said: str, ours: ZoneInfo, now: datetime) -> Notice | None:
    """Something to know only if it is another time there: zones have many names."""
    try:
        theirs = ZoneInfo(said) if said else ours
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    if now.astimezone(theirs).utcoffset() == now.astimezone(ours).utcoffset():
        return None
    return messages.other_time_zone(theirs.key, ours.key)
