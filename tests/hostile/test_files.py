"""No file of a set makes the operator take more memory than it has, whatever is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.hostile.measure import MOST_LEFT, MOST_MEMORY, NAMESPACE, manifests, sync
from tests.hostile.sets import HOSTILE, zipped

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("what", ["nothing", *HOSTILE])
def test_memory_is_bounded_whatever_a_file_holds(what: str, tmp_path: Path) -> None:
    folder = tmp_path / NAMESPACE
    folder.mkdir()
    delivered = zipped(folder / "set.zip", HOSTILE[what]() if what in HOSTILE else {})
    source = {"type": "OneRosterCSV", "baseURL": f"file://{delivered}", "settleTime": "0s"}
    ledger = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    taken = sync("--file", manifests(tmp_path, source), "--create", "--ledger", ledger, "--roster-files", tmp_path)
    assert taken.peak < MOST_MEMORY, taken
    assert taken.left < MOST_LEFT, taken
    assert taken.ready == "Synced" or "District:" in taken.message or "Publisher:" in taken.message, taken
