"""How many licenses a deletion may end without a word, by the resource itself."""

from __future__ import annotations

from typing import Any

import pytest

from roster_operator.controller.revoking import may_end

AT_MOST = "rostering.cpm.org/revoke-at-most"


@pytest.mark.parametrize(
    ("guard", "annotation", "most"),
    [
        (None, None, 10),
        ({}, "1480", 1480),
        ({"floor": 50}, None, 50),
        ({"floor": 50}, "20", 50),
        ({"floor": 0}, "", 0),
        ({"districtPercent": 99}, None, 10),
        ({"districtPercent": 100}, None, None),
        (None, "all", 10),
        (None, "-5", 10),
        (None, "1e9", 10),
        (None, "²", 10),
        (None, "9" * 5000, 10),
    ],
)
def test_the_guard_and_a_person_say_how_many(guard: dict[str, Any] | None, annotation: str | None, most: int) -> None:
    body = {
        "metadata": {"annotations": None if annotation is None else {AT_MOST: annotation}},
        "spec": {} if guard is None else {"guard": guard},
    }
    assert may_end(body) == most
