"""msgspec crashes the process if two threads build a decoder of one type at the same time, as first syncs would.

So decoders are built when their module loads, or under a lock.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import roster_operator

pytestmark = pytest.mark.slow

SOURCES = Path(roster_operator.__file__).parent
LOCKED = {"sources/decoders.py:decoder_of", "sources/vendor_profile.py:_read"}
"""They hold the lock, or are called by who does."""

FIRST_SYNCS = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from roster_operator.sources import oauth2
from roster_operator.roster.dates import Days
from roster_operator.sources.oneroster import decode, members, users, lenient_rows
from roster_operator.reconcile import persons, rows_on_disk
from roster_operator.sources.vendor_profile import profile_of

sys.setswitchinterval(1e-6)
start = threading.Barrier(16)

def first(_number):
    start.wait(30)
    profile_of("Aeries")
    oauth2._decode_grant(b'{"access_token": "x", "expires_in": 60}')
    everybody = users.UserShapes(Days("2026-10-15")).everybody
    for shape, key in ((lenient_rows.ORGS, "orgs"), (everybody, "users"), (lenient_rows.CLASSES, "classes")):
        for row in (shape.row, members.complete(shape.row), members.closed(shape.row, shape.members.official)):
            decode._decoder(row, key).decode(b"{}")
    rows_on_disk._CHANGES.decode(b"\\x90")
    persons._PEOPLE.decode(b"\\x90")

with ThreadPoolExecutor(16) as threads:
    list(threads.map(first, range(16)))
"""


def builds(node: ast.AST) -> bool:
    """Whether this builds a typed decoder."""
    if not isinstance(node, ast.Call):
        return False
    words = ast.unparse(node.func)
    typed = any(keyword.arg == "type" for keyword in node.keywords)
    return (words.endswith(".Decoder") and bool(node.args)) or (words.startswith("msgspec.") and typed)


def places() -> Iterator[str]:
    """The functions in which decoders are built."""
    for path in SOURCES.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and any(map(builds, ast.walk(function))):
                yield f"{path.parent.name}/{path.name}:{function.name}"


def test_decoders_are_built_when_modules_load() -> None:
    assert set(places()) == LOCKED


def test_first_syncs_may_begin_at_the_same_time() -> None:
    for _ in range(3):
        subprocess.run([sys.executable, "-c", FIRST_SYNCS], check=True, timeout=120, cwd=SOURCES.parent)
