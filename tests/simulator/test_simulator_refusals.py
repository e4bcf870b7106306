"""Faults that delay, refuse, misdirect or break off an answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import pytest


def test_429_says_when_to_come_back_in_seconds_as_a_date_or_not_at_all(reader: Any) -> None:
    reader.district.fault("rate-limit=7")
    first, second = reader.get("orgs"), reader.get("orgs")
    assert (first.status_code, first.headers["Retry-After"], second.status_code) == (429, "7", 200)
    assert first.json()["statusInfoSet"][0]["imsx_codeMinor"] == "server_busy"
    reader.district.fault("rate-limit=60,form=date")
    when = parsedate_to_datetime(reader.get("orgs").headers["Retry-After"])
    assert when.timestamp() == pytest.approx(time.time() + 60, abs=10)
    reader.district.fault("rate-limit,form=none,times=2")
    statuses = [reader.get("orgs") for _ in range(3)]
    assert [answer.status_code for answer in statuses] == [429, 429, 200]
    assert "Retry-After" not in statuses[0].headers


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_status_instead_of_an_answer(reader: Any, status: int) -> None:
    reader.district.fault(f"error={status},times=1")
    assert [reader.get("orgs").status_code for _ in range(2)] == [status, 200]


def test_a_section_can_be_withheld(reader: Any) -> None:
    reader.district.fault("forbidden,on=teachers")
    assert reader.get("teachers").status_code == 403
    assert reader.get("schools/994/teachers").status_code == 403
    assert reader.get("students").status_code == 200


def test_401_whatever_the_credentials(reader: Any) -> None:
    reader.district.fault("unauthorized")
    assert reader.get("orgs").status_code == 401


def test_tokens_are_revoked_in_the_middle_of_a_read(reader: Any) -> None:
    reader.district.fault("token-revoked,page=2")
    assert [reader.get("users", limit=50, offset=offset).status_code for offset in (0, 50, 50)] == [200, 401, 401]
    reader.renew()
    assert reader.get("users", limit=50, offset=50).status_code == 200


def test_a_token_is_good_for_so_many_requests(reader: Any) -> None:
    reader.district.fault("token-expires=3")
    assert [reader.get("orgs").status_code for _ in range(4)] == [200, 200, 200, 401]
    reader.renew()
    assert reader.get("orgs").status_code == 200


def test_a_login_page_comes_with_200(reader: Any) -> None:
    reader.district.fault("login-page")
    answer = reader.get("users")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<form>" in answer.text


def test_a_redirect_leads_to_another_host(reader: Any) -> None:
    reader.district.fault("redirect=https://evil.example.org")
    answer = reader.get("users", limit=5)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://evil.example.org/ims/oneroster/v1p1/users?limit=5"


@pytest.mark.parametrize("share", ["0", "0.5", "0.99"])
def test_the_connection_drops_in_mid_body(reader: Any, share: str) -> None:
    reader.district.fault(f"truncate={share},times=1")
    with pytest.raises(httpx2.RemoteProtocolError):
        reader.get("enrollments", limit=500)
    assert len(reader.rows("enrollments")) > 800


def test_a_body_can_end_early_and_say_so(reader: Any) -> None:
    reader.district.fault("short-body=0.9")
    answer = reader.get("users")
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|delimiter"):
        answer.json()


def test_the_connection_drops_before_any_answer(reader: Any) -> None:
    reader.district.fault("disconnect,times=1")
    with pytest.raises(httpx2.RemoteProtocolError):
        reader.get("orgs")
    assert reader.get("orgs").status_code == 200


def test_a_hanging_request_is_given_up_by_the_client_and_holds_nothing(reader: Any) -> None:
    reader.district.fault("hang,times=1")
    with pytest.raises(httpx2.ReadTimeout):
        reader.client.get(f"{reader.district.service_url}/orgs", timeout=0.2)
    assert reader.get("orgs").status_code == 200


def test_a_district_stops_while_a_request_hangs(simulate: Callable[..., Any]) -> None:
    reader = simulate(students=10, faults=["hang"])
    with pytest.raises(httpx2.ReadTimeout):
        reader.client.get(f"{reader.district.service_url}/orgs", timeout=0.2)


def test_latency_is_added_to_each_answer(reader: Any) -> None:
    reader.district.fault("latency=150")
    began = time.monotonic()
    reader.get("orgs")
    assert time.monotonic() - began >= 0.15


def test_a_slow_body_drips(reader: Any) -> None:
    length = len(reader.get("orgs").content)
    reader.district.fault(f"slow-drip={length * 4}")
    began = time.monotonic()
    assert len(reader.rows("orgs")) == 4
    assert time.monotonic() - began >= 0.15


def test_a_huge_page_is_streamed_and_is_json_at_its_end(reader: Any) -> None:
    reader.district.fault("huge-page=2,on=orgs")
    answer = reader.get("orgs")
    assert 2_000_000 < len(answer.content) < 2_200_000
    assert "Content-Length" not in answer.headers
    assert {row["sourcedId"] for row in answer.json()["orgs"]} == {"900", "994", "995", "996"}


def test_too_many_requests_at_once_are_429(reader: Any) -> None:
    reader.district.fault("latency=300", "max-parallel=2")
    headers = {"Authorization": f"Bearer {reader.token()}"}

    async def at_once() -> list[int]:
        async with httpx2.AsyncClient(headers=headers) as client:
            url = f"{reader.district.service_url}/orgs"
            return [answer.status_code for answer in await asyncio.gather(*(client.get(url) for _ in range(4)))]

    assert sorted(asyncio.run(at_once())) == [200, 200, 429, 429]
    assert reader.district.stats()["most_parallel"] == 4
