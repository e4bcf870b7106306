"""What a server answered, in digests: the same answers to the same requests make the same roster.

A reading is a function of its answers. So if every request of a reading that was whole is answered again as it was,
headers and end of the section included, then the roster is the same, proof and all, and nothing of it needs to be
decoded. What was fetched to find that out is kept, within bounds, for a reading that has to take place after all.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final, NamedTuple

import msgspec
import xxhash

from roster_operator.errors import NoScratchSpace
from roster_operator.scratch import Block, SpillFile
from roster_operator.sources.http import WITH_ROWS, Answer

MAX_EXCHANGES: Final = 50_000
"""A reading of more is not remembered: its requests would outweigh what decoding costs."""
KEPT_BYTES: Final = 256 * 1024 * 1024
"""Of answers kept for a reading that follows."""
_IN_MEMORY: Final = 24 * 1024 * 1024
"""If there are more, all of them are in a file."""
_SLOW: Final = 0.1 / 1024 / 1024
"""Seconds a byte: answers that come sooner are fetched again at less cost than they are written to a file."""
_TELLING: Final = ("x-total-count", "link")
"""Headers that a reading looks at."""


class Exchange(NamedTuple):
    """A request, and its answer as a number."""

    url: str
    digest: int


_decoder: Final = msgspec.msgpack.Decoder(list[Exchange])


def digest_of(answer: Answer) -> int:
    """Status, telling headers and body as 64 bits; of an answer that says no, the status alone."""
    if answer.status not in WITH_ROWS:
        return int(answer.status)
    digest = xxhash.xxh3_64(answer.body)
    digest.update(_claims(answer))
    return digest.intdigest()


def _claims(answer: Answer) -> bytes:
    return "\0".join(answer.headers.get(name, "") for name in _TELLING).encode()


class StreamingDigest:
    """An answer that is digested as it comes, and kept only while there is room for it."""

    def __init__(self, room: int) -> None:
        """`room`: bytes that may be kept."""
        self._room = room
        self._digest = xxhash.xxh3_64()
        self._kept: bytearray | None = bytearray()

    def write(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        self._digest.update(chunk)
        if self._kept is not None:
            if len(self._kept) + len(chunk) <= self._room:
                self._kept += chunk
            else:
                self._kept = None

    def digest(self, answer: Answer) -> int:
        """What `digest_of` makes of the whole answer, of which `answer` need not hold the body."""
        if answer.status not in WITH_ROWS:
            return int(answer.status)
        self._digest.update(_claims(answer))
        return self._digest.intdigest()

    def whole(self, answer: Answer) -> Answer | None:
        """`answer` with its body; None if there was no room for it."""
        return replace(answer, body=self._kept) if self._kept is not None else None


class _Kept(NamedTuple):
    """An answer whose body is in the file."""

    answer: Answer
    body: Block


class Fingerprint:
    """The answers of one reading. Thread-safe."""

    def __init__(self, *, room: int = KEPT_BYTES) -> None:
        """Empty. `room`: bytes of answers that may be kept."""
        self._room = room
        self._exchanges: dict[str, int] = {}
        self._recalled: dict[str, dict[str, int]] = {}
        """The exchanges of an earlier reading, by the URLs of their routes."""
        self._kept: dict[str, _Kept] = {}
        self._kept_bytes = 0
        self._waited = 0.0
        """Seconds for the answers that were kept."""
        self._file = SpillFile(in_memory=_IN_MEMORY)
        self._telling = True
        self._lock = threading.Lock()

    def begin(self) -> None:
        """What was noted so far was no part of the reading, but of what went before it."""
        with self._lock:
            self._exchanges.clear()
            self._telling = True

    def note(self, url: str, answer: Answer) -> None:
        """A request was answered in a way that the reading used."""
        if not self._telling:
            return
        digest = digest_of(answer)
        with self._lock:
            known = self._exchanges.setdefault(url, digest)
            self._telling = self._telling and known == digest and len(self._exchanges) <= MAX_EXCHANGES
            if not self._telling:
                self._exchanges.clear()

    def invalidate(self) -> None:
        """Something happened that need not happen again, so another reading of the same answers may end otherwise."""
        with self._lock:
            self._telling = False

    def start(self) -> StreamingDigest:
        """For an answer that is about to come."""
        with self._lock:
            return StreamingDigest(self._free)

    @property
    def _free(self) -> int:
        """Bytes that may still be kept: more than memory holds only if the server is slow."""
        slow = self._waited > self._kept_bytes * _SLOW
        return (self._room if slow else min(self._room, _IN_MEMORY)) - self._kept_bytes

    def keep(self, url: str, answer: Answer, seconds: float) -> None:
        """Keep an answer for a reading that follows, if there is room. `seconds`: how long it took to come."""
        with self._lock, suppress(OSError, NoScratchSpace):
            if url not in self._kept and len(answer.body) <= self._free:
                self._kept[url] = _Kept(replace(answer, body=b""), self._file.append(answer.body))
                self._kept_bytes += len(answer.body)
                self._waited += seconds

    def take(self, url: str) -> Answer | None:
        """An answer that was kept; the next request for it goes to the server."""
        with self._lock, suppress(OSError):
            if (kept := self._kept.pop(url, None)) is not None:
                return replace(kept.answer, body=self._file.read(kept.body))
        return None

    def expect(self, exchanges: Iterable[Exchange]) -> None:
        """Take note of an earlier reading, which was whole."""
        with self._lock:
            for url, digest in exchanges:
                self._recalled.setdefault(_route(url), {})[url] = digest

    def repeats(self, route: str) -> bool:
        """Whether a route, by its URL, was asked the same as in the reading that was recalled, and answered alike."""
        with self._lock:
            before = self._recalled.get(route)
            return before is not None and before == {
                url: digest for url, digest in self._exchanges.items() if _route(url) == route
            }

    def encode(self) -> bytes | None:
        """For the ledger: it may name persons, in URLs. None if it would not tell the same roster again."""
        with self._lock:
            if not self._telling or not self._exchanges:
                return None
            return zlib.compress(msgspec.msgpack.encode(sorted(self._exchanges.items(), key=_place)))


def _route(url: str) -> str:
    return url.partition("?")[0]


def _place(exchange: tuple[str, int]) -> tuple[int, str]:
    """Sorts the pages of one route by their offset."""
    return len(exchange[0]), exchange[0]


def decode_exchanges(encoded: bytes) -> Sequence[Exchange]:
    """What `Fingerprint.encode` wrote, in the order in which a change shows soonest.

    Where rows come or go, all pages behind them change; so the last pages come first, those of long sections before
    those of short ones. Empty for what cannot be read, as another version may have written it.
    """
    try:
        exchanges = _decoder.decode(zlib.decompress(encoded))
    except (ValueError, zlib.error):
        return ()
    routes: dict[str, list[Exchange]] = {}
    for exchange in exchanges:
        routes.setdefault(_route(exchange.url), []).append(exchange)
    longest_first = sorted(routes.values(), key=len, reverse=True)
    ends = [pages.pop() for pages in longest_first if len(pages) > 1]
    return ends + [exchange for pages in longest_first for exchange in reversed(pages)]
