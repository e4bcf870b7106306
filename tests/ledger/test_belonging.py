"""A district belongs to its namespace, until the platform gives it to another."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from tests.ledger.ledger_harness import CLAIM, NOBODY, NOW, Books, person, run

from roster_operator.errors import DistrictBusy, DistrictConflict
from roster_operator.ledger.interface.district import District
from roster_operator.ledger.interface.ownership import Holding
from roster_operator.licensing.models import Applied, Claim

SQUATTER = Claim("squatters/grab", CLAIM.source)
HEIR = Claim("districts/heir", CLAIM.source)


def seen_by(books: Books, claim: Claim) -> Books:
    """The same ledger, for another claim."""
    other = Books(books.url, claim)
    other.ledger.close()
    other.ledger = books.ledger
    return other


def turned_away(books: Books, claim: Claim = SQUATTER) -> str:
    """What a claim is told that is refused at every door."""
    with pytest.raises(DistrictConflict) as told:
        books.ledger.district(claim)
    for live in (True, False):
        with pytest.raises(DistrictConflict), books.ledger.plan(claim, District(), NOBODY, live=live, now=NOW):
            pass
    with pytest.raises(DistrictConflict):
        books.ledger.reserve(claim, NOW)
    return told.value.message


def test_a_released_district_is_not_for_another_namespace_to_take(books: Books) -> None:
    books.sync([person("ann"), person("bob")])
    books.ledger.release(CLAIM.owner, revoke=False, run=run())
    before = books.dump()
    told = turned_away(books)
    assert "transfer" in told
    assert "springfield" not in told.replace(CLAIM.source, "")
    assert "districts/" not in told
    assert books.ledger.release(SQUATTER.owner, revoke=True, run=run()) == 0
    assert books.dump() == before
    assert seen_by(books, HEIR).sync([person("ann"), person("bob")]).applied == Applied()


def test_who_holds_a_district_is_told_within_the_namespace_only(books: Books) -> None:
    books.sync([person("ann")])
    assert CLAIM.owner not in turned_away(books)
    with pytest.raises(DistrictConflict, match=CLAIM.owner):
        books.ledger.district(HEIR)


def test_a_district_that_is_prepared_in_setup_mode_is_reserved(books: Books) -> None:
    books.ledger.reserve(CLAIM, NOW)
    books.ledger.reserve(CLAIM, NOW)
    turned_away(books)
    assert books.district() == District()
    assert books.rows("SELECT COUNT(*) FROM districts") == [(0,)]
    books.sync([person("ann")])
    assert books.rows("SELECT owner, namespace FROM districts") == [(CLAIM.owner, "districts")]
    assert books.rows("SELECT source FROM reservations") == []


def test_of_many_who_reserve_at_once_one_has_the_district(books: Books) -> None:
    had: list[str] = []

    def reserve(owner: str) -> None:
        for _ in range(1_000):
            with suppress(DistrictConflict):
                try:
                    books.ledger.reserve(Claim(owner, CLAIM.source), NOW)
                except DistrictBusy:
                    continue
                had.append(owner)
            return

    threads = [threading.Thread(target=reserve, args=(f"ns-{number}/one",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert books.rows("SELECT owner FROM reservations") == [(owner,) for owner in had]


def test_accounts_from_before_are_reserved_too(books: Books) -> None:
    books.account("ann")
    books.ledger.reserve(CLAIM, NOW)
    turned_away(books)
    books.write("DELETE FROM reservations")
    books.write("UPDATE districts SET namespace = 'districts'")
    turned_away(books)


def test_two_of_one_namespace_may_prepare_one_district(books: Books) -> None:
    books.ledger.reserve(CLAIM, NOW)
    books.ledger.reserve(HEIR, NOW)
    assert seen_by(books, HEIR).sync([person("ann")]).applied == Applied(granted=1)


def test_a_reservation_ends_with_its_resource_or_when_that_names_another_district(books: Books) -> None:
    books.ledger.reserve(CLAIM, NOW)
    books.ledger.reserve(Claim(CLAIM.owner, "elsewhere.example"), NOW)
    assert books.rows("SELECT source FROM reservations") == [("elsewhere.example",)]
    books.ledger.reserve(SQUATTER, NOW)
    books.ledger.release(SQUATTER.owner, revoke=True, run=run())
    assert books.sync([person("ann")]).applied == Applied(granted=1)


def test_a_sis_cannot_move_to_where_another_namespace_prepares_a_district(books: Books) -> None:
    books.sync([person("ann")])
    books.ledger.reserve(Claim("others/shelbyville", "shelbyville.example"), NOW)
    with pytest.raises(DistrictConflict):
        books.ledger.district(Claim(CLAIM.owner, "shelbyville.example"))


def test_the_platform_transfers_a_district_with_all_that_it_has(books: Books) -> None:
    books.sync([person("ann"), person("bob")])
    licenses = books.licenses()
    new = Claim("new-home/springfield", CLAIM.source)
    assert books.ledger.transfer(CLAIM.source, "new-home", NOW)
    turned_away(books, CLAIM)
    turned_away(books)
    assert books.ledger.release(CLAIM.owner, revoke=True, run=run()) == 0
    assert books.licenses() == licenses
    assert seen_by(books, new).sync([person("ann"), person("bob")]).applied == Applied()


def test_a_district_that_nobody_has_is_kept_for_whom_it_is_transferred_to(books: Books) -> None:
    books.ledger.reserve(SQUATTER, NOW)
    assert books.ledger.transfer(CLAIM.source, "districts", NOW)
    turned_away(books)
    assert not books.ledger.transfer("nowhere.example", "districts", NOW)
    assert books.sync([person("ann")]).applied == Applied(granted=1)


def test_the_platform_sees_whose_districts_are(books: Books) -> None:
    books.sync([person("ann"), person("bob")])
    books.ledger.reserve(Claim("others/shelbyville", "shelbyville.example"), NOW)
    books.ledger.transfer("ogdenville.example", "ogdenville", NOW)
    assert list(books.ledger.holdings()) == [
        Holding("ogdenville.example", "ogdenville", "", None, 0),
        Holding("shelbyville.example", "others", "", None, 0),
        Holding(CLAIM.source, "districts", CLAIM.owner, NOW, 2),
    ]
