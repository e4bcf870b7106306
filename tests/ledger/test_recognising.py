"""How many of those whom the ledger knows by their ids are themselves still, by what else is known of them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.ledger.ledger_harness import Books, gone, person

from roster_operator.licensing.models import PersonChange, Recognition

ANN: dict[str, Any] = {"username": "ann", "email": "ann@d.example", "identifier": "77"}


def recognition(books: Books, changes: list[PersonChange]) -> Recognition:
    return books.stage(changes, live=False).plan.recognition


@pytest.fixture
def three(books: Books) -> Books:
    """Three persons; two of them do not change."""
    books.sync([person("s-1", **ANN), person("s-2", username="bob"), person("s-3", username="cid")])
    return books


def test_a_ledger_without_persons_knows_nobody(books: Books) -> None:
    assert recognition(books, [person("ann")]) == Recognition(present=1)


@pytest.mark.parametrize(
    ("now", "confirmed", "changed"),
    [
        ({**ANN, "username": "ann.lee", "email": "", "identifier": ""}, 2, 1),
        ({"username": "eve", "email": "eve@d.example", "identifier": "99"}, 2, 1),
        ({"username": "eve", "email": "", "identifier": "77"}, 3, 0),
        ({"username": "eve", "email": "ANN@D.example", "identifier": "99"}, 2, 1),
        ({"username": "eve", "email": "ANN@D.example", "identifier": ""}, 3, 0),
        ({"username": "", "email": "ANN@D.example", "identifier": "99"}, 3, 0),
        ({"username": " Ann", "email": "eve@d.example", "identifier": "99"}, 3, 0),
        ({"username": "", "email": "", "identifier": ""}, 2, 0),
        ({"username": "", "email": "", "identifier": "99"}, 2, 1),
    ],
    ids=[
        "another login alone",
        "a stranger",
        "the number",
        "the email of a family",
        "the email beside another login",
        "the email beside another number",
        "the username",
        "nothing is told any more",
        "a number alone",
    ],
)
def test_one_thing_that_is_as_it_was_confirms_a_person(
    three: Books, now: dict[str, Any], confirmed: int, changed: int
) -> None:
    expected = Recognition(known=3, present=3, confirmed=confirmed, changed=changed, linked=True)
    assert recognition(three, [person("s-1", **now)]) == expected


def test_what_only_repeats_the_id_confirms_nobody(books: Books) -> None:
    books.sync([person("S-1", username="s-1", identifier="S-1", email="x@d.example"), person("S-2", username="s-2")])
    strangers = [
        person("S-1", username="s-1", identifier="S-1", email="other@d.example"),
        person("S-2", username="s-2", email="b@d.example"),
    ]
    assert recognition(books, strangers) == Recognition(known=2, present=2, confirmed=0, changed=1, linked=True)


def test_who_is_gone_from_the_scope_and_still_listed_is_found(three: Books) -> None:
    still = msgspec.structs.replace(gone("s-1"), username="ann")
    another = msgspec.structs.replace(gone("s-2"), username="eve")
    found = recognition(three, [still, another, gone("s-3")])
    assert found == Recognition(known=3, present=0, confirmed=1, changed=1, linked=True)


def test_newcomers_are_present_and_nobody_known(three: Books) -> None:
    found = recognition(three, [person("s-4"), person("s-5")])
    assert found == Recognition(known=3, present=5, confirmed=3, changed=0, linked=True)


def test_who_is_refused_is_counted_all_the_same(three: Books) -> None:
    found = recognition(three, [person("s-1", username="bob")])
    assert (found.changed, found.confirmed) == (1, 2)


def test_who_comes_back_to_an_account_is_known_by_it(three: Books) -> None:
    three.sync([])
    found = recognition(three, [person("s-1", **ANN), person("s-2", username="eve")])
    assert found == Recognition(known=0, present=2, confirmed=1, changed=1, linked=True)


def test_an_account_that_is_recognised_by_its_login_confirms_who_comes(books: Books) -> None:
    books.account("ann")
    assert recognition(books, [person("s-1", username="ann")]) == Recognition(present=1, confirmed=1)


def test_everybody_under_new_ids_is_recognised(books: Books) -> None:
    books.sync([person(f"old-{n}", username=f"user{n}") for n in range(12)])
    plan = books.sync([person(f"new-{n}", username=f"user{n}") for n in range(12)], live=False).plan
    assert plan.recognition == Recognition(known=12, present=12, confirmed=12, changed=0, linked=True)


def test_a_person_who_is_gone_goes_whatever_login_they_have_now(three: Books) -> None:
    three.stage([msgspec.structs.replace(gone("s-1"), username="a\x00b")])
    assert {name for name, _, _ in three.licenses()} == {"bob", "cid"}
