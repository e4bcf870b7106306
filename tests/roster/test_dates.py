"""A class is on between its first day and the day before its end, in the district's own days."""

from __future__ import annotations

import pytest

from roster_operator.roster.dates import Days, calendar
from roster_operator.roster.models import Session, Status


@pytest.mark.parametrize(
    ("begin", "end", "current"),
    [
        ("2026-08-12", "2027-06-05", True),
        ("2026-11-24", "2026-11-25", True),
        ("2026-08-12", "2026-11-24", False),
        ("2026-11-25", "2027-06-05", False),
        ("", "2026-11-24", False),
        ("", "2026-11-25", True),
        ("2026-11-24", "", True),
        ("", "", True),
        ("2026-11-24", "2026-11-24", False),
    ],
)
def test_the_end_is_exclusive_and_a_missing_bound_is_open(begin: str, end: str, current: bool) -> None:
    assert Days("2026-11-24").is_on(begin, end) is current


FALL = Session("fall", "2026-08-12", "2026-12-20")
SPRING = Session("spring", "2027-01-07", "2027-06-05")
GONE = Session("gone", "2026-08-12", "2027-06-05", status=Status.GONE)
TURNED = Session("turned", "2027-06-05", "2026-08-12")


@pytest.mark.parametrize(
    ("sessions", "on"),
    [
        (("fall",), True),
        (("spring",), False),
        (("spring", "fall"), True),
        (("spring", "nobody-knows"), None),
        (("nobody-knows",), True),
        (("gone",), True),
        (("spring", "gone"), False),
        (("turned",), None),
        (("turned", "spring"), None),
        ((), True),
    ],
)
def test_a_class_is_on_if_one_of_its_known_sessions_is(sessions: tuple[str, ...], on: bool | None) -> None:
    assert calendar([FALL, SPRING, GONE, TURNED], Days("2026-11-24")).is_on(sessions) is on
