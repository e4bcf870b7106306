"""What people decide by hand stands until it ends: no sync removes a grant, and nothing gets past a block."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.ledger.ledger_harness import ALGEBRA, CLAIM, GEOMETRY, NOW, Books, person, run

from roster_operator.ledger.by_hand import open_by_hand
from roster_operator.ledger.by_hand.interface import ByHandLedger, Decided, DecisionOrder, Kind, Newcomer, Obstacle
from roster_operator.ledger.interface.district import DistrictState, Memory, Watermark
from roster_operator.ledger.schema import UtcDateTime
from roster_operator.ledger.undo import open_undo
from roster_operator.ledger.undo.interface import Obstacle as UndoObstacle
from roster_operator.ledger.undo.interface import UndoOrder

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
EVERY: dict[str, Any] = {"ebook": "", "editions": ("Student", "Teacher")}
END: dict[str, Any] = {"takes_back": True, "until": None}
MEMORY = Memory("inputs", "2026-08-12", "", b"", b"")
MARK = Watermark("inputs", "scope", NOW, NOW, "", 0)


@pytest.fixture
def by_hand(books: Books) -> Iterator[ByHandLedger]:
    """Ann and Bob have algebra by the roster."""
    books.stage([person("ann"), person("bob")], state=DistrictState(watermark=MARK, memory=MEMORY))
    ledger = open_by_hand(books.url)
    yield ledger
    ledger.close()


def number(books: Books, username: str) -> int:
    [(account,)] = books.rows(f"SELECT id FROM accounts WHERE username = '{username}'")
    return int(account)


def order(books: Books, whom: str | Newcomer, kind: Kind = Kind.GRANT, **how: Any) -> DecisionOrder:
    values: dict[str, Any] = {
        "ebook": "geometry",
        "editions": ("Student",),
        "until": SOON,
        "takes_back": False,
        "reason": "ticket 4711",
    }
    return DecisionOrder(
        district_id=books.district_id,
        kind=kind,
        whom=number(books, whom) if isinstance(whom, str) else whom,
        by_run=str(uuid.uuid4()),
        actor="ann@example.org",
        through="os",
        at=datetime.now(UTC),
        **(values | how),
    )


def decide(books: Books, by_hand: ByHandLedger, whom: str | Newcomer, kind: Kind = Kind.GRANT, **how: Any) -> Decided:
    """As a command does: shown first, and then done."""
    asked = order(books, whom, kind, **how)
    before = books.dump()
    shown = by_hand.decide(asked, digest="")
    assert books.dump() == before, "what is only shown changes nothing"
    return by_hand.decide(asked, digest=shown.digest)


def end_all(books: Books) -> None:
    """As if the time had come."""
    past = UtcDateTime().process_bind_param(datetime.now(UTC) - timedelta(minutes=1), books.dialect)
    books.write("UPDATE overrides SET until = :past", past=past)
    books.write("UPDATE licenses SET until = :past WHERE origin = 'Sticky'", past=past)


def test_a_grant_stands_at_once_and_no_sync_removes_it(books: Books, by_hand: ByHandLedger) -> None:
    decided = decide(books, by_hand, "ann")
    assert [(each.ebook, each.edition) for each in decided.granted] == [("geometry", "Student")]
    assert ("ann", "geometry", "Sticky") in books.licenses()
    assert books.journal()[-1] == ("ann", "geometry", "Granted", "GrantedByHand")
    assert books.sync([person("ann"), person("bob")]).plan.revocations == 0
    assert books.sync([person("bob")]).plan.revocations == 1, "algebra, which the roster gave"
    assert books.licenses() == {("ann", "geometry", "Sticky"), ("bob", "algebra", "Roster")}
    end_all(books)
    books.sync([person("bob")])
    assert books.licenses() == {("bob", "algebra", "Roster")}
    assert books.rows("SELECT * FROM overrides") == []


def test_a_sync_looks_at_the_person_again_and_reads_the_whole_roster(books: Books, by_hand: ByHandLedger) -> None:
    decided = books.district()
    decide(books, by_hand, "ann")
    assert [who.key for who in books.changes([person("ann"), person("bob")])] == ["ann"]
    state = books.district().state
    assert (state.memory, state.watermark) == (None, None)
    assert books.district().version == decided.version + 1


def test_a_late_arrival_s_license_becomes_the_roster_s_by_itself(books: Books, by_hand: ByHandLedger) -> None:
    decide(books, by_hand, Newcomer("cleo", "cleo@example.org"))
    assert ("cleo", "geometry", "Sticky") in books.licenses()
    cleo = person("cleo", GEOMETRY)
    synced = books.sync([person("ann"), person("bob"), cleo])
    assert (synced.plan.grants, synced.plan.accounts_created) == (0, 0)
    assert ("cleo", "geometry", "Roster") in books.licenses()
    assert books.rows("SELECT until FROM licenses WHERE ebook = 'geometry'") == [(None,)]
    end_all(books)
    assert books.sync([person("ann"), person("bob"), cleo]).plan.revocations == 0
    assert ("cleo", "geometry", "Roster") in books.licenses()


def test_what_the_roster_takes_away_goes_on_by_hand_until_its_end(books: Books, by_hand: ByHandLedger) -> None:
    decided = decide(books, by_hand, "ann", ebook="algebra")
    assert decided.granted == (), "she has it by the roster"
    planned = books.sync([person("bob")]).plan
    assert planned.revocations == 0
    assert ("ann", "algebra", "Sticky") in books.licenses()
    [(kept,)] = books.rows("SELECT until FROM licenses WHERE origin = 'Sticky'")
    assert str(kept).startswith(f"{SOON:%Y-%m-%d %H:%M}") or kept.astimezone(UTC) == SOON


@pytest.mark.parametrize("comes_by", ["a change", "a delta read"])
def test_who_is_blocked_gets_nothing(books: Books, by_hand: ByHandLedger, comes_by: str) -> None:
    decided = decide(books, by_hand, "ann", Kind.BLOCK, ebook="", editions=("Student", "Teacher"))
    assert [(each.ebook, each.edition) for each in decided.removed] == [("algebra", "Student")]
    assert books.licenses() == {("bob", "algebra", "Roster")}
    assert books.journal()[-1] == ("ann", "algebra", "Revoked", "Blocked")
    more = person("ann", ALGEBRA, GEOMETRY)
    if comes_by == "a change":
        assert books.sync([more, person("bob")]).plan.grants == 0
    else:
        assert books.stage([more], only_adds=True).plan.grants == 0
    assert books.licenses() == {("bob", "algebra", "Roster")}
    assert by_hand.decide(order(books, "ann"), digest="").obstacle is Obstacle.BLOCKED
    end_all(books)
    assert books.sync([more, person("bob")]).plan.grants == 2
    assert {ebook for who, ebook, _ in books.licenses() if who == "ann"} == {"algebra", "geometry"}


def test_a_block_of_one_ebook_and_edition_leaves_the_others(books: Books, by_hand: ByHandLedger) -> None:
    decide(books, by_hand, "ann", Kind.BLOCK)
    books.sync([person("ann", ALGEBRA, GEOMETRY), person("bob")])
    assert {ebook for who, ebook, _ in books.licenses() if who == "ann"} == {"algebra"}


def test_a_block_beats_a_grant_by_hand_and_its_end_gives_back_what_it_took(books: Books, by_hand: ByHandLedger) -> None:
    decide(books, by_hand, "ann")
    before = books.licenses()
    every = {"ebook": "", "editions": ("Student", "Teacher")}
    assert len(decide(books, by_hand, "ann", Kind.BLOCK, **every).removed) == 2
    assert {who for who, _, _ in books.licenses()} == {"bob"}
    assert len(decide(books, by_hand, "ann", Kind.BLOCK, takes_back=True, until=None, **every).granted) == 2
    assert books.licenses() == before
    assert [why for *_, why in books.journal()[-2:]] == ["Unblocked", "Unblocked"]
    books.sync([person("bob")])
    assert ("ann", "algebra", "Roster") not in books.licenses(), "the roster does not give it any more"


def test_a_block_that_got_another_end_gives_back_what_it_took_before(books: Books, by_hand: ByHandLedger) -> None:
    decide(books, by_hand, "ann")
    before = books.licenses()
    for days in (0, 9, 1):
        decide(books, by_hand, "ann", Kind.BLOCK, until=SOON + timedelta(days=days))
    decide(books, by_hand, "ann", Kind.BLOCK, **END)
    assert books.licenses() == before


@pytest.mark.parametrize("first", [EVERY, {}], ids=["every eBook first", "one eBook first"])
@pytest.mark.parametrize("ended_first", [EVERY, {}], ids=["and ended first", "and ended last"])
def test_of_two_blocks_the_last_that_ends_gives_back(
    books: Books, by_hand: ByHandLedger, first: dict[str, Any], ended_first: dict[str, Any]
) -> None:
    decide(books, by_hand, "ann")
    before = books.licenses()
    for scope in (first, {} if first else EVERY):
        decide(books, by_hand, "ann", Kind.BLOCK, **scope)
    decide(books, by_hand, "ann", Kind.BLOCK, **ended_first, **END)
    assert ("ann", "geometry", "Sticky") not in books.licenses(), "the other block still stands"
    decide(books, by_hand, "ann", Kind.BLOCK, **({} if ended_first else EVERY), **END)
    assert books.licenses() == before


def test_what_a_block_took_that_has_ended_by_itself_does_not_come_back(books: Books, by_hand: ByHandLedger) -> None:
    decide(books, by_hand, "ann")
    decide(books, by_hand, "ann", Kind.BLOCK)
    end_all(books)
    decide(books, by_hand, "ann", Kind.BLOCK)
    assert decide(books, by_hand, "ann", Kind.BLOCK, **END).granted == ()


@pytest.mark.parametrize("scope", [EVERY, {"ebook": "algebra"}], ids=["every eBook", "one"])
def test_what_roster_and_a_person_gave_comes_back_for_as_long_as_it_was_granted(
    books: Books, by_hand: ByHandLedger, scope: dict[str, Any]
) -> None:
    decide(books, by_hand, "ann", ebook="algebra")
    decide(books, by_hand, "ann", Kind.BLOCK, **scope)
    decide(books, by_hand, "ann", Kind.BLOCK, **scope, **END)
    books.sync([person("bob")])
    assert ("ann", "algebra", "Sticky") in books.licenses(), (
        "the roster does not give it any more, and the grant stands"
    )


def test_a_grant_is_extended_and_ended(books: Books, by_hand: ByHandLedger) -> None:
    decide(books, by_hand, "ann")
    later = SOON + timedelta(days=30)
    assert len(decide(books, by_hand, "ann", until=later, reason="ticket 4712").granted) == 1
    assert books.rows("SELECT reason FROM overrides") == [("ticket 4712",)]
    assert len(decide(books, by_hand, "ann", takes_back=True, until=None).removed) == 1
    assert books.rows("SELECT * FROM overrides") == []
    assert ("ann", "geometry", "Sticky") not in books.licenses()
    again = by_hand.decide(order(books, "ann", takes_back=True, until=None), digest="")
    assert again.obstacle is Obstacle.NOTHING_TO_END


def test_an_endless_license_by_hand_is_not_given_an_end_unawares(books: Books, by_hand: ByHandLedger) -> None:
    books.make_sticky("ann", GEOMETRY)
    assert by_hand.decide(order(books, "ann"), digest="").obstacle is Obstacle.NO_END
    assert len(decide(books, by_hand, "ann", takes_back=True, until=None).removed) == 1


def test_nothing_is_done_by_another_digest(books: Books, by_hand: ByHandLedger) -> None:
    shown = by_hand.decide(order(books, "ann"), digest="")
    before = books.dump()
    for asked in (order(books, "bob"), order(books, "ann", until=None), order(books, "ann", ebook="calculus")):
        assert by_hand.decide(asked, digest=shown.digest).digest != shown.digest
    assert books.dump() == before


def test_a_login_of_somebody_else_makes_no_second_account(books: Books, by_hand: ByHandLedger) -> None:
    asked = order(books, Newcomer("ANN", ""))
    assert by_hand.decide(asked, digest="").obstacle is Obstacle.LOGIN_TAKEN


def test_a_removal_that_waits_goes_with_a_block(books: Books, by_hand: ByHandLedger) -> None:
    [(license_id,)] = books.rows(f"SELECT id FROM licenses WHERE account_id = {number(books, 'ann')}")
    books.write(
        f"INSERT INTO held_removals (district_id, digest, license_id) VALUES ({books.district_id}, 'p', {license_id})"
    )
    decide(books, by_hand, "ann", Kind.BLOCK, ebook="algebra")
    assert books.rows("SELECT * FROM held_removals") == []


def test_licenses_by_hand_outlive_a_district_that_is_revoked(books: Books, by_hand: ByHandLedger) -> None:
    decide(books, by_hand, "ann", ebook="algebra")
    assert books.ledger.release(CLAIM.owner, revoke=True, run=run()) == 1
    assert books.licenses() == {("ann", "algebra", "Sticky")}


def test_the_end_of_a_block_brings_nothing_back_that_ended_with_the_district(
    books: Books, by_hand: ByHandLedger
) -> None:
    decide(books, by_hand, "ann")
    decide(books, by_hand, "ann", Kind.BLOCK, **EVERY)
    assert books.ledger.release(CLAIM.owner, revoke=True, run=run()) == 1
    decide(books, by_hand, "ann", Kind.BLOCK, **EVERY, **END)
    assert books.licenses() == {("ann", "geometry", "Sticky")}


def test_what_was_decided_by_hand_is_taken_back_and_not_undone(books: Books, by_hand: ByHandLedger) -> None:
    books.sync([person("bob")])
    [(night,)] = books.rows("SELECT id FROM sync_runs ORDER BY number DESC LIMIT 1")
    decide(books, by_hand, "ann", Kind.BLOCK, ebook="", editions=("Student", "Teacher"))
    decide(books, by_hand, "bob")
    [(by_run,)] = books.rows("SELECT id FROM sync_runs ORDER BY number DESC LIMIT 1")
    undoing = open_undo(books.url)
    left = [
        undoing.undo(UndoOrder(books.district_id, each, run().id, "x", "y", NOW, "{}"), digest="").left
        for each in (by_run, night)
    ]
    undoing.close()
    assert left == [{UndoObstacle.BY_HAND: 1}, {UndoObstacle.BLOCKED: 1}]


def test_an_undo_leaves_what_was_granted_by_hand_since(books: Books, by_hand: ByHandLedger) -> None:
    books.sync([person("ann"), person("bob"), person("cleo"), person("dan")])
    [(night,)] = books.rows("SELECT id FROM sync_runs ORDER BY number DESC LIMIT 1")
    assert decide(books, by_hand, "cleo", ebook="algebra").granted == (), "she has it by the roster"
    undoing = open_undo(books.url)
    undo = UndoOrder(books.district_id, night, run().id, "x", "y", datetime.now(UTC), "{}")
    shown = undoing.undo(undo, digest="")
    undoing.undo(undo, digest=shown.digest)
    undoing.close()
    assert (shown.removed, shown.left) == (1, {UndoObstacle.BY_HAND: 1})
    assert ("cleo", "algebra", "Roster") in books.licenses()


def test_nobody_decides_while_a_sync_is_being_applied(books: Books, by_hand: ByHandLedger) -> None:
    stale = books.district()
    decide(books, by_hand, "ann")
    with pytest.raises(Exception, match="has just finished"), books.planned([person("bob")], district=stale):
        pass
