"""Whose account from before it is, both schools tell: going live at one takes none that fits a child of the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.reconcile.small import SmallDistrict

FAMILY = "family@example.org"


@pytest.fixture
def small(tmp_path: Path, new_ledger_url: str) -> Iterator[SmallDistrict]:
    """The north school goes live first; w1 is at the west one, which does not."""
    district = SmallDistrict(tmp_path / "set", new_ledger_url, canary={"schools": ["n"]})
    district.rows_of("orgs")["w"] = {**district.rows_of("orgs")["n"], "sourcedId": "w", "name": "West"}
    west = {**district.rows_of("classes")["c1"], "sourcedId": "c2", "schoolSourcedId": "w"}
    district.rows_of("classes")["c2"] = west
    district.enroll("w1", classSourcedId="c2")
    district.spec["schools"] = [{"id": "n"}, {"id": "w"}]
    district.night()
    yield district
    district.close()


def from_before(district: SmallDistrict, username: str = "", email: str = "", origin: str = "Manual") -> None:
    district.execute(
        "INSERT INTO accounts (id, district_id, username, email, username_key, email_key, created) "
        "VALUES (99, 1, :username, :email, :username, :email, '2026-01-01')",
        [{"username": username, "email": email}],
    )
    district.execute(
        "INSERT INTO licenses (district_id, account_id, ebook, edition, origin, since) "
        "VALUES (1, 99, 'algebra', 'Student', :origin, '2026-01-01')",
        [{"origin": origin}],
    )


def arrive(district: SmallDistrict, **cells: str) -> None:
    """A child of the north school."""
    district.enroll("new")
    district.rows_of("users")["new"].update(cells)
    district.night()


def owner(district: SmallDistrict) -> list[tuple[Any, ...]]:
    return district.query("SELECT sourced_id FROM accounts WHERE id = 99")


@pytest.mark.parametrize("username", ["user.w1", ""])
def test_a_sibling_with_the_familys_email_does_not_get_it(small: SmallDistrict, username: str) -> None:
    small.rows_of("users")["w1"]["email"] = FAMILY
    from_before(small, username, FAMILY)
    arrive(small, email=FAMILY)
    assert owner(small) == [(None,)]
    assert "1 person there waits for promotion, too: somebody at another school" in small.status["canary"]["message"]
    small.change_spec(canary=None)
    small.night()
    assert owner(small) == [(None,)], "both of them may be whose it is"
    assert small.status["plan"]["conflicts"] == 2


def test_nor_where_it_has_a_license_that_was_bought(small: SmallDistrict) -> None:
    small.rows_of("users")["w1"]["email"] = FAMILY
    from_before(small, "", FAMILY, "Purchased")
    arrive(small, email=FAMILY)
    assert owner(small) == [(None,)]


def test_nor_somebody_with_the_same_name_before_the_at(small: SmallDistrict) -> None:
    small.change_spec(matching={"by": ["SourcedId", "Username", "LocalPart"]})
    small.rows_of("users")["w1"]["username"] = "jo@west.example"
    from_before(small, "jo@old.example")
    arrive(small, username="jo@north.example")
    assert owner(small) == [(None,)]


def test_siblings_of_whom_no_account_is_known_are_served_where_they_are(small: SmallDistrict) -> None:
    small.rows_of("users")["w1"]["email"] = FAMILY
    arrive(small, email=FAMILY)
    assert "new" in small.served()


def test_whom_nobody_else_fits_gets_it(small: SmallDistrict) -> None:
    from_before(small, "", FAMILY)
    arrive(small, email=FAMILY)
    assert owner(small) == [("new",)]
    assert "too" not in small.status["canary"]["message"]
