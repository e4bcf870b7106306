"""What may be over at the next try is tried again, as patiently as the server asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Event, get_ident

import httpx2
import pytest
from tests.sources.support.opened import QUICK, opened, read
from tests.sources.support.servers import in_turn, page, rows_of, token_server

from roster_operator.clock import FixedClock, SystemClock
from roster_operator.errors import SourceProtocolError, SourceRateLimited, SourceUnreachable, WrongURL
from roster_operator.interruption import Interruption
from roster_operator.sources.failures import SlowDown
from roster_operator.sources.retries import Retrier, RetryPolicy, parse_retry_after
from roster_operator.sources.source import Complete

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def courses(request: httpx2.Request) -> httpx2.Response:
    return page("courses", rows_of("courses", 3), request)


def breaks(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadError("geheim", request=request)


@pytest.mark.parametrize(
    "passing",
    [
        *(httpx2.Response(status) for status in (408, 429, 500, 502, 503, 504, 520)),
        httpx2.Response(200, html="<html>Maintenance</html>"),
        httpx2.Response(200, text="\ufeff\n <HTML>", headers={"content-type": "application/json"}),
        httpx2.Response(200, text="busy"),
        httpx2.Response(200, json={"message": "busy"}),
        breaks,
    ],
)
def test_what_passes_is_tried_again(passing: httpx2.Response) -> None:
    server = token_server(courses=in_turn(passing, passing, courses))
    with opened(handler=server) as source:
        rows, outcome = read(source.courses())
    assert len(rows) == 3
    assert isinstance(outcome, Complete)


@pytest.mark.parametrize(
    ("lasting", "error"),
    [
        (httpx2.Response(429), SourceRateLimited),
        (httpx2.Response(503), SourceUnreachable),
        (breaks, SourceUnreachable),
        (httpx2.Response(200, html="<html>"), WrongURL),
        (httpx2.Response(200, text="busy"), SourceProtocolError),
    ],
)
def test_what_does_not_pass_is_given_up_after_some_tries(lasting: httpx2.Response, error: type[Exception]) -> None:
    server = token_server(courses=lasting)
    with opened(handler=server) as source, pytest.raises(error):
        read(source.courses())
    assert len(server.asked("courses")) == 1 + QUICK.retries


def test_a_web_page_from_a_server_that_was_right_before_is_maintenance_and_no_wrong_url() -> None:
    server = token_server(courses=httpx2.Response(200, html="<html>Maintenance</html>"))
    with opened(handler=server) as source:
        read(source.schools())
        with pytest.raises(SourceUnreachable, match="maintenance"):
            read(source.courses())


@pytest.mark.parametrize("status", [409, 418, 422])
def test_what_is_wrong_with_the_request_is_not_tried_again(status: int) -> None:
    server = token_server(courses=httpx2.Response(status))
    with opened(handler=server, page_size=100) as source, pytest.raises(SourceProtocolError, match=str(status)):
        read(source.courses())
    assert len(server.asked("courses")) <= 2


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        (format_datetime(NOW + timedelta(minutes=2), usegmt=True), 120.0),
        (format_datetime(NOW - timedelta(minutes=2), usegmt=True), 0.0),
        ("99999999999999999999", 999999999.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
        ("x" * 100_000, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, NOW) == seconds


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_a_second_gets_it(status: int) -> None:
    busy = httpx2.Response(status, headers={"retry-after": "1"})
    server = token_server(courses=in_turn(busy, courses))
    clock = FixedClock(NOW)
    with opened(handler=server, clock=clock) as source:
        read(source.courses())
    assert clock.monotonic() == 1


def test_each_wait_is_twice_as_long_as_the_last_up_to_a_bound_and_shortened_by_chance() -> None:
    clock = FixedClock(NOW)
    policy = RetryPolicy(retries=5, first_wait=1, longest_wait=4)
    chances = iter([0.0, 0.5, 0.0, 0.0, 0.5])
    retrier = Retrier(policy, clock=clock, interruption=Interruption(clock, 60), chance=lambda: next(chances))
    tried: list[float] = []

    def fail() -> None:
        tried.append(clock.monotonic())
        raise SlowDown("not now")

    with pytest.raises(SlowDown):
        retrier.call(fail)
    assert tried == [0, 1, 2.5, 6.5, 10.5, 13.5]


def test_a_server_that_asks_for_an_hour_gets_its_worker_back() -> None:
    clock = FixedClock(NOW)
    later = format_datetime(NOW + timedelta(hours=1), usegmt=True)
    server = token_server(courses=httpx2.Response(429, headers={"retry-after": later}))
    interruption = Interruption(clock, 7200)
    with (
        opened(handler=server, clock=clock, interruption=interruption) as source,
        pytest.raises(SourceRateLimited, match="3600 s") as raised,
    ):
        read(source.courses())
    assert raised.value.retry_after == 3600
    assert len(server.asked("courses")) == 1


def test_a_wait_beyond_the_time_of_the_sync_is_not_begun() -> None:
    server = token_server(courses=httpx2.Response(429, headers={"retry-after": "50"}))
    interruption = Interruption(SystemClock(), 20)
    with opened(handler=server, interruption=interruption) as source, pytest.raises(SourceRateLimited) as raised:
        read(source.courses())
    assert raised.value.retry_after == 50


def test_a_limit_of_requests_in_mid_read_is_raised_with_its_time() -> None:
    def limited(request: httpx2.Request) -> httpx2.Response:
        if int(request.url.params["offset"]) >= 100:
            return httpx2.Response(429, headers={"retry-after": "900"})
        return page("courses", rows_of("courses", 1000), request)

    with opened(handler=token_server(courses=limited)) as source, pytest.raises(SourceRateLimited) as raised:
        read(source.courses())
    assert raised.value.retry_after == 900


class SharedWait(FixedClock):
    """A clock on which no wait is over before two threads wait."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self._waiting: set[int] = set()
        self._two = Event()

    def wait(self, event: Event, seconds: float) -> bool:
        """See `Clock`."""
        self._waiting.add(get_ident())
        if len(self._waiting) > 1:
            self._two.set()
        assert self._two.wait(30), "the other threads went on"
        return super().wait(event, seconds)


def test_one_thread_that_is_slowed_down_slows_all() -> None:
    """Only one thread gets a 429; that its wait ends means that another one waited, too."""
    once: list[httpx2.Response] = [httpx2.Response(429, headers={"retry-after": "1"})]

    def limits(request: httpx2.Request) -> httpx2.Response:
        if int(request.url.params["offset"]) == 200 and once:
            return once.pop()
        return page("courses", rows_of("courses", 1500), request)

    with opened(handler=token_server(courses=limits), clock=SharedWait(), max_concurrency=4) as source:
        assert isinstance(read(source.courses())[1], Complete)


@pytest.mark.parametrize("retries", [0, 3])
def test_how_often_is_a_setting(retries: int) -> None:
    server = token_server(courses=httpx2.Response(500))
    policy = RetryPolicy(retries=retries, first_wait=0.001)
    with opened(handler=server, retries=policy) as source, pytest.raises(SourceUnreachable):
        read(source.courses())
    assert len(server.asked("courses")) == 1 + retries


def test_a_token_endpoint_that_is_down_is_not_asked_for_ever() -> None:
    server = token_server()
    server.table = {"/token": httpx2.Response(503)}
    with opened(handler=server, token_url="https://sis.example.org/token") as source, pytest.raises(SourceUnreachable):
        read(source.courses())
    assert len(server.asked("/token")) == 1 + QUICK.retries


def test_a_token_endpoint_that_fails_in_mid_read_makes_it_incomplete() -> None:
    give = in_turn(httpx2.Response(200, json={"access_token": "t"}), httpx2.Response(503))

    def forgets(request: httpx2.Request) -> httpx2.Response:
        if request.url.params["offset"] == "100":
            return httpx2.Response(401)
        return page("courses", rows_of("courses", 300), request)

    server = token_server(courses=forgets)
    server.table = {**server.table, "/token": give}
    with opened(handler=server, max_concurrency=1) as source:
        _, outcome = read(source.courses())
    assert not isinstance(outcome, Complete)
    assert "/token failed with HTTP 503" in outcome.message
    assert len(server.asked("/token")) == 2 + QUICK.retries
