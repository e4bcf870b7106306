"""Licenses from before go-live of persons at schools outside of the spec stay, now and later."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from tests.ledger.ledger_harness import ALGEBRA, CLAIM, GEOMETRY, Books, person, run

from roster_operator.licensing.models import Applied, PersonChange, Plan


def account_of(books: Books, username: str) -> int:
    return int(books.rows(f"SELECT id FROM accounts WHERE username = '{username}'")[0][0])


def synced(books: Books, roster: Iterable[PersonChange], left: Iterable[str] | None, *, live: bool = True) -> Plan:
    """A sync that found these to be at other schools; or did not look, as it knew the roster again."""
    changes = books.changes(roster)
    alone = None if left is None else frozenset(account_of(books, username) for username in left)
    return books.stage(changes, live=live, left_alone=alone).plan


@pytest.fixture
def three(books: Books) -> Books:
    """Accounts from before: of one in scope, of one at another school, and of one whom nobody knows."""
    for username in ("ann", "bob", "cid"):
        books.account(username, held=(ALGEBRA,))
    return books


@pytest.mark.parametrize("roster", [[person("ann")], []])
def test_they_are_neither_removed_nor_counted_as_such(three: Books, roster: list[PersonChange]) -> None:
    planned = synced(three, roster, ["bob"], live=False)
    assert (planned.revocations, planned.elsewhere) == (2 - len(roster), 1)
    plan = synced(three, roster, ["bob"])
    assert (plan.revocations, plan.unchanged, plan.elsewhere) == (2 - len(roster), 1 + len(roster), 1)
    assert three.licenses() == {("bob", "algebra", "Manual")} | {(who.key, "algebra", "Roster") for who in roster}


def test_a_sync_that_does_not_look_leaves_them_too(three: Books) -> None:
    synced(three, [person("ann")], ["bob"])
    for roster in ([person("ann")], [person("ann", GEOMETRY)]):
        plan = synced(three, roster, None)
        assert plan.elsewhere == 1
        assert ("bob", "algebra", "Manual") in three.licenses()


def test_who_is_at_another_school_no_longer_is_treated_as_everybody(three: Books) -> None:
    synced(three, [person("ann")], ["bob"])
    plan = synced(three, [person("ann")], [])
    assert (plan.revocations, plan.elsewhere) == (1, 0)
    assert three.licenses() == {("ann", "algebra", "Roster")}


def test_who_comes_into_scope_is_the_rosters(three: Books) -> None:
    synced(three, [person("ann")], ["bob", "cid"])
    plan = synced(three, [person("ann"), person("bob"), person("cid", GEOMETRY)], ["bob", "cid"])
    assert (plan.grants, plan.revocations, plan.elsewhere) == (1, 1, 0)
    assert {row[1:] for row in three.licenses() if row[0] == "cid"} == {("geometry", "Roster")}


def test_a_deletion_that_revokes_leaves_them(three: Books) -> None:
    synced(three, [person("ann")], ["bob"])
    assert three.ledger.release(CLAIM.owner, revoke=True, run=run()) == 1
    assert three.licenses() == {("bob", "algebra", "Manual")}


def test_accounts_from_before_are_told_with_all_that_they_are_known_by(three: Books) -> None:
    told = three.ledger.former_accounts(three.district())
    assert {each.username for each in told} == {"ann", "bob", "cid"}
    assert synced(three, [person("ann")], ["bob"]).revocations == 1
    assert [each.username for each in three.ledger.former_accounts(three.district())] == ["bob"]
    assert three.sync([person("ann")]).applied == Applied()
