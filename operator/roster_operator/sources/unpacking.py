"""Undoes the compression of an answer, in small steps.

A few bytes can stand for any number of them, and very many for none at all; packed several times over, both at once.
So one packing is undone and no more, what comes out is passed on as it comes, and what comes in may not be more than
what comes out.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import httpx2

from roster_operator.sources.failures import Garbled

_STEP: Final = 1024 * 1024
"""Bytes that are unpacked at once."""
_PADDING: Final = 1024 * 1024
"""Bytes that an answer may have more when it is packed; honest ones have a thousandth."""
_GZIP: Final = 16 + zlib.MAX_WBITS
_RAW: Final = -zlib.MAX_WBITS
_WINDOWS: Final = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}
_NOT_ASKED_FOR: Final = frozenset({"br", "zstd", "compress", "x-compress"})

Unpack = Callable[[Iterable[bytes]], Iterator[bytes]]


def unpacking_of(headers: httpx2.Headers, where: str) -> Unpack:
    """How the body of an answer with these headers is unpacked; raises `Garbled` if it is not.

    Words that name no packing are passed over: some servers write a character set there.
    """
    named = [word.lower() for word in headers.get_list("content-encoding", split_commas=True)]
    packings = [word for word in named if word in _WINDOWS or word in _NOT_ASKED_FOR]
    if not packings:
        return iter
    if len(packings) > 1:
        raise Garbled(
            f"{where} sent an answer that is compressed {len(packings)} times over. District: let the SIS, and what "
            "stands before it, compress once."
        )
    if packings[0] in _NOT_ASKED_FOR:
        raise Garbled(
            f"{where} sent an answer in a compression that it was not asked for ({packings[0]}). District: let the "
            "SIS, and what stands before it, heed Accept-Encoding."
        )
    return lambda chunks: _unpacked(chunks, _WINDOWS[packings[0]], where)


def _unpacked(chunks: Iterable[bytes], window: int, where: str) -> Iterator[bytes]:
    inflating = None
    received = given = 0
    for chunk in filter(None, chunks):
        received += len(chunk)
        if inflating is None:
            inflating = _inflating(chunk, window)
        if not inflating.eof:
            for piece in _pieces(inflating, chunk, where):
                given += len(piece)
                yield piece
        if received > given + _PADDING:
            raise Garbled(f"{where} sent more bytes than they stand for. District: ask the SIS's vendor.")


def _inflating(beginning: bytes, window: int) -> zlib._Decompress:
    """Some servers leave out the frame that `deflate` must have (RFC 9110, section 8.4.1.2)."""
    if window == zlib.MAX_WBITS:
        try:
            zlib.decompressobj(window).decompress(beginning, 1)
        except zlib.error:
            window = _RAW
    return zlib.decompressobj(window)


def _pieces(inflating: zlib._Decompress, chunk: bytes, where: str) -> Iterator[bytes]:
    try:
        while piece := inflating.decompress(chunk, _STEP):
            yield piece
            chunk = inflating.unconsumed_tail
    except zlib.error:
        raise Garbled(f"{where} sent an answer whose compression cannot be read.") from None
