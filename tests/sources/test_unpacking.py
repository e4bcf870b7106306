"""What servers compress is read; what stands for nothing, or for too much, ends soon."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable, Iterator

import httpx2
import pytest
from tests.sources.support.opened import opened, read
from tests.sources.support.servers import rows_of, token_server

from roster_operator.errors import CredentialsRejected, SourceProtocolError
from roster_operator.sources.failures import Garbled
from roster_operator.sources.source import Complete
from roster_operator.sources.unpacking import unpacking_of

BODY = b"".join(b'{"sourcedId": "%d"},' % number for number in range(20_000))


def raw_deflated(body: bytes) -> bytes:
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeezed.compress(body) + squeezed.flush()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "utf-8": bytes,
    "gzip": gzip.compress,
    "GZIP": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    " deflate , identity": raw_deflated,
}


def unpacked(encoding: str, *chunks: bytes) -> bytes:
    return b"".join(unpacking_of(httpx2.Headers({"Content-Encoding": encoding}), "the SIS")(chunks))


@pytest.mark.parametrize("encoding", PACKED)
@pytest.mark.parametrize("size", [7, 1000, 10**9])
def test_each_packing_that_is_asked_for_is_undone(encoding: str, size: int) -> None:
    packed = PACKED[encoding](BODY)
    assert unpacked(encoding, *(packed[at : at + size] for at in range(0, len(packed), size))) == BODY


@pytest.mark.parametrize("encoding", ["gzip", "deflate", ""])
def test_an_empty_body_is_empty(encoding: str) -> None:
    assert unpacked(encoding) == b""


@pytest.mark.parametrize("encoding", ["gzip, gzip", "deflate, gzip, gzip, gzip", "br, gzip", "gzip,x-gzip"])
def test_no_more_than_one_packing_is_undone(encoding: str) -> None:
    with pytest.raises(Garbled, match="times over"):
        unpacked(encoding, gzip.compress(gzip.compress(BODY)))


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress"])
def test_a_packing_that_was_not_asked_for_is_told(encoding: str) -> None:
    with pytest.raises(Garbled, match=rf"not asked for \({encoding}\). District: "):
        unpacked(encoding, b"x")


def empty_blocks(packed: bytes) -> Iterator[bytes]:
    yield packed
    while True:
        yield b"\0\0\0\xff\xff" * 20_000


@pytest.mark.parametrize("beginning", [gzip.compress(b"", 0, mtime=0)[:10], b""], ids=["gzip", "deflate"])
def test_bytes_that_stand_for_nothing_are_not_read_for_long(beginning: bytes) -> None:
    encoding = "gzip" if beginning else "deflate"
    began = time.monotonic()
    with pytest.raises(Garbled, match="more bytes than they stand for"):
        for _ in unpacking_of(httpx2.Headers({"Content-Encoding": encoding}), "the SIS")(empty_blocks(beginning)):
            pass
    assert time.monotonic() - began < 5


def test_what_follows_the_end_is_passed_over_and_not_read_for_long() -> None:
    packed = gzip.compress(BODY)
    assert unpacked("gzip", packed + b"x" * 1000, b"y" * 1000) == BODY
    with pytest.raises(Garbled, match="more bytes than they stand for"):
        unpacked("gzip", packed, *[b"x" * 100_000] * 100)


def test_a_few_bytes_are_unpacked_in_steps() -> None:
    pieces = unpacking_of(httpx2.Headers({"Content-Encoding": "gzip"}), "the SIS")([gzip.compress(bytes(50_000_000))])
    assert max(map(len, pieces)) <= 1024 * 1024


def test_broken_packing_is_told_without_a_word_of_it() -> None:
    with pytest.raises(Garbled, match="compression cannot be read") as raised:
        unpacked("gzip", b"geheim" * 1000)
    assert "geheim" not in raised.value.message


def test_a_packed_page_is_read() -> None:
    page = httpx2.Response(200, json={"orgs": rows_of("schools", 3)}, headers={"X-Total-Count": "3"}).content
    packed = httpx2.Response(
        200, content=gzip.compress(page), headers={"X-Total-Count": "3", "Content-Encoding": "gzip"}
    )
    with opened(handler=token_server(schools=lambda _request: packed)) as source:
        rows, outcome = read(source.schools())
    assert isinstance(outcome, Complete)
    assert len(rows) == 3


def test_a_refusal_counts_however_it_is_packed() -> None:
    def refused(request: httpx2.Request) -> httpx2.Response:
        stream = httpx2.ByteStream(b"not packed at all")
        return httpx2.Response(401, stream=stream, headers={"Content-Encoding": "gzip"})

    with opened(handler=token_server(schools=refused)) as source, pytest.raises(CredentialsRejected):
        read(source.schools())


def test_a_page_that_is_packed_twice_is_refused() -> None:
    twice = httpx2.ByteStream(gzip.compress(gzip.compress(b'{"orgs": []}')))

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, stream=twice, headers={"Content-Encoding": "gzip, gzip"})

    with opened(handler=token_server(schools=answer)) as source, pytest.raises(SourceProtocolError, match="2 times"):
        read(source.schools())
