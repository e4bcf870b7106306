"""A feed whose logins a privacy shield has masked: nobody is matched by a mask, and everybody is served."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reconcile.small import SmallDistrict

from roster_operator.licensing.masks import Masks, is_masked


@pytest.fixture
def small(tmp_path: Path, new_ledger_url: str) -> Iterator[SmallDistrict]:
    district = SmallDistrict(tmp_path / "in", new_ledger_url)
    for number in range(20):
        district.enroll(f"x{number:02}")
    yield district
    district.close()


def mask(small: SmallDistrict, share: int = 100) -> None:
    people = list(small.rows_of("users").values())
    for row in people[: len(people) * share // 100]:
        row["username"] = str(uuid.uuid5(uuid.NAMESPACE_DNS, row["sourcedId"]))
        row["email"] = f"{row['username']}@shield.example"


@pytest.mark.parametrize(
    "login",
    [
        "6f1c3e1a-0b7d-4c55-9f0e-2b0a4f5d9c11",
        "6F1C3E1A-0B7D-4C55-9F0E-2B0A4F5D9C11@shield.example",
        "9a8b7c6d5e4f3a2b1c0d9e8f",
        "masked-student-17@shield.example",
        "ann@nobody.invalid",
    ],
)
def test_tokens_and_addresses_of_nobody_are_masks(login: str) -> None:
    assert is_masked(login)


@pytest.mark.parametrize(
    "login", ["ann.smith", "00123456", "12345678901234567890123", "deadbeef", "ann@school.example", ""]
)
def test_peoples_own_logins_are_none(login: str) -> None:
    assert not is_masked(login)


def test_a_masked_feed_is_said_to_be_one_and_everybody_is_served(small: SmallDistrict) -> None:
    mask(small)
    small.night()
    assert small.counted("MaskedLogins") == 25
    assert len(small.served()) == 25
    assert small.query("SELECT DISTINCT username, email FROM accounts") == [("", "")]


def test_a_few_odd_logins_are_peoples_own(small: SmallDistrict) -> None:
    mask(small, share=50)
    small.night()
    assert small.counted("MaskedLogins") is None
    assert len(small.query("SELECT 1 FROM accounts WHERE username <> ''")) == 25


def test_a_mask_that_comes_over_a_live_district_changes_no_account(small: SmallDistrict) -> None:
    small.night()
    before = small.query("SELECT * FROM accounts ORDER BY id"), small.licenses()
    mask(small)
    small.night()
    assert (small.query("SELECT * FROM accounts ORDER BY id"), small.licenses()) == before
    assert small.condition("Held") == ("True", "RosterInQuestion")
    assert small.counted("MaskedLogins") == 25


def test_of_a_handful_nothing_is_said() -> None:
    few = Masks()
    few.add(["masked"] * 9)
    assert not few.prevail
