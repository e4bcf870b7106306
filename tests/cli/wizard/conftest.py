"""A simulated district with Aeries' habits, over real HTTP with real OAuth, and the wizard in a pseudo-terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.support.terminal import BACKSPACE, DOWN, SPACE, Program

from district_simulator.library import SimulatedDistrict

ROOT = Path(__file__).resolve().parents[3]
EBOOKS = ROOT / "examples" / "ebooks"
COMMAND = (sys.executable, "-c", "from roster_operator.cli.main import main; main()")
KEY, SECRET = "demo-key", "demo-secret"

Start = Callable[..., Program]


@pytest.fixture(scope="module")
def district() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=120, seed=1, vendor="Aeries") as district:
        yield district


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start(*arguments, piped=False)` begins the wizard for springfield."""
    with ExitStack() as programs:

        def begin(*arguments: str | Path, piped: bool = False) -> Program:
            given = [*map(str, arguments), "--state", str(tmp_path / "state")]
            environment = {"PYTHONPATH": str(ROOT / "operator"), "HOME": str(tmp_path), "KUBECONFIG": "/nowhere"}
            program = Program([*COMMAND, "wizard", "springfield", *given], environment, piped=piped)
            return programs.enter_context(program)

        yield begin


def connect(program: Program, url: str, *, key: str = KEY, secret: str = SECRET) -> None:
    """The three values."""
    program.answer("URL of your OneRoster API server:", url)
    program.answer("Which system is it?")
    program.answer("Consumer ID (public key):", key)
    program.answer("Consumer Secret Key:", secret)


def choose(program: Program) -> None:
    """Two schools, and two courses by searching for them."""
    program.answer("Time zone of the district:")
    program.answer("Schools:", SPACE, DOWN, SPACE)
    program.answer("Courses:", "ma101", SPACE, BACKSPACE * 5, "algebra", SPACE)
