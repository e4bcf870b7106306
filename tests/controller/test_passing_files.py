"""Files that are needed for a moment: no process leaves them behind for long, however it ends."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from roster_operator.kube.connection import connect
from roster_operator.kube.passing_files import passing_folder

_KILLED = """
import os, signal
from roster_operator.kube.passing_files import passing_folder
with passing_folder() as folder:
    (folder / "ca.crt").write_text("a certificate")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of this process and of those that it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_what_a_killed_process_left_behind_goes_with_the_next_start(temporary: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", _KILLED], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert [path.name for path in temporary.glob("*/*")] == ["ca.crt"]

    with passing_folder() as own:
        assert list(temporary.iterdir()) == [own]
    assert list(temporary.iterdir()) == []


def test_what_a_running_process_needs_stays(temporary: Path) -> None:
    with passing_folder() as first:
        (first / "ca.crt").write_text("a certificate")
        with passing_folder():
            pass
        assert (first / "ca.crt").exists()
    assert list(temporary.iterdir()) == []


def test_signing_in_leaves_nothing_behind(temporary: Path, identity: Path) -> None:
    async def sign_in() -> None:
        await (await connect(identity)).close()  # type: ignore[no-untyped-call]

    asyncio.run(sign_in())
    assert list(temporary.iterdir()) == []
