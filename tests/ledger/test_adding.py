"""What a delta read may do to the ledger: add licenses, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.ledger.ledger_harness import ALGEBRA, CALCULUS, GEOMETRY, NOW, Books, Synced, gone, person, run

from roster_operator.ledger.interface.district import DistrictState, Watermark
from roster_operator.licensing.models import Applied, Hold, PersonChange

MARK = Watermark(inputs="i", scope="s", since=NOW, whole_since=NOW, until="2026-09-01", conflicts=0)


def add(books: Books, *changes: PersonChange, settled_only: bool = False, mark: Watermark | None = MARK) -> Synced:
    """One sync of a delta read."""
    return books.stage(changes, state=DistrictState(watermark=mark), only_adds=True, settled_only=settled_only)


def whole(books: Books, *roster: PersonChange, hold: Hold | None = None) -> Synced:
    """One sync of a full read that leaves a watermark."""
    changes = books.changes(roster)
    return books.stage(changes, hold=hold, state=DistrictState(watermark=MARK))


def test_what_is_newly_entitled_is_granted_and_nothing_is_removed(books: Books) -> None:
    whole(books, person("ann", ALGEBRA), person("bob", ALGEBRA))
    synced = add(books, person("ann", GEOMETRY), person("cid", CALCULUS))
    assert synced.plan.grants == 2
    assert synced.plan.revocations == 0
    assert synced.plan.accounts_created == 1
    assert synced.plan.unchanged == 2
    assert synced.applied == Applied(granted=2)
    assert books.licenses() == {
        ("ann", "algebra", "Roster"),
        ("ann", "geometry", "Roster"),
        ("bob", "algebra", "Roster"),
        ("cid", "calculus", "Roster"),
    }
    assert books.journal()[-2:] == [
        ("ann", "geometry", "Granted", "Rostered"),
        ("cid", "calculus", "Granted", "Rostered"),
    ]


def test_the_next_full_read_looks_at_all_who_were_granted_something(books: Books) -> None:
    roster = [person("ann", ALGEBRA), person("bob", ALGEBRA)]
    whole(books, *roster)
    add(books, person("ann", GEOMETRY), person("cid", CALCULUS))
    assert {who.key for who in books.changes(roster)} == {"ann", "cid"}
    whole(books, *roster)
    assert books.licenses() == {("ann", "algebra", "Roster"), ("bob", "algebra", "Roster")}
    assert books.changes(roster) == []


def test_a_full_read_takes_what_only_the_full_read_before_gave_even_if_the_delta_read_saw_all_that_is_left(
    books: Books,
) -> None:
    whole(books, person("ann", ALGEBRA))
    add(books, person("ann", GEOMETRY))
    whole(books, person("ann", GEOMETRY))
    assert books.licenses() == {("ann", "geometry", "Roster")}


def test_who_gains_nothing_is_not_written(books: Books) -> None:
    whole(books, person("ann", ALGEBRA, GEOMETRY, email="ann@d.example"))
    before = books.dump()
    synced = add(books, person("ann", GEOMETRY, username="anna", email="anna@d.example"))
    after = books.dump()
    assert synced.applied == Applied()
    assert len(after.pop("sync_runs")) == len(before.pop("sync_runs")) + 1
    assert after == before


def test_nobody_is_gone_by_a_delta_read(books: Books) -> None:
    whole(books, person("ann"), person("bob"))
    before = books.licenses()
    assert add(books, gone("ann")).plan.revocations == 0
    assert books.licenses() == before
    whole(books, person("bob"))
    assert books.licenses() == {("bob", "algebra", "Roster")}


def test_the_guards_go_on_counting_by_the_schools_of_the_last_full_read(books: Books) -> None:
    whole(books, person("ann", schools=("north",)))
    add(books, person("ann", GEOMETRY, schools=("south",)), person("new", schools=("south",)))
    assert set(books.rows("SELECT key, digest, schools FROM person_states")) == {
        ("ann", 0, '["north"]'),
        ("new", 0, '["south"]'),
    }


def test_an_existing_account_is_recognised_and_keeps_what_it_has(books: Books) -> None:
    whole(books, person("ann"))
    books.account("cid", held=(CALCULUS,))
    synced = add(books, person("cid", GEOMETRY))
    assert synced.plan.accounts_linked == 1
    assert books.links()["cid"] == "cid"
    assert {("cid", "calculus", "Manual"), ("cid", "geometry", "Roster")} <= books.licenses()


def test_while_somebody_is_refused_nobody_new_gets_an_account(books: Books) -> None:
    twins = [person("p", username="same"), person("q", username="same")]
    assert whole(books, person("ann"), *twins).plan.conflicts == 2
    synced = add(books, twins[0], person("ann", GEOMETRY), settled_only=True)
    assert synced.plan.grants == 1
    assert synced.plan.accounts_created == 0
    assert books.links() == {"ann": "ann"}
    assert add(books, person("ann", CALCULUS, username="same"), settled_only=True).plan.grants == 0


def test_persons_of_one_delta_who_clash_are_refused(books: Books) -> None:
    whole(books, person("ann"))
    synced = add(books, person("p", username="same"), person("q", username="same"), person("r", username="ANN"))
    assert synced.plan.conflicts == 3
    assert synced.applied == Applied()


def test_sticky_licenses_are_not_given_twice(books: Books) -> None:
    whole(books, person("ann"))
    books.make_sticky("ann", GEOMETRY)
    assert add(books, person("ann", GEOMETRY)).plan.grants == 0


def test_a_watermark_is_kept_moved_and_dropped_with_its_sync(books: Books) -> None:
    assert books.district().state.watermark is None
    whole(books, person("ann"))
    assert books.district().state.watermark == MARK
    later = replace(MARK, since=NOW + timedelta(hours=24), conflicts=2)
    add(books, mark=later)
    assert books.district().state.watermark == later
    books.sync([person("ann")])
    assert books.district().state.watermark is None


def test_no_delta_read_builds_upon_a_sync_whose_removals_wait(books: Books) -> None:
    whole(books, person("ann"), person("bob"))
    whole(books, person("ann"), hold=Hold(everything=True))
    assert books.district().state.watermark is None


def test_a_released_district_has_no_watermark(books: Books) -> None:
    whole(books, person("ann"))
    books.ledger.release(books.claim.owner, revoke=False, run=run())
    assert books.district().state.watermark is None


def test_setup_mode_adds_nothing(books: Books) -> None:
    whole(books, person("ann"))
    before = books.dump()
    with books.planned([person("cid")], live=False, only_adds=True) as planned:
        assert planned.plan.grants == 1
        with pytest.raises(RuntimeError):
            planned.apply(run(), Hold(), DistrictState(watermark=MARK))
    assert books.dump() == before
