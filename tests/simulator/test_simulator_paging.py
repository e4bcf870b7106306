"""limit, offset, X-Total-Count and Link."""

from __future__ import annotations

import re
from typing import Any

import pytest

WRONG_WINDOWS = [{"limit": "0"}, {"limit": "-5"}, {"limit": "many"}, {"offset": "-1"}, {"offset": ""}]


def links(answer: Any) -> dict[str, str]:
    return {rel: url for url, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers.get("Link", ""))}


def test_a_page_has_100_rows_unless_asked_otherwise(reader: Any) -> None:
    assert len(reader.get("enrollments").json()["enrollments"]) == 100
    assert len(reader.get("enrollments", limit=7).json()["enrollments"]) == 7


def test_reading_by_offset_gives_every_row_once(reader: Any) -> None:
    whole = reader.ids("enrollments")
    total = int(reader.get("enrollments", limit=1).headers["X-Total-Count"])
    paged = [sid for offset in range(0, total, 90) for sid in reader.ids("enrollments", limit=90, offset=offset)]
    assert paged == whole
    assert len(whole) == total


def test_following_next_gives_every_row_once(reader: Any) -> None:
    answer = reader.get("users", limit=40)
    read = []
    while True:
        read += [row["sourcedId"] for row in answer.json()["users"]]
        if "next" not in links(answer):
            break
        answer = reader.get(links(answer)["next"].partition("/v1p1/")[2])
    assert read == reader.ids("users")


def test_links_keep_the_other_parameters(reader: Any) -> None:
    answer = reader.get("users", filter="role='student' AND status='active'", fields="sourcedId", limit=10, offset=20)
    assert set(links(answer)) == {"next", "last", "first", "prev"}
    for url in links(answer).values():
        assert url.startswith(f"{reader.district.service_url}/users?")
        assert "filter=role%3D%27student%27%20AND%20status%3D%27active%27&fields=sourcedId&limit=10" in url
    assert links(answer)["next"].endswith("&offset=30")
    assert links(answer)["prev"].endswith("&offset=10")


def test_a_single_page_has_no_link(reader: Any) -> None:
    assert "Link" not in reader.get("courses").headers


def test_past_the_end_a_page_is_empty(reader: Any) -> None:
    answer = reader.get("courses", offset=5_000)
    assert answer.json() == {"courses": []}
    assert int(answer.headers["X-Total-Count"]) == 36


@pytest.mark.parametrize(
    "wrong", [{"limit": "0"}, {"limit": "-5"}, {"limit": "many"}, {"offset": "-1"}, {"offset": ""}]
)
def test_a_window_that_makes_no_sense_is_400(reader: Any, wrong: dict[str, str]) -> None:
    answer = reader.get("users", **wrong)
    assert answer.status_code == 400
    assert answer.json()["statusInfoSet"][0]["imsx_codeMinor"] == "invalid data"
