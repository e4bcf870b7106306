"""Whoever is refused is refused for a cause that is true, with accounts by the ledger's own numbers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.ledger.ledger_harness import ALGEBRA, Books, gone, person

from roster_operator.licensing.conflicts import EXPLANATIONS, Conflict
from roster_operator.licensing.models import PersonChange

BOB = {"username": "bob", "email": "b@d.example"}
FAMILY = "family@d.example"


@pytest.mark.parametrize(
    ("existing", "incoming", "cause", "accounts"),
    [
        ([], [{"username": "ann"}, {"username": "ann "}], Conflict.SHARED_LOGIN, ()),
        ([{"username": "ann"}], [{"username": "ann"}, {"username": "ANN"}], Conflict.SHARED_LOGIN, (1,)),
        ([], [{"username": "", "email": FAMILY}, {"username": "ann", "email": FAMILY}], Conflict.SHARED_LOGIN, ()),
        ([{"username": "ann"}, {"username": "Ann"}], [{"username": "ann"}], Conflict.SEVERAL_ACCOUNTS, (1, 2)),
        (
            [{"username": f"kid{n}", "email": FAMILY} for n in range(7)],
            [{"username": "cid", "email": FAMILY}],
            Conflict.SEVERAL_ACCOUNTS,
            (1, 2, 3, 4, 5),
        ),
        (
            [{"username": "ann", "email": "x@d.example"}, BOB],
            [{"username": "ann", "email": "b@d.example"}],
            Conflict.DIFFERENT_ACCOUNTS,
            (1, 2),
        ),
        (
            [{"username": "ann", "email": "a@d.example"}],
            [{"username": "ann"}, {"username": "", "email": "a@d.example"}],
            Conflict.SEVERAL_PERSONS,
            (1,),
        ),
        ([{"username": "ann", "sourced_id": "x"}], [{"username": "ann"}], Conflict.LOGIN_OF_FORMER, (1,)),
        (
            [{"username": "", "email": FAMILY, "sourced_id": "x"}],
            [{"username": "ann", "email": FAMILY}],
            Conflict.LOGIN_OF_FORMER,
            (1,),
        ),
        ([], [{"username": "a\x00b"}], Conflict.NOT_STORABLE, ()),
    ],
)
def test_who_is_new_is_refused_for_a_cause(
    books: Books,
    existing: list[dict[str, Any]],
    incoming: list[dict[str, Any]],
    cause: Conflict,
    accounts: tuple[int, ...],
) -> None:
    for account in existing:
        books.account(**account)
    plan = books.sync([person(f"s-{number}", **login) for number, login in enumerate(incoming)]).plan
    assert plan.conflicts_by == {cause: len(incoming)}
    assert plan.accounts_in_conflict.get(cause, ()) == accounts


@pytest.mark.parametrize(
    ("roster", "cause", "accounts"),
    [
        ([person("s-1", username="ann"), person("s-2", username="ann")], Conflict.SHARED_LOGIN, (1, 2)),
        (
            [person("s-1", ALGEBRA, username="ann", schools=("south",)), person("s-2", username="ann")],
            Conflict.SHARED_LOGIN,
            (1, 2),
        ),
        ([person("s-1", username="ann2"), person("s-2", username="ann")], Conflict.LOGIN_MOVES, (1, 2)),
        ([person("s-2", username="ann")], Conflict.LOGIN_OF_FORMER, (1, 2)),
        ([person("s-1", username="ann"), person("s-2", username="old")], Conflict.LOGIN_OF_ACCOUNT, (2, 3)),
    ],
    ids=["of one who stays", "of one who changes too", "of one who gives it up", "of one who left", "of nobody"],
)
def test_whose_login_changes_to_anothers_is_refused_for_a_cause(
    books: Books, roster: list[PersonChange], cause: Conflict, accounts: tuple[int, ...]
) -> None:
    books.sync([person("s-1", username="ann"), person("s-2", username="bob")])
    books.account("old")
    plan = books.sync(roster).plan
    assert plan.conflicts_by == {cause: 1}
    assert plan.accounts_in_conflict[cause] == accounts


def test_a_number_that_is_another_is_the_cause_where_everybody_has_a_new_id(books: Books) -> None:
    def roster(prefix: str) -> list[PersonChange]:
        return [person(f"{prefix}-{n}", username=f"user{n}", identifier=str(n)) for n in range(12)]

    books.sync(roster("old"))
    somebody_else = person("new-0", username="user0", identifier="4711")
    assert books.sync([somebody_else, *roster("new")[1:]]).plan.conflicts_by == {Conflict.OTHER_NUMBER: 1}


def test_causes_are_counted_one_by_one(books: Books) -> None:
    books.account("ann")
    books.account("Ann")
    roster = [person("s-1", username="ann"), person("s-2", username="bob"), person("s-3", username="bob")]
    plan = books.sync(roster).plan
    assert plan.conflicts_by == {Conflict.SEVERAL_ACCOUNTS: 1, Conflict.SHARED_LOGIN: 2}
    assert plan.conflicts == 3


def test_every_cause_says_who_does_what() -> None:
    assert set(EXPLANATIONS) == set(Conflict)
    for _, action in EXPLANATIONS.values():
        assert any(action.startswith(f"{actor}: ") for actor in ("District", "Publisher", "Nobody"))


def test_who_left_is_told_from_who_is_only_out_of_scope(books: Books) -> None:
    books.sync([person("s-1", username="ann"), person("s-2", username="bob")])
    left = msgspec.structs.replace(gone("s-1"), username="ann")
    assert books.stage([left, person("s-3", username="ann")]).plan.conflicts_by == {Conflict.LOGIN_OF_FORMER: 1}
