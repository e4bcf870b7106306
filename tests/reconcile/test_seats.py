"""Seats from the spec to the status, night by night: who waits, who is next, and that nobody is evicted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.reconcile.small import SmallDistrict


@pytest.fixture
def small(tmp_path: Path, new_ledger_url: str) -> Iterator[SmallDistrict]:
    district = SmallDistrict(tmp_path / "files", new_ledger_url)
    district.spec["guard"] = {"absentReads": 1}
    district.spec["seats"] = [pool(2)]
    yield district
    district.close()


def pool(total: int, **more: Any) -> dict[str, Any]:
    return {"ebook": "algebra", "edition": "Student", "total": total, **more}


def item(small: SmallDistrict, name: str) -> dict[str, Any]:
    found: dict[str, Any]
    [found] = [check for check in small.status["checklist"] if check["name"] == name]
    return found


def of_students(small: SmallDistrict) -> dict[str, Any]:
    found: dict[str, Any]
    [found] = [each for each in small.status["licenses"]["byEBook"] if each["edition"] == "Student"]
    return found


def test_who_finds_no_seat_waits_and_the_status_says_how_many_and_where(small: SmallDistrict) -> None:
    small.night()
    assert small.served() == {"s1", "s2", "t"}
    assert of_students(small) == {"name": "algebra", "edition": "Student", "active": 2, "seats": 2, "waiting": 2}
    assert small.status["licenses"]["waiting"] == 2
    assert item(small, "Seats") == {
        "name": "Seats",
        "result": "Fail",
        "count": 2,
        "message": "People wait for a seat: 2 people of algebra, Student edition (2 at North).",
        "action": "Publisher: buy more seats and raise the total in spec.seats, or wait until some come back.",
    }
    assert "algebra, Teacher edition" in item(small, "EBooksWithoutSeats")["message"]


def test_setup_mode_says_by_how_many_it_would_be_short(small: SmallDistrict) -> None:
    small.spec["live"] = False
    small.night()
    assert (small.status["plan"]["grants"], of_students(small)["waiting"]) == (3, 2)
    assert item(small, "Seats")["message"].startswith("People would wait for a seat: 2 people of algebra")


def test_the_worked_case_of_the_page_about_seats(small: SmallDistrict) -> None:
    small.night()
    small.enroll("a0")
    small.night()
    assert small.served() == {"s1", "s2", "t"}, "whoever came first is next"
    small.enroll("s1", endDate="2026-11-30")
    small.night()
    assert small.served() == {"s2", "s3", "t"}
    small.spec["seats"] = [pool(3)]
    small.night()
    assert small.served() == {"s2", "s3", "s4", "t"}
    small.spec["seats"] = [pool(1)]
    small.night()
    small.night()
    assert small.served() == {"s2", "s3", "s4", "t"}, "nobody is evicted"
    del small.spec["seats"]
    small.night()
    assert small.served() == {"s2", "s3", "s4", "a0", "t"}
    assert "waiting" not in small.status["licenses"]


def test_an_unchanged_roster_fills_a_seat_that_came_back_by_hand(small: SmallDistrict) -> None:
    small.night()
    small.night()
    small.execute("DELETE FROM licenses WHERE account_id IN (SELECT id FROM accounts WHERE sourced_id = 's1')")
    small.execute("DELETE FROM person_states WHERE key = 's1'")
    small.night()
    assert len(small.served()) == 3


def test_a_roster_for_which_there_are_seats_is_recognized_as_unchanged(small: SmallDistrict) -> None:
    small.spec["seats"] = [pool(4)]
    small.night()
    small.night()
    assert item(small, "Seats")["result"] == "Pass"
    assert of_students(small) == {"name": "algebra", "edition": "Student", "active": 4, "seats": 4}


@pytest.mark.parametrize(
    ("days", "served"),
    [
        ({"firstDay": "2026-12-02"}, 0),
        ({"firstDay": "2026-12-01", "lastDay": "2026-12-01"}, 4),
        ({"lastDay": "2026-11-30"}, 0),
        ({"lastDay": "2026-11-30", "graceDays": 1}, 4),
        ({"total": 1, "overage": 2}, 3),
        ({"total": 1, "overage": 2, "overageUntil": "2026-11-30"}, 1),
        ({"school": "n"}, 4),
        ({"school": "elsewhere"}, 0),
    ],
)
def test_a_pool_counts_on_its_days_and_for_its_school(small: SmallDistrict, days: dict[str, Any], served: int) -> None:
    small.spec["seats"] = [{**pool(9), **days}]
    small.night()
    assert len(small.served() - {"t"}) == served
