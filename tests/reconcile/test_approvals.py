"""From the spec's approval to what goes: once, until it expires, and nothing beyond what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.reconcile.small import SmallDistrict

from roster_operator.api.v1alpha1 import RosterIntegrationSpec
from roster_operator.reconcile.contract import Outcome
from roster_operator.reconcile.mapping import claimed_source

AT = "2026-08-12 06:00:00"
GUARD = {"floor": 0, "districtPercent": 10, "schoolPercent": 25}


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallDistrict]:
    """Live, with four students and a teacher; a single removal is too many."""
    district = SmallDistrict(tmp_path / "set", f"sqlite:///{tmp_path / 'ledger.sqlite'}", guard=GUARD)
    assert district.night().outcome is Outcome.SYNCED
    yield district
    district.close()


def leave(district: SmallDistrict, *people: str) -> None:
    for person in people:
        district.enroll(person, endDate="2026-11-02")


def come_back(district: SmallDistrict, *people: str) -> None:
    for person in people:
        district.enroll(person, endDate="2027-06-05")


def waiting(district: SmallDistrict) -> str:
    assert district.status["lastSync"]["outcome"] == "Held"
    return str(district.status["plan"]["digest"])


def told(district: SmallDistrict) -> tuple[str, str]:
    """Of the approval: its state, and until when it is good."""
    approval = district.status.get("approval", {})
    return approval.get("state", ""), approval.get("expires", "")


def test_of_a_plan_that_has_grown_the_new_part_waits_and_says_so(small: SmallDistrict) -> None:
    leave(small, "s1", "s2")
    small.night()
    small.change_spec(approval={"plan": (seen := waiting(small))})
    leave(small, "s3")
    small.night()
    assert small.served() == {"s3", "s4", "t"}
    assert small.message("Held") == (
        "1 removal waits: not in the plan that was approved, by which 2 others were removed. 0 licenses were granted. "
        f"Publisher: if the rest is right, set spec.approval.plan to {waiting(small)}."
    )
    assert (told(small)[0], small.status["plan"]["held"]) == ("Spent", 1)
    assert waiting(small) != seen
    small.night()
    assert small.served() == {"s3", "s4", "t"}, "the same approval is in the spec"
    small.change_spec(approval={"plan": waiting(small)})
    assert small.night().outcome is Outcome.SYNCED
    assert small.served() == {"s4", "t"}


def test_an_approval_is_spent_by_the_first_sync_though_those_whom_it_meant_came_back(small: SmallDistrict) -> None:
    leave(small, "s1", "s2")
    small.night()
    small.change_spec(approval={"plan": (seen := waiting(small))})
    come_back(small, "s1", "s2")
    assert small.night().outcome is Outcome.SYNCED
    assert (len(small.served()), told(small)[0]) == (5, "Spent")
    leave(small, "s1", "s2")
    small.night()
    assert waiting(small) != seen
    assert len(small.served()) == 5
    small.change_spec(approval={"plan": waiting(small)})
    small.night()
    assert small.served() == {"s3", "s4", "t"}


def test_an_approval_that_has_expired_is_told_and_not_applied(small: SmallDistrict) -> None:
    leave(small, "s1")
    small.night()
    expires = (small.clock.now() + timedelta(hours=12)).isoformat().replace("+00:00", "Z")
    small.change_spec(approval={"plan": (seen := waiting(small)), "expires": expires})
    small.night()
    assert small.served() == {"s1", "s2", "s3", "s4", "t"}
    assert told(small) == ("Expired", expires)
    assert small.message("Held").endswith(f"The approval of {seen} has expired at 2026-12-03 00:00 UTC.")
    later = (small.clock.now() + timedelta(days=2)).isoformat().replace("+00:00", "Z")
    small.change_spec(approval={"plan": seen, "expires": later})
    assert small.night().outcome is Outcome.SYNCED
    assert (told(small), small.served()) == (("Spent", later), {"s2", "s3", "s4", "t"})


def test_an_approval_that_says_nothing_is_good_for_a_week_from_the_first_sync_that_met_it(small: SmallDistrict) -> None:
    leave(small, "s1")
    small.night()
    good = small.spec["courses"]
    small.change_spec(approval={"plan": waiting(small)}, courses=[*good, {"code": "MA9", "ebooks": ["algebra"]}])
    small.night()
    first = told(small)
    for _ in range(6):
        small.night()
        assert told(small) == first == ("Valid", "2026-12-10T12:00:00Z")
    small.change_spec(courses=good)
    small.night()
    assert told(small) == ("Expired", "2026-12-10T12:00:00Z")
    assert "s1" in small.served()


def test_what_setup_mode_showed_is_approved_for_going_live_and_less_of_it_too(tmp_path: Path) -> None:
    small = SmallDistrict(tmp_path / "set", f"sqlite:///{tmp_path / 'ledger.sqlite'}", guard=GUARD, live=False)
    name = claimed_source(RosterIntegrationSpec.model_validate(small.spec))
    small.execute("INSERT INTO districts (source, version, created) VALUES (:name, 0, :at)", [{"name": name, "at": AT}])
    imported(small, "user.s1", "gone-1", "gone-2")
    assert small.night().outcome is Outcome.PLANNED
    assert small.status["plan"]["revocations"] == 2
    shown = small.status["plan"]["digest"]
    small.enroll("gone-2")
    small.rows_of("users")["gone-2"]["username"] = "gone-2"
    imported(small, "late")
    small.change_spec(approval={"plan": shown})
    small.night()
    assert (told(small)[0], small.status["plan"]["held"]) == ("Valid", 1)
    assert small.status["plan"]["digest"] != shown
    small.change_spec(live=True)
    small.night()
    names = {name for (name,) in small.query("SELECT username FROM active_licenses JOIN accounts ON id = account")}
    assert names == {*(f"user.{person}" for person in ("s1", "s2", "s3", "s4", "t")), "gone-2", "late"}
    assert (told(small)[0], small.status["plan"]["held"]) == ("Spent", 1)
    small.close()


def imported(district: SmallDistrict, *usernames: str) -> None:
    """Accounts from before, each with a license."""
    rows = [{"name": name, "at": AT} for name in usernames]
    district.execute(
        "INSERT INTO accounts (district_id, username, username_key, created) VALUES (1, :name, :name, :at)", rows
    )
    district.execute(
        "INSERT INTO licenses (district_id, account_id, ebook, edition, origin, since) "
        "SELECT 1, id, 'algebra', 'Student', 'Manual', :at FROM accounts WHERE username = :name",
        rows,
    )


def test_while_a_name_is_unresolved_an_approval_is_kept_for_later(small: SmallDistrict) -> None:
    leave(small, "s1")
    small.night()
    good = small.spec["courses"]
    small.change_spec(approval={"plan": waiting(small)}, courses=[*good, {"code": "MA9", "ebooks": ["algebra"]}])
    small.night()
    assert (told(small)[0], len(small.served())) == ("Valid", 5)
    small.change_spec(courses=good)
    assert small.night().outcome is Outcome.SYNCED
    assert "s1" not in small.served()


def test_a_plan_only_neither_spends_an_approval_nor_remembers_that_it_was_met(small: SmallDistrict) -> None:
    leave(small, "s1")
    small.night()
    small.change_spec(approval={"plan": waiting(small)})
    before = small.query("SELECT * FROM shown_plans")
    small.night(plan_only=True)
    assert told(small)[0] == "Valid"
    assert small.query("SELECT * FROM shown_plans") == before
    small.night()
    assert "s1" not in small.served()


def test_what_an_approval_became_is_told_of_one_that_names_nothing(small: SmallDistrict) -> None:
    leave(small, "s1")
    small.change_spec(approval={"plan": "plan-nobody-saw"})
    small.night()
    assert told(small) == ("Unknown", "")
    assert small.message("Held").endswith("spec.approval.plan names another plan.")
    small.change_spec(approval=None)
    small.night()
    assert told(small) == ("", "")


def annotate(district: SmallDistrict, text: str | None) -> None:
    district.annotations = {"rostering.cpm.org/approved-plan": text} if text is not None else {}


def test_an_annotation_approves_as_the_spec_does_where_git_keeps_the_spec(small: SmallDistrict) -> None:
    leave(small, "s1")
    small.night()
    seen = waiting(small)
    until = (small.clock.now() + timedelta(days=3)).isoformat().replace("+00:00", "Z")
    annotate(small, f"{seen} until {until}")
    assert small.night().outcome is Outcome.SYNCED
    assert told(small) == ("Spent", until)
    assert "s1" not in small.served()


def test_a_spent_approval_in_the_spec_does_not_stand_in_the_way_of_an_annotation(small: SmallDistrict) -> None:
    leave(small, "s1")
    small.night()
    small.change_spec(approval={"plan": waiting(small)})
    small.night()
    leave(small, "s2")
    small.night()
    annotate(small, waiting(small))
    assert small.night().outcome is Outcome.SYNCED
    assert small.served() == {"s3", "s4", "t"}


@pytest.mark.parametrize("text", ["", "a plan", "plan-x until soon", "{seen} until soon"])
def test_an_annotation_that_nobody_can_read_approves_nothing(small: SmallDistrict, text: str) -> None:
    leave(small, "s1")
    small.night()
    annotate(small, text.format(seen=waiting(small)))
    assert small.night().outcome is Outcome.HELD
    assert "s1" in small.served()
