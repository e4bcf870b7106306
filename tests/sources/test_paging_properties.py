"""However a server cuts its pages, a reading is complete and right, or it says that it is not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.support.pages import ListServer, Total, by

from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.source import Complete, Incomplete, Proof

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
