"""Connections that would wait for the end of one section fetch the next sections' pages, and no more than they may."""

from __future__ import annotations

from array import array
from concurrent.futures import Future
from typing import Any

import pytest
from tests.sources.support.opened import opened, read
from tests.sources.support.servers import rows_of, token_server

from roster_operator.errors import SourceUnreachable
from roster_operator.sources.oneroster import lenient_rows
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.page_request import PageRequest
from roster_operator.sources.oneroster.prefetch import ReadAhead
from roster_operator.sources.oneroster.routes import Route
from roster_operator.sources.source import Complete, RosterSource


class Pages:
    """Notes what is asked for early; answers come when the test says so."""

    def __init__(self, *paths: str, kept: int = 8) -> None:
        self.asked: list[tuple[str, int, bool]] = []
        self.futures: list[Future[Page[Any]]] = []
        self.ahead = ReadAhead(kept, self._ask)
        for path in paths:
            self.plan(path)

    def plan(self, path: str, first: Page[Any] | None = None) -> None:
        self.ahead.plan(path, Route(path, lenient_rows.COURSES), first)

    def _ask(self, request: PageRequest[Any]) -> Future[Page[Any]]:
        self.asked.append((request.section, request.offset, request.past_end))
        self.futures.append(Future())
        return self.futures[-1]

    def answer(self, rows: int, total: int | None) -> None:
        """To the oldest request that was not answered."""
        waiting = next(future for future in self.futures if not future.done())
        waiting.set_result(Page(hashes=array("q", range(1, rows + 1)), total=total))


def test_first_pages_come_first_then_what_they_say_there_is() -> None:
    pages = Pages("now", "next", "later")
    pages.ahead.begin("now")
    pages.ahead.fill()
    assert pages.asked == [("next", 0, False), ("later", 0, False)]
    pages.answer(rows=2, total=5)
    pages.ahead.fill()
    assert pages.asked[2:] == [("next", 2, False), ("next", 4, False), ("next", 5, True)]
    pages.answer(rows=7, total=7)
    pages.ahead.fill()
    assert pages.asked[5:] == [("later", 7, True)]


def test_no_more_pages_wait_to_be_claimed_than_may() -> None:
    pages = Pages("now", *"abcdefghij", kept=3)
    pages.ahead.begin("now")
    pages.ahead.fill()
    assert [section for section, _, _ in pages.asked] == ["a", "b", "c"]
    pages.answer(rows=1, total=1)
    pages.ahead.fill()
    assert len(pages.asked) == 3
    pages.ahead.begin("a")
    assert pages.ahead.claim("a", 0, False) is not None
    pages.ahead.fill()
    assert len(pages.asked) == 4


def test_a_page_is_handed_over_once_and_what_nobody_asked_for_is_dropped() -> None:
    pages = Pages("now", "next", "later")
    pages.ahead.begin("now")
    pages.ahead.fill()
    pages.ahead.begin("next")
    assert pages.ahead.claim("next", 0, False) is pages.futures[0]
    assert pages.ahead.claim("next", 0, False) is None
    pages.ahead.begin("elsewhere")
    pages.ahead.begin("later")
    assert pages.ahead.claim("later", 0, False) is pages.futures[1]


def test_a_first_page_that_fails_or_says_no_total_is_where_reading_ahead_ends() -> None:
    pages = Pages("now", "next", "later")
    pages.ahead.begin("now")
    pages.ahead.fill()
    pages.futures[0].set_exception(SourceUnreachable("not now"))
    pages.futures[1].set_result(Page(hashes=array("q", [1]), total=None))
    pages.ahead.fill()
    assert pages.asked == [("next", 0, False), ("later", 0, False)]


def test_a_route_that_serves_two_sections_is_read_once() -> None:
    pages = Pages("now", "users", "users")
    pages.ahead.begin("now")
    pages.ahead.fill()
    assert pages.asked == [("users", 0, False)]


def test_what_would_wait_for_a_section_that_is_not_known_yet_is_not_fetched() -> None:
    pages = Pages("a")
    pages.plan("b", Page(hashes=array("q", [1]), total=2))
    pages.plan("c")
    pages.ahead.fill()
    assert pages.asked == [("a", 0, False), ("c", 0, False)]
    pages.answer(rows=1, total=1)
    pages.ahead.fill()
    assert pages.asked[2:] == [("a", 1, True), ("b", 1, False), ("b", 2, True)]


def test_what_comes_after_the_last_section_is_not_fetched() -> None:
    pages = Pages("now", "users", "students")
    pages.ahead.begin("now")
    pages.ahead.end_with("users")
    pages.ahead.begin("users")
    pages.ahead.fill()
    assert pages.asked == []


@pytest.mark.parametrize("then_read", [False, True])
@pytest.mark.parametrize("concurrency", [1, 2, 5])
def test_all_is_read_once_and_whole_however_many_connections_there_are(concurrency: int, then_read: bool) -> None:
    server = token_server()
    counts = dict(zip(server.sections, (3, 1, 120, 260, 999, 50, 101), strict=True))
    server.sections = {path: rows_of(path, count) for path, count in counts.items()}
    with opened(handler=server, max_concurrency=concurrency) as source:
        source.probe(then_read=then_read)
        if not then_read:
            server.requests.clear()
        assert rows_read(source) == [*list(counts.values())[:5], 151]
        asked = [str(request.url) for request in server.requests if "token" not in request.url.path]
    assert len(asked) == len(set(asked)) == sum(-(-count // 50) + 1 for count in counts.values())


def rows_read(source: RosterSource) -> list[int]:
    found = []
    for reading in (source.schools(), source.sessions(), source.courses(), source.classes(), source.enrollments()):
        found.append(rows_of_a(reading))
    return [*found, rows_of_a(source.people())]


def rows_of_a(reading: Any) -> int:
    rows, outcome = read(reading)
    assert isinstance(outcome, Complete)
    assert outcome.rows == len(rows)
    return len(rows)
