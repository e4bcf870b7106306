"""Logins of who has left go after a while; the account stays, for who returns."""

from __future__ import annotations

from datetime import timedelta

from tests.ledger.ledger_harness import NOW, Books, person

from roster_operator.ledger.ledger import Retention

DAY = timedelta(days=1)
KEPT = Retention(logins=400 * DAY)


def left(books: Books) -> list[tuple[str, str, str, str]]:
    return books.rows("SELECT sourced_id, username, username_key, email FROM accounts ORDER BY sourced_id")


def prune(books: Books, days: int, kept: Retention = KEPT) -> None:
    while books.ledger.prune(kept, NOW + days * DAY):
        pass


def test_who_has_left_long_ago_is_a_number_of_the_sis_and_who_is_there_stays(books: Books) -> None:
    books.sync([person("ann", email="ann@school.example"), person("bob", email="bob@school.example")])
    books.sync([person("bob", email="bob@school.example")])
    prune(books, days=399)
    assert [row[1] for row in left(books)] == ["ann", "bob"]
    prune(books, days=401)
    assert left(books) == [("ann", "", "", ""), ("bob", "bob", "bob", "bob@school.example")]
    before = books.dump()
    prune(books, days=401)
    assert books.dump() == before


def test_who_returns_has_the_account_that_they_had(books: Books) -> None:
    books.sync([person("ann"), person("bob")])
    ((account,),) = books.rows("SELECT id FROM accounts WHERE sourced_id = 'ann'")
    books.sync([person("bob")])
    prune(books, days=401)
    books.sync([person("ann"), person("bob")])
    assert books.rows("SELECT id, username FROM accounts WHERE sourced_id = 'ann'") == [(account, "ann")]


def test_a_license_that_stays_keeps_the_login(books: Books) -> None:
    books.sync([person("ann"), person("bob")])
    books.write("UPDATE licenses SET origin = 'Sticky' WHERE id = (SELECT min(id) FROM licenses)")
    books.sync([person("bob")])
    prune(books, days=1_000)
    assert [row[1] for row in left(books)] == ["ann", "bob"]


def test_looks_at_people_go_with_the_changes(books: Books) -> None:
    books.sync([person("ann")])
    columns = "at, district_id, account_id, verb, actor, through"
    for at in ("2026-08-12 00:00:00", "2027-08-12 00:00:00"):
        books.write(f"INSERT INTO access_log ({columns}) VALUES ('{at}', 1, 1, 'export', 'ops', 'os')")
    prune(books, days=410, kept=Retention(changes=400 * DAY))
    assert len(books.rows("SELECT * FROM access_log")) == 1
