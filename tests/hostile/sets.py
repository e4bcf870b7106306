"""OneRoster CSV sets that no district delivers: sound in all but the one file that is made to hurt."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import repeat
from pathlib import Path

SOUND: Mapping[str, bytes] = {
    "orgs": b"sourcedId,status,type,name,identifier\ns1,,school,One,1\n",
    "academicSessions": b"sourcedId,status,startDate,endDate\nt1,,2000-08-01,2099-08-01\n",
    "courses": b"sourcedId,status,courseCode,title\nc1,,MA1,Mathematics\n",
    "classes": b"sourcedId,status,courseSourcedId,schoolSourcedId,termSourcedIds\nk1,,c1,s1,t1\n",
    "users": b"sourcedId,status,enabledUser,username,email,identifier,role\np1,,true,ann,ann@example.org,1,student\n",
    "enrollments": b"sourcedId,status,classSourcedId,userSourcedId,role,beginDate,endDate\ne1,,k1,p1,student,,\n",
}
"""One student in one class."""
WIDE = "😀".encode()
"""A character that makes each other one of its text take four bytes."""
_AT_ONCE = 2000

Make = Callable[[int], bytes]


def zipped(path: Path, files: Mapping[str, Iterable[bytes]]) -> Path:
    """A ZIP of a sound set, but for these files, whose bytes come in parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in SOUND.keys() | files.keys():
            with archive.open(f"{name}.csv", "w") as member:
                for part in files.get(name) or (SOUND[name],):
                    member.write(part)
    return path


def more(name: str, make: Make, count: int) -> Iterator[bytes]:
    """The sound file of a name, and so many further rows."""
    yield SOUND[name]
    for begin in range(0, count, _AT_ONCE):
        yield b"".join(map(make, range(begin, min(count, begin + _AT_ONCE))))


def over(name: str, line: bytes, times: int) -> Iterator[bytes]:
    """The sound file of a name, and one line again and again."""
    yield SOUND[name]
    yield from repeat(line, times)


def _enrollment(number: int) -> bytes:
    return b"e_%d,,k1,p_%d,student,,\n" % (number, number)


HOSTILE: Mapping[str, Callable[[], Mapping[str, Iterable[bytes]]]] = {
    "rows of a megabyte of cells": lambda: {"enrollments": over("enrollments", b"x," * 300_000 + b"\n", 100)},
    "rows of very many short cells": lambda: {"enrollments": over("enrollments", b"ab," * 43_000 + WIDE + b"\n", 200)},
    "a row that never ends": lambda: {"enrollments": over("enrollments", b'"ab\n",' * 100_000, 100)},
    "dates of a hundred thousand characters": lambda: {
        "enrollments": more(
            "enrollments",
            lambda n: b"e_%d,,k1,p_%d,student,2020-01-01%s%d,%s%d\n" % (n, n, b" " * 60_000, n, b"x" * 60_000, n),
            500,
        )
    },
    "very many schools": lambda: {"orgs": more("orgs", lambda n: b"s_%d,,school,N%d,%d\n" % (n, n, n), 1_000_000)},
    "very many sessions": lambda: {
        "academicSessions": more("academicSessions", lambda n: b"t_%d,,2020-01-01,2030-01-01\n" % n, 1_000_000)
    },
    "very many courses": lambda: {"courses": more("courses", lambda n: b"c_%d,,M%d,T%d\n" % (n, n, n), 1_000_000)},
    "courses with long titles": lambda: {
        "courses": more("courses", lambda n: b"c_%d,,M%d,%s%d\n" % (n, n, WIDE + b"x" * 900, n), 200_000)
    },
    "very many classes": lambda: {"classes": more("classes", lambda n: b"k_%d,,c1,s1,t1\n" % n, 1_500_000)},
    "as many classes as are taken": lambda: {"classes": more("classes", lambda n: b"k_%d,,c1,s1,t1\n" % n, 680_000)},
    "very many persons whom nobody describes": lambda: {"enrollments": more("enrollments", _enrollment, 400_000)},
    "very many records of one login": lambda: {
        "enrollments": more("enrollments", _enrollment, 320_000),
        "users": more("users", lambda n: b"p_%d,,true,same,same@example.org,7,student\n" % n, 320_000),
    },
    "persons with long ids": lambda: {
        "enrollments": more("enrollments", lambda n: b"e_%d,,k1,%s%d,student,,\n" % (n, WIDE * 200, n), 150_000)
    },
    "classes of courses that are nowhere": lambda: {
        "classes": more("classes", lambda n: b"k_%d,,%s%d,s1,t1\n" % (n, WIDE * 100, n), 300_000)
    },
}
"""The files that are not sound, by what is wrong with them."""
