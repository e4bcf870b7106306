"""What a district offers: schools, terms, courses and classes, and what is remembered of them for later."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from roster_operator.clock import Clock, today
from roster_operator.roster.dates import Days, order_of
from roster_operator.roster.models import ClassSection, Course, School, Session
from roster_operator.sources.powerschool import roster
from roster_operator.sources.powerschool.dcids import dcid
from roster_operator.sources.powerschool.lists import Listed, Unproven
from roster_operator.sources.powerschool.reading import Lists, Pages, T, Tallied
from roster_operator.sources.powerschool.routes import ALL_SCHOOLS, Listing, of_school, sections_of
from roster_operator.sources.powerschool.school_year import Term, years_on, years_to_read
from roster_operator.sources.powerschool.wire import COURSES, TERMS, RowT, SectionRow
from roster_operator.sources.source import Incomplete, Outcome, Section


class Taught(NamedTuple):
    """Where a class is taught, and by whom."""

    school_id: str
    staff_id: str
    """The lead teacher's row of staff; empty if there is none."""


class Schedule:
    """Schools lead to terms, and terms to classes; whatever was not read by then is read on the way."""

    def __init__(self, lists: Lists, clock: Clock, zone: ZoneInfo) -> None:
        """Nothing was read yet. `zone` is the district's."""
        self.schools: list[str] | None = None
        self.classes: dict[str, Taught] | None = None
        self._terms: dict[str, list[Term]] | None = None
        self._lists = lists
        self._clock = clock
        self._zone = zone

    def read_schools(self, tallied: Tallied) -> Pages[School]:
        """Every school but the one of those who graduated, which the server's count leaves out as well."""
        listed = self._lists.run(lambda: self._lists.reader.read(ALL_SCHOOLS, roster.is_graduates))
        found = [roster.school(row) for row in tallied.add(listed)]
        yield found
        self.schools = [school.id for school in found]
        return tallied.concluded(Section.ORGANIZATIONS)

    def read_terms(self, tallied: Tallied) -> Pages[Session]:
        """Every term of every school, whatever its year."""
        if missing := self.before(self.schools, self.read_schools):
            return missing
        terms: dict[str, list[Term]] = {school: [] for school in self.schools or ()}
        for listing, listed in self._lists.each(of_school(one, TERMS, Section.SCHEDULES) for one in terms):
            found = terms[_school_of(listing)] = [roster.term(row, _school_of(listing)) for row in tallied.add(listed)]
            yield [roster.session(term) for term in found]
        self._terms = terms
        return tallied.concluded(Section.SCHEDULES)

    def read_courses(self, tallied: Tallied) -> Pages[Course]:
        """Every course of every school, each once: schools share them."""
        if missing := self.before(self.schools, self.read_schools):
            return missing
        seen: set[str] = set()
        for _, listed in self._lists.each(of_school(one, COURSES, Section.COURSES) for one in self.schools or ()):
            rows = [row for row in tallied.add(listed) if dcid(row) not in seen]
            tallied.rows -= len(listed.rows) - len(rows)
            seen.update(map(dcid, rows))
            yield [roster.course(row) for row in rows]
        return tallied.concluded(Section.COURSES)

    def read_classes(self, tallied: Tallied) -> Pages[ClassSection]:
        """Every section of the school years that are on, begin soon or were the last to end."""
        if missing := self.before(self._terms, self.read_terms):
            return missing
        terms = self._terms or {}
        days = self._days(terms)
        years = {school: years_to_read(found, days) for school, found in terms.items()}
        year_of = {term.id: term.start_year for found in terms.values() for term in found if term.start_year}
        classes: dict[str, Taught] = {}
        on = {school: years_on(found, days) for school, found in terms.items()}
        for listing, listed in self._lists.answers(self._read_sections, _by_year(years, on)):
            school = _school_of(listing)
            found = []
            for row in tallied.add(listed):
                known = classes.get(dcid(row))
                if known is not None and known.school_id != school:
                    raise Unproven("the same class stands in the lists of two schools")
                if known is None and _in_years(row, years[school], year_of):
                    section = roster.section(row, school)
                    classes[section.id] = Taught(section.school_id, roster.lead_of(row))
                    found.append(section)
            yield found
        self.classes = classes
        return tallied.concluded(Section.CLASSES)

    def _days(self, terms: Mapping[str, Sequence[Term]]) -> Days:
        """What the dates of terms mean; in which order they show day and month, all of them tell together."""
        marks = reduce(or_, (term.marks for found in terms.values() for term in found), 0)
        return Days(today(self._clock, self._zone).isoformat(), self._zone, order_of(marks))

    def _read_sections(
        self, wanted: tuple[Listing[SectionRow], bool]
    ) -> tuple[Listing[SectionRow], Listed[SectionRow]]:
        """The sections of a year, and whether that is on: then a server that finds none may not know years as we do."""
        listing, is_on = wanted
        reader = self._lists.reader
        listed = reader.read(listing)
        everything = replace(listing, search="")
        if is_on and not listed.received and reader.count(everything):
            listed = reader.read(everything)
        return listing, listed

    def before(self, known: object, read: Callable[[Tallied], Pages[T]]) -> Incomplete | None:
        """Read what must be known first, unless it is; how that failed, if it did."""
        if known is not None:
            return None
        pages = read(Tallied())
        try:
            while True:
                next(pages)
        except StopIteration as end:
            outcome = cast(Outcome, end.value)
        return outcome if isinstance(outcome, Incomplete) else None


def _school_of(listing: Listing[RowT]) -> str:
    return listing.path[3]


def _by_year(
    years: Mapping[str, frozenset[int]], on: Mapping[str, frozenset[int]]
) -> Iterator[tuple[Listing[SectionRow], bool]]:
    for school, wanted in years.items():
        for year in sorted(wanted):
            yield sections_of(school, year), year in on[school]


def _in_years(row: SectionRow, years: frozenset[int], year_of: Mapping[str, int]) -> bool:
    """Not every server heeds the search for a year; a section of an unknown term is kept."""
    year = year_of.get(roster.term_of(row))
    return year is None or year in years
