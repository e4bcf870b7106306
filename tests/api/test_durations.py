"""Durations are read and written as Go does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.api import durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("24h", 86_400),
        ("1h30m", 5400),
        ("90s", 90),
        ("1.5h", 5400),
        ("250ms", 0.25),
        ("0s", 0),
        ("1m1m", 120),
    ],
)
def test_reads_what_go_writes(text: str, seconds: float) -> None:
    assert durations.parse(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "24", "1d", "h", "-1h", "1 h", "1h ", "1h\n", ".5h", "1.h", "١h", "1" * 8 + "h", "1s" * 20]
)
def test_refuses_what_the_api_server_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="such as 24h"):
        durations.parse(text)


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=3650)))
def test_what_was_written_reads_as_the_same_to_the_millisecond(duration: timedelta) -> None:
    again = durations.parse(durations.write(duration))
    assert abs(again - duration) < timedelta(milliseconds=1)


@pytest.mark.parametrize(("seconds", "text"), [(86_400, "24h"), (5400, "1h30m"), (0.25, "250ms"), (0, "0s")])
def test_writes_the_shortest_form(seconds: float, text: str) -> None:
    assert durations.write(timedelta(seconds=seconds)) == text


def test_does_not_write_a_negative_duration() -> None:
    with pytest.raises(ValueError, match="not negative"):
        durations.write(timedelta(seconds=-1))
