"""Before a district goes live it is said whether the accounts from before are those of the people who come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.ledger.ledger_harness import ALGEBRA, Books
from tests.reconcile.small import SmallDistrict

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.licensing.models import Claim
from roster_operator.reconcile.mapping import claimed_source

PEOPLE = 30


@pytest.fixture
def small(tmp_path: Path, new_ledger_url: str) -> Iterator[SmallDistrict]:
    district = SmallDistrict(tmp_path / "in", new_ledger_url, live=False)
    for number in range(PEOPLE):
        district.enroll(f"x{number:02}")
    yield district
    district.close()


def accounts(small: SmallDistrict, username: Callable[[int], str], count: int = PEOPLE) -> None:
    """Accounts from before, each with a license."""
    manifest: dict[str, Any] = {"metadata": {"name": "springfield", "namespace": "districts"}, "spec": small.spec}
    integration = RosterIntegration.model_validate(manifest)
    books = Books(small.ledger_url, Claim(integration.key, claimed_source(integration.spec)))
    for number in range(count):
        books.account(username(number), held=(ALGEBRA,))
    books.close()


def item(small: SmallDistrict) -> dict[str, Any] | None:
    small.night()
    return next((each for each in small.status["checklist"] if each["name"] == "ExistingAccounts"), None)


def test_accounts_whose_logins_are_of_another_form_fail_with_what_would_help(small: SmallDistrict) -> None:
    accounts(small, lambda number: f"x{number:02}@example.org")
    found = item(small)
    assert found is not None
    assert (found["result"], found["count"]) == ("Fail", PEOPLE)
    assert found["message"] == (
        "0 of 30 accounts from before are recognized; their logins are emails at example.org, the roster's letters and "
        "digits with punctuation."
    )
    assert found["action"].startswith("The roster's email is the username of 30 of 30. District: ")
    assert small.status["plan"]["accountsCreated"] == PEOPLE + 5


def test_accounts_that_are_recognized_pass(small: SmallDistrict) -> None:
    accounts(small, lambda number: f"USER.x{number:02}")
    found = item(small)
    assert found is not None
    assert (found["result"], found["count"], found.get("action")) == ("Pass", PEOPLE, None)


def test_where_most_are_recognized_the_others_are_worth_a_look(small: SmallDistrict) -> None:
    accounts(small, lambda number: f"user.x{number:02}" if number < 24 else f"left{number}")
    found = item(small)
    assert found is not None
    assert (found["result"], found["count"]) == ("Warn", 6)


def test_of_a_few_accounts_nothing_is_said(small: SmallDistrict) -> None:
    accounts(small, lambda number: f"left{number}", 9)
    assert item(small) is None


def test_once_their_people_are_linked_newcomers_are_no_question(small: SmallDistrict) -> None:
    accounts(small, lambda number: f"user.x{number:02}")
    small.change_spec(live=True, guard={"schoolPercent": 100, "districtPercent": 100})
    item(small)
    for number in range(40):
        small.enroll(f"new{number:02}")
    assert item(small) is None
