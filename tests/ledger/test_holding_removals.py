"""Removals that wait, and approvals that are a ceiling."""

from __future__ import annotations

import pytest
from tests.ledger.ledger_harness import ALGEBRA, CALCULUS, GEOMETRY, Books, person

from roster_operator.licensing.models import Applied, Edition, Entitlement, Hold, PersonChange

EVERYTHING = Hold(everything=True)
NORTH = Hold(schools=frozenset({"north"}))


def students(*numbers: int) -> list[PersonChange]:
    """Students of one school by their numbers."""
    return [person(f"s-{number}") for number in numbers]


@pytest.fixture
def forty(books: Books) -> Books:
    """Forty students, live."""
    books.sync(students(*range(40)))
    return books


def test_grants_go_on_while_removals_wait(forty: Books) -> None:
    synced = forty.sync(students(*range(10), 99), hold=EVERYTHING)
    assert (synced.plan.revocations, synced.applied) == (30, Applied(granted=1, revoked=0, held=30))
    assert len(forty.licenses()) == 41


def test_what_waits_is_planned_again_and_again_and_writes_only_runs(forty: Books) -> None:
    roster = students(*range(10))
    first = forty.sync(roster, hold=EVERYTHING)
    before = forty.dump()
    for _ in range(3):
        again = forty.sync(roster, hold=EVERYTHING)
        assert (again.plan.digest, again.applied) == (first.plan.digest, Applied(held=30))
    after = forty.dump()
    assert len(after.pop("sync_runs")) == len(before.pop("sync_runs")) + 3
    assert after == before


def test_an_approved_plan_is_carried_out(forty: Books) -> None:
    roster = students(*range(10))
    held = forty.sync(roster, hold=EVERYTHING).plan
    assert forty.approves(held.digest, EVERYTHING, roster)
    assert forty.sync(roster).applied == Applied(revoked=30)
    assert forty.rows("SELECT * FROM held_removals") == []
    assert forty.changes(roster) == []


def test_the_plan_that_setup_mode_showed_can_be_approved_before_going_live(books: Books) -> None:
    books.account("old", held=(ALGEBRA, GEOMETRY))
    shown = books.sync(students(1), live=False).plan
    assert books.approves(shown.digest, EVERYTHING, students(1))
    books.account("older", held=(ALGEBRA,))
    assert not books.approves(shown.digest, EVERYTHING, students(1))


def test_an_approval_covers_less_but_nothing_worse(forty: Books) -> None:
    approved = forty.sync(students(*range(10)), hold=EVERYTHING).plan.digest
    assert forty.approves(approved, EVERYTHING, students(*range(20))), "ten came back"
    assert not forty.approves(approved, EVERYTHING, students(*range(9))), "one more is missing"
    assert not forty.approves(approved, EVERYTHING, students(*range(20, 40))), "as many, but others"
    assert not forty.approves("plan-of-somebody-else", EVERYTHING, students(*range(10)))


def test_an_approval_is_still_good_after_a_sync_that_held_less(forty: Books) -> None:
    approved = forty.sync(students(*range(10)), hold=EVERYTHING).plan.digest
    fewer = forty.sync(students(*range(20)), hold=EVERYTHING).plan.digest
    assert fewer != approved
    for digest in (approved, fewer):
        assert forty.approves(digest, EVERYTHING, students(*range(20)))


def test_after_a_worse_plan_only_the_very_plan_that_was_approved_is_good(forty: Books) -> None:
    approved = forty.sync(students(*range(10)), hold=EVERYTHING).plan.digest
    forty.sync(students(*range(9)), hold=EVERYTHING)
    assert forty.approves(approved, EVERYTHING, students(*range(10)))
    assert not forty.approves(approved, EVERYTHING, students(*range(9)))


def test_a_license_that_came_back_and_goes_again_is_not_covered(forty: Books) -> None:
    approved = forty.sync(students(*range(10)), hold=EVERYTHING).plan.digest
    forty.sync(students(*range(11)))
    forty.sync(students(*range(40)))
    assert not forty.approves(approved, EVERYTHING, students(*range(10)))


def test_only_the_schools_concerned_wait(books: Books) -> None:
    both = person("both", schools=("north", "south"))
    books.sync([person("n", schools=("north",)), person("s", schools=("south",)), both])
    synced = books.sync([], hold=NORTH)
    assert synced.applied == Applied(revoked=1, held=2)
    assert {who for who, *_ in books.licenses()} == {"n", "both"}
    again = books.sync([], hold=NORTH)
    assert again.applied == Applied(held=2)
    assert books.approves(synced.plan.digest, NORTH, [])
    assert books.approves(again.plan.digest, NORTH, [])


def test_many_schools_can_wait_at_once(books: Books) -> None:
    schools = [f"school-{number}" for number in range(1200)]
    books.sync([person(f"s-{number}", schools=(school,)) for number, school in enumerate(schools)])
    synced = books.sync([], hold=Hold(schools=frozenset(schools[:1100])))
    assert synced.applied == Applied(revoked=100, held=1100)


def test_a_removal_is_held_by_the_school_that_the_license_came_through(books: Books) -> None:
    books.sync([person("ann", ALGEBRA, schools=("north",))])
    moved = [person("ann", GEOMETRY, schools=("south",))]
    for _ in range(2):
        synced = books.sync(moved, hold=NORTH)
        assert synced.plan.removals_by_school == {"north": 1}
        assert synced.applied is not None
        assert synced.applied.held == 1
    assert books.sync(moved).applied == Applied(revoked=1)
    assert books.sync([], live=False).plan.removals_by_school == {"south": 1}


def test_a_roster_that_goes_back_to_what_it_was_takes_back_what_was_granted_meanwhile(books: Books) -> None:
    before = [person("ann", ALGEBRA, GEOMETRY)]
    books.sync(before)
    books.sync([person("ann", ALGEBRA, CALCULUS)], hold=EVERYTHING)
    assert books.sync(before).applied == Applied(revoked=1)
    assert {ebook for _, ebook, _ in books.licenses()} == {"algebra", "geometry"}


def test_a_person_whose_first_removals_wait_is_looked_at_again(books: Books) -> None:
    books.account("ann", held=(CALCULUS,))
    roster = [person("ann", ALGEBRA)]
    assert books.sync(roster, hold=EVERYTHING).applied == Applied(granted=1, held=1)
    assert books.sync(roster).applied == Applied(revoked=1)


def test_a_person_who_leaves_while_their_removals_wait_loses_all(books: Books) -> None:
    books.account("ann", held=(CALCULUS,))
    books.sync([person("ann", ALGEBRA)], hold=EVERYTHING)
    assert books.sync([]).applied == Applied(revoked=2)
    assert books.licenses() == set()


def test_who_left_and_came_back_before_anybody_approved_keeps_all(forty: Books) -> None:
    forty.sync(students(*range(10)), hold=EVERYTHING)
    synced = forty.sync(students(*range(40)))
    assert synced.applied == Applied()
    assert forty.rows("SELECT * FROM held_removals") == []
    assert len(forty.licenses()) == 40


def test_licenses_from_before_can_wait_too(books: Books) -> None:
    books.account("old", held=(ALGEBRA,))
    assert books.sync([], hold=EVERYTHING).applied == Applied(held=1)
    assert books.sync([]).applied == Applied(revoked=1)


def test_one_edition_may_wait_alone(books: Books) -> None:
    teaching = Entitlement("algebra", Edition.TEACHER)
    books.sync([person("ann"), person("tom", teaching, kind="Staff")])
    teachers = Hold(editions=frozenset({Edition.TEACHER}))
    synced = books.sync([], hold=teachers)
    assert synced.plan.removals_by_edition == {Edition.STUDENT: 1, Edition.TEACHER: 1}
    assert synced.applied == Applied(revoked=1, held=1)
    assert {who for who, _, _ in books.licenses()} == {"tom"}
    assert books.approves(synced.plan.digest, teachers, [])
    assert books.sync([]).applied == Applied(revoked=1)


def test_who_lost_a_part_and_comes_back_gets_it_again(books: Books) -> None:
    both = [person("ann", ALGEBRA, Entitlement("algebra", Edition.TEACHER))]
    books.sync(both)
    assert books.sync([], hold=Hold(editions=frozenset({Edition.TEACHER}))).applied == Applied(revoked=1, held=1)
    assert books.sync(both).applied == Applied(granted=1)
