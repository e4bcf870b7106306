"""Memory does not grow with the district, whatever is served or written."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from district_simulator.csv_set.writer import write_set
from district_simulator.directory import Directory
from district_simulator.faults.csv_set import CsvHabits
from district_simulator.powerschool.tables import Tables
from district_simulator.roster import DistrictSettings, Roster

pytestmark = pytest.mark.slow

MEGABYTE = 1 << 20


def district(students: int) -> Roster:
    return Roster(DistrictSettings(date(2026, 11, 24), students))


def peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["set", "set.zip"])
def test_a_set_is_written_row_by_row(tmp_path: Path, name: str) -> None:
    roster = district(6_000)

    def write() -> None:
        write_set(roster, tmp_path / name, "1.1", "bulk", CsvHabits())

    assert peak(write) < 2 * MEGABYTE


def test_lists_of_powerschool_are_not_written_out() -> None:
    roster = district(3_000_000)

    def read() -> None:
        students = Tables(Directory(roster)).students(None)
        assert len(students) > 3_000_000
        for number in students.numbers[2_000_000:2_000_100]:
            students.render(number)

    assert peak(read) < 4 * MEGABYTE
