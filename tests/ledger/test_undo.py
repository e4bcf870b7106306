"""What turns back a sync, beside syncs: whoever decided by what was before does not apply it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.ledger.ledger_harness import CLAIM, NOBODY, NOW, Books, person, run

from roster_operator.errors import DistrictBusy
from roster_operator.ledger.interface.district import DistrictState
from roster_operator.ledger.undo import open_undo
from roster_operator.ledger.undo.interface import Obstacle, Undone, UndoOrder
from roster_operator.licensing.models import Hold


def order(books: Books, run_id: str) -> UndoOrder:
    return UndoOrder(books.district_id, run_id, run().id, "ann@example.org", "a wrong export", NOW, '{"held": 1}')


def last_run(books: Books) -> str:
    ((run_id,),) = books.rows("SELECT id FROM sync_runs ORDER BY number DESC LIMIT 1")
    return str(run_id)


def undo(books: Books, run_id: str) -> Undone:
    ledger = open_undo(books.url)
    try:
        asked = order(books, run_id)
        return ledger.undo(asked, digest=ledger.undo(asked, digest="").digest)
    finally:
        ledger.close()


def test_a_sync_that_decided_before_is_turned_away(books: Books) -> None:
    books.sync([person("ann"), person("bob")])
    decided = books.district()
    undo(books, last_run(books))
    with pytest.raises(DistrictBusy), books.ledger.plan(CLAIM, decided, NOBODY, live=True, now=NOW):
        pass


def test_nothing_is_undone_while_a_sync_is_being_applied(books: Books) -> None:
    books.sync([person("ann")])
    run_id = last_run(books)
    with books.planned([person("bob")]) as planned:
        if books.url.startswith("postgresql"):
            with pytest.raises(DistrictBusy):
                undo(books, run_id)
        planned.apply(run(), Hold(), DistrictState())
    assert undo(books, run_id).removed == 1


def test_the_hold_stays_until_it_is_lifted_and_goes_with_the_resource(books: Books) -> None:
    books.sync([person("ann")])
    undo(books, last_run(books))
    state = books.district().state
    assert (state.undone, state.watermark, state.memory) == ('{"held": 1}', None, None)
    with books.planned([person("ann")]) as planned:
        planned.set_aside(run(), state, "plan-of-all")
    assert books.district().state.undone == '{"held": 1}'
    ledger = open_undo(books.url)
    assert [ledger.lift(books.district_id), ledger.lift(books.district_id)] == [True, False]
    ledger.close()
    assert books.district().state.undone == ""
    with books.planned([]) as planned:
        planned.apply(run(), Hold(), replace(books.district().state, undone="held"))
    assert books.district().state.undone == "held"
    books.ledger.release(CLAIM.owner, revoke=False, run=run())
    assert books.rows("SELECT undone FROM district_state") == [("",)]


def test_what_a_former_version_removed_is_not_known(books: Books) -> None:
    books.sync([person("ann")])
    books.sync([])
    books.write("UPDATE journal SET origin = NULL WHERE change = 'Revoked'")
    ledger = open_undo(books.url)
    told = ledger.undo(order(books, last_run(books)), digest="")
    ledger.close()
    assert (told.granted, told.left) == (0, {Obstacle.NOT_KNOWN: 1})


def test_a_license_that_comes_back_is_looked_at_again(books: Books) -> None:
    books.sync([person("ann")])
    books.sync([])
    assert books.rows("SELECT key FROM person_states") == []
    undo(books, last_run(books))
    assert books.licenses() == {("ann", "algebra", "Roster")}
    assert books.rows("SELECT key, digest FROM person_states") == [("ann", 0)]
