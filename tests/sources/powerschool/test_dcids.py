"""DCIDs however they are written, and what is none."""

from __future__ import annotations

from typing import Any

import pytest

from roster_operator.roster.dates import UNREADABLE
from roster_operator.sources.powerschool import roster
from roster_operator.sources.powerschool.dcids import dcid
from roster_operator.sources.powerschool.wire import SectionRow, StudentRow


@pytest.mark.parametrize("written", [9000, "9000", "009000", 9000.0, "9000.0", " 9000 "])
def test_a_dcid_is_the_same_however_it_is_written(written: Any) -> None:
    assert dcid(StudentRow(id=written)) == "9000"
    assert roster.student_key(written) == "S9000"


@pytest.mark.parametrize("written", [0, "0", "000", "0.0", -1, "", None, "NULL", "N/A", "-"])
def test_nobody_has_the_dcid_0(written: Any) -> None:
    assert roster.student_key(written) == ""


@pytest.mark.parametrize("written", ["1E+11", "1.2e5", "1,5E+10", 1e11, float("inf"), True, "?", "9" * 600])
def test_what_a_spreadsheet_has_rounded_is_no_dcid(written: Any) -> None:
    assert dcid(StudentRow(id=written)) == roster.student_key(written) == ""


@pytest.mark.parametrize(
    ("written", "lead"),
    [(31, "31"), ("031.0", "31"), (0, ""), ("", ""), ("NULL", ""), ("1E+11", UNREADABLE), ("?", UNREADABLE)],
)
def test_a_lead_teacher_who_cannot_be_read_is_not_nobody(written: Any, lead: str) -> None:
    assert roster.lead_of(SectionRow(id=7, staff_id=written)) == lead
