"""The benchmark of answers asks all of its questions, in a district of a few people."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks import answering, answers
from benchmarks.districts import SIZES, manifests, pages, served
from benchmarks.ledgers import SqliteLedger
from benchmarks.publish import FOLDER, keep

TINY = replace(SIZES["small"], name="tiny", students=60, page_size=50)


@pytest.mark.slow
def test_each_question_is_answered_and_what_was_granted_is_turned_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = pages(TINY)
    with served(folder, tmp_path) as (url, _):
        manifest = manifests(TINY, folder, url, tmp_path)
        rows = list(answers.measured(SqliteLedger(tmp_path / "ledger.sqlite"), manifest, tmp_path, TINY.students))
    assert [what for what, *_ in rows[:-1]] == [
        *(answering.EXPLAIN, answering.UPCOMING, answering.FLEET_FIRST, answering.FLEET, "memory of who answers")
    ]
    assert set(answers.BOUNDS) <= {what for what, *_ in rows}
    undone = re.fullmatch(r"undo of (\d+) licenses", rows[-1][0])
    assert undone
    assert int(undone[1]) > 0


def test_a_table_is_printed_and_kept_for_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    keep("answers", ["| a |", "|---|"])
    assert capsys.readouterr().out == "| a |\n|---|\n" == (FOLDER / "answers.md").read_text(encoding="utf-8")
