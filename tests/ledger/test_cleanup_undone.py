"""A clean-up is turned back row for row; what anybody changed since stays, whole pairs at a time."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.ledger.cleaning import NEW_DOMAIN, cleaned, identify, logins, shown, undone, what_was
from tests.ledger.ledger_harness import ALGEBRA, CALCULUS, GEOMETRY, Books, person
from tests.ledger.test_cleanup import decide

from roster_operator.ledger.by_hand.interface import Kind
from roster_operator.ledger.undo.interface import Obstacle


def dirty(books: Books) -> None:
    """Accounts from before and beside a roster, one of everything that can be. The first is on the roster."""
    books.sync([person("s1", ALGEBRA, CALCULUS, username="ann@new.example", email="ann@new.example")])
    books.account("ann@old.example", held=(ALGEBRA, GEOMETRY), email="ann@old.example", origin="Sticky")
    books.account("BEN@old.example", held=(ALGEBRA,))
    books.account("cid", held=(ALGEBRA, CALCULUS))
    books.account(" Cid ", held=(ALGEBRA, GEOMETRY), email="cid@x.example")
    identify(books, cid="7")
    books.write("UPDATE licenses SET until = '2099-01-01 00:00:00.000000' WHERE account_id = 4 AND ebook = 'algebra'")
    books.write("UPDATE licenses SET until = '2020-01-01 00:00:00.000000' WHERE account_id = 4 AND ebook = 'calculus'")
    decide(books, 5, Kind.GRANT, "physics")
    decide(books, 5, Kind.BLOCK, "botany")


def test_everything_is_row_for_row_as_it_was(books: Books) -> None:
    dirty(books)
    before = what_was(books)
    run_id = cleaned(books, NEW_DOMAIN)
    assert what_was(books) != before
    assert len(logins(books)) == 3
    told = undone(books, run_id)
    assert what_was(books) == before
    assert (told.left, told.holds, told.accounts) == ({}, False, 4)
    assert (told.granted, told.removed) == (7, 3), "three that moved, two that were gone, two that were changed"
    for table in ("cleaned_accounts", "cleaned_licenses", "cleaned_overrides"):
        assert books.rows(f"SELECT COUNT(*) FROM {table}") == [(0,)], "nothing is kept that nobody needs"
    assert books.rows("SELECT COUNT(undone_by) FROM cleanups") == [(1,)]


def test_whoever_follows_the_changes_ends_with_the_licenses_that_there_are(books: Books) -> None:
    dirty(books)
    held = "SELECT account, ebook FROM active_licenses ORDER BY 1, 2"
    before = books.rows(held)
    first = books.rows("SELECT COALESCE(MAX(position), 0) FROM license_changes")[0][0]

    def followed() -> list[tuple[int, str]]:
        there = set(before)
        for account, ebook, change in books.rows(
            f"SELECT account, ebook, change FROM license_changes WHERE position > {first} ORDER BY position"
        ):
            (there.add if change == "Granted" else there.discard)((account, ebook))
        return sorted(there)

    run_id = cleaned(books, NEW_DOMAIN)
    assert followed() == books.rows(held) != before
    undone(books, run_id)
    assert followed() == books.rows(held) == before


def test_it_can_be_done_again_and_the_undo_itself_is_not_undone(books: Books) -> None:
    dirty(books)
    run_id = cleaned(books, NEW_DOMAIN)
    undone(books, run_id)
    [(parted,)] = books.rows(f"SELECT undone_by FROM cleanups WHERE run_id = '{run_id}'")
    again = undone(books, parted)
    assert (again.nothing, set(again.left)) == (True, {Obstacle.MERGED})
    assert undone(books, run_id).nothing
    once_more = cleaned(books, NEW_DOMAIN)
    assert len(logins(books)) == 3
    assert undone(books, once_more).accounts == 4


def test_what_somebody_changed_since_stays_and_the_rest_goes_back(books: Books) -> None:
    dirty(books)
    run_id = cleaned(books, NEW_DOMAIN)
    decide(books, 4, Kind.BLOCK, "geometry")
    cid = books.rows("SELECT ebook FROM licenses WHERE account_id = 4 ORDER BY 1")
    told = undone(books, run_id)
    assert (told.left, told.accounts_left) == ({Obstacle.CHANGED_SINCE: 1}, [4])
    assert [row[1] for row in logins(books)] == ["ann@new.example", "ann@old.example", "BEN@old.example", "cid"]
    assert books.rows("SELECT ebook FROM licenses WHERE account_id = 4 ORDER BY 1") == cid


def test_an_account_that_a_sync_recognized_since_keeps_its_login(books: Books) -> None:
    books.account("ann@old.example", held=(ALGEBRA,))
    run_id = cleaned(books, NEW_DOMAIN)
    books.sync([person("s1", username="ann@new.example")])
    told = undone(books, run_id)
    assert (told.nothing, told.left) == (True, {Obstacle.CHANGED_SINCE: 1})


def test_nobody_gets_a_login_back_that_somebody_else_has_now(books: Books) -> None:
    books.account("ann@old.example")
    run_id = cleaned(books, NEW_DOMAIN)
    books.account("ann@old.example")
    books.write("UPDATE accounts SET created = '2099-01-01 00:00:00.000000' WHERE id = 2")
    assert undone(books, run_id).left == {Obstacle.CHANGED_SINCE: 1}


def test_a_sync_before_it_is_not_turned_back_over_it(books: Books) -> None:
    books.account("Ann ", held=(GEOMETRY,))
    books.account("ann")
    books.sync([person("s1", username="bob")], at=datetime.now(UTC))
    [(run_id,)] = books.rows("SELECT id FROM sync_runs")
    cleaned(books)
    assert len(logins(books)) == 2
    assert undone(books, run_id).removed == 1
    assert shown(books).nothing
