"""Accounts are brought into order by a plan that was seen; who may be another person is left out, with the reason."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.ledger.cleaning import NEW_DOMAIN, cleaned, identify, left_out, logins, order, shown
from tests.ledger.ledger_harness import ALGEBRA, CALCULUS, GEOMETRY, Books, person

from roster_operator.ledger.by_hand import open_by_hand
from roster_operator.ledger.by_hand.interface import DecisionOrder, Kind
from roster_operator.ledger.cleanup import open_cleanup
from roster_operator.ledger.cleanup.interface import Objection
from roster_operator.licensing.clean_logins import CleanRules, UsernameFrom


def decide(books: Books, account: int, kind: Kind, ebook: str = "geometry") -> None:
    asked = DecisionOrder(
        books.district_id,
        kind,
        account,
        ebook,
        ("Student",),
        datetime.now(UTC) + timedelta(days=30),
        takes_back=False,
        by_run=str(uuid.uuid4()),
        actor="ann@example.org",
        through="os",
        reason="ticket 4711",
        at=datetime.now(UTC),
    )
    ledger = open_by_hand(books.url)
    assert ledger.decide(asked, digest=ledger.decide(asked, digest="").digest).obstacle is None
    ledger.close()


def test_it_shows_first_and_changes_nothing(books: Books) -> None:
    books.account(" Ann", held=(ALGEBRA,), email="Ann@Old.example")
    before = books.dump()
    planned = shown(books, NEW_DOMAIN)
    assert (planned.accounts, planned.rewritten, planned.merged) == (1, 1, 0)
    assert planned.by_rule == {"Blanks": 1, "Case": 1, "Domain": 1}
    assert shown(books, NEW_DOMAIN).digest == planned.digest != shown(books).digest
    ledger = open_cleanup(books.url)
    ledger.clean_up(order(books, NEW_DOMAIN), digest=shown(books).digest)
    ledger.close()
    assert books.dump() == before


def test_logins_are_rewritten_with_their_keys_and_the_first_sync_knows_everybody(books: Books) -> None:
    books.account("Ann@Old.example", held=(ALGEBRA,))
    books.account("4711", held=(ALGEBRA,))
    people = [person("s1", username="ann@new.example"), person("s2", username="004711")]
    assert books.sync(people, live=False).plan.accounts_linked == 0
    cleaned(books, CleanRules(domains=NEW_DOMAIN.domains, username_digits=6))
    assert [row[1] for row in logins(books)] == ["ann@new.example", "004711"]
    synced = books.sync(people)
    assert (synced.plan.accounts_linked, synced.plan.accounts_created) == (2, 0)
    assert {origin for _, _, origin in books.licenses()} == {"Roster"}


def test_a_stale_duplicate_goes_into_the_account_that_the_roster_has_with_its_licenses(books: Books) -> None:
    books.account("ann@old.example", held=(ALGEBRA, GEOMETRY), email="ann@old.example", origin="Sticky")
    books.sync([person("s1", ALGEBRA, CALCULUS, username="ann@new.example", email="ann@new.example")])
    [old, new] = [row[0] for row in logins(books)]
    run_id = cleaned(books, NEW_DOMAIN)
    assert [row[:3] for row in logins(books)] == [(new, "ann@new.example", "ann@new.example")]
    assert books.licenses() == {
        ("ann@new.example", "algebra", "Sticky"),
        ("ann@new.example", "geometry", "Sticky"),
        ("ann@new.example", "calculus", "Roster"),
    }
    changes = books.rows(
        f"SELECT account_id, ebook, change, why, actor FROM journal WHERE run_id = '{run_id}' ORDER BY position"
    )
    who = ("Merged", "ann@example.org")
    assert changes == [
        (old, "algebra", "Revoked", *who),
        (old, "geometry", "Revoked", *who),
        (new, "geometry", "Granted", *who),
        (new, "algebra", "Granted", *who),
    ]
    assert books.rows("SELECT granted, revoked FROM sync_runs ORDER BY number DESC LIMIT 1") == [(2, 2)]
    assert books.rows("SELECT actor, reason FROM cleanups") == [("ann@example.org", "before going live")]
    books.sync([person("s1", CALCULUS, username="ann@new.example", email="ann@new.example")])
    assert ("ann@new.example", "geometry", "Sticky") in books.licenses(), "no sync removes it"


def test_the_next_sync_looks_at_whom_a_merge_concerned(books: Books) -> None:
    roster = [person("ann")]
    books.sync(roster)
    books.account("Ann ", held=(GEOMETRY,))
    cleaned(books)
    assert ("ann", "geometry", "Manual") in books.licenses()
    books.sync([*roster, person("bob")])
    assert books.licenses() == {("ann", "algebra", "Roster"), ("bob", "algebra", "Roster")}


def test_the_account_that_stays_takes_what_the_other_one_knew(books: Books) -> None:
    books.account("ann")
    books.account("Ann", email="ann@x.example")
    identify(books, Ann="4711")
    cleaned(books)
    assert [row[1:] for row in logins(books)] == [("ann", "ann@x.example", "4711")]


def test_decisions_by_hand_follow_a_merge(books: Books) -> None:
    books.account("ann", held=(ALGEBRA,))
    books.account("Ann", held=(CALCULUS,))
    decide(books, 2, Kind.GRANT)
    decide(books, 2, Kind.BLOCK, "physics")
    cleaned(books)
    assert books.rows("SELECT account_id, ebook, kind FROM overrides ORDER BY ebook") == [
        (1, "geometry", "Grant"),
        (1, "physics", "Block"),
    ]
    assert books.licenses() == {
        ("ann", "algebra", "Manual"),
        ("ann", "calculus", "Manual"),
        ("ann", "geometry", "Sticky"),
    }


def test_a_license_that_ended_is_in_nobodys_way(books: Books) -> None:
    books.account("ann", held=(ALGEBRA, GEOMETRY))
    books.account("Ann", held=(ALGEBRA, GEOMETRY))
    books.write("UPDATE licenses SET until = '2020-01-01 00:00:00.000000' WHERE account_id = 1 AND ebook = 'algebra'")
    books.write("UPDATE licenses SET until = '2020-01-01 00:00:00.000000' WHERE account_id = 2 AND ebook = 'geometry'")
    planned = shown(books)
    assert [(each.ebook, each.granted, each.removed) for each in planned.by_ebook] == [
        ("algebra", 1, 1),
        ("geometry", 0, 0),
    ]
    cleaned(books)
    assert books.rows("SELECT account_id, ebook, until FROM licenses ORDER BY id") == [
        (1, "geometry", None),
        (1, "algebra", None),
    ]


def test_the_later_end_counts(books: Books) -> None:
    books.account("ann", held=(ALGEBRA, GEOMETRY))
    books.account("Ann", held=(ALGEBRA, GEOMETRY))
    books.write("UPDATE licenses SET until = '2099-01-01 00:00:00.000000' WHERE account_id = 1")
    books.write("UPDATE licenses SET until = '2099-06-01 00:00:00.000000' WHERE account_id = 2 AND ebook = 'algebra'")
    cleaned(books)
    ends = books.rows("SELECT ebook, until FROM licenses ORDER BY ebook")
    assert (str(ends[0][1])[:10], ends[1][1]) == ("2099-06-01", None)


def _block(books: Books) -> None:
    books.account("ann", held=(ALGEBRA,))
    books.account("Ann")
    decide(books, 2, Kind.BLOCK, "algebra")


def _two_decisions(books: Books) -> None:
    books.account("ann")
    books.account("Ann")
    for account in (1, 2):
        decide(books, account, Kind.GRANT)


def _three(books: Books) -> None:
    for username in ("ann", "Ann", " ann"):
        books.account(username, held=(ALGEBRA,))


def _other_email(books: Books) -> None:
    books.account("ann", email="ann@x.example")
    books.account("Ann", email="bob@x.example")


def _other_number(books: Books) -> None:
    books.account("ann")
    books.account("Ann")
    identify(books, ann="1", Ann="2")


def _former(books: Books) -> None:
    books.account("ann", sourced_id="s1")
    books.account("Ann")


def _on_roster(books: Books) -> None:
    books.sync([person("s1", username="ann@old.example")])


def _both_on_roster(books: Books) -> None:
    books.sync([person("s1", username="ann"), person("s2", username="bob")])
    books.write("UPDATE accounts SET username = 'ann', username_key = 'ann'")


def _collides(books: Books) -> None:
    books.account("ann@old.example", held=(ALGEBRA,))
    books.account("ann@new.example", held=(ALGEBRA,))


def _one_login_of_two(books: Books) -> None:
    """By the username it is the first, by the email the second."""
    books.account("ann")
    books.account("", email="ann@x.example")
    books.account("Ann", email="ann@x.example")


@pytest.mark.parametrize(
    ("given", "why", "accounts"),
    [
        (_block, Objection.BLOCKED, {1, 2}),
        (_two_decisions, Objection.DECISIONS, {1, 2}),
        (_three, Objection.SEVERAL_ACCOUNTS, {1, 2, 3}),
        (_one_login_of_two, Objection.SEVERAL_ACCOUNTS, {1, 2, 3}),
        (_other_email, Objection.OTHER_PERSON, {1, 2}),
        (_other_number, Objection.OTHER_PERSON, {1, 2}),
        (_former, Objection.FORMER_PERSON, {1, 2}),
        (_on_roster, Objection.ON_ROSTER, {1}),
        (_both_on_roster, Objection.BOTH_ON_ROSTER, {1, 2}),
        (_collides, Objection.COLLIDES, {1, 2}),
    ],
)
def test_who_may_be_somebody_else_is_left_as_they_are(
    books: Books, given: Any, why: Objection, accounts: set[int]
) -> None:
    given(books)
    objections = left_out(books, NEW_DOMAIN)
    assert {account for account, objection in objections.items() if objection is why} == accounts
    assert shown(books, NEW_DOMAIN).left_out == {why: len(accounts)}
    assert shown(books, NEW_DOMAIN).nothing


def test_who_is_left_as_they_are_keeps_the_login_that_nobody_else_gets(books: Books) -> None:
    for username in ("a1", "42", "a2", "free"):
        books.account(username)
    identify(books, a1="42", a2="a1", free="17")
    rules = CleanRules(username_from=UsernameFrom.NUMBER)
    assert left_out(books, rules) == dict.fromkeys((1, 2, 3), Objection.COLLIDES)
    cleaned(books, rules)
    assert [row[1] for row in logins(books)] == ["a1", "42", "a2", "17"]


def test_siblings_share_an_email_and_two_who_left_their_number(books: Books) -> None:
    books.account("ann", email="family@x.example")
    books.account("ben", email="family@x.example")
    books.account("cid", sourced_id="s1", held=(ALGEBRA,))
    books.account("Cid", held=(GEOMETRY,))
    identify(books, cid="7", Cid="7")
    cleaned(books)
    assert [row[1] for row in logins(books)] == ["ann", "ben", "cid"]
    assert books.licenses() == {("cid", "algebra", "Manual"), ("cid", "geometry", "Manual")}


def test_only_this_district_is_cleaned_up(books: Books) -> None:
    books.account("Ann")
    books.write(
        "INSERT INTO districts (source, version, created) VALUES ('elsewhere.example', 1, '2026-08-01 00:00:00.000000')"
    )
    books.write(
        "INSERT INTO accounts (district_id, username, username_key, created)"
        " SELECT MAX(id), 'Ann', 'ann', '2026-08-01 00:00:00.000000' FROM districts"
    )
    assert shown(books).accounts == 1
    cleaned(books)
    assert [row[1] for row in logins(books)] == ["ann", "Ann"]
