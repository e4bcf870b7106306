"""A ledger with people in it, of the version before, keeps every row of them; what was added is filled in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, inspect, text
from tests.ledger.ledger_harness import NOW, Books
from tests.ledger.older_versions import add_district, leave

from roster_operator.licensing.models import Claim, Hold

ROWS = [
    "INSERT INTO accounts (id, district_id, sourced_id, username, username_key, created)"
    " VALUES (7, 1, 'ann', 'Ann', 'ann', :at), (9, 1, NULL, 'bob', 'bob', :at)",
    "INSERT INTO licenses (id, district_id, account_id, ebook, edition, origin, since)"
    " VALUES (1, 1, 7, 'algebra', 'Student', 'Roster', :at), (2, 1, 9, 'algebra', 'Student', 'Manual', :at)",
    "INSERT INTO held_removals (district_id, digest, license_id) VALUES (1, 'plan-abc', 1)",
    "INSERT INTO overrides (district_id, account_id, ebook, edition, created)"
    " VALUES (1, 7, 'geometry', 'Student', :at)",
    "INSERT INTO person_states (district_id, key, digest, schools) VALUES (1, 'ann', 5, '[]')",
    "INSERT INTO journal (position, run_id, district_id, account_id, ebook, edition, change, why, at)"
    " VALUES (3, 'run-1-1', 1, 7, 'algebra', 'Student', 'Granted', 'Rostered', :at)",
]


@pytest.fixture
def upgraded(ledger_url: str, engine: Engine) -> Iterator[Books]:
    """From the version that was released."""
    leave(engine, "0010")
    with engine.begin() as connection:
        add_district(connection, 1, "one.example", {}, {}, {})
        add_district(connection, 2, "two.example", {})
        for statement in ROWS:
            connection.execute(text(statement), {"at": NOW})
        connection.execute(text("DELETE FROM licenses WHERE id = 2"))
        connection.execute(text("DELETE FROM accounts WHERE id = 9"))
    books = Books(ledger_url, Claim("districts/number-1", "one.example"))
    yield books
    books.close()


def test_accounts_and_licenses_are_as_they_were(upgraded: Books) -> None:
    assert upgraded.rows("SELECT id, district_id, sourced_id, username, elsewhere FROM accounts") == [
        (7, 1, "ann", "Ann", False)
    ]
    assert upgraded.rows("SELECT account_id, ebook, origin FROM licenses") == [(7, "algebra", "Roster")]
    assert upgraded.rows("SELECT digest, license_id FROM held_removals") == [("plan-abc", 1)]
    assert upgraded.rows("SELECT key, digest FROM person_states") == [("ann", 5)]
    assert upgraded.rows("SELECT position, account FROM license_changes") == [(3, 7)]


def test_a_sticky_license_of_before_was_granted_by_nobody_knows_whom(upgraded: Books) -> None:
    assert upgraded.rows("SELECT account_id, ebook, kind, reason, actor FROM overrides") == [
        (7, "geometry", "Grant", "", "")
    ]


def test_by_which_school_a_change_came_is_not_known_of_those_that_were_before(upgraded: Books) -> None:
    assert upgraded.rows("SELECT position, class, school FROM license_changes") == [(3, None, None)]
    assert upgraded.rows("SELECT school_id FROM held_removals") == [(None,)]


def test_what_was_approved_before_is_still_approved(upgraded: Books) -> None:
    assert upgraded.approves("plan-abc", Hold(everything=True), [])
    assert not upgraded.approves("plan-of-others", Hold(everything=True), [])


def test_no_number_of_an_account_is_given_twice(upgraded: Books) -> None:
    upgraded.write("INSERT INTO accounts (district_id, sourced_id, created) VALUES (1, 'cid', :at)", at=NOW)
    ((number,),) = upgraded.rows("SELECT id FROM accounts WHERE sourced_id = 'cid'")
    assert number > 9 if upgraded.dialect.name == "sqlite" else number not in {7, 9}


def test_a_license_is_still_tied_to_an_account_of_its_district(upgraded: Books, engine: Engine) -> None:
    looking = inspect(engine)
    (tie,) = looking.get_foreign_keys("licenses")
    assert (tie["constrained_columns"], tie["referred_table"]) == (["district_id", "account_id"], "accounts")
    assert looking.get_foreign_keys("accounts") == []


def test_syncs_that_were_before_have_numbers(upgraded: Books) -> None:
    assert upgraded.rows("SELECT id, number FROM sync_runs ORDER BY id") == [
        ("run-1-1", 1),
        ("run-1-2", 2),
        ("run-1-3", 3),
        ("run-2-1", 1),
    ]


def test_who_looked_at_whom_before_a_look_could_be_without_a_district(ledger_url: str, engine: Engine) -> None:
    leave(engine, "0014")
    with engine.begin() as connection:
        add_district(connection, 1, "one.example")
        connection.execute(
            text(
                "INSERT INTO access_log (at, district_id, account_id, verb, actor, through)"
                " VALUES (:at, 1, 7, 'explain', 'somebody', 'os')"
            ),
            {"at": NOW},
        )
    books = Books(ledger_url, Claim("districts/number-1", "one.example"))
    assert books.rows("SELECT district_id, account_id, owner FROM access_log") == [(1, 7, None)]
    assert books.rows("SELECT * FROM questions") == []
    books.close()
