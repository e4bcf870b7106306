"""Collections as they were asked for: filtered and sorted, and remembered for the pages that follow."""

from __future__ import annotations

import asyncio
import re
from functools import partial

from district_simulator.directory import Directory, UnknownObjectError, UnknownRouteError
from district_simulator.faults.source import Question
from district_simulator.listing import Listing, RowSource
from district_simulator.query import FilterSyntaxError, UnknownFieldError, parse_filter
from district_simulator.selection import Filtered, Reworded, Sorted
from district_simulator.statusinfo import RefusedError, unknown_object, unknown_route

_REMEMBERED = 32
_QUICK_ROWS = 2_000
_NATURALLY_SORTED = ("user", "enrollment", "demographics")
_Key = tuple[int, tuple[str, ...], str | None, str | None, bool, str | None, bool, str]
_MODIFIED = re.compile(r'"dateLastModified":"[^"]*"')
_NOT_DELETED = "status!='tobedeleted'"


class Collections:
    """Finds the rows of a question; a filter or sort is worked out once until the roster changes."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._remembered: dict[_Key, RowSource] = {}
        self._working = asyncio.Lock()

    async def select(self, segments: tuple[str, ...], record: str, question: Question, base: str) -> RowSource:
        """The rows of a collection route that answer the question."""
        source = self._listing(segments)
        if question.empty:
            return Listing(self._directory.roster, [])
        if question.dates is not None:
            source = Reworded(source, partial(_MODIFIED.sub, f'"dateLastModified":{question.dates}', count=1))
        if question.filter_text is None and question.sort is None and question.deleted:
            return source
        key = (
            self._directory.roster.overlay.revision, segments, question.filter_text, question.sort,
            question.descending, question.dates, question.deleted, base,
        )  # fmt: skip
        async with self._working:
            if key not in self._remembered:
                if len(self._remembered) >= _REMEMBERED:
                    self._remembered.clear()
                natural = len(segments) == 1 and record in _NATURALLY_SORTED
                if len(source) <= _QUICK_ROWS:
                    self._remembered[key] = _narrow(source, record, question, natural, base)
                else:
                    self._remembered[key] = await asyncio.to_thread(_narrow, source, record, question, natural, base)
            return self._remembered[key]

    def _listing(self, segments: tuple[str, ...]) -> RowSource:
        try:
            return self._directory.listing(segments)
        except UnknownObjectError:
            raise unknown_object() from None
        except UnknownRouteError:
            raise unknown_route() from None


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
