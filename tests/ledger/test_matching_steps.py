"""The steps of matching: the first that finds an account decides, and two that find different ones refuse."""

from __future__ import annotations

import pytest
from tests.ledger.ledger_harness import GEOMETRY, Books, person

from roster_operator.api.v1alpha1 import MatchKey

ID, USERNAME, EMAIL, NUMBER, LOCAL = (
    MatchKey.SOURCED_ID,
    MatchKey.USERNAME,
    MatchKey.EMAIL,
    MatchKey.IDENTIFIER,
    MatchKey.LOCAL_PART,
)
LADDER = (ID, USERNAME, EMAIL, NUMBER, LOCAL)


def numbered(books: Books, username: str, number: str) -> None:
    books.account(username, held=(GEOMETRY,))
    books.write("UPDATE accounts SET identifier = :number WHERE username = :username", number=number, username=username)


@pytest.mark.parametrize("login", ["ann@old.example", "ANN"])
def test_the_part_of_a_login_before_the_at_finds_it_with_or_without_one(books: Books, login: str) -> None:
    books.account(login)
    plan = books.stage([person("s-1", username="", email="ann@d.example")], match=(ID, LOCAL)).plan
    assert (plan.accounts_linked, plan.accounts_created, plan.conflicts) == (1, 0, 0)
    assert books.rows("SELECT sourced_id, email FROM accounts") == [("s-1", "ann@d.example")]


def test_the_number_finds_it_with_other_zeros_in_front(books: Books) -> None:
    numbered(books, "old", "004711")
    plan = books.stage([person("s-1", username="ann", identifier="4711")], match=(ID, USERNAME, NUMBER)).plan
    assert (plan.accounts_linked, plan.accounts_created) == (1, 0)


def test_nobody_is_found_by_a_number_that_is_none(books: Books) -> None:
    numbered(books, "old", "000")
    numbered(books, "older", "")
    plan = books.stage([person("s-1", username="ann", identifier="0")], match=LADDER).plan
    assert (plan.accounts_linked, plan.accounts_created, plan.conflicts) == (0, 1, 0)


def test_a_step_that_is_not_in_the_spec_finds_nobody(books: Books) -> None:
    numbered(books, "ann@old.example", "4711")
    plan = books.stage([person("s-1", username="ann", identifier="4711")]).plan
    assert (plan.accounts_linked, plan.accounts_created) == (0, 1)


def test_two_steps_that_find_different_accounts_refuse_and_both_keep_what_they_have(books: Books) -> None:
    books.account("ann", held=(GEOMETRY,))
    numbered(books, "other", "4711")
    plan = books.stage([person("s-1", username="ann", identifier="4711")], match=LADDER).plan
    assert (plan.conflicts, plan.grants, plan.revocations) == (1, 0, 0)
    assert {name for name, _, _ in books.licenses()} == {"ann", "other"}


def test_one_step_that_finds_several_accounts_refuses_and_all_keep_what_they_have(books: Books) -> None:
    for domain in ("a", "b"):
        books.account(f"ann@{domain}.example", held=(GEOMETRY,))
    plan = books.stage([person("s-1", username="ann")], match=(ID, LOCAL)).plan
    assert (plan.conflicts, plan.revocations, plan.accounts_created) == (1, 0, 0)
    assert len(books.licenses()) == 2


def test_two_people_who_find_one_account_are_refused(books: Books) -> None:
    numbered(books, "old", "7")
    twins = [person("s-1", username="ann", identifier="7"), person("s-2", username="bob", identifier="07")]
    plan = books.stage(twins, match=LADDER).plan
    assert (plan.conflicts, plan.revocations) == (2, 0)
    assert {name for name, _, _ in books.licenses()} == {"old"}


def test_the_first_step_that_finds_any_decides(books: Books) -> None:
    books.account("ann", held=(GEOMETRY,))
    plan = books.stage([person("s-1", username="ann", identifier="4711")], match=LADDER).plan
    assert (plan.accounts_linked, plan.conflicts) == (1, 0)


def test_by_the_sourced_id_alone_nobody_is_found(books: Books) -> None:
    books.account("ann")
    plan = books.stage([person("s-1", username="ann")], match=(ID,)).plan
    assert (plan.accounts_linked, plan.conflicts) == (0, 1), "and the login is another account's"
