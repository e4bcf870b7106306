"""No server can exhaust memory, hang a worker or lead credentials astray."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable

import httpx2
import pytest
from tests.sources.support.opened import opened, read
from tests.sources.support.servers import token_server
from tests.sources.support.sockets import HEAD, Misbehave, Stop, misbehaving_server

from roster_operator.clock import SystemClock
from roster_operator.errors import ShuttingDown, SourceError, SourceProtocolError, SourceUnreachable, TimedOut
from roster_operator.interruption import Interruption
from roster_operator.sources.retries import RetryPolicy
from roster_operator.sources.source import Complete

pytestmark = pytest.mark.slow

ONCE = RetryPolicy(retries=0)


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def truncated(connection: socket.socket, stop: Stop) -> None:
    connection.sendall(HEAD + b'Content-Length: 1000\r\n\r\n{"orgs": [{"sourcedId"')


def cut_off_in_a_chunk(connection: socket.socket, stop: Stop) -> None:
    connection.sendall(HEAD + b'Transfer-Encoding: chunked\r\n\r\nff\r\n{"orgs"')


def closed_without_length(connection: socket.socket, stop: Stop) -> None:
    connection.sendall(HEAD + b'\r\n{"orgs": [{"sourcedId": "1"}')


def nothing_at_all(connection: socket.socket, stop: Stop) -> None:
    pass


def not_http(connection: socket.socket, stop: Stop) -> None:
    connection.sendall(b"SSH-2.0-geheim\r\n\r\n")


def endless_body(connection: socket.socket, stop: Stop) -> None:
    connection.sendall(HEAD + b'\r\n{"orgs": [')
    while not stop.is_set():
        connection.sendall(b'{"sourcedId": "1"},' * 1000)


def endless_headers(connection: socket.socket, stop: Stop) -> None:
    connection.sendall(HEAD)
    while not stop.is_set():
        connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")


def zip_bomb(connection: socket.socket, stop: Stop) -> None:
    connection.sendall(HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = b" " * 1_000_000
    for _ in range(2000):
        if stop.is_set():
            return
        if packed := bomb.compress(zeros):
            connection.sendall(chunk(packed))


def double_zip_bomb(connection: socket.socket, stop: Stop) -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    inner = b"".join(bomb.compress(b" " * 1_000_000) for _ in range(200)) + bomb.flush()
    body = gzip.compress(inner)
    connection.sendall(HEAD + b"Content-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def broken_gzip(connection: socket.socket, stop: Stop) -> None:
    connection.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 6\r\n\r\ngeheim")


def cut_gzip(connection: socket.socket, stop: Stop) -> None:
    body = gzip.compress(b'{"orgs": [' + b'{"sourcedId": "1"},' * 5000 + b"]}")[:-40]
    connection.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def hangs(connection: socket.socket, stop: Stop) -> None:
    stop.wait(30)


def drips(connection: socket.socket, stop: Stop) -> None:
    connection.sendall(HEAD + b'Content-Length: 100000\r\n\r\n{"orgs":')
    while not stop.wait(0.05):
        connection.sendall(b" ")


def drips_headers(connection: socket.socket, stop: Stop) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not stop.wait(0.05):
        connection.sendall(b"x")


def drips_empty_gzip(connection: socket.socket, stop: Stop) -> None:
    """Bytes come for ever, and never one of the answer."""
    connection.sendall(HEAD + b"Content-Encoding: gzip\r\n\r\n")
    squeezed = zlib.compressobj(9, zlib.DEFLATED, 31)
    while not stop.wait(0.02):
        connection.sendall(squeezed.compress(b"") + squeezed.flush(zlib.Z_FULL_FLUSH))


BROKEN: list[Misbehave] = [
    truncated,
    cut_off_in_a_chunk,
    closed_without_length,
    nothing_at_all,
    not_http,
    endless_body,
    endless_headers,
    zip_bomb,
    double_zip_bomb,
    broken_gzip,
    cut_gzip,
]
SLOW: list[Misbehave] = [hangs, drips, drips_headers, drips_empty_gzip]


@pytest.mark.parametrize("misbehave", BROKEN, ids=lambda f: f.__name__)
def test_a_broken_answer_ends_soon_and_within_memory(misbehave: Misbehave) -> None:
    with (
        misbehaving_server(misbehave) as url,
        opened(url, max_page_bytes=4_000_000, request_timeout=20, retries=ONCE) as source,
    ):
        tracemalloc.start()
        try:
            with pytest.raises((SourceUnreachable, SourceProtocolError)) as raised:
                read(source.schools())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 40_000_000
    assert "geheim" not in raised.value.message
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("misbehave", SLOW, ids=lambda f: f.__name__)
def test_a_slow_answer_is_given_up(misbehave: Misbehave) -> None:
    with misbehaving_server(misbehave) as url, opened(url, request_timeout=0.5, retries=ONCE) as source:
        began = time.monotonic()
        with pytest.raises(SourceUnreachable, match="too long"):
            read(source.schools())
        assert time.monotonic() - began < 8


@pytest.mark.parametrize("misbehave", [*SLOW, endless_body], ids=lambda f: f.__name__)
def test_a_sync_that_is_told_to_stop_does_not_wait_for_the_server(misbehave: Misbehave) -> None:
    interruption = Interruption(SystemClock(), 60)
    with (
        misbehaving_server(misbehave) as url,
        opened(url, interruption=interruption, max_page_bytes=10**9) as source,
    ):
        threading.Timer(0.5, interruption.stop).start()
        began = time.monotonic()
        with pytest.raises(ShuttingDown):
            read(source.schools())
        assert time.monotonic() - began < 5


def test_a_sync_whose_time_is_over_does_not_wait_for_the_server() -> None:
    interruption = Interruption(SystemClock(), 1)
    with misbehaving_server(hangs) as url, opened(url, interruption=interruption) as source:
        began = time.monotonic()
        with pytest.raises(TimedOut):
            source.probe()
        assert time.monotonic() - began < 5


def test_waiting_to_try_again_ends_when_the_sync_is_told_to_stop() -> None:
    interruption = Interruption(SystemClock(), 60)
    patient = RetryPolicy(retries=5, first_wait=50, longest_wait=50)
    server = token_server(schools=httpx2.Response(503))
    with opened(handler=server, interruption=interruption, retries=patient) as source:
        threading.Timer(0.3, interruption.stop).start()
        began = time.monotonic()
        with pytest.raises(ShuttingDown):
            read(source.schools())
        assert time.monotonic() - began < 5


def test_threads_are_given_back_when_a_hanging_source_is_closed() -> None:
    def ours() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name.startswith("roster-source")]

    interruption = Interruption(SystemClock(), 0.5)
    with misbehaving_server(hangs) as url:
        with opened(url, interruption=interruption) as source, pytest.raises(TimedOut):
            read(source.schools())
        deadline = time.monotonic() + 5
        while ours() and time.monotonic() < deadline:
            threading.Event().wait(0.05)
        assert not ours()


@pytest.mark.parametrize("size", [100, 5_000_000])
def test_the_body_of_an_error_is_not_read_to_its_end(size: int) -> None:
    sent: list[int] = []

    def error(connection: socket.socket, stop: Stop) -> None:
        connection.sendall(b"HTTP/1.1 422 Unprocessable\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // 100):
            connection.sendall(b"g" * 100)
            sent.append(100)

    with misbehaving_server(error) as url, opened(url, retries=ONCE) as source, pytest.raises(SourceError, match="422"):
        read(source.schools())
    assert sum(sent) < 4_900_000


def test_a_page_may_be_as_large_as_the_limit() -> None:
    filler: Callable[[httpx2.Request], httpx2.Response] = lambda request: httpx2.Response(  # noqa: E731
        200, content=b'{"courses": [' + b" " * 900_000 + b"]}", headers={"x-total-count": "0"}
    )
    with opened(handler=token_server(courses=filler), max_page_bytes=1_000_000) as source:
        assert isinstance(read(source.courses())[1], Complete)
    with (
        opened(handler=token_server(courses=filler), max_page_bytes=800_000) as source,
        pytest.raises(SourceProtocolError, match="800000 bytes"),
    ):
        read(source.courses())
