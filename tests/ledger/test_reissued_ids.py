"""A person who comes under a new id while the former one is gone is the same person, if all else says so."""

from __future__ import annotations

from typing import Any

import pytest
from tests.ledger.ledger_harness import ALGEBRA, CALCULUS, GEOMETRY, Books, gone, person

from roster_operator.licensing.conflicts import Conflict
from roster_operator.licensing.models import Applied, Edition, Hold

ANN: dict[str, Any] = {"username": "ann", "email": "ann@d.example", "identifier": "77"}


@pytest.fixture
def two(books: Books) -> Books:
    """Ann at one school, and somebody else."""
    books.sync([person("north-ann", ALGEBRA, CALCULUS, schools=("north",), **ANN), person("bob")])
    return books


def test_a_transfer_keeps_the_account_gets_the_new_book_and_loses_the_old(two: Books) -> None:
    account = two.rows("SELECT id FROM accounts WHERE username = 'ann'")
    synced = two.sync([person("south-ann", GEOMETRY, CALCULUS, schools=("south",), **ANN), person("bob")])
    assert synced.applied == Applied(granted=1, revoked=1)
    assert (synced.plan.conflicts, synced.plan.accounts_linked, synced.plan.accounts_created) == (0, 1, 0)
    assert {book for name, book, _ in two.licenses() if name == "ann"} == {"geometry", "calculus"}
    assert two.rows("SELECT id, sourced_id FROM accounts WHERE username = 'ann'") == [(*account[0], "south-ann")]
    assert two.changes([person("south-ann", GEOMETRY, CALCULUS, schools=("south",), **ANN), person("bob")]) == []


@pytest.mark.parametrize(
    "now",
    [
        {**ANN, "username": "Ann "},
        {**ANN, "email": ""},
        {**ANN, "email": "ANN@d.example"},
    ],
)
def test_case_and_an_email_that_is_not_told_make_no_other_person(two: Books, now: dict[str, Any]) -> None:
    assert two.sync([person("south-ann", **now), person("bob")]).plan.conflicts == 0
    assert "south-ann" in two.links().values()


@pytest.mark.parametrize(
    "now",
    [
        {**ANN, "identifier": "78"},
        {**ANN, "identifier": ""},
        {**ANN, "email": "other@d.example"},
    ],
    ids=["another number", "no number", "another email"],
)
def test_where_not_all_says_so_nobody_takes_the_account(two: Books, now: dict[str, Any]) -> None:
    before = two.licenses()
    plan = two.sync([person("south-ann", GEOMETRY, **now), person("bob")]).plan
    assert plan.conflicts_by == {Conflict.LOGIN_OF_FORMER: 1}
    assert (plan.grants, plan.revocations) == (0, 0)
    assert two.licenses() == before


def test_another_login_is_another_person_even_with_the_same_number(two: Books) -> None:
    plan = two.sync([person("south-ann", **{**ANN, "username": "eve", "email": "eve@d.example"}), person("bob")]).plan
    assert (plan.conflicts, plan.accounts_created, plan.revocations) == (0, 1, 2)


def test_while_the_former_id_is_on_the_roster_they_are_two_records(two: Books) -> None:
    both = [person("north-ann", ALGEBRA, CALCULUS, schools=("north",), **ANN), person("south-ann", GEOMETRY, **ANN)]
    plan = two.sync([*both, person("bob")]).plan
    assert plan.conflicts_by == {Conflict.SHARED_LOGIN: 1}
    assert (plan.grants, plan.revocations) == (0, 0)


def test_two_who_come_as_the_one_who_left_are_refused(two: Books) -> None:
    plan = two.sync([person("south-ann", **ANN), person("west-ann", **ANN), person("bob")]).plan
    assert plan.conflicts == 2
    assert plan.revocations == 0


def test_who_left_a_year_ago_comes_back_under_a_new_id(two: Books) -> None:
    two.sync([person("bob")])
    plan = two.sync([person("south-ann", GEOMETRY, **ANN), person("bob")]).plan
    assert (plan.conflicts, plan.accounts_linked, plan.accounts_created, plan.grants) == (0, 1, 0, 1)


def test_who_has_an_email_for_a_login_is_recognised_by_it(books: Books) -> None:
    by_email: dict[str, Any] = {"username": "", "email": "ann@d.example", "identifier": "77"}
    books.sync([person("north-ann", **by_email), person("bob")])
    plan = books.sync([person("south-ann", **by_email), person("bob")]).plan
    assert (plan.conflicts, plan.accounts_linked, plan.revocations) == (0, 1, 0)


def test_a_removal_counts_at_the_school_that_the_person_left(two: Books) -> None:
    plan = two.sync([person("south-ann", GEOMETRY, schools=("south",), **ANN), person("bob")], live=False).plan
    assert plan.removals_by_school == {"north": 2}


def test_the_old_book_may_wait_and_the_new_one_does_not(two: Books) -> None:
    roster = [person("south-ann", GEOMETRY, schools=("south",), **ANN), person("bob")]
    held = two.sync(roster, hold=Hold(editions=frozenset({Edition.STUDENT})))
    assert held.applied == Applied(granted=1, held=2)
    assert two.sync(roster).applied == Applied(revoked=2)
    assert two.changes(roster) == []


def test_the_other_districts_accounts_are_nobodys_here(books: Books) -> None:
    other = Books(books.url, type(books.claim)("districts/shelbyville", "sis.shelbyville.example"))
    other.sync([person("north-ann", **ANN)])
    other.stage([gone("north-ann")])
    plan = books.sync([person("south-ann", **ANN)]).plan
    assert (plan.accounts_created, plan.accounts_linked) == (1, 0)
    other.close()
