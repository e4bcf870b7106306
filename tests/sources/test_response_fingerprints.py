"""A reading is recognised by its answers: the same ones to the same requests, and only those."""

from __future__ import annotations

import httpx2
import pytest

from roster_operator.sources.http import Answer
from roster_operator.sources.response_fingerprint import MAX_EXCHANGES, Fingerprint, decode_exchanges, digest_of

URL = "https://sis.example.org/ims/oneroster/v1p1/users?limit=100&offset="


def answer(body: bytes = b'{"users":[]}', status: int = 200, **headers: str) -> Answer:
    return Answer(status, httpx2.Headers({name.replace("_", "-"): value for name, value in headers.items()}), body)


@pytest.mark.parametrize(
    "other",
    [
        answer(b'{"users":[1]}'),
        answer(x_total_count="0"),
        answer(link='<u>; rel="next"'),
        answer(status=204),
        answer(status=404),
    ],
)
def test_what_a_reading_looks_at_makes_another_answer(other: Answer) -> None:
    assert digest_of(other) != digest_of(answer())


def test_what_it_does_not_look_at_makes_none() -> None:
    assert digest_of(answer(date="today", set_cookie="a=b")) == digest_of(answer())
    assert digest_of(answer(b"request 1 is not here", 404)) == digest_of(answer(b"request 2 is not here", 404))


def test_pages_come_back_last_first_and_long_sections_before_short_ones() -> None:
    transcript = Fingerprint()
    for offset in (0, 900, 1000, 10_000):
        transcript.note(f"{URL}{offset}", answer(str(offset).encode()))
    transcript.note("https://sis.example.org/ims/oneroster/v1p1/orgs?limit=100&offset=0", answer())
    encoded = transcript.encode()
    assert encoded is not None
    exchanges = decode_exchanges(encoded)
    assert [exchange.url.rpartition("=")[2] for exchange in exchanges] == ["10000", "1000", "900", "0", "0"]
    assert exchanges[0].digest == digest_of(answer(b"10000"))
    assert exchanges[-1].url.endswith("orgs?limit=100&offset=0")


def test_a_reading_that_was_in_doubt_tells_nothing() -> None:
    twice, invalidated, long = Fingerprint(), Fingerprint(), Fingerprint()
    twice.note(URL, answer())
    twice.note(URL, answer(b"{}"))
    invalidated.note(URL, answer())
    invalidated.invalidate()
    for number in range(MAX_EXCHANGES + 1):
        long.note(f"{URL}{number}", answer())
    assert [transcript.encode() for transcript in (Fingerprint(), twice, invalidated, long)] == [None] * 4


@pytest.mark.parametrize("encoded", [b"", b"nonsense", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_what_another_version_wrote_is_no_transcript(encoded: bytes) -> None:
    assert decode_exchanges(encoded) == ()


def test_answers_are_kept_once_and_within_bounds() -> None:
    transcript = Fingerprint(room=1000)
    large = answer(bytes(990))
    transcript.keep("large", large, 1.0)
    transcript.keep("too much", answer(bytes(11)), 1.0)
    transcript.keep("small", answer(bytes(10)), 1.0)
    assert transcript.take("too much") is None
    assert transcript.take("large") == large
    assert transcript.take("large") is None
    assert transcript.take("small") == answer(bytes(10))


def pages_of(megabytes: int) -> dict[str, Answer]:
    return {f"{URL}{n}": answer(str(n).encode() * 4_000_000, x_total_count="9") for n in range(megabytes // 4)}


def test_answers_that_are_too_many_for_memory_are_kept_all_the_same_if_they_take_long_to_come() -> None:
    transcript, pages = Fingerprint(), pages_of(36)
    for url, page in pages.items():
        transcript.keep(url, page, 0.5)
    assert {url: transcript.take(url) for url in reversed(pages)} == pages


def test_of_a_quick_server_no_more_is_kept_than_memory_holds() -> None:
    transcript, pages = Fingerprint(), pages_of(36)
    for url, page in pages.items():
        transcript.keep(url, page, 0.05)
    kept = [url for url in pages if transcript.take(url) is not None]
    assert kept == list(pages)[:6]


def test_a_route_repeats_what_was_recalled_only_if_all_of_it_is_asked_and_answered_alike() -> None:
    route = URL.partition("?")[0]
    before, now = Fingerprint(), Fingerprint()
    assert not now.repeats(route)
    for number in range(2):
        before.note(f"{URL}{number}", answer(str(number).encode()))
    encoded = before.encode()
    assert encoded is not None
    now.expect(decode_exchanges(encoded))
    now.note("https://sis.example.org/ims/oneroster/v1p1/orgs?limit=100&offset=0", answer())
    now.note(f"{URL}0", answer(b"0"))
    assert not now.repeats(route)
    now.note(f"{URL}1", answer(b"1"))
    assert now.repeats(route)
    assert not now.repeats(f"{route}/more")
    now.note(f"{URL}2", answer(b"2"))
    assert not now.repeats(route)


def test_an_answer_that_comes_in_parts_has_the_digest_of_the_whole() -> None:
    whole = answer(b"a page of a roster", x_total_count="1")
    running_digest = Fingerprint().start()
    for part in (b"a page", b" of a", b" roster"):
        running_digest.write(part)
    assert running_digest.whole(answer(b"a pa", x_total_count="1")) == whole
    assert running_digest.digest(answer(b"a pa", x_total_count="1")) == digest_of(whole)
    assert Fingerprint().start().digest(answer(status=404)) == digest_of(answer(status=404))


def test_an_answer_without_room_is_digested_all_the_same() -> None:
    transcript = Fingerprint(room=1000)
    transcript.keep("large", answer(bytes(996)), 1.0)
    running_digest = transcript.start()
    running_digest.write(b"[1,2,3]")
    assert running_digest.whole(answer(b"")) is None
    assert running_digest.digest(answer(b"")) == digest_of(answer(b"[1,2,3]"))
