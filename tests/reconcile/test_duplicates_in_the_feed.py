"""One login on two people, and one person under two ids, are told before anybody is refused or served twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reconcile.small import SmallDistrict

from roster_operator.licensing import duplicates
from roster_operator.licensing.duplicates import Duplicates
from roster_operator.roster.quality import Question


@pytest.fixture
def small(tmp_path: Path, new_ledger_url: str) -> Iterator[SmallDistrict]:
    district = SmallDistrict(tmp_path / "in", new_ledger_url, live=False)
    yield district
    district.close()


def people(small: SmallDistrict, item: str) -> set[str]:
    small.night()
    return {person for found, person in small.query("SELECT item, person FROM questions") if found == item}


def test_two_people_with_one_username_are_both_listed(small: SmallDistrict) -> None:
    small.rows_of("users")["s2"]["username"] = "USER.s1"
    assert people(small, "LoginOfSeveralPersons") == {"s1", "s2"}
    assert small.counted("LoginOfSeveralPersons") == 2


def test_a_familys_email_is_nobodys_login_unless_there_is_no_other(small: SmallDistrict) -> None:
    for key in ("s1", "s2"):
        small.rows_of("users")[key]["email"] = "family@example.org"
    assert people(small, "LoginOfSeveralPersons") == set()
    for key in ("s1", "s2"):
        small.rows_of("users")[key]["username"] = ""
    assert people(small, "LoginOfSeveralPersons") == {"s1", "s2"}


def test_one_number_under_two_ids_is_probably_one_person(small: SmallDistrict) -> None:
    small.rows_of("users")["s2"]["identifier"] = small.rows_of("users")["s1"]["identifier"]
    assert people(small, "NumberOfSeveralPersons") == {"s1", "s2"}
    assert small.counted("LoginOfSeveralPersons") is None


def test_staff_and_students_may_have_the_same_numbers(small: SmallDistrict) -> None:
    small.rows_of("users")["t"]["identifier"] = small.rows_of("users")["s1"]["identifier"]
    assert people(small, "NumberOfSeveralPersons") == set()


def test_several_records_of_one_person_are_not_told_twice(small: SmallDistrict) -> None:
    twin = {**small.rows_of("users")["s1"], "sourcedId": "s1b"}
    small.rows_of("users")["s1b"] = twin
    small.enroll("s1b")
    assert people(small, "PersonsWithSeveralRecords") == {"s1b"}
    assert small.counted("LoginOfSeveralPersons") is None


def test_who_is_out_of_scope_shares_with_nobody(small: SmallDistrict) -> None:
    small.rows_of("users")["x"] = {**small.rows_of("users")["s1"], "sourcedId": "x"}
    assert people(small, "LoginOfSeveralPersons") == set()


def test_fillers_are_told_of_otherwise() -> None:
    found = Duplicates()
    found.add([(f"p{number}", "none", "000", "") for number in range(30)])
    assert found.questions({"none"}) == {}
    assert found.questions(set()) == {Question.LOGIN_OF_SEVERAL: 30}


def test_beyond_the_first_people_are_counted_and_not_listed() -> None:
    found = Duplicates()
    found.add([(f"p{number:06}", "", "", "") for number in range(duplicates.MOST_KEPT)])
    found.add([("late", "shared", "", ""), ("later", "shared", "", "")])
    questions = found.questions(set())
    assert questions[Question.LOGIN_OF_SEVERAL] == 2
    assert questions.listed(Question.LOGIN_OF_SEVERAL) == ()
