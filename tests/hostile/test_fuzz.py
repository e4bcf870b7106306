"""No source of any kind takes more than there is, whatever is spoiled of it; `make fuzz` tries more of them."""

from __future__ import annotations

import pytest
from tests.hostile.fuzz import KINDS, faults, once

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_spoiled_at_random_takes_no_more_than_there_is(kind: str, seed: int) -> None:
    way, taken = once(kind, seed)
    assert not faults(taken), (way, taken)
