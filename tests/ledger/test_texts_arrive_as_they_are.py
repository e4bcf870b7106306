"""Whatever a roster's texts hold, the ledger holds the same."""

from __future__ import annotations

import pytest
from tests.ledger.ledger_harness import ALGEBRA, Books, person

ODD = [
    "\\",
    "\\N",
    "\\.",
    "a\\tb",
    "tab\there",
    "line\nbreak",
    "return\rhere",
    "\\\\x41",
    "ünï 学生",
    "'; --",
    '"',
    "\x7f",
]


def test_odd_texts_are_stored_as_they_are(books: Books) -> None:
    books.sync([person(f"k{at}{odd}", ALGEBRA, username=f"{odd}{at}", email=odd) for at, odd in enumerate(ODD)])
    stored = set(books.rows("SELECT sourced_id, username, email FROM accounts"))
    assert stored == {(f"k{at}{odd}", f"{odd}{at}", odd) for at, odd in enumerate(ODD)}


@pytest.mark.parametrize("repeated", [1, 3])
def test_an_entitlement_that_is_named_twice_is_one_license(books: Books, repeated: int) -> None:
    books.sync([person("ann", *[ALGEBRA] * repeated)])
    assert books.licenses() == {("ann", "algebra", "Roster")}
