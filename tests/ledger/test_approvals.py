"""An approval covers what was seen, once: of a plan that has grown since, the approved part goes and the rest waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ledger.ledger_harness import ALGEBRA, GEOMETRY, NOW, Books, person
from tests.ledger.test_any_sequence_of_rosters import fresh
from tests.ledger.test_holding_removals import EVERYTHING, students

from roster_operator.ledger.ledger import Retention
from roster_operator.ledger.shown_plans import KEPT, MOST, decoded, encoded
from roster_operator.licensing.models import Applied, Hold, PersonChange


@pytest.fixture
def forty(books: Books) -> Books:
    """Forty students, live."""
    books.sync(students(*range(40)))
    return books


def test_of_a_plan_that_has_grown_the_approved_part_goes_and_the_rest_waits_by_itself(forty: Books) -> None:
    seen = forty.sync(students(*range(10)), hold=EVERYTHING).plan.digest
    grown = forty.sync(students(*range(9)), hold=EVERYTHING, approval=seen)
    assert grown.applied == Applied(revoked=30, held=1, approved=30)
    assert len(forty.licenses()) == 10
    alone = forty.sync(students(*range(9)), hold=EVERYTHING)
    assert alone.plan.digest not in {seen, grown.plan.digest}
    assert forty.rows("SELECT DISTINCT digest FROM held_removals") == [(alone.plan.digest,)]
    again = forty.sync(students(*range(9)), hold=EVERYTHING, approval=alone.plan.digest)
    assert again.applied == Applied(revoked=1, approved=1)


def test_who_came_back_stays_though_their_removal_was_approved(forty: Books) -> None:
    seen = forty.sync(students(*range(10)), hold=EVERYTHING).plan.digest
    synced = forty.sync(students(*range(5), *range(20, 40)), hold=EVERYTHING, approval=seen)
    assert synced.applied == Applied(revoked=10, held=5, approved=10)
    assert {who for who, _, _ in forty.licenses()} == {f"s-{number}" for number in (*range(10), *range(20, 40))}


def test_a_plan_that_setup_mode_showed_covers_what_is_left_of_it_and_no_more(books: Books) -> None:
    for name in ("old", "older", "oldest"):
        books.account(name, held=(ALGEBRA, GEOMETRY))
    shown = books.show(students(1))
    met_again = [person("s-1"), person("new-id", username="oldest")]
    books.account("unseen", held=(ALGEBRA,))
    synced = books.sync(met_again, hold=EVERYTHING, approval=shown)
    assert synced.applied == Applied(granted=1, revoked=5, held=1, approved=5)
    assert {who for who, _, _ in books.licenses()} == {"s-1", "oldest", "unseen"}


def test_a_school_that_is_new_in_the_plan_waits_beside_one_that_was_approved(books: Books) -> None:
    everybody = [person(f"n-{at}", schools=("north",)) for at in range(9)]
    everybody += [person(f"s-{at}", schools=("south",)) for at in range(9)]
    books.sync(everybody)
    both = Hold(schools=frozenset({"north", "south"}))
    seen = books.sync(everybody[9:], hold=Hold(schools=frozenset({"north"}))).plan.digest
    assert books.sync([], hold=both, approval=seen).applied == Applied(revoked=9, held=9, approved=9)
    assert {who[0] for who, _, _ in books.licenses()} == {"s"}


def test_what_was_approved_and_did_not_come_to_pass_is_asked_for_again(forty: Books) -> None:
    left, everybody = students(*range(10)), students(*range(40))
    seen = forty.sync(left, hold=EVERYTHING).plan.digest
    assert forty.sync(everybody, approval=seen).applied == Applied()
    again = forty.sync(left, hold=EVERYTHING)
    assert again.plan.digest != seen, "the same removals, and an approval that was spent"
    assert forty.approves(again.plan.digest, EVERYTHING, left)
    with forty.planned(forty.changes(left)) as planned:
        met = planned.shown(seen)
        assert met is not None
        assert met.spent == NOW


def test_an_approval_that_is_taken_back_and_given_again_is_a_new_one(forty: Books) -> None:
    left = students(*range(10))
    seen = forty.sync(left, hold=EVERYTHING).plan.digest
    forty.write("UPDATE shown_plans SET approved = :at", at=NOW.replace(tzinfo=None))
    forty.sync(left, hold=EVERYTHING)
    with forty.planned(forty.changes(left)) as planned:
        met = planned.shown(seen)
        assert met is not None
        assert met.approved is None


def test_of_plans_that_were_shown_the_latest_are_kept(forty: Books) -> None:
    for night in range(MOST + 5):
        forty.sync(students(*range(30 - night)), hold=EVERYTHING, at=NOW + timedelta(days=night))
    assert forty.rows("SELECT COUNT(*) FROM shown_plans") == [(MOST,)]
    assert forty.rows("SELECT COUNT(*) FROM shown_plans WHERE superseded IS NULL") == [(1,)]


def test_a_plan_is_forgotten_a_month_after_another_took_its_place_but_not_that_its_approval_was_spent(
    forty: Books,
) -> None:
    seen = forty.sync(students(*range(10)), hold=EVERYTHING).plan.digest
    forty.sync(students(*range(9)), hold=EVERYTHING, approval=seen)
    forty.sync(students(*range(8)), hold=EVERYTHING)
    assert not forty.ledger.prune(Retention(), NOW + KEPT)
    later = NOW + KEPT + timedelta(days=1)
    assert forty.ledger.prune(Retention(), later)
    assert not forty.ledger.prune(Retention(), later)
    kept = forty.rows("SELECT digest, removals IS NULL, spent IS NULL FROM shown_plans ORDER BY spent IS NULL")
    assert [(digest == seen, bool(no_removals), bool(unspent)) for digest, no_removals, unspent in kept] == [
        (True, True, False),
        (False, False, True),
    ]


@given(st.lists(st.integers(0, 2**62), unique=True).map(sorted))
def test_any_numbers_are_kept_as_they_are(numbers: list[int]) -> None:
    assert list(decoded(encoded(numbers))) == numbers


ROSTERS = st.lists(st.sets(st.integers(0, 11)), min_size=2, max_size=5)


@given(ROSTERS, st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_only_what_was_seen_and_approved_ever_goes(books: Books, nights: list[set[int]], data: st.DataObject) -> None:
    with fresh(books) as district:
        district.sync(students(*range(12)))
        seen: dict[str, set[str]] = {}
        spent: set[str] = set()
        for night in nights:
            roster: list[PersonChange] = students(*night)
            approval = data.draw(st.sampled_from(["", *seen]))
            before = _held_by(district)
            synced = district.sync(roster, hold=EVERYTHING, approval=approval if approval not in spent else "")
            went = before - _held_by(district)
            assert synced.applied is not None
            assert len(went) == synced.applied.revoked
            assert went <= (seen[approval] if approval and approval not in spent else set())
            assert not went & {who.key for who in roster}
            spent |= {approval}
            waiting = district.rows(f"""
                SELECT DISTINCT digest, sourced_id FROM held_removals JOIN licenses ON licenses.id = license_id
                  JOIN accounts ON accounts.id = account_id WHERE held_removals.district_id = {district.district_id}
            """)
            assert not {digest for digest, _ in waiting} & spent
            for digest, _ in waiting:
                seen[digest] = {who for _, who in waiting}


def _held_by(district: Books) -> set[str]:
    return {
        who
        for (who,) in district.rows(f"""
            SELECT sourced_id FROM licenses JOIN accounts ON accounts.id = account_id
             WHERE licenses.district_id = {district.district_id}
        """)
    }
