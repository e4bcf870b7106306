"""An end late at night means that its day is the last one, whatever the spec says of ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sources.csv.pieces import rows_of, with_file

from roster_operator.roster.dates import Days

HEADERS = {
    "enrollments": ("sourcedId,userSourcedId,classSourcedId,role,endDate", "e,u,c,student,{}"),
    "academicSessions": ("sourcedId,startDate,endDate", "t,2026-08-01,{}"),
}
LATE = [
    "2026-06-05T23:59:59", "2026-06-05T23:59:59.000", "2026-06-05 23:59:59", "06/15/2026 11:59:59 PM",
    "2026-06-05T23:00:00", "2026-06-05T24:00:00", "2026-06-05T23:59", "2026-06-05T23:59:59Z",
    "2026-06-05T23:59:59+00:00",
]  # fmt: skip
DAY_BY_DAY = ["2026-06-05", "2026-06-05T00:00:00", "2026-06-05T00:00:00Z", "6/15/2026 0:00", "2026-06-05T12:00:00"]


@pytest.mark.parametrize("inclusive", [False, True], ids=["Exclusive", "Inclusive"])
@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("written", [*LATE, *DAY_BY_DAY])
def test_an_end_is_on_the_right_day(tmp_path: Path, name: str, written: str, inclusive: bool) -> None:
    header, row = HEADERS[name]
    path = with_file(name, header, row.format(written)).folder(tmp_path / "set")
    ((*_, last),) = ([row.end] for row in rows_of(path, name, ends_inclusive=inclusive)[0])
    day = 15 if "15/" in written else 5
    assert Days("2026-06-01").end(last) == f"2026-06-{day + (inclusive or written in LATE):02}"
