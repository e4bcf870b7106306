"""A class is on between its first day and the day before its end, in the district's own days."""

from __future__ import annotations

import pytest

from roster_operator.roster.calendar import calendar
from roster_operator.roster.dates import Days
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
GONE_AND_OVER = Session("gone-and-over", "2025-08-12", "2026-06-05", status=Status.GONE)
TURNED = Session("turned", "2027-06-05", "2026-08-12")


@pytest.mark.parametrize(
    ("sessions", "on"),
    [
        (("fall",), True),
        (("spring",), False),
        (("spring", "fall"), True),
        (("spring", "nobody-knows"), None),
        (("nobody-knows",), True),
        (("gone",), None),
        (("gone-and-over",), False),
        (("gone-and-over", "gone"), None),
        (("gone-and-over", "nobody-knows"), None),
        (("gone", "fall"), True),
        (("spring", "gone"), False),
        (("turned",), None),
        (("turned", "spring"), None),
        ((), True),
    ],
)
def test_a_class_is_on_if_one_of_its_known_sessions_is(sessions: tuple[str, ...], on: bool | None) -> None:
    assert calendar([FALL, SPRING, GONE, GONE_AND_OVER, TURNED], Days("2026-11-24")).is_on(sessions) is on


@pytest.mark.parametrize("between", [" ", "/", "\n", " / ", "+", " & ", ":", "-", ", ", " and "])
@pytest.mark.parametrize(
    ("sessions", "on"), [("fall spring", True), ("spring fall", True), ("spring never", None), ("x y", True)]
)
def test_sessions_that_are_named_in_one_text_are_told_apart_by_those_that_are_described(
    sessions: str, on: bool | None, between: str
) -> None:
    assert calendar([FALL, SPRING], Days("2026-11-24")).is_on([sessions.replace(" ", between)]) is on


@pytest.mark.parametrize(("named", "on"), [("[spring]", False), ("'spring'", False), ("spring (old)", None)])
def test_what_stands_around_a_session_is_no_other_session(named: str, on: bool | None) -> None:
    assert calendar([FALL, SPRING], Days("2026-11-24")).is_on([named]) is on


def test_a_session_that_is_described_is_never_taken_apart() -> None:
    both = Session("fall-spring", "2026-08-12", "2027-06-05")
    assert calendar([SPRING, both], Days("2026-11-24")).is_on(["fall-spring"]) is True
    assert calendar([SPRING, both], Days("2027-06-24")).is_on(["fall-spring"]) is False
