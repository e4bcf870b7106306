"""Which ledger this is, and whether it has lost a district's licenses."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.ledger.ledger_harness import NOW, Books, person

from roster_operator.ledger import open_ledger
from roster_operator.ledger.interface.district import District

BEFORE, AFTER = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)


def test_a_ledger_stays_itself_and_is_no_other(books: Books, tmp_path: Path) -> None:
    identity = books.ledger.identity()
    books.ledger.migrate()
    books.sync([person("ann")])
    assert books.ledger.identity() == identity
    other = open_ledger(f"sqlite:///{tmp_path / 'other.sqlite'}")
    other.migrate()
    assert other.identity() != identity
    other.close()


def test_a_district_is_forgotten_that_has_no_license_left(books: Books) -> None:
    assert books.ledger.forgot(District(), BEFORE)
    books.sync([person("ann")])
    assert not books.ledger.forgot(books.district(), AFTER)
    books.write("UPDATE licenses SET until = '2020-01-01 00:00:00'")
    assert not books.ledger.forgot(books.district(), AFTER)
    books.write("DELETE FROM licenses")
    assert books.ledger.forgot(books.district(), AFTER)


def test_what_a_sync_removed_is_not_forgotten_though_nobody_was_told(books: Books) -> None:
    books.sync([person("ann")])
    books.sync([])
    assert not books.ledger.forgot(books.district(), BEFORE)
    assert books.ledger.forgot(books.district(), AFTER)
