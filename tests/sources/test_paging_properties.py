"""However a server cuts its pages, a reading is complete and right, or it says that it is not."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roster_operator.errors import SourceError
from roster_operator.sources.failures import ServerFailed
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.paging import read_section
from roster_operator.sources.oneroster.sweep import Sweep, SweepLimits
from roster_operator.sources.source import Complete, Incomplete, Outcome, Proof

PAGE_SIZE = 10


@dataclass
class ListServer:
    """Serves a list of numbers (a row's identifier and the row itself) and can lie in every way a server can."""

    rows: list[int]
    clamp: int = 1000
    total: Callable[[int], int | None] = lambda count: count
    links: bool = False
    shorten: Callable[[int], int] = lambda offset: 0
    """How many rows a page that begins there lacks at its end, although there are more."""
    past_end: Callable[[int], Page[int]] = lambda offset: Page()
    broken_at: int | None = None
    twist: Callable[[ListServer, int, int], Page[int]] | None = None
    """Answers instead of the list, which it is given."""
    seen: list[int] = field(default_factory=list)

    def answer(self, offset: int, size: int) -> Page[int]:
        return self.twist(self, offset, size) if self.twist else self.honest(offset, size)

    def honest(self, offset: int, size: int) -> Page[int]:
        self.seen.append(offset)
        if offset == self.broken_at:
            raise ServerFailed("The SIS failed.")
        rows = self.rows[offset : offset + min(size, self.clamp)]
        if not rows:
            page = self.past_end(offset)
        else:
            rows = rows[: max(1, len(rows) - self.shorten(offset))]
            page = Page(rows=rows, hashes=array("Q", [row + 1 for row in rows]))
        page.total = self.total(len(self.rows))
        if self.links:
            page.has_next = offset + page.received < len(self.rows)
        return page

    def read(self, window: int = 3, **limits: int) -> tuple[list[int], Outcome]:
        bounds = SweepLimits(
            **{"window": window, "page_size": PAGE_SIZE, "max_rows": 10_000, "max_pages": 500, **limits}
        )

        def sweep(size: int | None) -> Sweep[int]:
            def ask(offset: int, *, behind: bool) -> Future[Page[int]]:
                future: Future[Page[int]] = Future()
                try:
                    future.set_result(self.answer(offset, size or PAGE_SIZE))
                except SourceError as error:
                    future.set_exception(error)
                return future

            return Sweep("courses", ask, last_first, bounds)

        rows: list[int] = []
        reading = read_section("courses", sweep)
        while True:
            try:
                rows += next(reading)
            except StopIteration as end:
                return rows, end.value


def last_first(futures: Collection[Future[Page[int]]]) -> Future[Page[int]]:
    """Answers come in the least helpful order."""
    return list(futures)[-1]


Total = Callable[[int], int | None]


def by(cuts: list[int]) -> Callable[[int], int]:
    """Shortens each page by one of `cuts`."""
    return lambda offset: cuts[offset % len(cuts)]


COUNTS = st.integers(0, 120)
CUTS = st.lists(st.integers(0, 12), min_size=1, max_size=7)
TOTALS = st.sampled_from([lambda n: n, lambda n: None])


@given(COUNTS, st.integers(1, 30), CUTS, TOTALS, st.booleans(), st.integers(1, 5))
@settings(max_examples=400, deadline=None)
def test_any_clamp_and_any_short_page_give_every_row(
    count: int, clamp: int, cuts: list[int], total: Total, links: bool, window: int
) -> None:
    server = ListServer(list(range(count)), clamp=clamp, shorten=by(cuts), total=total, links=links)
    rows, outcome = server.read(window)
    assert isinstance(outcome, Complete)
    assert set(rows) == set(range(count))
    assert outcome.rows == count
    assert outcome.duplicates == 0
    assert max(server.seen) >= count, "the end was not looked behind"


@given(COUNTS, st.integers(1, 30), CUTS, st.integers(-150, 150))
@settings(max_examples=400, deadline=None)
def test_a_wrong_total_never_makes_a_reading_falsely_complete(
    count: int, clamp: int, cuts: list[int], error: int
) -> None:
    server = ListServer(list(range(count)), clamp=clamp, shorten=by(cuts), total=lambda n: max(0, n + error))
    rows, outcome = server.read()
    claimed = max(0, count + error)
    if claimed > count:
        assert isinstance(outcome, Incomplete)
    else:
        assert isinstance(outcome, Complete)
        assert set(rows) == set(range(count))
        if claimed < count:
            assert outcome.proof is Proof.EMPTY_PAGE


@given(st.integers(12, 120), st.integers(2, 30), st.integers(1, 6), TOTALS)
@settings(max_examples=300, deadline=None)
def test_rows_that_vanish_while_reading_are_noticed_by_the_total(
    count: int, clamp: int, lost: int, total: Total
) -> None:
    """Deleting rows before the reader shifts the rest towards it, so that some are never seen."""

    def shifting(server: ListServer, offset: int, size: int) -> Page[int]:
        return server.honest(offset + lost if offset else 0, size)

    rows, outcome = ListServer(list(range(count)), clamp=clamp, total=total, twist=shifting).read()
    if set(rows) != set(range(count)) and total(count) is not None:
        assert isinstance(outcome, Incomplete)


@given(st.integers(12, 120), st.integers(2, 30), st.integers(1, 6), TOTALS)
@settings(max_examples=300, deadline=None)
def test_rows_that_are_pushed_back_while_reading_make_it_incomplete(
    count: int, clamp: int, pushed: int, total: Total
) -> None:
    """Later pages repeat rows of earlier ones and the last rows fall off the end."""

    def shifting(server: ListServer, offset: int, size: int) -> Page[int]:
        if offset >= count:
            return Page(total=total(count))
        return server.honest(max(0, offset - pushed), min(size, count - offset))

    rows, outcome = ListServer(list(range(count)), clamp=clamp, total=total, twist=shifting).read()
    if set(rows) != set(range(count)):
        assert isinstance(outcome, Incomplete)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=80), TOTALS)
@settings(max_examples=300, deadline=None)
def test_rows_that_are_twice_in_the_sis_are_counted(rows: list[int], total: Total) -> None:
    read, outcome = ListServer(rows, total=total).read()
    if isinstance(outcome, Complete):
        assert set(read) == set(rows)
        assert outcome.duplicates == len(rows) - len(set(rows))
        assert outcome.rows == len(rows)
    else:
        assert len(set(rows)) < len(rows)


def test_a_few_duplicates_cost_a_second_reading_and_are_accepted() -> None:
    server = ListServer([*range(30), 7, 19])
    rows, outcome = server.read()
    assert outcome == Complete(Proof.TOTAL, rows=32, pages=10, duplicates=2)
    assert len(rows) == 64


def test_a_second_reading_that_differs_proves_nothing() -> None:
    def changing(server: ListServer, offset: int, size: int) -> Page[int]:
        if offset == 0 and 0 in server.seen:
            server.rows = [*range(29), 99, 7]
        return server.honest(offset, size)

    _, outcome = ListServer([*range(30), 7], twist=changing).read()
    assert isinstance(outcome, Incomplete)
    assert "changed" in outcome.message


def test_a_total_that_changes_while_reading_makes_it_incomplete() -> None:
    def growing(server: ListServer, offset: int, size: int) -> Page[int]:
        page = server.honest(offset, size)
        page.total = 40 + len(server.seen) // 3
        return page

    _, outcome = ListServer(list(range(40)), twist=growing).read()
    assert isinstance(outcome, Incomplete)


def test_an_error_behind_the_end_is_forgiven_only_if_the_total_is_proved() -> None:
    def error(offset: int) -> Page[int]:
        raise ServerFailed("The SIS failed.")

    _, proved = ListServer(list(range(30)), past_end=error).read()
    _, unproved = ListServer(list(range(30)), past_end=error, total=lambda count: None).read()
    _, doubtful = ListServer([*range(30), 7], past_end=error).read()
    assert isinstance(proved, Complete)
    assert isinstance(unproved, Incomplete)
    assert isinstance(doubtful, Incomplete)


def test_a_last_page_that_comes_again_behind_the_end_is_forgiven_only_if_the_total_is_proved() -> None:
    def again(offset: int) -> Page[int]:
        return Page(rows=list(range(20, 30)), hashes=array("Q", range(21, 31)))

    _, proved = ListServer(list(range(30)), past_end=again).read()
    _, unproved = ListServer(list(range(30)), past_end=again, total=lambda count: None).read()
    assert isinstance(proved, Complete)
    assert isinstance(unproved, Incomplete)


def test_a_blank_answer_is_an_end_only_if_it_stays_blank() -> None:
    _, outcome = ListServer([], past_end=lambda offset: Page(blank=True), total=lambda count: None).read()
    assert outcome == Complete(Proof.EMPTY_PAGE, rows=0, pages=1)

    def blank_once(server: ListServer, offset: int, size: int) -> Page[int]:
        if not server.seen:
            server.seen.append(offset)
            return Page(blank=True)
        return server.honest(offset, size)

    _, outcome = ListServer(list(range(5)), total=lambda count: None, twist=blank_once).read()
    assert isinstance(outcome, Incomplete)


@pytest.mark.parametrize("total", [lambda count: count, lambda count: None], ids=["total", "no total"])
def test_an_empty_page_in_the_middle_makes_it_incomplete(total: Total) -> None:
    def gap(server: ListServer, offset: int, size: int) -> Page[int]:
        return Page() if offset == 20 else server.honest(offset, size)

    _, outcome = ListServer(list(range(60)), total=total, twist=gap).read()
    assert isinstance(outcome, Incomplete)


def test_a_failure_on_the_first_page_is_raised_and_a_later_one_makes_it_incomplete() -> None:
    rows, outcome = ListServer(list(range(60)), broken_at=20).read(window=1)
    assert isinstance(outcome, Incomplete)
    assert outcome.rows == len(rows) == 20
    assert "20" in outcome.message
    with pytest.raises(ServerFailed):
        ListServer(list(range(60)), broken_at=0).read()


def always(count: int, total: int | None = None) -> ListServer:
    """A server that sends the same rows whatever it is asked for."""
    return ListServer(
        [], twist=lambda *_: Page(rows=list(range(count)), hashes=array("Q", range(1, count + 1)), total=total)
    )


def test_a_server_without_end_is_left() -> None:
    def endless(_: ListServer, offset: int, size: int) -> Page[int]:
        return Page(rows=[0], hashes=array("Q", [offset + 1]))

    _, by_pages = ListServer([], twist=endless).read()
    _, by_rows = ListServer([], twist=endless).read(max_rows=50)
    _, by_total = ListServer(list(range(5)), total=lambda count: 10**12).read()
    assert isinstance(by_pages, Incomplete)
    assert by_pages.pages == 501
    assert isinstance(by_rows, Incomplete)
    assert isinstance(by_total, Incomplete)


@pytest.mark.parametrize(("count", "total"), [(10, 1000), (10, None), (1, 1000), (1, None)])
def test_a_server_that_ignores_offsets_is_noticed_at_once(count: int, total: int | None) -> None:
    _, outcome = always(count, total).read()
    assert isinstance(outcome, Incomplete)
    assert outcome.pages <= 6


def test_a_server_without_paging_that_knows_its_total_is_read_whole() -> None:
    rows, outcome = always(25, 25).read()
    assert outcome == Complete(Proof.TOTAL, rows=25, pages=1)
    assert len(rows) == 25


def test_pages_are_fetched_side_by_side_but_no_more_than_the_window() -> None:
    asked: list[int] = []
    done: list[int] = []

    def waits(futures: Collection[Future[Page[int]]]) -> Future[Page[int]]:
        assert len(futures) <= 4
        done.append(len(futures))
        return next(iter(futures))

    server = ListServer(list(range(200)))

    def ask(offset: int, *, behind: bool) -> Future[Page[int]]:
        asked.append(offset)
        future: Future[Page[int]] = Future()
        future.set_result(server.answer(offset, PAGE_SIZE))
        return future

    bounds = SweepLimits(window=4, page_size=PAGE_SIZE, max_rows=1000, max_pages=100)
    for _ in Sweep("courses", ask, waits, bounds).run():
        pass
    assert max(done) == 4
    assert sorted(asked) == list(range(0, 201, PAGE_SIZE))
