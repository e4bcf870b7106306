"""What is found out about a server, and that it costs a handful of requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import msgspec
import pytest
from tests.sources.support.opened import API, opened, read

from district_simulator import SimulatedDistrict
from roster_operator.api.v1alpha1.choices import AuthMethod, EndDates, Filter
from roster_operator.errors import SourceError, SourceUnreachable
from roster_operator.sources.capabilities import Dates, FilterSupport, Provider, TellsChanges, Totals
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.oneroster.dated import form, moment
from roster_operator.sources.source import Complete

EVERYTHING = Provider(
    version="1.1",
    largest_page=50,
    totals=Totals.RIGHT,
    links=True,
    status_filter=FilterSupport.HONOURED,
    date_filter=FilterSupport.HONOURED,
    sort=FilterSupport.HONOURED,
    dates=Dates.VARIED,
    date_form="UTC",
    latency=None,
)


MOST = 7
"""Requests that an examination takes at most, with its first page and if one question leads to another."""


def examined(served: SimulatedDistrict, **settings: Any) -> Provider:
    """What is found out beside a probe that begins to read, and the same without one."""
    keys = Credentials(served.client_id, served.client_secret)
    with opened(served.base_url, credentials=keys, **settings) as source:
        assert isinstance(source, TellsChanges)
        source.probe()
        served.reset_stats()
        alone = source.examine().found()
        assert served.stats()["requests"]["/enrollments"] <= MOST
        beside = source.examine()
        source.probe(then_read=True)
        found = beside.found()
        assert alone.latency is not None
        assert found.latency is not None
        assert replace(found, latency=None) == replace(alone, latency=None)
        return replace(found, latency=None)


def simulated(*faults: str, **settings: Any) -> Provider:
    with SimulatedDistrict(students=30, seed=7, faults=faults, changes=["student-moves:S1000003"]) as served:
        return examined(served, **settings)


@pytest.mark.parametrize("auth", [AuthMethod.OAUTH2, AuthMethod.OAUTH1])
def test_a_server_that_does_all_that_the_specification_says(auth: AuthMethod) -> None:
    assert simulated(auth=auth) == EVERYTHING


def test_filters_that_are_known_to_be_worth_nothing_are_not_relied_upon() -> None:
    only_status = simulated(filters=frozenset({Filter.STATUS}))
    assert only_status == replace(EVERYTHING, date_filter=FilterSupport.IGNORED)
    assert not only_status.tells_changes
    assert not simulated(filters=frozenset()).tells_changes
    assert simulated(filters=frozenset(Filter)) == EVERYTHING


@pytest.mark.parametrize(
    ("fault", "difference"),
    [
        ("clamp=20", {"largest_page": 20}),
        ("no-total", {"totals": Totals.ABSENT}),
        ("wrong-total=+10", {"totals": Totals.WRONG}),
        ("wrong-total=-10", {"totals": Totals.WRONG}),
        ("no-link", {"links": False}),
        ("ignore-filter", {"status_filter": FilterSupport.IGNORED, "date_filter": FilterSupport.IGNORED}),
        ("ignore-sort", {"sort": FilterSupport.IGNORED}),
    ],
)
def test_each_habit_is_noticed(fault: str, difference: dict[str, Any]) -> None:
    assert simulated(fault) == replace(EVERYTHING, **difference)


def test_where_everything_fits_into_one_page_its_limit_is_not_known() -> None:
    assert simulated(page_size=5000) == replace(EVERYTHING, largest_page=0)
    assert simulated("past-end=500", page_size=5000) == replace(EVERYTHING, largest_page=0)


def test_a_district_in_which_nothing_has_changed_yet_has_constant_dates() -> None:
    with SimulatedDistrict(students=30, seed=7) as served:
        assert examined(served) == replace(EVERYTHING, dates=Dates.CONSTANT)
        served.change("student-moves:S1000020")
        assert examined(served, page_size=5).dates is Dates.VARIED


@pytest.mark.parametrize("end_dates", EndDates)
@pytest.mark.parametrize(
    "spoilt", ["", "nulls", "blanks", "wrong-types", "unknown-enums", "missing-ids", "not-objects", "reversed-dates"]
)
def test_enrollments_are_read_alike_with_and_without_an_examination(spoilt: str, end_dates: EndDates) -> None:
    faults = [f"bad-rows={spoilt},every=3"] if spoilt else []
    with SimulatedDistrict(students=30, seed=7, faults=faults) as served:
        keys = Credentials(served.client_id, served.client_secret)
        found = []
        for is_examined in (False, True):
            with opened(served.base_url, credentials=keys, end_dates=end_dates) as source:
                assert isinstance(source, TellsChanges)
                if is_examined:
                    source.examine()
                source.probe(then_read=True)
                rows, outcome = read(source.enrollments())
                found.append((sorted(map(msgspec.structs.astuple, rows)), outcome))
    plain, examined = found
    assert plain == examined
    assert examined[0]
    assert isinstance(examined[1], Complete)


def test_a_server_without_enrollments_cannot_be_examined() -> None:
    with SimulatedDistrict(students=30, seed=7, faults=["error=500,on=enrollments"]) as served:
        keys = Credentials(served.client_id, served.client_secret)
        with opened(served.base_url, credentials=keys) as source:
            assert isinstance(source, TellsChanges)
            with pytest.raises(SourceError):
                source.examine().found()


def answering(dates: list[Any], refuse: Callable[[dict[str, str]], int | None]) -> Callable[..., httpx2.Response]:
    """A server with an enrollment for each date, in a form of its own, that answers some parameters with an error."""
    rows = [
        {
            "sourcedId": f"e{number:02d}",
            "status": "active",
            "dateLastModified": written,
            "user": {"sourcedId": "u"},
            "class": {"sourcedId": "c"},
        }
        for number, written in enumerate(dates)
    ]

    def answer(request: httpx2.Request) -> httpx2.Response:
        url = urlsplit(str(request.url))
        if url.path.endswith("/token"):
            return httpx2.Response(200, json={"access_token": "t", "token_type": "bearer", "expires_in": 3600})
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        status = refuse(query)
        if status is not None:
            return httpx2.Response(status, json={})
        assert url.path == f"{API}/enrollments"
        offset, limit = int(query["offset"]), int(query["limit"])
        kept = rows if "filter" not in query else []
        return httpx2.Response(200, content=json.dumps({"enrollments": kept[offset : offset + limit]}).encode())

    return answer


def hostile(dates: list[Any], refuse: Callable[[dict[str, str]], int | None] = lambda query: None) -> Provider:
    with opened(handler=answering(dates, refuse)) as source:
        assert isinstance(source, TellsChanges)
        return source.examine().found()


@pytest.mark.parametrize("status", [400, 403, 404, 500, 501])
def test_refused_parameters_are_no_failure(status: int) -> None:
    found = hostile(["2026-01-01", "2026-02-02"], lambda query: status if {"filter", "sort"} & query.keys() else None)
    assert (found.status_filter, found.date_filter, found.sort) == (
        FilterSupport.REFUSED,
        FilterSupport.REFUSED,
        FilterSupport.REFUSED,
    )
    assert found.dates is Dates.VARIED
    assert not found.tells_changes


def test_a_server_that_breaks_off_whatever_it_is_asked_cannot_be_examined() -> None:
    def break_off(query: dict[str, str]) -> None:
        if query["limit"] != "50":
            raise httpx2.ReadError("broken off")

    with pytest.raises(SourceUnreachable):
        hostile(["2026-01-01", "2026-02-02"], break_off)


def test_a_question_that_is_broken_off_stays_open() -> None:
    def break_off(query: dict[str, str]) -> None:
        if "sort" in query:
            raise httpx2.ReadError("broken off")

    found = hostile(["2026-01-01", "2026-02-02"], break_off)
    assert (found.sort, found.status_filter, found.totals) == (
        FilterSupport.UNKNOWN,
        FilterSupport.HONOURED,
        Totals.ABSENT,
    )


def test_a_filter_that_finds_nothing_at_all_is_not_honoured() -> None:
    assert hostile(["2026-01-01", "2026-02-02"]).date_filter is FilterSupport.IGNORED


@pytest.mark.parametrize(
    "dates", [[None, None], ["", ""], ["2026-01-01", None], ["soon", "later"], [7, [8]], ["0001-01-01"]]
)
def test_dates_that_cannot_be_read_are_as_none(dates: list[Any]) -> None:
    found = hostile(dates)
    assert found.dates is Dates.EMPTY
    assert not found.tells_changes


@pytest.mark.parametrize(
    "dates", [[], ["9999-12-31T23:59:59Z"], ["2026-01-01T00:00:00+14:00"], ["1900-01-01T00:00:00-23:59"]]
)
def test_no_date_makes_the_examination_fail(dates: list[Any]) -> None:
    assert not hostile(dates).tells_changes


@pytest.mark.parametrize(
    ("written", "meant", "called"),
    [
        ("2019-03-01T18:14:45.000Z", datetime(2019, 3, 1, 18, 14, 45, tzinfo=UTC), "UTC"),
        ("2019-03-01T18:14:45Z", datetime(2019, 3, 1, 18, 14, 45, tzinfo=UTC), "UTC"),
        ("2019-03-01T18:14:45.1234567Z", datetime(2019, 3, 1, 18, 14, 45, 123456, tzinfo=UTC), "UTC"),
        ("2019-03-01T18:14:45-06:00", datetime(2019, 3, 2, 0, 14, 45, tzinfo=UTC), "Offset"),
        ("2017-05-06 08:01:05", datetime(2017, 5, 6, 8, 1, 5, tzinfo=UTC), "NoZone"),
        ("2017-05-06", datetime(2017, 5, 6, tzinfo=UTC), "DateOnly"),
    ],
)
def test_the_forms_that_servers_write_times_in(written: str, meant: datetime, called: str) -> None:
    assert moment(written) == meant
    assert form(written) == called
