"""A token that is good for few requests is no section that is not shared."""

from __future__ import annotations

import threading
import time
from collections import Counter

import httpx2
import pytest
from tests.sources.support.opened import opened, read
from tests.sources.support.servers import Answer, TableServer, page, rows_of

from roster_operator.errors import CredentialsRejected
from roster_operator.sources.source import Complete, Section

LATENCY = 0.004
SECTIONS = ("schools", "academicSessions", "courses", "classes", "enrollments", "teachers", "students")


class Meter:
    """Gives out tokens, each good for so many requests."""

    def __init__(self, uses: int, *, one_at_a_time: bool = False, closed: str = "") -> None:
        """`one_at_a_time`: a new token ends the one before. `closed`: a section that is refused to everybody."""
        self._uses = uses
        self._one_at_a_time = one_at_a_time
        self._closed = closed
        self._lock = threading.Lock()
        self._left: Counter[str] = Counter()
        self.given = 0

    def give(self, request: httpx2.Request) -> httpx2.Response:
        """A token."""
        del request
        time.sleep(LATENCY)
        with self._lock:
            self.given += 1
            if self._one_at_a_time:
                self._left.clear()
            self._left[f"Bearer t{self.given}"] = self._uses
            return httpx2.Response(200, json={"access_token": f"t{self.given}"})

    def server(self) -> TableServer:
        """Serves 300 rows of each section."""

        def serve(section: str) -> Answer:
            rows = rows_of(section, 300)

            def answer(request: httpx2.Request) -> httpx2.Response:
                time.sleep(LATENCY)
                with self._lock:
                    name = request.headers["authorization"]
                    self._left[name] -= 1
                    good = self._left[name] >= 0
                return page(section, rows, request) if good and section != self._closed else httpx2.Response(401)

            return answer

        return TableServer(table={"/token": self.give, **{section: serve(section) for section in SECTIONS}})


@pytest.mark.parametrize("uses", [1, 2, 3, 7])
@pytest.mark.parametrize("then_read", [True, False])
def test_a_token_whose_uses_are_spent_is_renewed_for_each_who_needs_it(uses: int, then_read: bool) -> None:
    meter = Meter(uses)
    with opened(handler=meter.server(), max_concurrency=6) as source:
        report = source.probe(then_read=then_read)
        assert report.refused == ()
        rows, outcome = read(source.enrollments())
    assert isinstance(outcome, Complete)
    assert len(rows) == 300


def test_tokens_that_end_with_the_next_one_are_used_one_after_the_other() -> None:
    meter = Meter(2, one_at_a_time=True)
    with opened(handler=meter.server(), max_concurrency=6) as source:
        assert source.probe().refused == ()
        assert len(read(source.enrollments())[0]) == 300


def test_a_section_that_is_refused_to_a_fresh_token_is_not_shared() -> None:
    meter = Meter(1000, closed="teachers")
    with opened(handler=meter.server()) as source:
        (refused,) = source.probe().refused
    assert refused.section is Section.TEACHERS
    assert meter.given <= 3


def test_a_token_that_is_never_taken_is_not_asked_for_without_end() -> None:
    meter = Meter(0)
    with opened(handler=meter.server()) as source, pytest.raises(CredentialsRejected, match="gives out a token"):
        source.probe()
    assert meter.given <= 1 + len(SECTIONS)
