"""Where ids may be another source's, accounts go to whom login or number says they belong, and to nobody by an id."""

from __future__ import annotations

from typing import Any

from tests.ledger.ledger_harness import GEOMETRY, Books, Synced, gone, person, run

from roster_operator.api.v1alpha1 import Unconfirmed
from roster_operator.ledger.interface.district import DistrictState
from roster_operator.licensing.models import PersonChange
from roster_operator.licensing.rekey import Agreement

MANY = 12


def child(key: str, name: int, **more: Any) -> PersonChange:
    return person(key, username=f"user{name}", identifier=f"n{name}", **more)


def roster(first: int = 0, step: int = 0) -> list[PersonChange]:
    """Children under ids 0 to 11; `step`: the server gives each id to another one of them."""
    return [child(f"{n}", first + (n + step) % MANY) for n in range(MANY)]


def move(books: Books, listed: list[PersonChange], *, live: bool = True, **how: Any) -> Synced:
    """A sync of all of them from another source."""
    known = dict(books.ledger.person_states(books.district_id))
    missing = [gone(key) for key in known if key not in {who.key for who in listed}]
    return books.stage([*listed, *missing], live=live, other_source=True, **how)


def holders(books: Books) -> dict[int, str]:
    """Whose account is whose."""
    return dict(books.rows("SELECT id, username FROM accounts ORDER BY id"))


def test_children_who_changed_places_keep_their_accounts_and_licenses(books: Books) -> None:
    books.sync(roster())
    before, held = holders(books), books.licenses()
    synced = move(books, roster(step=5))
    assert synced.plan.rekey is not None
    assert synced.plan.rekey.agreement == Agreement(both=MANY, moved=MANY)
    assert (holders(books), books.licenses()) == (before, held)
    assert books.links() == {f"user{(n + 5) % MANY}": f"{n}" for n in range(MANY)}
    assert books.changes(roster(step=5)) == [], "what is known of them is known by the new ids"


def test_other_children_under_the_same_ids_are_new_and_the_former_ones_no_longer_listed(books: Books) -> None:
    books.sync(roster())
    before = holders(books)
    synced = move(books, roster(first=100))
    assert synced.plan.rekey is not None
    assert synced.plan.rekey.agreement == Agreement(neither=MANY)
    assert (synced.plan.rekey.retired, synced.plan.accounts_created) == (MANY, MANY)
    assert (synced.plan.grants, synced.plan.revocations) == (MANY, MANY)
    after = holders(books)
    assert {number: after[number] for number in before} == before, "no account becomes another child's"
    assert {name for name, _, _ in books.licenses()} == {f"user{100 + n}" for n in range(MANY)}
    assert {why for _, _, change, why in books.journal() if change == "Revoked"} == {"NotOnRoster"}
    assert books.changes(roster(first=100)) == []


def test_who_is_no_longer_listed_waits_for_a_second_reading_as_ever(books: Books) -> None:
    books.sync(roster())
    synced = move(books, roster(first=100), absent_reads=2)
    assert synced.applied is not None
    assert (synced.applied.revoked, synced.applied.unconfirmed) == (0, MANY)
    assert len(books.licenses()) == 2 * MANY
    left = books.changes(roster(first=100))
    assert [who.gone for who in left] == [True] * MANY, "they are told to be gone again"


def test_one_thing_that_agrees_is_enough(books: Books) -> None:
    books.sync(roster())
    moved = [
        person("a", username="user0", identifier="other"),
        person("b", username="other", identifier="N1"),
        person("c", username="", email="user2@d.example", identifier="n2"),
        *(child(f"new-{n}", n) for n in range(3, MANY)),
    ]
    synced = move(books, moved)
    assert synced.plan.rekey is not None
    assert synced.plan.rekey.agreement == Agreement(both=9, login=1, number=2, at_odds=2, moved=MANY)
    assert synced.plan.accounts_created == 0
    assert synced.plan.accounts_linked == MANY


def test_where_everybody_agrees_ids_are_those_of_before(books: Books) -> None:
    books.sync([*roster(), child("left", 50)])
    synced = move(books, [*roster(), child("new", 60)])
    assert (synced.plan.rekey, synced.plan.source_open) == (None, False)
    assert (synced.plan.grants, synced.plan.revocations) == (1, 1)
    assert books.links()["user50"] == "left"


def test_one_who_does_not_agree_makes_it_a_plan_for_somebody_to_see(books: Books) -> None:
    books.sync(roster())
    synced = move(books, [*roster()[1:], child("0", 70)], live=False)
    assert synced.plan.rekey is not None
    assert synced.plan.rekey.agreement == Agreement(both=MANY - 1, neither=1)
    assert synced.plan.rekey.retired == 1


def test_an_id_of_the_former_source_means_nobody_later(books: Books) -> None:
    """Who had left before the move is not who gets the same id after it."""
    books.sync([*roster(), child("20", 20)])
    books.sync(roster())
    move(books, roster(first=100))
    books.sync([*roster(first=100), child("20", 120)])
    assert {"user20", "user120"} <= set(holders(books).values())


def test_who_has_nothing_but_an_id_keeps_the_account_only_if_ids_hold_for_nearly_all(books: Books) -> None:
    bare = person("bare", username="", email="")
    books.sync([*roster(), bare])
    synced = move(books, [*roster()[1:], child("0", 70), bare], live=False)
    assert synced.plan.rekey is not None
    assert (synced.plan.rekey.by_id, synced.plan.accounts_created) == (1, 1)
    synced = move(books, [*roster(first=100), bare], live=False)
    assert synced.plan.rekey is not None
    assert synced.plan.rekey.agreement == Agreement(neither=MANY + 1, silent=1)
    assert (synced.plan.rekey.by_id, synced.plan.accounts_created) == (0, MANY + 1)


def test_the_spec_can_say_that_they_are_the_same_people(books: Books) -> None:
    books.sync(roster())
    synced = move(books, roster(first=100), unconfirmed=Unconfirmed.SAME_ACCOUNT)
    assert synced.plan.rekey is not None
    assert (synced.plan.rekey.by_id, synced.plan.accounts_created, synced.plan.revocations) == (MANY, 0, 0)
    assert books.links() == {f"user{100 + n}": f"{n}" for n in range(MANY)}


def test_many_who_changed_all_but_their_ids_are_a_re_key_at_the_same_source_too(books: Books) -> None:
    books.sync([*roster(), person("bare", username="", email="")])
    synced = books.sync([*roster(first=100)[:6], *roster()[6:], person("bare", GEOMETRY, username="", email="")])
    assert synced.plan.rekey is not None
    assert synced.plan.rekey.agreement == Agreement(neither=7, silent=1)
    assert (synced.plan.rekey.retired, synced.plan.rekey.by_id) == (6, 1), "a source that is the same knows its ids"


def test_what_fits_several_is_refused_and_loses_nothing(books: Books) -> None:
    books.sync(roster())
    twins = [person("a", username="user0", identifier="x"), person("b", username="y", identifier="n0")]
    synced = move(books, [*twins, *(child(f"new-{n}", n) for n in range(1, MANY))])
    assert synced.plan.rekey is not None
    assert synced.plan.rekey.agreement == Agreement(both=MANY - 1, ambiguous=2, moved=MANY - 1)
    assert (synced.plan.conflicts, synced.plan.revocations) == (2, 0)
    assert ("user0", "algebra", "Roster") in books.licenses()


def test_an_account_that_is_held_back_is_no_ones_by_id_the_night_after(books: Books) -> None:
    books.sync(roster())
    claim = person("0", username="user1", identifier="n2")
    listed = [claim, *(child(f"new-{n}", n) for n in range(3, MANY))]
    assert move(books, listed).plan.conflicts == 1
    assert books.sync(listed).plan.conflicts == 1, "still nobody knows whose it is"
    assert {"user0", "user1", "user2"} <= set(holders(books).values())


def test_a_re_key_that_is_not_applied_leaves_everything_as_it_was(books: Books) -> None:
    books.sync(roster())
    tables = ("accounts", "person_states", "licenses", "journal")
    before = {table: books.dump()[table] for table in tables}
    district = books.district()
    with books.planned(roster(step=5), other_source=True, district=district) as planned:
        assert planned.plan.rekey is not None
        planned.set_aside(run(), DistrictState(), planned.plan.digest)
    assert {table: books.dump()[table] for table in tables} == before
    with books.planned(roster(step=5), live=False, other_source=True) as planned:
        assert planned.plan.rekey is not None
    assert {table: books.dump()[table] for table in tables} == before


def test_the_way_back_is_a_re_key_too(books: Books) -> None:
    books.sync(roster())
    before = holders(books)
    move(books, roster(first=100), absent_reads=2)
    synced = move(books, roster())
    assert synced.plan.rekey is not None
    assert synced.plan.rekey.agreement == Agreement(both=MANY, moved=MANY)
    assert {number: holders(books)[number] for number in before} == before
    assert books.links()["user0"] == "0"
    assert {name for name, _, _ in books.licenses()} == set(before.values())


def test_a_source_where_nobody_is_yet_proves_nothing(books: Books) -> None:
    books.sync(roster())
    books.sync([])
    synced = move(books, [])
    assert (synced.plan.rekey, synced.plan.source_open) == (None, True)
