"""Logins of another form than the spec declares are told, and served all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reconcile.small import SmallDistrict

ITEM = "LoginOfAnotherForm"


@pytest.fixture
def small(tmp_path: Path, new_ledger_url: str) -> Iterator[SmallDistrict]:
    district = SmallDistrict(tmp_path / "in", new_ledger_url)
    yield district
    district.close()


def listed(small: SmallDistrict) -> set[str]:
    return {person for item, person in small.query("SELECT item, person FROM questions") if item == ITEM}


def test_who_has_another_form_is_listed_and_has_their_books(small: SmallDistrict) -> None:
    small.change_spec(matching={"loginFormat": {"lowerCase": True}})
    small.rows_of("users")["s2"]["username"] = "USER.s2"
    small.night()
    assert (small.counted(ITEM), listed(small)) == (1, {"s2"})
    assert {person for person, _, _ in small.licenses()} == {"s1", "s2", "s3", "s4", "t"}


def test_the_email_counts_where_there_is_no_username(small: SmallDistrict) -> None:
    small.change_spec(matching={"loginFormat": {"domain": "example.org"}})
    for key in ("s1", "s2", "s3", "s4", "t"):
        small.rows_of("users")[key]["username"] = ""
    small.rows_of("users")["s3"]["email"] = "s3@example.com"
    small.night()
    assert listed(small) == {"s3"}


def test_it_may_be_asked_of_students_alone(small: SmallDistrict) -> None:
    small.change_spec(matching={"loginFormat": {"digits": 6, "people": "Students"}})
    small.night()
    assert listed(small) == {"s1", "s2", "s3", "s4"}


def test_where_no_form_is_declared_nobody_is_counted(small: SmallDistrict) -> None:
    small.night()
    assert small.counted(ITEM) is None


def test_a_form_that_is_declared_later_is_looked_at_though_the_roster_is_unchanged(small: SmallDistrict) -> None:
    small.night()
    small.change_spec(matching={"loginFormat": {"digits": 6}})
    small.night()
    assert small.counted(ITEM) == 5
