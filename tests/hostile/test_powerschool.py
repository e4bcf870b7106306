"""PowerSchool's lists are read whole, several at a time; none takes more memory than there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.hostile.fuzz import district, faults, secret_of, synced
from tests.hostile.pages import PagesWithoutEnd
from tests.hostile.proxy import spoiling
from tests.hostile.spoiling import WIDE

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "route",
    [
        "/ws/v#/school/#/student",
        "/ws/v#/school/#/staff",
        "/ws/v#/school/#/course",
        "/ws/v#/section/#/section_enrollment",
    ],
)
def test_lists_of_long_rows_without_end_are_given_up(route: str, tmp_path: Path) -> None:
    with (
        district(vendor="PowerSchoolNative") as served,
        spoiling(served.root_url, PagesWithoutEnd(route, f"{WIDE}{'x' * 8000}")) as address,
    ):
        taken = synced(served, tmp_path, {"type": "PowerSchool"}, secret_of(served), address)
    assert not faults(taken), taken
    assert "with more in them than those of any roster" in taken.message
