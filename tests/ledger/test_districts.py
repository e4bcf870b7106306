"""Who holds a district, from the first sync to the last."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.ledger.ledger_harness import ALGEBRA, CLAIM, GEOMETRY, NOW, Books, person, run

from roster_operator.errors import DistrictBusy, DistrictConflict, RevocationHeld
from roster_operator.ledger.interface.district import District
from roster_operator.licensing.models import Applied, Claim


def held_by(books: Books, owner: str = CLAIM.owner, source: str = CLAIM.source) -> Books:
    """The same ledger, seen by another claim."""
    other = Books(books.url, Claim(owner=owner, source=source))
    other.ledger.close()
    other.ledger = books.ledger
    return other


def test_a_district_is_known_once_it_went_live(books: Books) -> None:
    assert books.district() == District()
    books.sync([])
    assert books.district() == District(id=books.district_id, version=1, live_since=NOW)


def test_the_version_moves_with_everything_that_is_applied(books: Books) -> None:
    versions = []
    for roster in ([person("ann")], [person("ann", email="new@d.example")], [person("ann", GEOMETRY)], []):
        books.sync(roster)
        versions.append(books.district().version)
    assert versions == [1, 2, 3, 4]


def test_two_resources_cannot_hold_one_district(books: Books) -> None:
    books.sync([])
    other = held_by(books, owner="districts/impostor")
    with pytest.raises(DistrictConflict, match="districts/springfield"):
        other.district()
    with pytest.raises(DistrictConflict), other.planned([], district=District()):
        pass


def test_a_sis_that_moves_stays_the_same_district(books: Books) -> None:
    books.sync([person("ann")])
    moved = held_by(books, source="new-sis.example/aeries")
    assert moved.district() == books.district()
    moved.sync([person("ann")], live=False)
    assert books.rows("SELECT source FROM districts") == [(CLAIM.source,)]
    assert moved.sync([person("ann")]).applied == Applied()
    assert books.rows("SELECT source, version FROM districts") == [("new-sis.example/aeries", 2)]


def test_a_sis_cannot_move_to_where_another_district_is(books: Books) -> None:
    books.sync([])
    held_by(books, "districts/shelbyville", "shelbyville.example").sync([])
    with pytest.raises(DistrictConflict, match="districts/shelbyville"):
        held_by(books, source="shelbyville.example").district()
    books.ledger.release("districts/shelbyville", revoke=False, run=run())
    with pytest.raises(DistrictConflict, match="was released"):
        held_by(books, source="shelbyville.example").district()


def test_a_released_district_keeps_its_licenses_for_the_next_owner(books: Books) -> None:
    roster = [person("ann"), person("bob")]
    books.sync(roster)
    before = books.licenses()
    assert books.ledger.release(CLAIM.owner, revoke=False, run=run()) == 0
    assert books.licenses() == before
    heir = held_by(books, owner="districts/heir")
    assert heir.district().id is not None
    assert heir.district().live_since is None
    assert heir.sync(roster).applied == Applied()
    assert books.rows("SELECT owner FROM districts") == [("districts/heir",)]
    with pytest.raises(DistrictConflict):
        books.district()


def test_releasing_with_revoke_ends_every_license_but_sticky_ones_and_says_why(books: Books) -> None:
    books.sync([person("ann", ALGEBRA, GEOMETRY), person("bob")])
    books.make_sticky("bob", ALGEBRA)
    assert books.ledger.release(CLAIM.owner, revoke=True, run=run()) == 2
    assert books.licenses() == {("bob", "algebra", "Sticky")}
    assert [entry[2:] for entry in books.journal()[3:]] == [("Revoked", "ResourceDeleted")] * 2
    again = held_by(books)
    assert again.sync([person("ann")]).applied == Applied(granted=1)


def test_licenses_from_before_go_live_do_not_end_with_a_release(books: Books) -> None:
    """Such as were imported: the roster did not give them."""
    books.sync([person("ann")])
    books.account("bob", held=(ALGEBRA,))
    assert books.ledger.release(CLAIM.owner, revoke=True, run=run(), at_most=1) == 1
    assert books.licenses() == {("bob", "algebra", "Manual")}


def test_no_more_licenses_end_with_a_release_than_may(books: Books) -> None:
    books.sync([person("ann", ALGEBRA, GEOMETRY), person("bob"), person("cid")])
    books.make_sticky("bob", ALGEBRA)
    before = books.dump()
    with pytest.raises(RevocationHeld, match="3 licenses would end, and 2 may") as caught:
        books.ledger.release(CLAIM.owner, revoke=True, run=run(), at_most=2)
    assert "revoke-at-most to 3" in caught.value.message
    assert books.dump() == before
    assert books.ledger.release(CLAIM.owner, revoke=True, run=run(), at_most=3) == 3


@pytest.mark.parametrize("revoke", [True, False])
def test_a_release_that_ends_nothing_needs_nobodys_consent(books: Books, *, revoke: bool) -> None:
    books.sync([person("ann")])
    if revoke:
        books.make_sticky("ann", ALGEBRA)
    assert books.ledger.release(CLAIM.owner, revoke=revoke, run=run(), at_most=0) == 0


def test_releasing_twice_or_nobody_does_nothing(books: Books) -> None:
    books.sync([person("ann")])
    books.ledger.release(CLAIM.owner, revoke=True, run=run())
    before = books.dump()
    assert books.ledger.release(CLAIM.owner, revoke=True, run=run()) == 0
    assert books.ledger.release("districts/unknown", revoke=True, run=run()) == 0
    assert books.dump() == before


def test_a_release_touches_no_other_district(books: Books) -> None:
    other = held_by(books, "districts/shelbyville", "shelbyville.example")
    books.sync([person("ann")])
    other.sync([person("ann")])
    books.ledger.release(CLAIM.owner, revoke=True, run=run())
    assert other.ledger.counts(other.district_id).active == 1
    assert other.sync([person("ann")]).applied == Applied()


def test_a_sync_that_planned_on_an_older_state_is_turned_away(books: Books) -> None:
    books.sync([])
    stale = books.district()
    books.sync([person("ann")])
    for live in (True, False):
        with pytest.raises(DistrictBusy), books.planned([], district=stale, live=live):
            pass


def test_a_district_that_went_live_meanwhile_turns_the_other_first_sync_away(books: Books) -> None:
    unknown = books.district()
    books.sync([person("ann")])
    with pytest.raises(DistrictBusy), books.planned([], district=unknown):
        pass


def test_who_decided_by_an_older_look_is_turned_away_though_nothing_changed_since(books: Books) -> None:
    books.sync([person("ann"), person("bob")])
    stale = books.district()
    books.sync([person("ann"), person("bob")])
    assert books.district() == stale, "nothing was written but the run"
    with pytest.raises(DistrictBusy), books.planned([], district=stale):
        pass
    with books.planned([], district=stale, live=False) as looking:
        assert looking.counts().active == 2


def test_an_older_look_is_told_by_no_clock(books: Books) -> None:
    books.sync([person("ann")])
    stale = books.district()
    books.sync([person("ann")], at=NOW - timedelta(days=1))
    with pytest.raises(DistrictBusy), books.planned([], district=stale):
        pass


def test_a_sync_that_is_set_aside_has_looked_too(books: Books) -> None:
    books.sync([person("ann")])
    stale = books.district()
    with books.planned([person("bob")]) as planned:
        planned.set_aside(run(), stale.state, "plan-of-all")
    with pytest.raises(DistrictBusy), books.planned([], district=stale):
        pass
