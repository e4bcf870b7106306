"""What the checklist counts is kept one by one, as the last sync found it; what is the same is not written again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.reconcile.small import SmallDistrict

from roster_operator.ledger.interface.sync import Run
from roster_operator.reconcile.contract import Outcome
from roster_operator.roster.subjects import MOST_LISTED

Asked = tuple[str, str, str, str]


@pytest.fixture
def small(tmp_path: Path, new_ledger_url: str) -> Iterator[SmallDistrict]:
    district = SmallDistrict(tmp_path / "in", new_ledger_url)
    yield district
    district.close()


def asked(small: SmallDistrict, *items: str) -> set[Asked]:
    """Item, person, class, what else."""
    found = small.query("SELECT item, person, class_id, what FROM questions")
    return {row for row in found if not items or row[0] in items}


def whole(small: SmallDistrict) -> list[tuple[Any, ...]]:
    return small.query("SELECT * FROM questions ORDER BY id")


def examples(small: SmallDistrict, item: str) -> list[str]:
    return next((each.get("examples", []) for each in small.status["checklist"] if each["name"] == item), [])


def test_each_question_says_what_it_is_about(small: SmallDistrict) -> None:
    small.enroll("s1", endDate="soon")
    small.enroll("s2", role="")
    small.enroll("s5", classSourcedId="nowhere")
    small.enroll("ghost")
    del small.rows_of("users")["ghost"]
    small.rows_of("users")["s3"] |= {"username": "", "email": ""}
    small.rows_of("academicSessions")["t2"] = {"sourcedId": "t2", "status": "active", "startDate": "?", "endDate": "?"}
    small.rows_of("classes")["c2"] = {**small.rows_of("classes")["c1"], "sourcedId": "c2", "termSourcedIds": ""}
    small.rows_of("classes")["c3"] = {**small.rows_of("classes")["c1"], "sourcedId": "c3", "schoolSourcedId": "x"}
    assert small.night().outcome is Outcome.SYNCED, small.status
    assert asked(small) == {
        ("UnreadableDate", "s1", "c1", ""),
        ("UnreadableDate", "", "", "term t2"),
        ("EnrollmentWithoutRole", "s2", "c1", ""),
        ("EnrollmentInUnknownClass", "s5", "nowhere", ""),
        ("EnrollmentOfUnknownPerson", "ghost", "", ""),
        ("PersonWithoutUsernameAndEmail", "s3", "", ""),
        ("ClassWithoutSession", "", "c2", ""),
        ("ClassWithoutStudents", "", "c2", ""),
        ("ClassOfUnknownCourse", "", "c3", "school x"),
    }


def test_the_status_names_them_by_ids_of_the_ledger(small: SmallDistrict) -> None:
    small.rows_of("users")["s3"] |= {"username": "", "email": ""}
    small.enroll("s5", endDate="soon")
    small.night()
    ((account,),) = small.query("SELECT id FROM accounts WHERE sourced_id = 's3'")
    ((question,),) = small.query("SELECT id FROM questions WHERE person = 's5'")
    assert examples(small, "PersonWithoutUsernameAndEmail") == [f"account:{account}"]
    assert examples(small, "UnreadableDate") == [f"question:{question}"]
    small.night()
    assert examples(small, "UnreadableDate") == [f"question:{question}"], "an unchanged roster says so still"


def test_whom_matching_refused_is_listed_with_why(small: SmallDistrict) -> None:
    small.night()
    small.rows_of("users")["s5"] = {**small.rows_of("users")["s1"], "sourcedId": "s5", "identifier": "other"}
    small.enroll("s5")
    small.night()
    ((account,),) = small.query("SELECT id FROM accounts WHERE sourced_id = 's1'")
    assert asked(small, "Matching") == {("Matching", "s5", "", f"SharedLogin: account {account}")}
    assert asked(small, "LoginOfSeveralPersons") == {("LoginOfSeveralPersons", who, "", "") for who in ("s1", "s5")}


def test_rows_that_stay_keep_their_ids_and_those_put_right_go(small: SmallDistrict) -> None:
    small.enroll("s1", role="")
    small.enroll("s2", role="")
    small.night()
    before = whole(small)
    small.enroll("s3", beginDate="2026-08-13")
    small.night()
    assert whole(small) == before, "a changed roster that raises the same writes nothing"
    small.enroll("s1", role="student")
    small.enroll("s4", role="")
    small.night()
    assert {row[4] for row in whole(small)} == {"s2", "s4"}
    assert whole(small)[0] == before[1]
    small.enroll("s2", role="student")
    small.enroll("s4", role="student")
    small.night()
    assert whole(small) == []


def test_of_many_the_first_are_kept_and_all_are_counted(small: SmallDistrict) -> None:
    for number in range(MOST_LISTED * 2 + 50):
        small.enroll(f"x{number:05}", role="")
    small.night()
    assert small.counted("EnrollmentWithoutRole") == MOST_LISTED * 2 + 50
    assert {row[1] for row in asked(small)} == {f"x{number:05}" for number in range(MOST_LISTED)}
    assert len(examples(small, "EnrollmentWithoutRole")) == 5


def test_setup_mode_keeps_them_for_the_resource_and_a_plan_only_does_not(small: SmallDistrict) -> None:
    small.change_spec(live=False)
    small.enroll("s5", endDate="soon")
    assert small.night(plan_only=True).outcome is Outcome.PLANNED
    assert asked(small) == set()
    assert small.night().outcome is Outcome.PLANNED
    assert asked(small) == {("UnreadableDate", "s5", "c1", "")}
    assert examples(small, "UnreadableDate")[0].startswith("question:")
    assert small.query("SELECT owner, district_id FROM questions") == [("districts/springfield", None)]
    assert small.query("SELECT * FROM accounts") == []
    before = whole(small)
    small.change_spec(live=True)
    small.night()
    ((district,),) = small.query("SELECT id FROM districts")
    assert [(row[0], row[2]) for row in whole(small)] == [(row[0], district) for row in before]


def test_they_go_with_the_resource(small: SmallDistrict) -> None:
    small.change_spec(live=False)
    small.enroll("s5", endDate="soon")
    small.night()
    now = small.clock.now()
    small.ledger.release("districts/springfield", revoke=False, run=Run("released", now, now))
    assert whole(small) == []


def test_what_no_database_holds_is_left_out(small: SmallDistrict) -> None:
    small.enroll("s" * 600, role="")
    small.enroll("s1", role="")
    small.night()
    assert {row[1] for row in asked(small, "EnrollmentWithoutRole")} == {"s1"}
