"""No server makes the operator take more memory than it has, or hold a thread, whatever it answers."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path

import pytest
from tests.hostile.measure import MOST_LEFT, MOST_MEMORY, manifests, sync
from tests.hostile.server import SECRET, Answer, rows, serving

pytestmark = pytest.mark.slow

WIDE = "😀"
"""A character that makes each other one of its text take four bytes."""
LONG = 22_000_000
"""Bytes of a page that is nearly too large for one."""

Make = Callable[[int, int], Answer | None]
"""From offset and limit to what is answered."""


def once(section: str, *found: bytes) -> Make:
    """These rows, and nothing behind them."""
    whole = rows(section, found)
    return lambda offset, limit: rows(section, ()) if offset else whole


def a_text_that_never_ends(offset: int, limit: int) -> Answer:
    return Answer(b'{"enrollments":[{"sourcedId":"' + b"x" * LONG + WIDE.encode() + b'"}]}')


def large_pages(offset: int, limit: int) -> Answer:
    """Of persons, but for the first page: what is asked for early is large when it comes."""
    long = f"{WIDE}{'x' * 900}" if offset else ""
    numbers = range(offset, offset + limit)
    found = (f'{{"sourcedId":"p_{n}","username":"{long}{n}","email":"{long}{n}"}}'.encode() for n in numbers)
    return rows("students", found, **{"X-Total-Count": "200000"})


def packed_courses(offset: int, limit: int) -> Answer:
    numbers = range(offset, offset + limit)
    page = rows("courses", (b'{"sourcedId":"c_%d","courseCode":"M%d","title":"T%d"}' % (n, n, n) for n in numbers))
    assert isinstance(page.body, bytes)
    headers = {"Content-Encoding": "gzip", "X-Total-Count": "6000000"}
    return Answer(gzip.compress(page.body, 1), headers)


def nothing_for_ever(offset: int, limit: int) -> Answer:
    def blocks() -> Iterator[bytes]:
        yield gzip.compress(b"", 0)[:10]
        yield from repeat(b"\0\0\0\xff\xff" * 50_000, 10_000)

    return Answer(blocks(), {"Content-Encoding": "gzip"})


def packed(times: int) -> Answer:
    """A hundred megabytes of blocks that hold nothing, packed again and again."""
    squeezed = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join(squeezed.compress(b"\0\0\0\xff\xff" * 50_000) for _ in range(400)) + squeezed.flush()
    for _ in range(times - 2):
        body = gzip.compress(body)
    return Answer(body, {"Content-Encoding": ", ".join(["deflate", *["gzip"] * (times - 1)])})


def endless_headers(offset: int, limit: int) -> Answer:
    return Answer(b'{"enrollments":[]}', {f"X-{number}": "x" * 60_000 for number in range(95)})


def distinct_members() -> bytes:
    return b"{%s}" % b",".join(b'"a%d":1' % number for number in range(1_000_000))


FOUR_TIMES = packed(4)
HOSTILE: dict[str, tuple[str, Callable[[], Make]]] = {
    "a text that never ends": ("enrollments", lambda: a_text_that_never_ends),
    "a title that never ends": (
        "courses",
        lambda: once("courses", b'{"sourcedId":"c1","title":"%s%s"}' % (b"x" * LONG, WIDE.encode())),
    ),
    "pages larger than any": ("students", lambda: once("students", b'{"sourcedId":"%s"}' % (b"x" * 2 * LONG))),
    "large pages": ("students", lambda: large_pages),
    "very many courses, packed": ("courses", lambda: packed_courses),
    "very many rows on a page": ("enrollments", lambda: once("enrollments", *[b"{}"] * 1_000_000)),
    "rows of one member each": ("students", lambda: once("students", *[b'{"a":"b"}'] * 280_000)),
    "a row of very many members": ("students", lambda: once("students", distinct_members(), b'{"username":"x"}')),
    "a class with very many terms": (
        "classes",
        lambda: once("classes", b'{"sourcedId":"k1","terms":[%s]}' % b",".join([b'{"sourcedId":"ab"}'] * 290_000)),
    ),
    "lists of nothing": ("enrollments", lambda: once("enrollments", b'{"user":[%s]}' % b",".join([b"[]"] * 450_000))),
    "nothing for ever, packed": ("enrollments", lambda: nothing_for_ever),
    "packed four times over": ("enrollments", lambda: lambda offset, limit: FOUR_TIMES),
    "headers that never end": ("enrollments", lambda: endless_headers),
}


@pytest.mark.parametrize("what", ["nothing", *HOSTILE])
def test_memory_is_bounded_whatever_a_server_answers(what: str, tmp_path: Path) -> None:
    hurt, make = HOSTILE.get(what, ("", lambda: lambda offset, limit: None))
    answer = make()
    ledger = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    with serving(lambda section, offset, limit: answer(offset, limit) if section == hurt else None) as url:
        described = manifests(tmp_path, {"baseURL": url}, SECRET)
        taken = sync("--file", described, "--create", "--ledger", ledger)
    assert taken.peak < MOST_MEMORY, taken
    assert taken.left < MOST_LEFT, taken
    assert taken.threads == 0, taken
    assert taken.seconds < 60, taken
    assert taken.ready == "Synced" or "District:" in taken.message or "Publisher:" in taken.message, taken
