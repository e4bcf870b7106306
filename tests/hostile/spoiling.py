"""Makes answers and files hurt, at random: more of everything, of any part, in any way of writing it."""

from __future__ import annotations

import copy
import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Mapping
from random import Random
from typing import Any

WIDE = "😀"
"""A character that makes each other one of its text take four bytes."""
MOST = 40_000_000
"""Bytes that are made of an answer or a file."""

Body = bytes | Iterable[bytes]
Rows = list[dict[str, Any]]


def some(rng: Random, most: int) -> int:
    """A number up to `most`, of any order of magnitude; large ones are more likely."""
    return int(most ** (rng.random() ** 0.4))


def text(rng: Random, most: int = 20_000_000) -> str:
    """A long text, of one kind of character or another."""
    kind = rng.choice(["x", "0", " ", WIDE, "\\", '"', "\u00e9", "a b ", "2026-01-01", "\u202e", "[", "-"])
    return kind * (some(rng, most) // len(kind.encode()) + 1) + rng.choice(["", WIDE])


def rows_of(tree: Any) -> Rows:
    """The longest list of objects in an answer; empty if there is none."""
    found: Rows = []
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
            if len(part) > len(found) and all(isinstance(each, dict) for each in part):
                found = part
    return found


def spoiled_answer(rng: Random, body: bytes) -> tuple[str, Body, dict[str, str]]:
    """What was done to an answer, its body, and headers."""
    way = rng.choice(ANSWERS)
    made, headers = way(rng, body)
    if isinstance(made, bytes) and rng.random() < 0.3:
        made, headers = gzip.compress(made[:MOST], 1), {**headers, "Content-Encoding": "gzip"}
    return way.__name__, made, headers


def _with_rows(change: Callable[[Random, Rows], Any]) -> Callable[[Random, bytes], tuple[Body, dict[str, str]]]:
    def spoil(rng: Random, body: bytes) -> tuple[Body, dict[str, str]]:
        tree = json.loads(body)
        rows = rows_of(tree)
        if rows:
            change(rng, rows)
        return json.dumps(tree, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass"), {}

    spoil.__name__ = change.__name__.strip("_")
    return spoil


def _more_rows(rng: Random, rows: Rows) -> None:
    """The same again under other identifiers, or under the same."""
    row = rng.choice(rows)
    plain = json.dumps(row)
    count = min(some(rng, 400_000), MOST // len(plain))
    member = rng.choice([*row, ""])
    for number in range(count):
        rows.append(
            {**row, member: f"{row[member]}{number}"} if member in row and isinstance(row[member], str) else row
        )


def _a_long_text(rng: Random, rows: Rows) -> None:
    row = rng.choice(rows)
    row[rng.choice([*row, "new"])] = text(rng)


def _long_texts(rng: Random, rows: Rows) -> None:
    member, long = rng.choice(list(rng.choice(rows))), text(rng, MOST // len(rows))
    for number, row in enumerate(rows):
        row[member] = f"{long}{number}"


def _more_members(rng: Random, rows: Rows) -> None:
    row = rng.choice(rows)
    row.update(
        {f"{rng.choice('aZ_')}{number}": rng.choice([1, None, "x", [], {}]) for number in range(some(rng, 900_000))}
    )


def _other_values(rng: Random, rows: Rows) -> None:
    value: Any = rng.choice(
        [None, 0, -1, 1e308, 10**400, True, [], {}, [[]] * some(rng, 900_000), {"sourcedId": None}, "\ud800"]
    )
    member = rng.choice(list(rng.choice(rows)))
    for row in rng.sample(rows, rng.randint(1, len(rows))):
        row[member] = value


def _nested(rng: Random, rows: Rows) -> None:
    row = rng.choice(rows)
    member = rng.choice(list(row))
    inner: Any = "x"
    for _ in range(some(rng, 900)):
        inner = rng.choice([[inner], {member: inner}, {"sourcedId": inner}])
    row[member] = inner


def _wide_lists(rng: Random, rows: Rows) -> None:
    row = rng.choice(rows)
    member = rng.choice(list(row))
    item = rng.choice([copy.deepcopy(row[member]), {"sourcedId": "ab"}, "a", None, {}, []])
    row[member] = [item] * min(some(rng, 900_000), MOST // (len(json.dumps(item)) + 2))


def _empty_rows(rng: Random, rows: Rows) -> None:
    rows += [rng.choice([{}, {"a": 1}, {"sourcedId": ""}])] * some(rng, 900_000)


def anything(rng: Random, body: bytes) -> tuple[Body, dict[str, str]]:
    """No JSON, or hardly."""
    part = rng.choice([b"[", b"{", b'{"a":', b" ", b"\0", b"1", b'"', b"\\u0041", b"<html>", body, b"{},", b"\xff"])
    count = some(rng, MOST) // len(part) + 1
    return body[: rng.randint(0, len(body))] + part * count + body[rng.randint(0, len(body)) :], {}


def headers(rng: Random, body: bytes) -> tuple[Body, dict[str, str]]:
    """The rows are sound, and what is said of them is not."""
    link = ", ".join(f'<http://127.0.0.1/x?offset={number}>; rel="next"' for number in range(some(rng, 900)))
    name = rng.choice(["X-Total-Count", "Link", "Set-Cookie", "Content-Type", "Retry-After", "X-Odd"])
    value = rng.choice(["9" * some(rng, 60_000), "-1", "1e9", link[:60_000], "20000000", "a=b; Path=/", ""])
    return body, {name: value}


def endless(rng: Random, body: bytes) -> tuple[Body, dict[str, str]]:
    """Comes as long as it is read."""
    part = rng.choice([b" ", b"0", body, b"\0" * 1000, b'{"a":1},']) * some(rng, 10_000)
    start = body[: rng.choice([0, len(body) - 1])]
    return (piece for pieces in ([start], (part for _ in range(3_000_000_000 // len(part)))) for piece in pieces), {}


def packed(rng: Random, body: bytes) -> tuple[Body, dict[str, str]]:
    """In a compression that is not sound, or stands for very much."""
    size = some(rng, 900_000_000)
    whole = io.BytesIO()
    with gzip.GzipFile(fileobj=whole, mode="wb", compresslevel=1) as file:
        file.write(body[:-1])
        for _ in range(size // 1_000_000):
            file.write(rng.choice([b" ", b"{},"]) * 1_000_000)
    made = whole.getvalue()
    cut = rng.choice([len(made), rng.randint(0, len(made))])
    return made[:cut] + rng.choice([b"", b"\0" * 1000]), {
        "Content-Encoding": rng.choice(["gzip", "deflate", "br", "gzip, gzip"])
    }


ANSWERS: list[Callable[[Random, bytes], tuple[Body, dict[str, str]]]] = [
    *map(
        _with_rows,
        (
            _more_rows,
            _a_long_text,
            _long_texts,
            _more_members,
            _other_values,
            _nested,
            _wide_lists,
            _empty_rows,
        ),
    ),
    anything,
    headers,
    endless,
    packed,
]


def spoiled_files(rng: Random, files: Mapping[str, bytes]) -> tuple[str, dict[str, bytes]]:
    """What was done to which file, and all files of a set."""
    name = rng.choice(sorted(files))
    header, *rows = list(csv.reader(io.StringIO(files[name].decode())))
    way = rng.choice(FILES)
    lines = way(rng, header, rows or [[""] * len(header)])
    return f"{way.__name__.strip('_')} of {name}", {**files, name: lines}


def _written(*lines: Iterable[str]) -> bytes:
    into = io.StringIO()
    csv.writer(into, lineterminator="\n").writerows(lines)
    return into.getvalue().encode("utf-8", "surrogatepass")


def _many_rows(rng: Random, header: list[str], rows: list[list[str]]) -> bytes:
    column = rng.randrange(len(header))
    row = rng.choice(rows)
    count = min(some(rng, 900_000), 2 * MOST // (len(",".join(row)) + 8))
    more = ([*row[:column], f"{row[column]}{number}", *row[column + 1 :]] for number in range(count))
    return _written(header, *rows, *more)


def _long_cells(rng: Random, header: list[str], rows: list[list[str]]) -> bytes:
    column, chosen = rng.randrange(len(header)), rng.sample(rows, rng.randint(1, len(rows)))
    long = text(rng, MOST // len(chosen))
    for number, row in enumerate(chosen):
        row[column] = f"{long}{number}"
    return _written(header, *rows)


def _many_cells(rng: Random, header: list[str], rows: list[list[str]]) -> bytes:
    for row in rng.sample([header, *rows], rng.randint(1, 3)):
        row.extend([rng.choice(["", "a", "status", WIDE])] * some(rng, 5_000_000))
    return _written(header, *rows)


def _lines(rng: Random, header: list[str], rows: list[list[str]]) -> bytes:
    line = rng.choice([b"\n", b"\r", b'"\n', b'"', b",\n", b'"a"b",', b"\0", b'"\r\n",', b"x\n"])
    return _written(header, *rows[:5]) + line * (some(rng, MOST) // len(line)) + _written(*rows[5:])


FILES = [_many_rows, _long_cells, _many_cells, _lines]
