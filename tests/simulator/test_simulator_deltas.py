"""Asking for what changed: dateLastModified moves with each change, or does not, as servers differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

SINCE = "2026-11-24T09:30:00.000Z"
ROUTES = ["users", "classes", "courses", "enrollments", "academicSessions"]


def changed(reader: Any, route: str, since: str = SINCE) -> set[str]:
    return set(reader.ids(route, filter=f"dateLastModified>'{since}'"))


def test_nothing_changed_before_the_first_change(reader: Any) -> None:
    assert [changed(reader, route, "2026-07-02") for route in ROUTES] == [set()] * len(ROUTES)


def test_each_change_has_its_own_time(reader: Any) -> None:
    reader.district.change("student-leaves:S1000003,at=2026-11-24T08:00:00Z")
    reader.district.change("student-leaves:S1000004,at=2026-11-24T11:00:00+01:00")
    assert changed(reader, "users") == {"S1000004"}
    assert changed(reader, "users", "2026-11-24T07:00:00Z") == {"S1000003", "S1000004"}
    assert changed(reader, "enrollments") == {f"E1000004-{slot}" for slot in range(7)}
    row = reader.get("users/S1000004").json()["user"]
    assert (row["status"], row["dateLastModified"]) == ("tobedeleted", "2026-11-24T10:00:00.000Z")


@pytest.mark.parametrize(
    ("change", "touched"),
    [
        ("student-arrives", {"users": {"S1000121"}, "enrollments": {f"X100000{n}" for n in range(1, 8)}}),
        ("student-moves:S1000003", {"enrollments": {"E1000003-0", "X1000001"}}),
        ("course-renamed:MA101,title=New", {"courses": {"CRS-MA101"}}),
    ],
)
def test_only_what_a_change_touches_is_new(reader: Any, change: str, touched: dict[str, set[str]]) -> None:
    reader.district.change(f"{change},at=2026-11-24T10:00:00Z")
    assert {route: found for route in ROUTES if (found := changed(reader, route))} == touched


@pytest.mark.parametrize(
    ("change", "routes"),
    [
        ("sections-reminted:994", {"classes", "enrollments"}),
        ("class-ends:994_1001", {"classes", "enrollments"}),
        ("term-ends", {"classes", "enrollments"}),
        ("year-rolls", {"classes", "enrollments", "academicSessions"}),
        ("percent:20", {"enrollments"}),
    ],
)
def test_broad_changes_touch_whole_collections(reader: Any, change: str, routes: set[str]) -> None:
    reader.district.change(f"{change},at=2026-11-24T10:00:00Z")
    assert {route for route in ROUTES if changed(reader, route)} == routes


def test_what_is_gone_is_in_no_answer(reader: Any) -> None:
    reader.district.change("student-leaves:S1000003,how=gone,at=2026-11-24T10:00:00Z")
    assert changed(reader, "users") == changed(reader, "enrollments") == set()


def test_a_change_that_fails_leaves_no_trace(reader: Any) -> None:
    before = reader.rows("users")
    with pytest.raises(ValueError, match="no 'S9999999'"):
        reader.district.change("student-leaves:S9999999")
    with pytest.raises(ValueError, match="at is a moment"):
        reader.district.change("student-leaves:S1000003,at=noon")
    assert reader.rows("users") == before
    assert reader.district.service.roster.overlay.revision == 0


def test_a_district_of_today_changes_now(simulate: Callable[..., Any]) -> None:
    reader = simulate(students=40, today=None)
    reader.district.change("student-leaves:S1000003")
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert changed(reader, "users", hour_ago) == {"S1000003"}


@pytest.mark.parametrize("since", ["2026-11-24T10:30:00+01:00", "2026-11-24", "2026-11-24T09:59:59.999Z"])
def test_a_moment_may_be_written_in_any_iso_form(reader: Any, since: str) -> None:
    reader.district.change("student-leaves:S1000003,at=2026-11-24T10:00:00Z")
    assert changed(reader, "users", since) == {"S1000003"}


@pytest.mark.parametrize(("how", "value"), [("constant", "2020-01-01T00:00:00.000Z"), ("empty", ""), ("null", None)])
def test_dates_can_say_nothing(reader: Any, how: str, value: Any) -> None:
    reader.district.change("student-leaves:S1000003,at=2026-11-24T10:00:00Z")
    reader.district.fault(f"modified-dates={how}")
    assert {row["dateLastModified"] for row in reader.rows("users")} == {value}
    assert changed(reader, "users") == set()
    assert len(reader.rows("users")) == 129


def test_dates_can_move_for_every_row(reader: Any) -> None:
    reader.district.fault("modified-dates=moving")
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert len(changed(reader, "users", hour_ago)) == 129


def test_deleted_rows_can_be_hidden_or_shown_to_deltas_only(reader: Any) -> None:
    reader.district.change("student-leaves:S1000003,at=2026-11-24T10:00:00Z")
    reader.district.fault("deleted-rows=hidden")
    assert len(reader.rows("users")) == 128
    assert changed(reader, "users") == set()
    reader.district.clear_faults()
    reader.district.fault("deleted-rows=delta-only")
    assert len(reader.rows("users")) == 128
    assert changed(reader, "users") == {"S1000003"}


def test_an_ignored_filter_gives_everything(reader: Any) -> None:
    reader.district.fault("ignore-filter")
    assert len(changed(reader, "users")) == 129
