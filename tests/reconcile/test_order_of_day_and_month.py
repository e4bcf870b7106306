"""Where dates may be meant in two ways, the others of the section decide, and the status names how."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reconcile.small import SmallDistrict
from tests.sources.independent_servers.conftest import scene_of
from tests.sources.independent_servers.oneroster_v1p1 import Stranger

from roster_operator.reconcile.contract import Outcome, Trigger


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallDistrict]:
    district = SmallDistrict(tmp_path / "in", f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield district
    district.close()


def order(status: dict[str, dict[str, str]]) -> str:
    return status.get("provider", {}).get("dayOrder", "")


@pytest.mark.parametrize(
    ("shown", "named", "keeps"), [("13/06/2027", "DayFirst", False), ("06/13/2027", "MonthFirst", True)]
)
def test_of_files_too_the_order_is_named(small: SmallDistrict, shown: str, named: str, keeps: bool) -> None:
    """11/12/2026 is to come, or past, by it."""
    small.enroll("s1", endDate="12/11/2026")
    small.enroll("s2", endDate=shown)
    small.night()
    assert order(small.status) == named
    assert ("s1" in small.served()) is keeps
    first = small.status["provider"]
    small.night()
    assert small.status["provider"] == first
    small.enroll("s2", endDate="2027-06-13")
    small.night()
    assert order(small.status) == ""


def test_terms_and_enrollments_may_differ(small: SmallDistrict) -> None:
    small.files["academicSessions"]["t1"]["endDate"] = "06/13/2027"
    small.enroll("s2", endDate="13/06/2027")
    small.night()
    assert order(small.status) == "Mixed"


def test_where_no_date_shows_it_nothing_is_named(small: SmallDistrict) -> None:
    small.night()
    assert "provider" not in small.status


def test_of_a_server_it_stands_beside_what_else_was_found(tmp_path: Path) -> None:
    with Stranger(students=40) as stranger:
        scene = scene_of(stranger, tmp_path)
        for row in stranger.enrollments:
            row["endDate"] = "13/06/2034"
        assert scene.reconcile().outcome is Outcome.SYNCED
        assert scene.licenses() == scene.expected()
        assert (order(scene.status), scene.status["provider"]["totals"]) == ("DayFirst", "Right")
        scene.reconcile()
        assert order(scene.status) == "DayFirst", "recognised, and not read"
        scene.reconcile(trigger=Trigger.REQUESTED)
        assert order(scene.status) == "DayFirst", "examined anew"
        for row in stranger.enrollments:
            row["endDate"] = "2034-06-13"
        scene.reconcile()
        assert order(scene.status) == ""
        scene.close()
