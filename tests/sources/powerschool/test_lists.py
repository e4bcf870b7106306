"""A list is called whole only if every row that was there all the time is in it, whatever the server does meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roster_operator.errors import SourceError
from roster_operator.sources.failures import NoAnswer, RouteMissing
from roster_operator.sources.powerschool.lists import Limits, Listed, Unproven, read_list
from roster_operator.sources.powerschool.wire import Row
from roster_operator.sources.source import Proof

Meanwhile = Callable[["ListServer"], None]


@dataclass
class ListServer:
    """The pages of a list of numbers, from a server with habits and faults."""

    rows: list[int]
    clamp: int = 100
    counted: Callable[[int], int | None] = lambda count: count
    others: bool = False
    meanwhile: list[Meanwhile] = field(default_factory=list)
    """What happens to the rows after each request."""
    lost: Callable[[int], list[int]] | None = None
    """Rows that a page lacks although they are there."""
    fetched: list[tuple[int, int]] = field(default_factory=list)
    fails_at: int | None = None
    past_end: Callable[[], list[Row]] = list

    def fetch(self, page: int, size: int) -> list[Row]:
        self.fetched.append((page, size))
        if page == self.fails_at:
            raise NoAnswer("The SIS broke the connection.")
        size = min(size, self.clamp)
        rows = self.rows[(page - 1) * size : page * size]
        if not rows:
            return self.past_end()
        gone = self.lost(page) if self.lost else []
        self._go_on()
        return [Row(id=row if row % 2 else str(row)) for row in rows if row not in gone]

    def count(self) -> int | None:
        said = self.counted(len(self.rows))
        self._go_on()
        return said

    def counts_others(self) -> bool:
        return self.others

    def read(self, size: int = 10, *, twice: bool = True, uncut: int = 0) -> Listed[Row]:
        return read_list(self, Limits(size, 10_000, twice, uncut))

    def _go_on(self) -> None:
        if self.meanwhile:
            self.meanwhile.pop(0)(self)


def ids(rows: list[int]) -> set[str]:
    return {str(row) for row in rows}


@given(st.integers(0, 45), st.integers(1, 12), st.integers(1, 12))
def test_any_list_is_read_whole_with_any_pages(count: int, size: int, clamp: int) -> None:
    rows = list(range(1, count + 1))
    listed = ListServer(rows, clamp=clamp).read(size)
    assert listed.ids == ids(rows)
    assert len(listed.rows) == count
    assert listed.proof is Proof.TOTAL


@given(st.integers(0, 45), st.integers(1, 12), st.integers(1, 12))
def test_a_server_that_does_not_count_is_read_to_its_empty_end_twice(count: int, size: int, clamp: int) -> None:
    rows = list(range(1, count + 1))
    listed = ListServer(rows, clamp=clamp, counted=lambda _: None).read(size)
    assert (listed.ids, listed.proof) == (ids(rows), Proof.EMPTY_PAGE)


@st.composite
def events(draw: st.DrawFn) -> list[Meanwhile]:
    """Rows that go, and new ones that come; no DCID is given twice."""
    fresh = iter(range(1000, 2000))

    def event() -> Meanwhile:
        kind = draw(st.sampled_from(["nothing", "nothing", "goes", "comes", "both"]))
        at = draw(st.floats(0, 1))

        def happen(server: ListServer) -> None:
            if kind in {"goes", "both"} and server.rows:
                del server.rows[min(int(at * len(server.rows)), len(server.rows) - 1)]
            if kind in {"comes", "both"}:
                server.rows.insert(len(server.rows) if kind == "both" else int(at * len(server.rows)), next(fresh))

        return happen

    return [event() for _ in range(draw(st.integers(0, 14)))]


@given(st.integers(1, 30), st.integers(1, 9), st.integers(1, 9), events(), st.booleans(), st.booleans())
@settings(max_examples=400, deadline=None)
def test_what_was_there_all_the_time_is_in_every_list_that_is_called_whole(
    count: int, size: int, clamp: int, meanwhile: list[Meanwhile], counts: bool, largest_was_seen: bool
) -> None:
    server = ListServer(list(range(1, count + 1)), clamp=clamp, meanwhile=meanwhile)
    if not counts:
        server.counted = lambda _: None
    before = ids(server.rows)
    try:
        listed = server.read(size, uncut=min(clamp, size) if largest_was_seen else 0)
    except Unproven:
        return
    assert before & ids(server.rows) <= listed.ids


@given(st.integers(1, 40), st.integers(1, 9), st.integers(-5, 5).filter(bool))
def test_another_number_of_rows_than_the_server_counts_is_never_whole(count: int, size: int, off: int) -> None:
    with pytest.raises(Unproven):
        ListServer(list(range(count)), counted=lambda rows: max(0, rows + off) if rows + off else rows + 9).read(size)


@given(st.integers(2, 40), st.integers(1, 9), st.integers(1, 5), st.integers(0, 8))
def test_a_page_that_lacks_a_row_is_never_whole(count: int, size: int, page: int, row: int) -> None:
    rows = list(range(1, count + 1))
    lacking = rows[(page - 1) * size : page * size][row % size : row % size + 1]
    server = ListServer(rows, lost=lambda asked: lacking if asked == page else [])
    if not lacking:
        assert server.read(size).ids == ids(rows)
        return
    with pytest.raises(Unproven):
        server.read(size)


@pytest.mark.parametrize(
    "server",
    [
        ListServer([1, 2, 3, 2], clamp=2),
        ListServer([1, 2], clamp=2, past_end=lambda: [Row(id=1), Row(id=2)], counted=lambda _: 4),
        ListServer([1, 2], clamp=2, past_end=lambda: [Row(id=1), Row(id=2)], counted=lambda _: None),
    ],
    ids=["a row twice", "the last page again", "the last page again and no count"],
)
def test_rows_that_come_twice_are_a_doubt(server: ListServer) -> None:
    with pytest.raises(Unproven):
        server.read(2)


def test_a_list_that_changed_once_is_read_again() -> None:
    server = ListServer([1, 2, 3], clamp=2, meanwhile=[lambda changing: changing.rows.remove(1)])
    assert server.read(2).ids == {"2", "3"}


def test_the_count_must_be_the_same_afterwards() -> None:
    def nothing(_: ListServer) -> None:
        pass

    server = ListServer([1, 2, 3, 4], meanwhile=[nothing, nothing, lambda changing: changing.rows.append(5)])
    assert server.read(3, twice=False).ids == {"1", "2", "3", "4", "5"}


def test_a_connection_that_drops_is_not_the_end_of_a_list() -> None:
    with pytest.raises(SourceError):
        ListServer(list(range(30)), fails_at=3).read(10)


def test_behind_the_last_page_a_server_may_know_nothing() -> None:
    def missing() -> list[Row]:
        raise RouteMissing("no such page")

    assert ListServer(list(range(1, 21)), past_end=missing).read(10).received == 20


def test_behind_the_last_page_a_server_may_repeat_it() -> None:
    server = ListServer([1, 2, 3, 4], past_end=lambda: [Row(id=3), Row(id=4)])
    assert server.read(2).ids == {"1", "2", "3", "4"}


def test_one_page_costs_one_request_and_a_count() -> None:
    server = ListServer([1, 2, 3])
    server.read(10, uncut=4)
    assert server.fetched == [(1, 10)]


def test_one_page_may_be_a_part_unless_larger_ones_have_come() -> None:
    server = ListServer([1, 2, 3], clamp=2, meanwhile=[lambda changing: changing.rows.remove(1)])
    assert server.read(10).ids == {"2", "3"}
    server = ListServer([1, 2, 3])
    server.read(10, uncut=3)
    assert len(server.fetched) > 1


def test_several_pages_are_read_again_with_other_seams_unless_it_does_not_matter() -> None:
    server = ListServer(list(range(25)))
    server.read(10)
    assert {size for _, size in server.fetched} == {10, 6}
    server = ListServer(list(range(25)))
    server.read(10, twice=False)
    assert {size for _, size in server.fetched} == {10}


def test_a_count_that_is_about_other_rows_too_is_not_believed() -> None:
    server = ListServer([1, 2, 3], counted=lambda _: 500, others=True)
    assert server.read(2).proof is Proof.EMPTY_PAGE


@given(st.integers(0, 12), st.integers(0, 12), st.booleans(), st.integers(1, 5), st.integers(1, 5))
def test_rows_that_the_count_may_leave_out_are_passed_over(
    count: int, at: int, counted: bool, size: int, clamp: int
) -> None:
    rows = list(range(1, count + 1))
    rows.insert(min(at, count), 999)
    server = ListServer(rows, clamp=clamp, counted=lambda there: there if counted else there - 1)
    listed = read_list(server, Limits(size, 100), uncounted=lambda row: row.id == 999)
    assert listed.ids == ids(rows) - {"999"}


def test_a_row_without_an_id_is_counted_and_left_out() -> None:
    class Blank(ListServer):
        def fetch(self, page: int, size: int) -> list[Row]:
            return [Row(id=1), Row(), Row(id={})] if page == 1 else []  # type: ignore[arg-type]

    listed = Blank([1, 2, 3]).read(10, uncut=4)
    assert (listed.ids, listed.rejected, len(listed.rows)) == ({"1"}, 2, 1)


def test_a_server_that_never_ends_is_left() -> None:
    class Endless(ListServer):
        def fetch(self, page: int, size: int) -> list[Row]:
            return [Row(id=page * size + at) for at in range(size)]

    with pytest.raises(Unproven, match="more rows"):
        Endless([], counted=lambda _: None).read(500)
