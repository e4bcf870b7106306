"""What docs/reference/values.md says of words and dates is what is read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from roster_operator.roster.dates import EITHER, UNREADABLE, Days
from roster_operator.roster.models import Role, Status
from roster_operator.sources.values.dates import end_date, iso_date
from roster_operator.sources.values.text import login, told
from roster_operator.sources.values.words import enabled, role, status

PAGE: Final = (Path(__file__).parents[2] / "docs" / "reference" / "values.md").read_text(encoding="utf-8")
TODAY: Final = Days("2026-06-01")


def cells(first: str) -> list[str]:
    """Those of the row of a table that begins so."""
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| {first}")]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def words(text: str) -> list[str]:
    """What stands in it as code."""
    return [word.replace("\\|", "|") for word in re.findall(r"`([^`]+)`", text)]


def test_words_of_statuses_mean_what_the_page_says() -> None:
    _, read, empty, unknown = cells("`status` of any row")
    active, ended = read.split("; ended:")
    assert {status(word) for word in [*words(active), *words(empty)]} == {Status.ACTIVE}
    spelled = [form for word in words(ended) for form in ([word] if "(" not in word else ["graduate", "graduated"])]
    assert {status(word) for word in spelled} == {Status.GONE}
    assert {status(word) for word in words(unknown)[:2]} == {Status.UNRECOGNIZED}


def test_words_of_enabled_users_mean_what_the_page_says() -> None:
    _, read, _, unknown = cells("`enabledUser`")
    on, off = read.split("; disabled:")
    assert {enabled(word) for word in words(on)} == {Status.ACTIVE}
    assert {enabled(word) for word in words(off)} == {Status.GONE}
    assert {enabled(word) for word in words(unknown)[:3]} == {Status.UNRECOGNIZED}


def test_roles_mean_what_the_page_says() -> None:
    _, read, *_ = cells("role of an enrollment")
    held, others = read.split(";")
    assert [role(word) for word in words(held)] == [Role.STUDENT, Role.TEACHER, Role.TEACHER, Role.AIDE]
    assert {role(word) for word in words(others)} <= {Role.ADMINISTRATOR, Role.OTHER}


def test_what_counts_as_empty_does() -> None:
    _, _, empty, _ = cells("username, email, number")
    assert {login(word.replace("...", "example.org")) for word in words(empty)[:-1]} == {""}
    assert {told(word) for word in words(cells("`sourcedId`, and what")[2])[:-1]} == {""}
    _, _, empty, _ = cells("begin and end of an enrollment")
    assert {iso_date(word) for word in words(empty)} == {""}


@pytest.mark.parametrize("first", ["`2026-06-05`,", "`05-Jun-2026`", "`46178`", "`2026-06-05 08:00`"])
def test_dates_are_that_day(first: str) -> None:
    written = words(cells(first)[0])
    assert {TODAY.begin(iso_date(word)) for word in written} == {"2026-06-05"}


def test_dates_of_which_one_number_is_the_day_are_that_day() -> None:
    assert {iso_date(word) for word in words(cells("`06/13/2026`")[0])} == {"2026-06-13"}
    assert all(EITHER in iso_date(word) for word in words(cells("`06/05/2026`")[0]))


def test_other_dates_are_not_understood() -> None:
    assert {iso_date(word) for word in words(cells("`2026-02-30`")[0])} == {UNREADABLE}


def test_ends_late_at_night_are_the_last_day() -> None:
    first, *times = words(cells("an end at 23:00 or later")[0])
    assert end_date(first) == "2026-06-06"
    ends = [f"2026-06-05{'' if time.startswith('T') else ' '}{time}" for time in times if time != "Inclusive"]
    assert {end_date(written) for written in ends} == {"2026-06-06"}
