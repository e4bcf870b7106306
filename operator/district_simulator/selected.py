"""Collections as they were asked for: filtered and sorted, and remembered for the pages that follow."""

from __future__ import annotations

import asyncio
import re
from functools import partial

from district_simulator.directory import FAMILIES, Directory, UnknownObjectError, UnknownRouteError
from district_simulator.exchange import Route
from district_simulator.faults.source import Question, Twins
from district_simulator.ids import Ids
from district_simulator.listing import Listing, RowSource
from district_simulator.query import FilterSyntaxError, UnknownFieldError, parse_filter
from district_simulator.selection import BySchool, Filtered, Permuted, Reworded, Sorted, Twinned
from district_simulator.statusinfo import RefusedError, unknown_object, unknown_route
from district_simulator.styles import Reworder, RowStyle, Version

_REMEMBERED = 32
_QUICK_ROWS = 2_000
_NATURALLY_SORTED = ("user", "user 1.2", "enrollment", "demographics")
_Key = tuple[int, tuple[str, ...], str | None, str | None, bool, str | None, bool, int, Twins | None, str]
_MODIFIED = re.compile(r'"dateLastModified":(?:"[^"]*"|null)')
_NOT_DELETED = "status!='tobedeleted'"


class Collections:
    """Finds the rows of a question in a vendor's style; filters and sorts are worked out once until a change."""

    def __init__(self, directory: Directory, style: RowStyle) -> None:
        self._directory = directory
        self._style = style
        self._remembered: dict[_Key, RowSource] = {}
        self._working = asyncio.Lock()

    def single(self, route: Route, base: str) -> str:
        """The one row that a route names."""
        reworder = self._reworder(route.version)
        _, sourced_id = _plain_segments(route.segments, reworder.ids)
        text = self._directory.single(route.collection, sourced_id, base)
        if reworder.changes_nothing:
            return text
        record = FAMILIES[route.collection].record
        by_school = self._style.sessions_by_school and record == "session"
        return reworder.reword(record, text, route.segments[1].partition("_")[0] if by_school else "")

    async def select(self, route: Route, record: str, question: Question, base: str) -> RowSource:
        """The rows of a collection route that answer the question."""
        reworder = self._reworder(route.version)
        source = self._dressed(self._listing(_plain_segments(route.segments, reworder.ids)), route, reworder)
        if question.empty:
            return Listing(self._directory.roster, [])
        if question.twins is not None:
            source = Twinned(source, *question.twins)
        if question.order:
            source = Permuted(source, question.order)
        if question.dates is not None:
            source = Reworded(source, partial(_MODIFIED.sub, f'"dateLastModified":{question.dates}', count=1))
        if question.filter_text is None and question.sort is None and question.deleted:
            return source
        key = (
            self._directory.roster.overlay.revision, route.segments, question.filter_text, question.sort,
            question.descending, question.dates, question.deleted, question.order, question.twins, base,
        )  # fmt: skip
        async with self._working:
            if key not in self._remembered:
                if len(self._remembered) >= _REMEMBERED:
                    self._remembered.clear()
                natural = self._style.ids == "plain" and len(route.segments) == 1 and record in _NATURALLY_SORTED
                if len(source) <= _QUICK_ROWS:
                    self._remembered[key] = _narrow(source, record, question, natural, base)
                else:
                    self._remembered[key] = await asyncio.to_thread(_narrow, source, record, question, natural, base)
            return self._remembered[key]

    def _reworder(self, version: Version) -> Reworder:
        return Reworder(self._style, self.ids(), version)

    def ids(self) -> Ids:
        """How ids are written as the roster is now."""
        roster = self._directory.roster
        return Ids(self._style.ids, roster.year.ends_in, roster.overlay.years_on)

    def _dressed(self, source: RowSource, route: Route, reworder: Reworder) -> RowSource:
        if reworder.changes_nothing:
            return source
        record = FAMILIES[route.collection].record
        if record == "session":
            hidden = self._style.hidden_sessions
            if hidden:
                source = Filtered(source, lambda row: row["type"] not in hidden, "")
            if self._style.sessions_by_school:
                schools = [
                    self._directory.roster.org(n + 1).sourced_id for n in range(self._directory.roster.shape.schools)
                ]
                return BySchool(source, schools, partial(reworder.reword, record))
        return Reworded(source, partial(reworder.reword, record))

    def _listing(self, segments: tuple[str, ...]) -> RowSource:
        try:
            return self._directory.listing(segments)
        except UnknownObjectError:
            raise unknown_object() from None
        except UnknownRouteError:
            raise unknown_route() from None


def _plain_segments(segments: tuple[str, ...], ids: Ids) -> tuple[str, ...]:
    """The segments of a route with the generator's ids instead of the vendor's."""
    return tuple(
        ids.plain(FAMILIES[segments[position - 1]].record, part)
        if position % 2 and segments[position - 1] in FAMILIES
        else part
        for position, part in enumerate(segments)
    )


def _narrow(source: RowSource, record: str, question: Question, natural: bool, base: str) -> RowSource:
    """Filter and sort; `natural` says that the source is in the order of its sourcedIds already."""
    if not question.deleted:
        source = Filtered(source, parse_filter(_NOT_DELETED, record), base)
    if question.filter_text is not None:
        try:
            predicate = parse_filter(question.filter_text, record)
        except FilterSyntaxError:
            raise RefusedError(400, "invalid data", "the filter cannot be read") from None
        except UnknownFieldError:
            raise RefusedError(400, "invalid_filter_field", "the filter names an unknown field") from None
        source = Filtered(source, predicate, base)
    if question.sort is None or (natural and question.sort == "sourcedId" and not question.descending):
        return source
    return Sorted(source, question.sort, question.descending, base)
