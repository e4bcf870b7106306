"""The source changes while one school is live: whom a sync has served is live by login or number, wherever they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reconcile.small import SmallDistrict

from roster_operator.reconcile.contract import Outcome


@pytest.fixture
def small(tmp_path: Path, new_ledger_url: str) -> Iterator[SmallDistrict]:
    """The north school is live, the west one is not; s1 was served at the first and moved to the other."""
    district = SmallDistrict(tmp_path / "set", new_ledger_url, canary={"schools": ["n"]})
    district.rows_of("orgs")["w"] = {**district.rows_of("orgs")["n"], "sourcedId": "w", "name": "West"}
    west = {**district.rows_of("classes")["c1"], "sourcedId": "c2", "schoolSourcedId": "w"}
    district.rows_of("classes")["c2"] = west
    district.enroll("w1", classSourcedId="c2")
    district.spec["schools"] = [{"id": "n"}, {"id": "w"}]
    district.night()
    district.enroll("s1", classSourcedId="c2")
    district.night()
    yield district
    district.close()


def test_whoever_moved_to_another_school_before_keeps_account_and_license(small: SmallDistrict) -> None:
    accounts = small.query("SELECT id, username FROM accounts ORDER BY id")
    for row in small.rows_of("users").values():
        row["sourcedId"] += "-new"
    for row in small.rows_of("enrollments").values():
        row["userSourcedId"] += "-new"
    small.folder = small.folder.parent / "other"
    small.change_spec(source={**small.spec["source"], "baseURL": f"file://{small.folder}"})
    assert small.night().outcome is Outcome.HELD
    assert small.status["plan"]["rekey"].get("unlisted", 0) == 0
    small.change_spec(approval={"plan": small.status["plan"]["digest"]})
    for _ in range(3):
        assert small.night().outcome is Outcome.SYNCED
        assert small.served() == {"s1-new", "s2-new", "s3-new", "s4-new", "t-new"}
    assert small.query("SELECT id, username FROM accounts ORDER BY id") == accounts
    small.change_spec(canary=None)
    assert small.night().outcome is Outcome.SYNCED
    assert "w1-new" in small.served()
    assert "conflicts" not in small.status["plan"] or small.status["plan"]["conflicts"] == 0
