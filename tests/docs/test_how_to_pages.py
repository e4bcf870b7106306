"""Each how-to page is one task: for whom, how, and when it is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.pages import ROOT, name

TASKS = sorted(set((ROOT / "docs" / "how-to").glob("*.md")) - {ROOT / "docs" / "how-to" / "README.md"})


@pytest.mark.parametrize("page", TASKS, ids=name)
def test_a_task_says_for_whom_it_is_and_when_it_is_done(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert text.split("\n\n")[1].startswith("For ")
    assert "**You are done when**" in text
