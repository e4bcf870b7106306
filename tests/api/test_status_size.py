"""A status stays small, whatever a roster or a server's words hold."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.api.largest import largest_status

LIMIT = 40 * 1024


def size(character: str) -> int:
    return len(json.dumps(largest_status(character).to_wire(), ensure_ascii=False, separators=(",", ":")).encode())


@pytest.mark.parametrize("character", ["a", '"', "\\", "é", "漢", "𝕏", "\n", "\u2028", "\x00"])
def test_the_largest_status_fits(character: str) -> None:
    assert size(character) <= LIMIT


@settings(max_examples=30, deadline=None)
@given(st.characters())
def test_the_largest_status_fits_in_any_alphabet(character: str) -> None:
    assert size(character) <= LIMIT
