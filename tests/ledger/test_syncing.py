"""What a sync changes, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import Engine, event
from tests.ledger.ledger_harness import ALGEBRA, CALCULUS, GEOMETRY, Books, gone, person, run

from roster_operator.ledger.interface.district import District, DistrictState
from roster_operator.licensing.models import (
    Applied,
    Edition,
    Entitlement,
    Hold,
    LedgerCounts,
    LicenseCount,
    PersonChange,
    Plan,
)


def test_licenses_follow_the_roster(books: Books) -> None:
    books.sync([person("ann", ALGEBRA, GEOMETRY), person("bob", ALGEBRA)])
    synced = books.sync([person("ann", GEOMETRY, CALCULUS), person("cid", ALGEBRA)])
    assert synced.applied == Applied(granted=2, revoked=2, held=0)
    assert (synced.plan.active, synced.plan.unchanged, synced.plan.accounts_created) == (3, 1, 1)
    assert {(who, ebook) for who, ebook, _ in books.licenses()} == {
        ("ann", "geometry"),
        ("ann", "calculus"),
        ("cid", "algebra"),
    }


def test_the_journal_says_what_came_and_went_and_why(books: Books) -> None:
    books.account("old", held=(CALCULUS,))
    books.sync([person("ann", ALGEBRA), person("bob", GEOMETRY)])
    books.sync([person("ann", GEOMETRY)])
    assert books.journal() == [
        ("old", "calculus", "Revoked", "ReplacedAtGoLive"),
        ("ann", "algebra", "Granted", "Rostered"),
        ("bob", "geometry", "Granted", "Rostered"),
        ("ann", "algebra", "Revoked", "NotOnRoster"),
        ("bob", "geometry", "Revoked", "NotOnRoster"),
        ("ann", "geometry", "Granted", "Rostered"),
    ]


def test_a_person_has_one_license_of_each_ebook_and_edition(books: Books) -> None:
    teacher = Entitlement("algebra", Edition.TEACHER)
    books.sync([person("ann", ALGEBRA, teacher, ALGEBRA, kind="Staff")])
    assert books.ledger.counts(books.district_id) == LedgerCounts(
        by_ebook=(LicenseCount("algebra", Edition.STUDENT, 1), LicenseCount("algebra", Edition.TEACHER, 1))
    )


def test_a_sync_in_which_nothing_changed_writes_its_run_and_nothing_else(books: Books) -> None:
    roster = [person("ann"), person("bob", GEOMETRY)]
    books.sync(roster)
    before, version = books.dump(), books.district().version
    for changes in ([], roster):
        assert books.stage(changes).applied == Applied()
    after = books.dump()
    assert len(after.pop("sync_runs")) == len(before.pop("sync_runs")) + 2
    assert after == before
    assert books.district().version == version


def test_a_sync_in_which_nobody_changed_makes_no_tables(books: Books) -> None:
    books.sync([person("ann"), person("bob", GEOMETRY)])
    whole = books.stage([person("ann")])
    asked: list[str] = []

    def ask(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", ask)
    try:
        synced = books.stage([])
    finally:
        event.remove(Engine, "before_cursor_execute", ask)

    assert synced.plan == whole.plan
    assert synced.applied == Applied()
    assert not [statement for statement in asked if "CREATE" in statement or "ANALYZE" in statement]
    assert len(asked) < 20


def test_licenses_from_before_go_live_are_replaced_though_nobody_changed(books: Books) -> None:
    books.sync([person("ann")])
    books.account("left", held=(ALGEBRA, CALCULUS))
    synced = books.stage([])
    assert synced.applied == Applied(revoked=2)
    assert books.licenses() == {("ann", "algebra", "Roster")}


def test_a_sync_in_which_nobody_changed_forgets_what_waited(books: Books) -> None:
    books.sync([person("ann"), person("bob")])
    held = books.stage([gone("bob")], hold=Hold(everything=True))
    assert held.applied == Applied(held=1)
    assert books.stage([]).applied == Applied()
    assert books.rows("SELECT * FROM held_removals") == []


def test_setup_mode_plans_the_same_and_writes_nothing(books: Books) -> None:
    books.account("old", held=(CALCULUS,))
    roster = [person("ann"), person("bob", GEOMETRY)]
    before = books.dump()
    planned = books.sync(roster, live=False)
    assert books.dump() == before
    assert planned.plan == books.sync(roster).plan


def test_setup_mode_of_a_district_that_the_ledger_does_not_know(books: Books) -> None:
    with books.planned([person("ann")], live=False) as planned:
        plan = planned.plan
        assert (plan.grants, plan.revocations, plan.active) == (1, 0, 0)
        assert planned.counts() == LedgerCounts()
        with pytest.raises(RuntimeError, match="setup mode"):
            planned.apply(run(), Hold(), DistrictState())
    assert books.district() == District()
    assert set(map(len, books.dump().values())) == {0}


def test_a_plan_that_is_left_without_apply_writes_nothing(books: Books) -> None:
    books.sync([person("ann")])
    before = books.dump()
    with books.planned([gone("ann"), person("bob")]):
        pass
    assert books.dump() == before


def test_an_error_in_the_middle_of_staging_writes_nothing(books: Books) -> None:
    books.sync([person("ann")])
    before = books.dump()

    def broken_off() -> Iterator[PersonChange]:
        yield gone("ann")
        raise TimeoutError

    with pytest.raises(TimeoutError), books.planned(broken_off()):
        pass
    assert books.dump() == before
    assert books.sync([]).applied == Applied(revoked=1)


def test_a_person_who_is_staged_twice_is_an_error_that_names_nobody(books: Books) -> None:
    twice = [person("sentinel"), person("sentinel", GEOMETRY)]
    with pytest.raises(ValueError, match="staged twice") as caught, books.planned(twice):
        pass
    assert "sentinel" not in str(caught.value)
    assert caught.value.__context__ is None


def test_going_live_replaces_what_was_there_before(books: Books) -> None:
    books.account("ann", held=(ALGEBRA, CALCULUS))
    books.account("left", held=(ALGEBRA,))
    books.account("linked", held=(GEOMETRY,), sourced_id="s-9")
    synced = books.sync([person("s-1", ALGEBRA, GEOMETRY, username="ann")])
    assert synced.applied == Applied(granted=1, revoked=3)
    assert books.licenses() == {("ann", "algebra", "Roster"), ("ann", "geometry", "Roster")}
    assert {why for *_, change, why in books.journal() if change == "Revoked"} == {"ReplacedAtGoLive"}


def test_a_manual_license_that_the_roster_also_gives_is_adopted_in_silence(books: Books) -> None:
    books.account("ann", held=(ALGEBRA,))
    since = books.rows("SELECT id, since FROM licenses")
    synced = books.sync([person("ann", ALGEBRA)])
    assert (synced.plan.grants, synced.plan.revocations, synced.plan.unchanged) == (0, 0, 1)
    assert books.journal() == []
    assert books.rows("SELECT id, since FROM licenses") == since
    assert books.licenses() == {("ann", "algebra", "Roster")}


def test_who_was_looked_at_already_is_not_swept_again(books: Books) -> None:
    books.sync([person("ann"), person("bob")])
    books.write("UPDATE licenses SET origin = 'Manual' WHERE account_id = (SELECT MIN(id) FROM accounts)")
    assert books.stage([]).plan.revocations == 0


def test_sticky_licenses_stay_and_take_no_part(books: Books) -> None:
    books.sync([person("ann", ALGEBRA, GEOMETRY), person("bob", ALGEBRA)])
    books.make_sticky("ann", ALGEBRA)
    books.make_sticky("bob", CALCULUS)
    synced = books.sync([person("ann", ALGEBRA, GEOMETRY)])
    assert (synced.plan.active, synced.plan.revocations, synced.plan.grants) == (2, 1, 0)
    assert (synced.plan.removals_by_school, synced.plan.active_by_school) == ({"north": 1}, {"north": 2})
    assert books.sync([]).applied == Applied(revoked=1)
    assert books.licenses() == {("ann", "algebra", "Sticky"), ("bob", "calculus", "Sticky")}
    counts = books.ledger.counts(books.district_id)
    assert (counts.active, counts.sticky) == (2, 2)


def test_a_cleared_state_makes_the_next_sync_look_again(books: Books) -> None:
    roster = [person("ann", ALGEBRA)]
    books.sync(roster)
    books.write("DELETE FROM licenses")
    books.write("UPDATE person_states SET digest = 0")
    assert books.sync(roster).applied == Applied(granted=1)
    assert books.changes(roster) == []


def test_removals_count_for_each_school_that_the_person_had(books: Books) -> None:
    two = person("ann", ALGEBRA, GEOMETRY, schools=("south", "north"))
    moved = person("bob", ALGEBRA, schools=("north",))
    stays = person("cid", ALGEBRA, schools=("west",))
    books.sync([two, moved, stays])
    plan = books.sync([person("bob", GEOMETRY, schools=("west",)), stays], live=False).plan
    assert (plan.revocations, plan.active, plan.unchanged) == (3, 4, 1)
    assert plan.removals_by_school == {"north": 3, "south": 2}
    assert plan.active_by_school == {"north": 3, "south": 2}


def test_before_go_live_the_roster_says_which_school_a_license_belongs_to(books: Books) -> None:
    books.account("ann", held=(ALGEBRA, CALCULUS))
    books.account("left", held=(ALGEBRA,))
    plan = books.sync([person("ann", ALGEBRA)], live=False).plan
    assert (plan.revocations, plan.removals_by_school, plan.active_by_school) == (2, {"north": 1}, {"north": 2})


def test_the_digest_names_the_removals_and_nothing_else(books: Books) -> None:
    ann, bob = person("ann", ALGEBRA, GEOMETRY), person("bob")
    books.sync([ann, bob])

    def plan(*roster: object) -> Plan:
        return books.sync(roster, live=False).plan  # type: ignore[arg-type]

    seen = plan(ann)
    assert seen.digest == plan(ann).digest == plan(ann, person("new")).digest
    assert plan(ann, bob).digest == plan(ann, bob, person("new")).digest
    assert len({seen.digest, plan(bob).digest, plan(ann, bob).digest, plan().digest}) == 4
    books.sync([ann])
    books.sync([ann, bob])
    assert plan(ann).revocations == seen.revocations
    assert plan(ann).digest != seen.digest, "bob was granted again: that is another license"


def test_the_views_are_what_the_ebook_platform_reads(books: Books) -> None:
    books.sync([person("ann", ALGEBRA)])
    ((account,),) = books.rows("SELECT id FROM accounts")
    district = books.district_id
    ((since, until),) = books.rows("SELECT since, until FROM active_licenses")
    assert str(since).startswith("2026-08-12")
    assert until is None
    licenses = books.rows("SELECT district, account, ebook, edition, origin FROM active_licenses")
    assert licenses == [(district, account, "algebra", "Student", "Roster")]
    ((ran,),) = books.rows("SELECT id FROM sync_runs")
    changes = books.rows("SELECT position, run, district, account, ebook, edition, change, why FROM license_changes")
    assert changes == [(1, ran, district, account, "algebra", "Student", "Granted", "Rostered")]


def test_a_license_that_ended_is_not_active(books: Books) -> None:
    books.sync([person("ann", ALGEBRA, GEOMETRY)])
    books.write("UPDATE licenses SET until = '2001-01-01 00:00:00' WHERE ebook = 'algebra'")
    books.write("UPDATE licenses SET until = '2999-01-01 00:00:00' WHERE ebook = 'geometry'")
    assert books.rows("SELECT ebook FROM active_licenses") == [("geometry",)]


def test_digests_are_unsigned_64_bit_numbers(books: Books) -> None:
    books.sync([msgspec.structs.replace(person("ann"), digest=(1 << 64) - 1)])
    assert dict(books.ledger.person_states(books.district_id)) == {"ann": (1 << 64) - 1}


def test_the_run_is_kept_with_its_proof_and_counts(books: Books) -> None:
    books.sync([person("ann"), person("bob", username="ann")])
    assert books.rows("SELECT district_id, proof, granted, revoked, held, conflicts FROM sync_runs") == [
        (books.district_id, "{}", 0, 0, 0, 2)
    ]


def test_a_plan_is_carried_out_once(books: Books) -> None:
    with books.planned([person("ann")]) as planned:
        planned.apply(run(), Hold(), DistrictState())
        with pytest.raises(RuntimeError):
            planned.apply(run(), Hold(), DistrictState())
        with pytest.raises(RuntimeError):
            planned.set_aside(run(), DistrictState(), "plan-of-all")
    assert books.ledger.counts(books.district_id).active == 1
