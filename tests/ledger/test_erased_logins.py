"""Whoever was erased gets no account again by a file or by hand, and nobody else is taken for them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.ledger.ledger_harness import CLAIM, NOW, Books, person

from roster_operator.ledger.by_hand import open_by_hand
from roster_operator.ledger.by_hand.interface import DecisionOrder, Kind, Newcomer, Obstacle
from roster_operator.ledger.imports import open_imports
from roster_operator.ledger.imports.interface import GivenLicense, Imported, ImportLedger, ImportOrder, Problem
from roster_operator.ledger.people import open_people
from roster_operator.ledger.people.interface import ErasureOrder

ANN = person("1", username="ann", email="home@d.example", identifier="N1")
BOB = person("2", username="", email="bob@d.example")


@pytest.fixture
def imports(books: Books) -> Iterator[ImportLedger]:
    """Ann and Bob were erased; cleo was not."""
    books.sync([ANN, BOB, person("3", username="cleo")])
    people = open_people(books.url)
    for key in ("1", "2"):
        ((account,),) = books.rows(f"SELECT id FROM accounts WHERE sourced_id = '{key}'")
        order = ErasureOrder(books.district_id, account, str(uuid.uuid4()), "ann", "os", "asked", NOW)
        people.erase(order, lambda _: "digest", dry_run=False)
    people.close()
    imports = open_imports(books.url)
    yield imports
    imports.close()


def take_in(imports: ImportLedger, *logins: tuple[str, str, str]) -> Imported:
    given = [
        GivenLicense(row, *login, "algebra", "Student", stays=True, until=None)
        for row, login in enumerate(logins, start=1)
    ]
    order = ImportOrder(CLAIM, str(uuid.uuid4()), "ann", datetime.now(UTC))
    shown = imports.take_in(order, given, digest="")
    return imports.take_in(order, given, digest=shown.digest) if shown.licenses else shown


@pytest.mark.parametrize(
    "login",
    [
        ("ANN", "", ""),
        ("ann", "another@d.example", ""),
        ("", "home@d.example", ""),
        ("a.lee", "", "n1"),
        ("", "Bob@d.example", ""),
        ("bob", "bob@d.example", ""),
    ],
)
def test_a_file_makes_no_account_for_them_and_says_so(
    books: Books, imports: ImportLedger, login: tuple[str, str, str]
) -> None:
    told = take_in(imports, login, ("dan", "", ""))
    assert (told.licenses, dict(told.left_out)) == (1, {Problem.ERASED: 1})
    assert list(told.rows_left_out) == [(1, Problem.ERASED)]
    assert {who for who, _, _ in books.licenses()} == {"cleo", "dan"}


@pytest.mark.parametrize("login", [("sibling", "home@d.example", "N2"), ("", "new@d.example", ""), ("cleo", "", "")])
def test_nobody_else_is_taken_for_them(imports: ImportLedger, login: tuple[str, str, str]) -> None:
    assert dict(take_in(imports, login).left_out) == {}


def test_a_login_that_is_somebody_s_again_is_theirs(books: Books, imports: ImportLedger) -> None:
    books.sync([person("9", username="ann"), person("3", username="cleo")])
    told = take_in(imports, ("ann", "", ""))
    assert (dict(told.left_out), told.accounts_there, told.licenses_there) == ({}, 1, 1)


def test_nobody_makes_an_account_for_them_by_hand(books: Books, imports: ImportLedger) -> None:
    by_hand = open_by_hand(books.url)
    found = []
    for whom in (Newcomer("Ann", ""), Newcomer("", "BOB@d.example"), Newcomer("sibling", "home@d.example")):
        what = (books.district_id, Kind.GRANT, whom, "algebra", ("Student",), None, False)
        order = DecisionOrder(*what, str(uuid.uuid4()), "ann", "os", "why", datetime.now(UTC))
        found.append(by_hand.decide(order, digest="").obstacle)
    by_hand.close()
    assert found == [Obstacle.ERASED, Obstacle.ERASED, None]


def test_what_is_kept_of_them_names_nobody(books: Books, imports: ImportLedger) -> None:
    kept = books.rows("SELECT login FROM erased_logins")
    assert len(kept) == 5, "two logins and a number; an email, alone too"
    assert not any("ann" in login or "bob" in login or "d.example" in login for (login,) in kept)
    assert all(len(login) == 64 for (login,) in kept)
