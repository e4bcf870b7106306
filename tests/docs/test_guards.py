"""The page of the guards has each of the chain, in its order, with its reason and what waits."""

from __future__ import annotations

from tests.docs.pages import rows, text_of

from roster_operator.api import reasons
from roster_operator.licensing.guards import GUARDS

ROWS = [row for row in rows(text_of("docs/reference/guards.md")) if row[0] != "Guard"]


def test_every_guard_stands_there_in_the_order_of_the_chain() -> None:
    assert [row[0].strip("`") for row in ROWS] == [guard.__name__ for guard in GUARDS]


def test_every_reason_is_one_of_the_api() -> None:
    known = {value for value in vars(reasons).values() if isinstance(value, str)}
    assert {row[3].strip("`") for row in ROWS} <= known
