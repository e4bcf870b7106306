"""Whatever a roster's texts hold, the ledger holds the same: staging writes them in a form that has its own marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.books import ALGEBRA, Books, person

from roster_operator.ledger.staging import copied

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
CELLS = st.one_of(st.integers(), st.booleans(), st.text(st.sampled_from('ab\\\t\n\rN."é'), max_size=8))


def test_odd_texts_are_stored_as_they_are(books: Books) -> None:
    books.sync([person(f"k{at}{odd}", ALGEBRA, username=f"{odd}{at}", email=odd) for at, odd in enumerate(ODD)])
    stored = set(books.rows("SELECT sourced_id, username, email FROM accounts"))
    assert stored == {(f"k{at}{odd}", f"{odd}{at}", odd) for at, odd in enumerate(ODD)}


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[CELLS] * width), min_size=1, max_size=6)))
def test_what_is_copied_can_be_read_back(rows: list[tuple[object, ...]]) -> None:
    lines = copied(rows).removesuffix("\n").split("\n")
    assert [tuple(_read(cell) for cell in line.split("\t")) for line in lines] == [tuple(map(str, row)) for row in rows]


def _read(cell: str) -> str:
    """A value of PostgreSQL's text format."""
    marks = iter(cell)
    meant = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}
    return "".join(meant[next(marks)] if mark == "\\" else mark for mark in marks)


@pytest.mark.parametrize("repeated", [1, 3])
def test_an_entitlement_that_is_named_twice_is_one_license(books: Books, repeated: int) -> None:
    books.sync([person("ann", *[ALGEBRA] * repeated)])
    assert books.licenses() == {("ann", "algebra", "Roster")}
