"""What a reading makes of servers that contradict themselves, change while they are read, or never end."""

from __future__ import annotations

from array import array
from collections.abc import Collection
from concurrent.futures import Future

import pytest
from tests.sources.support.pages import PAGE_SIZE, ListServer, Total

from roster_operator.sources.distinct_counter import NO_ID
from roster_operator.sources.failures import ServerFailed
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.page_walk import PageWalk, SweepLimits
from roster_operator.sources.source import Complete, Incomplete, Proof


def test_a_few_duplicates_cost_a_second_reading_and_are_accepted() -> None:
    server = ListServer([*range(30), 7, 19])
    rows, outcome = server.read()
    assert outcome == Complete(Proof.TOTAL, rows=32, pages=10, duplicates=2, totals=True, links=False, largest_page=10)
    assert sorted(rows) == sorted([*range(30), 7, 19])


def test_a_second_reading_that_differs_proves_nothing() -> None:
    def changing(server: ListServer, offset: int, size: int) -> Page[int]:
        if offset == 0 and 0 in server.seen:
            server.rows = [*range(29), 99, 7]
        return server.honest(offset, size)

    _, outcome = ListServer([*range(30), 7], twist=changing).read()
    assert isinstance(outcome, Incomplete)
    assert "changed" in outcome.message


def test_a_second_reading_that_fails_at_once_makes_it_incomplete() -> None:
    def gone(server: ListServer, offset: int, size: int) -> Page[int]:
        if offset == 0 and 0 in server.seen:
            raise ServerFailed("The SIS failed.")
        return server.honest(offset, size)

    rows, outcome = ListServer([*range(30), 7], twist=gone).read()
    assert len(rows) == 31
    assert isinstance(outcome, Incomplete)


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
        return Page(rows=list(range(20, 30)), hashes=array("q", range(21, 31)))

    _, proved = ListServer(list(range(30)), past_end=again).read()
    _, unproved = ListServer(list(range(30)), past_end=again, total=lambda count: None).read()
    assert isinstance(proved, Complete)
    assert isinstance(unproved, Incomplete)


def test_a_blank_answer_is_an_end_only_if_it_stays_blank() -> None:
    _, outcome = ListServer([], past_end=lambda offset: Page(blank=True), total=lambda count: None).read()
    assert outcome == Complete(Proof.EMPTY_PAGE, rows=0, pages=1, totals=False, links=False)

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
        [], twist=lambda *_: Page(rows=list(range(count)), hashes=array("q", range(1, count + 1)), total=total)
    )


def test_a_server_without_end_is_left() -> None:
    def endless(_: ListServer, offset: int, size: int) -> Page[int]:
        return Page(rows=[0], hashes=array("q", [offset + 1]))

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


def test_pages_without_identifiers_are_told_from_a_page_that_comes_again() -> None:
    def nameless(server: ListServer, offset: int, size: int) -> Page[int]:
        page = server.honest(offset, size)
        return Page(hashes=array("q", [NO_ID] * page.received), rejected=page.received, total=page.total)

    _, outcome = ListServer(list(range(35)), twist=nameless).read()
    assert isinstance(outcome, Incomplete)
    assert "no row has a sourcedId" in outcome.message


def test_a_server_without_paging_that_knows_its_total_is_read_whole() -> None:
    rows, outcome = always(25, 25).read()
    assert outcome == Complete(Proof.TOTAL, rows=25, pages=1, totals=True, links=False, largest_page=25)
    assert len(rows) == 25


def test_pages_are_fetched_side_by_side_but_no_more_than_the_window() -> None:
    asked: list[int] = []
    done: list[int] = []

    def waits(futures: Collection[Future[Page[int]]]) -> Future[Page[int]]:
        assert len(futures) <= 4
        done.append(len(futures))
        return next(iter(futures))

    server = ListServer(list(range(200)))

    def ask(offset: int, *, past_end: bool) -> Future[Page[int]]:
        asked.append(offset)
        future: Future[Page[int]] = Future()
        future.set_result(server.answer(offset, PAGE_SIZE))
        return future

    bounds = SweepLimits(window=4, page_size=PAGE_SIZE, max_rows=1000, max_pages=100)
    for _ in PageWalk("courses", ask, waits, bounds).run():
        pass
    assert max(done) == 4
    assert sorted(asked) == list(range(0, 201, PAGE_SIZE))
