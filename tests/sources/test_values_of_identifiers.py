"""An identifier is taken as it is; a filler is none, and one that was rounded is not understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.sources.values.columns import NeedsLenientDecoding, identifiers
from roster_operator.sources.values.identifiers import Rounded, identifier


@pytest.mark.parametrize(
    ("written", "meant"),
    [("994_1001", "994_1001"), (" a b ", "a b"), (17, "17"), ("007", "007"), ("1E5", "1E5"), ("3e10", "3e10"),
     ("A+1", "A+1"), ("E+11", "E+11"), ("x1E+11", "x1E+11"), ("null-7", "null-7")],
)  # fmt: skip
def test_an_identifier_is_taken_as_it_is(written: object, meant: str) -> None:
    assert identifier(written) == meant


@pytest.mark.parametrize(
    "written", [None, "", " ", "NULL", "null", "Null", "N/A", "#N/A", "none", "\\N", "NaN", [], {}]
)
def test_what_stands_for_an_empty_cell_is_no_identifier(written: object) -> None:
    assert identifier(written) == ""


@pytest.mark.parametrize(
    "written", ["1E+11", "1.23457E+11", " 1.0e+12", "1,23457E+11", "1.0E11", "1E+100", 1e11, 4711.0, 0.5]
)
def test_a_number_that_was_rounded_is_not_understood(written: object) -> None:
    with pytest.raises(Rounded):
        identifier(written)


@given(
    st.lists(
        st.sampled_from(
            ["a", " b", "c d", "NULL", "Null", "n/a", " ", "1E+11", "1.5E11", "1E+1x", "\x00e", "\u00a0f", "7"]
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_column_of_identifiers_is_read_as_each_of_them_or_by_each_of_them(column: list[str]) -> None:
    try:
        together = identifiers(list(column))
    except NeedsLenientDecoding:
        return
    assert together == [identifier(value) for value in column]
