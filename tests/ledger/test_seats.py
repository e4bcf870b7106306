"""Seats run out and come back: nobody who has a license loses it, and who comes waits for their turn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from tests.ledger.ledger_harness import ALGEBRA, GEOMETRY, NOW, Books, Synced, person, run

from roster_operator.licensing.models import Applied, Edition, Hold, PersonChange, Waiting
from roster_operator.licensing.seats import Pool

LATER = NOW + timedelta(days=1)


def seats(total: int, *, overage: int = 0, school: str = "", ebook: str = "algebra") -> Pool:
    """A pool of the Student edition."""
    return Pool(ebook, Edition.STUDENT, total, overage, school)


def students(*numbers: int) -> list[PersonChange]:
    """Students of one school by their numbers."""
    return [person(f"s-{number}") for number in numbers]


def sync(books: Books, roster: Iterable[PersonChange], *pools: Pool, **how: object) -> Synced:
    """One sync of a whole roster with these seats."""
    return books.stage(books.changes(roster), pools=pools, **how)  # type: ignore[arg-type]


def holders(books: Books, ebook: str = "algebra") -> list[str]:
    """Who has a license of it."""
    return sorted(who for who, held, _ in books.licenses() if held == ebook)


def waiting(books: Books) -> list[tuple[str, str]]:
    """Who waits for what."""
    return books.rows("SELECT key, ebook FROM seat_waits ORDER BY key, ebook")


def test_who_finds_no_seat_waits_and_has_an_account_all_the_same(books: Books) -> None:
    synced = sync(books, students(1, 2, 3), seats(2))
    assert synced.applied == Applied(granted=2, waiting=(Waiting("algebra", Edition.STUDENT, 1, {"north": 1}),))
    assert (holders(books), waiting(books)) == (["s-1", "s-2"], [("s-3", "algebra")])
    assert "s-3" in books.links()


def test_the_same_roster_again_changes_nothing(books: Books) -> None:
    sync(books, students(1, 2, 3), seats(2))
    before = books.dump()
    for _ in range(2):
        again = sync(books, students(1, 2, 3), seats(2))
        assert (again.plan.grants, again.applied) == (
            0,
            Applied(waiting=(Waiting("algebra", Edition.STUDENT, 1, {"north": 1}),)),
        )
    after = books.dump()
    before.pop("sync_runs"), after.pop("sync_runs")
    assert after == before


def test_a_seat_that_comes_free_goes_to_who_waited_longest_in_the_same_sync(books: Books) -> None:
    sync(books, students(1, 2, 9), seats(2))
    sync(books, students(1, 2, 3, 9), seats(2), at=LATER)
    assert waiting(books) == [("s-3", "algebra"), ("s-9", "algebra")]
    books.write("UPDATE seat_waits SET since = :later WHERE key = 's-3'", later=LATER.isoformat(" "))
    sync(books, students(2, 3, 9), seats(2), at=LATER)
    assert (holders(books), waiting(books)) == (["s-2", "s-9"], [("s-3", "algebra")])


def test_a_higher_total_lets_the_next_sync_fill_in_order(books: Books) -> None:
    sync(books, students(*range(10)), seats(4))
    synced = sync(books, students(*range(10)), seats(7))
    assert synced.applied is not None
    assert synced.applied.granted == 3
    assert holders(books) == [f"s-{number}" for number in range(7)]


def test_without_pools_whoever_waited_gets_it(books: Books) -> None:
    sync(books, students(1, 2, 3), seats(1))
    synced = sync(books, students(1, 2, 3))
    assert (synced.applied, waiting(books)) == (Applied(granted=2), [])


def test_nobody_is_evicted_when_there_are_fewer_seats_than_licenses(books: Books) -> None:
    sync(books, students(1, 2, 3), seats(3))
    assert sync(books, students(1, 2, 3, 4), seats(1)).applied == Applied(
        waiting=(Waiting("algebra", Edition.STUDENT, 1, {"north": 1}),)
    )
    assert holders(books) == ["s-1", "s-2", "s-3"]
    assert sync(books, students(3, 4), seats(1)).applied == Applied(
        revoked=2, waiting=(Waiting("algebra", Edition.STUDENT, 1, {"north": 1}),)
    )


def test_overage_is_what_may_be_granted_beyond_the_total(books: Books) -> None:
    sync(books, students(1, 2, 3, 4), seats(2, overage=1))
    assert (len(holders(books)), len(waiting(books))) == (3, 1)


def test_staff_come_before_students_who_wait_since_the_same_day(books: Books) -> None:
    roster = [person("a-student"), person("z-teacher", kind="Staff")]
    sync(books, roster, seats(1))
    assert holders(books) == ["z-teacher"]


def test_seats_of_a_school_are_for_its_people_and_used_first(books: Books) -> None:
    north, south = ([person(f"{name}-{number}", schools=(name,)) for number in range(3)] for name in ("north", "south"))
    sync(books, [*north, *south], seats(1), seats(2, school="south"))
    assert holders(books) == ["north-0", "south-0", "south-1"]
    sync(books, [*north, *south[1:]], seats(1), seats(2, school="south"))
    assert holders(books) == ["north-0", "south-1", "south-2"]


def test_an_ebook_without_a_pool_has_no_limit(books: Books) -> None:
    sync(books, [person("a", ALGEBRA, GEOMETRY), person("b", ALGEBRA, GEOMETRY)], seats(1))
    assert (holders(books), holders(books, "geometry")) == (["a"], ["a", "b"])


def test_a_removal_that_waits_frees_no_seat(books: Books) -> None:
    sync(books, students(1, 2), seats(2))
    held = sync(books, students(2, 3), seats(2), hold=Hold(everything=True))
    assert held.plan.grants == 1
    assert held.applied is not None
    assert (held.applied.granted, held.applied.held, len(held.applied.waiting)) == (0, 1, 1)
    assert sync(books, students(2, 3), seats(2)).applied == Applied(granted=1, revoked=1)


def test_a_removal_that_is_not_confirmed_yet_frees_no_seat(books: Books) -> None:
    sync(books, students(1, 2), seats(2))
    first = sync(books, students(2, 3), seats(2), absent_reads=2)
    assert first.applied is not None
    assert (first.applied.granted, first.applied.unconfirmed) == (0, 1)


def test_a_license_that_was_bought_elsewhere_takes_no_seat_and_one_by_hand_does(books: Books) -> None:
    books.account("bought", held=(ALGEBRA,), origin="Purchased")
    books.account("by hand", held=(ALGEBRA,), origin="Sticky")
    sync(books, students(1, 2), seats(2))
    assert len(holders(books)) == 3


def test_setup_mode_says_how_many_would_wait_and_at_which_school(books: Books) -> None:
    books.account("from before", held=(ALGEBRA,))
    plan = books.stage(students(1, 2, 3), live=False, pools=(seats(2),)).plan
    assert (plan.grants, plan.waiting) == (2, (Waiting("algebra", Edition.STUDENT, 1, {"north": 1}),))


def test_a_delta_read_passes_over_nobody_who_waits(books: Books) -> None:
    sync(books, students(1, 2), seats(1))
    synced = books.stage(students(7), pools=(seats(2),), only_adds=True)
    assert synced.applied is not None
    assert synced.applied.granted == 0
    sync(books, students(1, 2, 7), seats(2))
    assert (holders(books), waiting(books)) == (["s-1", "s-2"], [("s-7", "algebra")])


def test_who_leaves_waits_no_more(books: Books) -> None:
    sync(books, students(1, 2), seats(1))
    sync(books, students(1), seats(1))
    assert waiting(books) == []


def test_an_id_that_stands_for_nobody_any_more_waits_no_more(books: Books) -> None:
    sync(books, students(1, 2), seats(1))
    books.write("UPDATE seat_waits SET key = 'the id of before'")
    sync(books, students(1, 2), seats(1))
    assert waiting(books) == [("s-2", "algebra")]


@pytest.mark.parametrize("total", [0, 6_500, 12_000])
def test_a_large_district_is_seated_in_order(sqlite_books: Books, total: int) -> None:
    roster = [person(f"s-{number:05d}") for number in range(12_000)]
    sync(sqlite_books, roster, seats(total))
    assert holders(sqlite_books) == [who.key for who in roster[:total]]


def test_what_waits_is_counted_in_what_the_district_holds(books: Books) -> None:
    sync(books, students(1, 2, 3), seats(0))
    counts = books.ledger.counts(books.district_id)
    assert [(each.ebook, each.active, each.waiting) for each in counts.by_ebook] == [("algebra", 0, 3)]


def test_a_plan_that_waits_as_a_whole_has_another_digest_when_other_people_would_get_a_seat(books: Books) -> None:
    everything, roster = Hold(everything=True, grants=True), students(1, 2, 3)
    digests = []
    for total in (1, 2):
        with books.planned(roster, pools=(seats(total),)) as planned:
            digests.append(planned.digest(everything))
    assert digests[0] != digests[1]


def test_a_sync_without_seats_knows_nothing_of_waiting(books: Books) -> None:
    with books.planned(students(1)) as planned:
        applied = planned.apply(run(), Hold(), books.district().state)
    assert applied == Applied(granted=1)
