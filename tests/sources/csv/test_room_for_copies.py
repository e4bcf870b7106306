"""What is copied to be read takes room that all districts share, and gives it back."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.sources.csv.opened import opened, read
from tests.sources.csv.sets import CsvSet

from district_simulator.library import SimulatedDistrict
from roster_operator.errors import Actor, NoScratchSpace, SourceProtocolError
from roster_operator.reconcile.acting import by_reason, label_of
from roster_operator.scratch import MOST, SCRATCH, Scratch, Share
from roster_operator.sources.distinct_counter import DistinctCounter

FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def whole() -> CsvSet:
    return CsvSet.of(SimulatedDistrict(students=20, schools=1, seed=3))


@contextmanager
def little_room(left: int) -> Iterator[None]:
    """Other districts take all but so many bytes."""
    others = Share()
    others.take(MOST - SCRATCH.taken - left)
    try:
        yield
    finally:
        others.give_back()


def test_who_finds_no_room_is_told_so_and_who_is_done_gives_it_back() -> None:
    scratch = Scratch(100)
    one, other = Share(scratch), Share(scratch)
    one.take(60)
    with pytest.raises(NoScratchSpace) as refused:
        other.take(41)
    assert "of all districts together" in refused.value.message
    assert refused.value.actor is Actor.PLATFORM
    assert label_of(refused.value.reason) == "NoScratchSpace"
    assert by_reason(refused.value.reason) is Actor.PLATFORM
    assert refused.value.retryable
    other.take(40)
    assert scratch.taken == 100
    one.give_back()
    one.give_back()
    other.take(60)
    assert scratch.taken == 100


def test_copies_of_a_set_take_room_until_they_are_read(whole: CsvSet, tmp_path: Path) -> None:
    size = whole.zip(tmp_path / "roster.zip").stat().st_size
    before = SCRATCH.taken
    with opened(tmp_path / "roster.zip") as source:
        source.probe()
        assert SCRATCH.taken == before + size
        assert read(source.enrollments())[0]
    assert SCRATCH.taken == before


def test_a_set_that_finds_no_room_is_read_later(whole: CsvSet, tmp_path: Path) -> None:
    whole.zip(tmp_path / "roster.zip")
    before = SCRATCH.taken
    with (
        little_room(1000),
        opened(tmp_path / "roster.zip") as source,
        pytest.raises(NoScratchSpace, match="tried again"),
    ):
        source.probe()
    assert SCRATCH.taken == before
    with opened(tmp_path / "roster.zip") as source:
        assert not source.probe().refused


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_the_platforms_and_not_a_failure_of_the_source() -> None:
    scratch = Scratch(1000)
    share, full = Share(scratch), FULL.open("wb")
    with pytest.raises(NoScratchSpace, match="no room left") as told:
        share.write(full, b"x")
    share.drop(full)
    assert (full.closed, scratch.taken) == (True, 0)
    assert told.value.actor is Actor.PLATFORM
    assert told.value.retryable


def test_a_set_that_the_disk_has_no_room_for_is_read_later(whole: CsvSet, tmp_path: Path) -> None:
    whole.zip(tmp_path / "roster.zip")
    before, (soft, hard) = SCRATCH.taken, resource.getrlimit(resource.RLIMIT_FSIZE)
    with opened(tmp_path / "roster.zip") as source:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
        try:
            with pytest.raises(NoScratchSpace, match="Platform: give"):
                source.probe()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert SCRATCH.taken == before
    with opened(tmp_path / "roster.zip") as source:
        assert not source.probe().refused


def test_a_tally_that_is_forgotten_gives_its_room_back() -> None:
    before = SCRATCH.taken
    tally = DistinctCounter(few=10)
    tally.add(range(100))
    assert SCRATCH.taken == before + 800
    del tally
    assert SCRATCH.taken == before


def test_sets_that_are_too_much_together_are_not_copied(whole: CsvSet, tmp_path: Path) -> None:
    whole.folder(tmp_path / "in")
    before = SCRATCH.taken
    with (
        opened(tmp_path / "in", max_delivered_bytes=1000) as source,
        pytest.raises(SourceProtocolError, match="more than 1000 bytes"),
    ):
        source.probe()
    assert SCRATCH.taken == before
