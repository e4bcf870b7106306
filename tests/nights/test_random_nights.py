"""Some nights of some random districts; `make nights` has more of them."""

from __future__ import annotations

import pytest
from tests.nights.seeds import is_on_postgres, spend

pytestmark = pytest.mark.slow

NIGHTS = 10


@pytest.mark.parametrize("seed", range(1000, 1012))
def test_nothing_goes_wrong_by_night(seed: int) -> None:
    assert not is_on_postgres(seed)
    spend(seed, NIGHTS)


@pytest.mark.parametrize("seed", range(1016, 1020))
def test_nothing_goes_wrong_on_postgresql_either(seed: int, postgres_ledger_url: str) -> None:
    assert is_on_postgres(seed)
    spend(seed, NIGHTS, postgres_ledger_url)
