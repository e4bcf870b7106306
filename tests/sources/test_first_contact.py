"""A sync of a slow server takes the rounds of requests that its pages need, and hardly one more.

Rounds are counted, not seconds: the server answers when as many requests have come as it allows at once, or when no
more come.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import httpx2
import pytest
from tests.sources.support.opened import API, opened, read
from tests.sources.support.servers import rows_of, token_server

from roster_operator.sources.capabilities import FilterSupport, Provider, TellsChanges, Totals
from roster_operator.sources.response_fingerprint import Exchange, decode_exchanges
from roster_operator.sources.source import Complete, Reading, RosterSource, Section

pytestmark = pytest.mark.slow

PAGE: Final = 50
COUNTS: Final = {
    "schools": 3,
    "academicSessions": 11,
    "courses": 40,
    "classes": 260,
    "enrollments": 2_999,
    "teachers": 60,
    "students": 700,
}
QUIET: Final = 0.5
"""Seconds without another request after which nobody is about to send one."""
ENDS: Final = len(COUNTS)
QUESTIONS: Final = 3
"""Of the examination; two more if rows had a time of their last change."""


class SlowServer:
    """Answers in rounds: of `at_once` requests, or of all that come until it is `quiet` for so many seconds."""

    def __init__(
        self, at_once: int | None, answer: Callable[[httpx2.Request], httpx2.Response], *, quiet: float = QUIET
    ) -> None:
        self.at_once = at_once
        self.quiet = quiet
        self.rounds = 0
        self.most = 0
        self.asked: list[str] = []
        self._answer = answer
        self._waiting = 0
        self._came = threading.Condition()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if not request.url.path.startswith(f"{API}/"):
            return self._answer(request)
        with self._came:
            self.asked.append(f"{request.url.path.removeprefix(API)}?{request.url.query.decode()}")
            self._waiting += 1
            self.most = max(self.most, self._waiting)
            if self._waiting == self.at_once:
                self._end_round()
            else:
                self._wait(self.rounds)
        return self._answer(request)

    def _wait(self, round_: int) -> None:
        while self.rounds == round_:
            came = self._waiting
            if not self._came.wait(self.quiet) and self.rounds == round_ and self._waiting == came:
                self._end_round()

    def _end_round(self) -> None:
        self.rounds += 1
        self._waiting = 0
        self._came.notify_all()


def slow(at_once: int | None, counts: Mapping[str, int] = COUNTS, *, quiet: float = QUIET) -> SlowServer:
    server = token_server()
    server.sections = {path: rows_of(path, count) for path, count in counts.items()}
    return SlowServer(at_once, server, quiet=quiet)


def small_sections(source: RosterSource) -> list[Reading[Any]]:
    return [source.schools(), source.sessions(), source.courses(), source.classes()]


def read_whole(source: RosterSource) -> None:
    """Every section, all of them proved whole."""
    for reading in (*small_sections(source), source.enrollments(), source.people()):
        rows, outcome = read(reading)
        assert isinstance(outcome, Complete)
        assert len(rows) == outcome.rows


def first_contact(server: SlowServer, at_once: int) -> tuple[Provider, Sequence[Exchange]]:
    """What was found out about the server, and what its roster is recognised by."""
    with opened(handler=server, page_size=PAGE, max_concurrency=at_once) as source:
        assert isinstance(source, TellsChanges)
        examination = source.examine()
        assert not source.probe(then_read=True).refused
        read_whole(source)
        found = examination.found()
        return found, decode_exchanges(source.transcript() or b"")


@pytest.mark.parametrize("at_once", [1, 2, 5, 8])
def test_probe_examination_and_reading_take_the_rounds_of_their_pages(at_once: int) -> None:
    server = slow(at_once)
    found, exchanges = first_contact(server, at_once)
    pages = sum(-(-count // PAGE) for count in COUNTS.values())
    assert len(server.asked) == len(set(server.asked)) == pages + ENDS + QUESTIONS
    assert server.rounds <= -(-len(server.asked) // at_once) + 2
    assert len(exchanges) == pages + ENDS
    assert (found.totals, found.largest_page, found.sort) == (Totals.RIGHT, PAGE, FilterSupport.IGNORED)


@pytest.mark.parametrize("allowed", [1, 2, 4])
def test_no_more_is_asked_at_once_than_is_allowed(allowed: int) -> None:
    server = slow(None, dict.fromkeys(COUNTS, PAGE + 1), quiet=0.1)
    first_contact(server, allowed)
    assert server.most == allowed


def test_small_sections_share_their_rounds_without_a_probe_that_begins_to_read_too() -> None:
    server = slow(4)
    with opened(handler=server, page_size=PAGE, max_concurrency=4) as source:
        source.probe()
        before = server.rounds
        for reading in small_sections(source)[:3]:
            read(reading)
    assert server.rounds - before <= 4


def test_no_section_waits_for_another_to_be_known() -> None:
    server = slow(5)
    first_contact(server, 5)
    firsts = [asked for asked in server.asked if asked.endswith(f"limit={PAGE}&offset=0")]
    assert len(firsts) == len(Section)
    assert set(server.asked[:5]) <= set(firsts)
    assert set(firsts) <= set(server.asked[:10])


def test_while_nobody_takes_pages_the_next_ones_come() -> None:
    server = slow(2)
    with opened(handler=server, page_size=PAGE, max_concurrency=2) as source:
        source.probe(then_read=True)
        for reading in small_sections(source):
            read(reading)
        pages = iter(source.enrollments())
        next(pages)
        next(pages)
        while True:
            asked = len(server.asked)
            time.sleep(2 * QUIET)
            if len(server.asked) == asked:
                break
        fetched = [asked for asked in server.asked if asked.startswith("/enrollments")]
    assert len(fetched) >= 2 + 3
