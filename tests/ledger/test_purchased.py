"""A license that somebody bought is never removed by a sync, and ends by itself; the feed says that it was bought."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from tests.docs.pages import blocks, section, text_of
from tests.ledger.cleaning import cleaned, undone, what_was
from tests.ledger.ledger_harness import ALGEBRA, GEOMETRY, NOW, Books, person, run
from tests.ledger.older_versions import add_district, leave

from roster_operator.licensing.models import Claim

PAGE = text_of("docs/reference/ledger.md")
BOUGHT = """
    INSERT INTO licenses (district_id, account_id, ebook, edition, origin, since, until, purchase)
    SELECT district_id, id, 'geometry', 'Student', 'Purchased', '2026-08-01 00:00:00.000000',
           '2099-06-30 00:00:00.000000', 'PIN-4711'
      FROM accounts WHERE username = 'ann'
"""
"""As the platform writes it when somebody redeems a PIN."""


def buy(books: Books, username: str = "ann") -> None:
    books.write(BOUGHT.replace("'ann'", f"'{username}'"))


def test_no_sync_removes_it_whether_the_person_is_on_the_roster_or_leaves(books: Books) -> None:
    books.sync([person("ann"), person("bob")])
    buy(books)
    books.account("parent")
    buy(books, "parent")
    books.sync([person("ann", username="ann.new"), person("bob")])
    assert ("ann.new", "geometry", "Purchased") in books.licenses()
    books.sync([person("bob")])
    assert books.licenses() == {
        ("ann.new", "geometry", "Purchased"),
        ("parent", "geometry", "Purchased"),
        ("bob", "algebra", "Roster"),
    }


def test_going_live_replaces_what_was_given_and_not_what_was_bought(books: Books) -> None:
    books.account("ann", held=(ALGEBRA,))
    books.account("bob", held=(ALGEBRA,))
    buy(books)
    books.sync([person("s2", username="bob")])
    assert books.licenses() == {("ann", "geometry", "Purchased"), ("bob", "algebra", "Roster")}


def test_what_the_roster_gives_too_stays_bought_until_it_ends_and_is_the_rosters_then(books: Books) -> None:
    books.account("ann")
    buy(books)
    roster = [person("s1", GEOMETRY, username="ann")]
    assert books.sync(roster).plan.grants == 0
    assert books.licenses() == {("ann", "geometry", "Purchased")}
    books.write("UPDATE licenses SET until = '2020-01-01 00:00:00.000000'")
    books.sync(roster)
    books.sync(roster)
    assert books.licenses() == {("ann", "geometry", "Roster")}


def test_the_platform_writes_it_by_the_statement_of_the_page_beside_syncs(books: Books) -> None:
    [block] = [each for each in blocks(section(PAGE, "What somebody bought")) if each.language == "sql"]
    roster = [person("ann", GEOMETRY), person("bob")]
    books.sync(roster)
    for account in (1, 2, 2):
        books.write(block.text, district=books.district_id, account=account, until="2099-06-30 00:00:00.000000")
    books.sync([person("bob", username="bob.new")])
    assert books.licenses() == {
        ("ann", "geometry", "Purchased"),
        ("bob.new", "geometry", "Purchased"),
        ("bob.new", "algebra", "Roster"),
    }


def test_it_outlives_the_resource_with_which_the_rosters_licenses_end(books: Books) -> None:
    books.sync([person("ann")])
    buy(books)
    books.ledger.release(books.claim.owner, revoke=True, run=run())
    assert books.licenses() == {("ann", "geometry", "Purchased")}


def test_the_views_say_of_which_origin_it_is(books: Books) -> None:
    books.account("ann", held=(ALGEBRA,))
    buy(books)
    assert books.rows("SELECT ebook, origin FROM active_licenses ORDER BY ebook") == [
        ("algebra", "Manual"),
        ("geometry", "Purchased"),
    ]
    books.sync([person("bob")])
    assert books.rows("SELECT change, origin FROM license_changes ORDER BY position") == [
        ("Revoked", "Manual"),
        ("Granted", None),
    ]


def test_its_reference_follows_a_merge_and_comes_back_with_its_undo(books: Books) -> None:
    books.account("ann.old", email="ann@x.example")
    books.account("ann", held=(GEOMETRY,), email="ann@x.example")
    books.write("UPDATE accounts SET username = ' ANN', username_key = 'ann' WHERE id = 1")
    books.write(BOUGHT.replace("username = 'ann'", "id = 1"))
    before = what_was(books)
    run_id = cleaned(books)
    assert books.rows("SELECT account_id, origin, purchase FROM licenses") == [(1, "Purchased", "PIN-4711")]
    undone(books, run_id)
    assert what_was(books) == before


def test_a_ledger_of_before_keeps_its_licenses_and_no_number_is_given_twice(ledger_url: str, engine: Engine) -> None:
    leave(engine, "0023")
    add = "INSERT INTO licenses (district_id, account_id, ebook, edition, origin, since) VALUES"
    with engine.begin() as connection:
        add_district(connection, 1, "one.example")
        connection.execute(
            text("INSERT INTO accounts (district_id, username, username_key, created) VALUES (1, 'ann', 'ann', :at)"),
            {"at": NOW},
        )
        for ebook, origin in (("algebra", "Manual"), ("geometry", "Sticky"), ("calculus", "Roster")):
            connection.execute(text(f"{add} (1, 1, '{ebook}', 'Student', '{origin}', :at)"), {"at": NOW})
        connection.execute(text("DELETE FROM licenses WHERE ebook = 'calculus'"))
    books = Books(ledger_url, Claim("districts/number-1", "one.example"))
    assert books.rows("SELECT id, ebook, origin, purchase, until FROM licenses ORDER BY id") == [
        (1, "algebra", "Manual", "", None),
        (2, "geometry", "Sticky", "", None),
    ]
    [(since,), _] = books.rows("SELECT since FROM active_licenses ORDER BY 1")
    assert f"{since}".startswith("2026-08-12 06:00:00")
    books.write(f"{add} (1, 1, 'physics', 'Student', 'Purchased', '2026-08-12 06:00:00.000000')")
    assert books.rows("SELECT id FROM licenses WHERE ebook = 'physics'") == [(4,)]
    with pytest.raises(Exception, match="origin_known"):
        books.write(f"{add} (1, 1, 'botany', 'Student', 'Bought', '2026-08-12 06:00:00.000000')")
    books.close()
