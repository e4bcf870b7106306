"""Faults in pages and headers: each switch does what its name says, and nothing else."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import pytest

from district_simulator.faults import KINDS, Fault, UnknownFaultError
from district_simulator.faults.rows import SPOILERS


def page_ids(reader: Any, offset: int, limit: int = 30, route: str = "users") -> list[str]:
    return [row["sourcedId"] for row in reader.get(route, limit=limit, offset=offset).json()["users"]]


def test_a_clamped_limit_is_not_announced(reader: Any) -> None:
    reader.district.fault("clamp=20")
    answer = reader.get("users", limit=5_000)
    assert len(answer.json()["users"]) == 20
    assert answer.headers["X-Total-Count"] == "129"
    assert answer.status_code == 200


def test_a_short_page_lies_in_the_middle(reader: Any) -> None:
    reader.district.fault("short-page=4")
    assert [len(page_ids(reader, offset)) for offset in (0, 30, 60)] == [30, 26, 30]


def test_an_empty_page_comes_once_with_more_behind_it(reader: Any) -> None:
    reader.district.fault("empty-page")
    assert [len(page_ids(reader, offset)) for offset in (0, 30, 30, 60)] == [30, 0, 30, 30]


@pytest.mark.parametrize("status", [404, 500])
def test_past_the_end_is_an_error(reader: Any, status: int) -> None:
    reader.district.fault(f"past-end={status}")
    assert reader.get("users", limit=30, offset=120).status_code == 200
    assert reader.get("users", limit=30, offset=150).status_code == status


def test_rows_are_read_twice_when_pages_overlap(reader: Any) -> None:
    whole = page_ids(reader, 0, 500)
    reader.district.fault("overlap=2")
    assert page_ids(reader, 0) == whole[:30]
    assert page_ids(reader, 30) == whole[28:58]


def test_rows_are_missed_when_pages_skip(reader: Any) -> None:
    whole = page_ids(reader, 0, 500)
    reader.district.fault("skip")
    assert page_ids(reader, 30) == whole[31:61]


def test_the_last_page_is_repeated(reader: Any) -> None:
    reader.district.fault("repeat-last")
    assert page_ids(reader, 150) == page_ids(reader, 99) == page_ids(reader, 9_990)


def test_the_offset_is_ignored(reader: Any) -> None:
    reader.district.fault("ignore-paging")
    assert page_ids(reader, 60) == page_ids(reader, 0)


def test_rows_are_repeated_within_a_page(reader: Any) -> None:
    reader.district.fault("duplicate-rows=2")
    ids = page_ids(reader, 0)
    assert ids[30:] == ids[:2]


def test_headers_can_be_missing_wrong_or_renamed(reader: Any) -> None:
    reader.district.fault("no-total", "no-link")
    answer = reader.get("users", limit=10)
    assert "X-Total-Count" not in answer.headers
    assert "Link" not in answer.headers
    reader.district.clear_faults()
    reader.district.fault("wrong-total=-29")
    assert reader.get("users").headers["X-Total-Count"] == "100"
    reader.district.clear_faults()
    reader.district.fault("rename-total")
    assert reader.get("users").headers["x-count"] == "129"


def test_link_can_point_elsewhere_or_nowhere_new(reader: Any) -> None:
    reader.district.fault("link-host=https://other.example.org")
    assert "<https://other.example.org/ims/oneroster/v1p1/users?" in reader.get("users", limit=10).headers["Link"]
    reader.district.clear_faults()
    reader.district.fault("link-stale")
    link = reader.get("users", limit=10, offset=20).headers["Link"]
    assert re.search(r'offset=20>; rel="next"', link)
    reader.district.clear_faults()
    reader.district.fault("link-bare")
    assert reader.get("users", limit=10).headers["Link"].startswith("{http")


def test_the_envelope_can_be_missing_or_renamed(reader: Any) -> None:
    reader.district.fault("renamed-envelope,on=students")
    assert list(reader.get("students").json()) == ["students"]
    assert list(reader.get("users").json()) == ["users"]
    reader.district.fault("no-envelope,on=courses")
    assert reader.get("courses").json() == {"message": "OK"}


def test_bodies_can_have_a_mark_be_packed_or_mislabelled(reader: Any) -> None:
    reader.district.fault("bom", "gzip", "content-type=text/html")
    answer = reader.get("orgs")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/html"
    assert answer.content.startswith(b"\xef\xbb\xbf{")


def test_filters_and_sorts_can_be_ignored(reader: Any) -> None:
    reader.district.fault("ignore-filter", "ignore-sort")
    assert len(reader.rows("users", filter="role='teacher'", sort="familyName")) == 129
    assert reader.get("users", filter="this is none").status_code == 200


def test_the_roster_can_be_empty_with_200(reader: Any) -> None:
    reader.district.fault("roster-empty")
    assert [len(reader.rows(route)) for route in ("users", "classes", "enrollments", "students")] == [0, 0, 0, 0]
    assert len(reader.rows("schools")) == 3
    reader.district.clear_faults()
    reader.district.fault("empty-school-year")
    assert [len(reader.rows(route)) for route in ("users", "classes", "enrollments")] == [129, 0, 0]


@pytest.mark.parametrize("way", sorted(SPOILERS))
@pytest.mark.parametrize("route", ["users", "classes", "enrollments", "orgs", "academicSessions"])
def test_bad_rows_are_spoilt_and_the_others_left_alone(reader: Any, way: str, route: str) -> None:
    before = reader.rows(route)
    reader.district.fault(f"bad-rows={way},every=4")
    after = reader.rows(route)
    touched = [n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    assert set(touched) <= set(range(3, len(before), 4))
    if way in (
        "numeric-ids",
        "nulls",
        "blanks",
        "wrong-types",
        "padded-ids",
        "missing-ids",
        "not-objects",
        "not-a-number",
    ):
        assert touched == list(range(3, len(before), 4))


def test_a_deep_page_is_deep(reader: Any) -> None:
    reader.district.fault("deep-nesting=500")
    assert reader.get("orgs").text.count('{"a":') == 500


def test_the_clock_can_be_wrong(reader: Any) -> None:
    reader.district.fault("clock-skew=-5000")
    date = parsedate_to_datetime(reader.get("orgs").headers["Date"])
    assert date.timestamp() == pytest.approx(time.time() - 5_000, abs=30)


def test_faults_compose(reader: Any) -> None:
    reader.district.fault("clamp=10", "no-total", "no-link", "bad-rows=nulls,every=1", "bom")
    answer = reader.get("users", limit=1_000)
    rows = answer.content.decode("utf-8-sig")
    assert rows.count('"givenName": null') == 10
    assert not {"X-Total-Count", "Link"} & set(answer.headers)


def test_a_fault_can_be_limited_to_a_route_a_page_and_a_number_of_strikes(reader: Any) -> None:
    reader.district.fault("error=504,on=enrollments,page=2,times=2")
    tries = [("users", 100), ("enrollments", 0), *[("enrollments", 100)] * 3]
    statuses = [reader.get(route, offset=offset).status_code for route, offset in tries]
    assert statuses == [200, 200, 504, 504, 200]


def test_a_fault_can_wait(reader: Any) -> None:
    reader.district.fault("error,on=courses+orgs,after=2")
    assert [reader.get(r).status_code for r in ("courses", "classes", "orgs", "orgs")] == [200, 200, 200, 503]


def test_a_fault_on_a_nested_route_can_be_named_by_its_label(reader: Any) -> None:
    reader.district.fault("missing-route,on=schools/{id}/classes")
    assert reader.get("schools/994/classes").status_code == 404
    assert reader.get("classes").status_code == 200


def test_the_token_endpoint_has_only_the_faults_that_name_it(reader: Any) -> None:
    reader.district.fault("error=500")
    assert len(reader.token()) == 64
    reader.district.fault("login-page,on=token")
    answer = reader.client.post(reader.district.token_url)
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "text", ["nothing", "clamp=few", "bom=yes", "bad-rows", "bad-rows=funny", "clamp=5,page=x", "clamp=5,page"]
)
def test_a_fault_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(UnknownFaultError):
        Fault.parse(text)


def test_every_fault_says_what_it_does() -> None:
    assert all(kind.summary.endswith(".") for kind in KINDS.values())


def test_faults_can_be_there_from_the_start(simulate: Callable[..., Any]) -> None:
    assert len(simulate(students=120, faults=["clamp=5"]).get("users").json()["users"]) == 5


def test_without_faults_answers_are_plain(reader: Any) -> None:
    reader.district.fault("clamp=1")
    reader.district.clear_faults()
    answer = reader.get("users", limit=1_000)
    assert len(answer.json()["users"]) == 129
    assert isinstance(answer, httpx2.Response)
