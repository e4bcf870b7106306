"""Killed at any point of an apply, a sync has happened or it has not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.ledger.ledger_harness import CALCULUS, Books, person

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


AFTER_A_WHOLE_READ = {
    ("ann", "geometry"),
    ("bob", "algebra"),
    ("new", "algebra"),
    ("held", "algebra"),
    ("held", "geometry"),
}
AFTER_A_DELTA_READ = AFTER_A_WHOLE_READ | {("ann", "algebra"), ("gone", "algebra")}


@pytest.mark.parametrize(("kind", "after"), [("whole", AFTER_A_WHOLE_READ), ("delta", AFTER_A_DELTA_READ)])
def test_a_sync_that_is_killed_before_any_of_its_statements_leaves_everything_as_it_was(
    books: Books, kind: str, after: set[tuple[str, str]]
) -> None:
    books.account("bob", held=(CALCULUS,))
    books.sync([person("ann"), person("held", schools=("south",)), person("gone")])
    before = books.dump()
    killed = 0
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'operator'}"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.crashing", books.url, kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        while (ended := program.stdout.readline().strip()) == "killed":
            killed += 1
            assert books.dump() == before
            program.stdin.write("go on\n")
            program.stdin.flush()
    assert ended == "ended 0"
    assert killed >= 15
    assert {(who, ebook) for who, ebook, _ in books.licenses()} == after
