"""A license that has ended by itself is nobody's: it is not counted, and in the way of no grant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.ledger.ledger_harness import ALGEBRA, GEOMETRY, NOW, Books, gone, person, run

from roster_operator.ledger.interface.district import DistrictState, Memory, Watermark
from roster_operator.ledger.schema import UtcDateTime
from roster_operator.licensing.models import Applied, Hold

MEMORY = Memory("inputs", "2026-08-12", "", b"", b"")
MARK = Watermark("inputs", "scope", NOW, NOW, "", 0)


def end(books: Books, username: str, *, days: int = -1, origin: str = "Sticky") -> None:
    """Let the licenses of an account be of this origin, and end in so many days."""
    books.write(
        "UPDATE licenses SET origin = :origin, until = :until "
        "WHERE account_id = (SELECT id FROM accounts WHERE username = :username)",
        origin=origin,
        until=UtcDateTime().process_bind_param(datetime.now(UTC) + timedelta(days=days), books.dialect),
        username=username,
    )


def listed(books: Books) -> list[tuple[str, str]]:
    """What the platform sees: username and origin."""
    return books.rows("SELECT username, origin FROM active_licenses JOIN accounts ON accounts.id = account ORDER BY 1")


@pytest.fixture
def two(books: Books) -> Books:
    """Two persons with a license each, all remembered."""
    books.stage([person("ann"), person("bob")], state=DistrictState(watermark=MARK, memory=MEMORY))
    return books


def test_it_is_not_counted_and_the_platform_does_not_see_it(two: Books) -> None:
    end(two, "ann")
    counts = two.ledger.counts(two.district_id)
    assert (counts.active, counts.sticky) == (1, 0)
    assert listed(two) == [("bob", "Roster")]


def test_one_that_is_to_end_still_stands(two: Books) -> None:
    end(two, "ann", days=1)
    counts = two.ledger.counts(two.district_id)
    assert (counts.active, counts.sticky) == (2, 1)
    assert two.changes([person("ann"), person("bob")]) == []
    assert two.district().state.memory == MEMORY
    assert two.sync([person("bob")]).plan.revocations == 0, "a sticky license is not removed"


def test_the_roster_gives_it_again_though_nothing_changed(two: Books) -> None:
    end(two, "ann")
    assert two.district().state.memory is None
    assert two.district().state.watermark is None
    roster = [person("ann"), person("bob")]
    assert [change.key for change in two.changes(roster)] == ["ann"]
    assert two.sync(roster).applied == Applied(granted=1)
    assert listed(two) == [("ann", "Roster"), ("bob", "Roster")]
    assert two.journal()[-1] == ("ann", "algebra", "Granted", "Rostered")
    assert two.changes(roster) == []


def test_where_the_roster_gives_nothing_it_is_cleared_away_once(two: Books) -> None:
    two.sync([person("bob")])
    two.account("eve", held=(GEOMETRY,), origin="Sticky")
    end(two, "eve")
    synced = two.sync([person("bob")])
    assert (synced.plan.revocations, synced.applied) == (0, Applied())
    assert two.rows("SELECT count(*) FROM licenses") == [(1,)]
    assert two.district().state.watermark is None, "there was none; nothing ended stands in the way of the next"
    assert two.changes([person("bob")]) == []


def test_what_did_not_hold_while_a_license_had_ended_does_not_hold_again(two: Books) -> None:
    end(two, "ann")
    two.sync([person("ann"), person("bob")], hold=Hold(everything=True))
    assert two.rows("SELECT count(*) FROM licenses WHERE until IS NOT NULL") == [(0,)]
    assert two.district().state == DistrictState()


def test_nobody_loses_it_twice(two: Books) -> None:
    end(two, "ann", origin="Roster")
    plan = two.sync([person("bob")]).plan
    assert (plan.revocations, plan.unchanged, plan.active) == (0, 1, 1)
    end(two, "bob", origin="Manual")
    plan = two.stage([gone("bob")]).plan
    assert (plan.revocations, plan.active) == (0, 0)


def test_one_from_before_that_has_ended_is_no_removal_at_go_live(books: Books) -> None:
    books.account("ann", held=(ALGEBRA, GEOMETRY))
    end(books, "ann", origin="Manual")
    plan = books.sync([person("s-1", username="ann")]).plan
    assert (plan.grants, plan.revocations, plan.active) == (1, 0, 0)
    assert listed(books) == [("ann", "Roster")]


def test_setup_mode_clears_nothing(two: Books) -> None:
    end(two, "ann")
    before = two.dump()
    assert two.sync([person("ann"), person("bob")], live=False).plan.grants == 1
    assert two.dump() == before


def test_what_ends_while_a_sync_is_under_way_is_looked_at_by_the_next(two: Books) -> None:
    district = two.district()
    end(two, "ann")
    with two.planned([person("cid")], district=district) as planned:
        planned.apply(run(), Hold(), district.state)
    roster = [person("ann"), person("bob"), person("cid")]
    assert [change.key for change in two.changes(roster)] == ["ann"]
    assert two.sync(roster).applied == Applied(granted=1)


def test_a_license_that_has_ended_is_not_revoked_with_the_resource(two: Books) -> None:
    end(two, "ann", origin="Manual")
    assert two.ledger.release(two.claim.owner, revoke=True, run=run()) == 1
    assert listed(two) == []
