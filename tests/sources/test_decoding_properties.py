"""Whatever bytes a server sends, they become rows, or an error in words; never a crash, a hang or a heap of memory."""

from __future__ import annotations

import json
import random
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sources.support.opened import API, BASE, opened, read
from tests.sources.support.servers import TOKEN
from tests.sources.support.shapes import USERS

from roster_operator.errors import RosterOperatorError, SourceError
from roster_operator.roster.models import Enrollment, Status
from roster_operator.sources.oneroster import lenient_rows
from roster_operator.sources.oneroster.decode import decode_page, decode_single
from roster_operator.sources.oneroster.lenient_rows import Shape
from roster_operator.sources.oneroster.page import Page, read_claims
from roster_operator.sources.retries import RetryPolicy
from roster_operator.sources.source import Complete

pytestmark = pytest.mark.slow

SHAPES: dict[str, Shape[Any]] = {
    "orgs": lenient_rows.ORGS,
    "academicSessions": lenient_rows.SESSIONS,
    "courses": lenient_rows.COURSES,
    "classes": lenient_rows.CLASSES,
    "enrollments": lenient_rows.ENROLLMENTS,
    "users": USERS,
}
shapes = st.sampled_from(list(SHAPES.values()))

MEMBERS = [
    *["sourcedId", "status", "role", "roles", "user", "class", "course", "school", "terms", "type", "title", "name"],
    *["beginDate", "endDate", "startDate", "enabledUser", "username", "email", "identifier", "roleType", "href"],
    *["orgs", "users", "enrollments", "courses", "classes", "academicSessions", "statusInfoSet", "imsx_codeMajor"],
]
words = st.sampled_from(
    ["", " ", "active", "student", "teacher", "failure", "2026-08-12", "x" * 2000, "\x00", "é", "0"]
)
leaves = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | words | st.text(max_size=8)
values: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(MEMBERS) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=25,
)


def outcome(decode: Callable[[], Any]) -> Any:
    """What comes of it; an error of ours is as good as rows, and any other goes on."""
    with suppress(SourceError):
        return decode()
    return None


def check(page: Page[Any] | None) -> None:
    if page is not None:
        rows = list(page.rows)
        assert len(rows) + page.rejected <= page.received or not page.received
        assert all(row.id for row in rows if not isinstance(row, Enrollment))
        assert all(row.person_id and row.class_id for row in rows if isinstance(row, Enrollment))


@given(shapes, values)
@settings(max_examples=600, deadline=None)
def test_any_json_is_read_or_refused(shape: Shape[Any], value: Any) -> None:
    for body in (value, {shape.key: value}, {shape.key: [value]}):
        encoded = json.dumps(body).encode()
        check(outcome(lambda: decode_page(encoded, shape, shape.key, BASE)))  # noqa: B023 - called at once
        outcome(lambda: decode_single(encoded, shape, BASE))  # noqa: B023 - called at once


@given(shapes, st.binary(max_size=200))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_or_refused(shape: Shape[Any], body: bytes) -> None:
    check(outcome(lambda: decode_page(body, shape, shape.key, BASE)))
    outcome(lambda: decode_single(bytearray(body), shape, BASE))


def healthy(shape: Shape[Any], count: int) -> bytes:
    ref = {"href": f"{BASE}{API}/x/1", "sourcedId": "x-1", "type": "x"}
    row = {
        "status": "active",
        "role": "student",
        "user": ref,
        "class": ref,
        "course": ref,
        "school": ref,
        "terms": [ref],
        "type": "school",
        "roles": [{"roleType": "primary", "role": "student", "org": ref}],
        "beginDate": "2026-08-12",
        "endDate": "2027-06-07",
        "startDate": "2026-08-12",
        "title": "A title",
    }
    return json.dumps({shape.key: [{"sourcedId": f"id-{n}", **row} for n in range(count)]}).encode()


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[Shape[Any], bytes]:
    """A healthy page in which some bytes were changed, lost or added."""
    shape = draw(shapes)
    body = bytearray(healthy(shape, 3))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(body) - 1))
        match draw(st.sampled_from(["change", "lose", "add", "cut"])):
            case "change":
                body[at] = draw(st.integers(0, 255))
            case "lose":
                del body[at : at + draw(st.integers(1, 30))]
            case "add":
                body[at:at] = draw(st.sampled_from([b'"', b"{", b"[", b"]", b"}", b",", b"\\", b"\xff", b"null"]))
            case _:
                del body[at:]
        if not body:
            break
    return shape, bytes(body)


@given(spoilt())
@settings(max_examples=600, deadline=None)
def test_a_page_that_was_damaged_on_its_way_is_read_or_refused(case: tuple[Shape[Any], bytes]) -> None:
    shape, body = case
    check(outcome(lambda: decode_page(body, shape, shape.key, BASE)))


@pytest.mark.parametrize("name", ["courses", "enrollments", "users"])
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 500_000,
        b'{"a":' * 200_000,
        b"[" + b"0," * 1_000_000 + b"0]",
        b'{"KEY":[' + b"{}," * 100_000 + b"{}]}",
        b'{"KEY":[' + b"[[]]," * 100_000 + b"1]}",
        b'{"KEY":[{"sourcedId":"' + b"x" * 3_000_000 + b'"}]}',
        b'{"KEY":[{"sourcedId":' + b"9" * 3_000_000 + b"}]}",
        b'{"KEY":"' + b"\\u0000" * 500_000 + b'"}',
    ],
    ids=["lists", "objects", "numbers", "empty rows", "lists for rows", "a long id", "a long number", "escapes"],
)
def test_an_answer_made_to_burst_memory_takes_little(name: str, body: bytes) -> None:
    shape = SHAPES[name]
    sent = body.replace(b"KEY", shape.key.encode())
    tracemalloc.start()
    try:
        check(outcome(lambda: decode_page(sent, shape, shape.key, BASE)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 400 * 1024 * 1024


dates = st.sampled_from(["", "2026-08-12", "2027-06-07", None])
plain_rows = st.lists(
    st.fixed_dictionaries(
        {
            "person": st.integers(0, 30),
            "class": st.integers(0, 9),
            "role": st.sampled_from(["student", "teacher", "aide"]),
            "begin": dates,
            "end": dates,
            "status": st.sampled_from(["active", "tobedeleted", None]),
        }
    ),
    max_size=40,
)


def written(row: dict[str, Any], number: int, draw: st.DrawFn) -> dict[str, Any]:
    """The row as some server writes it: other types, blanks, more fields, fields left out, in another order."""
    as_number = draw(st.booleans())

    def identifier(value: int) -> Any:
        return value if as_number else draw(st.sampled_from([str(value), f" {value} ", f"{value}\n"]))

    def reference(value: int) -> Any:
        named = identifier(value)
        return draw(st.sampled_from([{"sourcedId": named}, {"sourcedId": named, "href": None, "type": 5}]))

    members = {
        "sourcedId": identifier(number),
        "user": reference(row["person"]),
        "class": reference(row["class"]),
        "role": draw(st.sampled_from([row["role"], row["role"].upper(), f" {row['role']}"])),
        "beginDate": row["begin"],
        "endDate": row["end"] and draw(st.sampled_from([row["end"], f"{row['end']}T00:00:00.000Z"])),
        "status": row["status"],
    }
    optional = [name for name in ("beginDate", "endDate", "status") if not members[name]]
    for name in draw(st.lists(st.sampled_from(optional), unique=True)) if optional else ():
        del members[name]
    extra = draw(st.dictionaries(st.text("abcxyz", min_size=4, max_size=8), leaves, max_size=3))
    return dict(draw(st.permutations(list({**extra, **members}.items()))))


def meant(row: dict[str, Any]) -> tuple[Any, ...]:
    ends = (row["begin"] or "", row["end"] or "")
    return (str(row["person"]), str(row["class"]), row["role"], *ends, row["status"] != "tobedeleted")


def understood(row: Enrollment) -> tuple[Any, ...]:
    return (row.person_id, row.class_id, str(row.role), row.begin, row.end, row.status is Status.ACTIVE)


@given(plain_rows, st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_however_rows_are_written_they_mean_the_same(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    sent = [data.draw(st.composite(lambda draw, r=row, n=n: written(r, n, draw))()) for n, row in enumerate(rows)]
    page = decode_page(json.dumps({"enrollments": sent}).encode(), lenient_rows.ENROLLMENTS, "enrollments", BASE)
    assert [understood(row) for row in page.rows] == [meant(row) for row in rows]
    assert (page.received, page.rejected) == (len(rows), 0)


@given(plain_rows, st.lists(st.sampled_from(["sourcedId", "user", "class"]), min_size=1, max_size=40))
@settings(max_examples=150, deadline=None)
def test_rows_without_what_they_are_about_cost_nothing_but_themselves(
    rows: list[dict[str, Any]], lacking: list[str]
) -> None:
    sent = []
    for number, (row, member) in enumerate(zip(rows, [*lacking, *[""] * len(rows)], strict=False)):
        full = {"sourcedId": f"e{number}", "user": {"sourcedId": row["person"]}, "class": {"sourcedId": row["class"]}}
        sent.append({name: value for name, value in full.items() if name != member})
    page = decode_page(json.dumps({"enrollments": sent}).encode(), lenient_rows.ENROLLMENTS, "enrollments", BASE)
    broken = min(len(lacking), len(rows))
    assert (page.received, page.rejected, len(page.rows)) == (len(rows), broken, len(rows) - broken)


@st.composite
def servers(draw: st.DrawFn) -> tuple[list[dict[str, Any]], Callable[[httpx2.Request], httpx2.Response]]:
    """Rows of a SIS, some of them twice, and a server that clamps, cuts short, and claims or claims not."""
    count, clamp, repeated = draw(st.integers(0, 60)), draw(st.integers(1, 25)), draw(st.integers(0, 4))
    total, links = draw(st.booleans()), draw(st.booleans())
    cut = draw(st.lists(st.integers(0, 3), min_size=1, max_size=5))
    noise = random.Random(draw(st.integers(0, 1000)))
    common = {"role": "student", "begin": "", "end": "", "status": None}
    rows = [{"person": n, "class": n % 7, **common} for n in range(count)]
    rows += rows[:repeated]
    sent = []
    for number, row in enumerate(rows):
        members = [
            ("sourcedId", f"e{number % max(1, count)}"),
            ("user", {"sourcedId": row["person"]}),
            ("class", {"sourcedId": f" {row['class']}", "type": "class"}),
            ("role", "student"),
            (f"x{noise.randrange(5)}", noise.choice([None, 1, "text", [], {}])),
        ]
        noise.shuffle(members)
        sent.append(dict(members))

    def serve(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/token":
            return httpx2.Response(200, json=TOKEN)
        offset, limit = int(request.url.params["offset"]), min(int(request.url.params["limit"]), clamp)
        given = sent[offset : offset + max(1, limit - cut[offset % len(cut)])]
        headers = {"X-Total-Count": str(len(sent))} if total else {}
        if links and offset + len(given) < len(sent):
            headers["Link"] = f'<{BASE}{API}/enrollments?offset={offset + len(given)}&limit=5>; rel="next"'
        return httpx2.Response(200, headers=headers, json={"enrollments": given})

    return rows, serve


@given(servers(), st.integers(1, 30))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_however_a_server_cuts_its_pages_every_enrollment_comes_over_http(
    server: tuple[list[dict[str, Any]], Callable[[httpx2.Request], httpx2.Response]], page_size: int
) -> None:
    rows, serve = server
    with opened(handler=serve, page_size=page_size, max_concurrency=3) as source:
        found, ended = read(source.enrollments())
    twice = len(rows) - len({row["person"] for row in rows})
    if isinstance(ended, Complete):
        assert {understood(row) for row in found} == {meant(row) for row in rows}
        assert (ended.rows, ended.duplicates) == (len(rows), twice)
    else:
        assert twice, "what is in order was not taken for whole"


@given(
    st.sampled_from([200, 201, 204, 301, 400, 401, 403, 404, 418, 500]),
    st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["application/json", "text/html", ""]),
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_answer_to_a_request_for_a_token_ends_in_words(status: int, body: bytes, kind: str) -> None:
    def serve(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/token"):
            return httpx2.Response(status, content=body, headers={"content-type": kind})
        return httpx2.Response(401)

    once = RetryPolicy(retries=0)
    with opened(handler=serve, retries=once) as source, pytest.raises(RosterOperatorError):
        source.probe()


@given(st.dictionaries(st.sampled_from(["x-total-count", "link", "x-count"]), st.text(st.characters(codec="latin-1"))))
@settings(max_examples=200, deadline=None)
def test_any_header_claims_something_or_nothing(headers: dict[str, str]) -> None:
    claims = read_claims(httpx2.Headers([(name.encode(), value.encode("latin-1")) for name, value in headers.items()]))
    assert claims.total is None or claims.total >= 0
    assert claims.next_offset is None or claims.next_offset >= 0
