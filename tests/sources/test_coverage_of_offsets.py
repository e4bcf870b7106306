"""Which offsets were received, checked against a plain set of numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from roster_operator.sources.distinct_counter import NO_ID, DistinctCounter
from roster_operator.sources.oneroster.coverage import Coverage

RANGES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=25)


@given(RANGES)
def test_coverage_is_a_set_of_offsets(ranges: list[tuple[int, int]]) -> None:
    coverage, model = Coverage(), set[int]()
    for start, length in ranges:
        wanted = set(range(start, start + length))
        fresh = coverage.add(start, start + length)
        assert {n for a, b in fresh for n in range(a, b)} == wanted - model
        model |= wanted
        assert coverage.size == len(model)
        assert coverage.frontier == next(n for n in range(1000) if n not in model)
        for offset in range(85):
            assert coverage.skip(offset) == next(n for n in range(offset, 1000) if n not in model)


@given(st.lists(st.integers(-(2**63), 2**63 - 1).filter(bool)), st.randoms(), st.integers(0, 20))
def test_a_tally_counts_distinct_rows_in_any_order(hashes: list[int], random: object, few: int) -> None:
    first, second = DistinctCounter(few=few), DistinctCounter()
    for at in range(0, len(hashes), 7):
        first.add([*hashes[at : at + 7], NO_ID])
    shuffled = list(hashes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    second.add(shuffled)
    assert first.distinct() == second.distinct()
    assert first.distinct().count == len(set(hashes))
    assert first.knows_all(hashes)
    assert not first.knows_all([*hashes, NO_ID])
    assert not first.knows_all([*hashes, next(n for n in range(1, 10**6) if n not in set(hashes))])


def test_a_tally_tells_which_rows_came_twice() -> None:
    first, second = DistinctCounter(), DistinctCounter()
    first.add([1, 2, 3, 1])
    second.add([1, 2, 3, 2])
    assert first.distinct().digest == second.distinct().digest
    assert first.distinct() != second.distinct()
