"""Figures are ratios to what the same run took alone, and get to the page they belong on."""

from __future__ import annotations

import re
import time
from pathlib import Path
from socket import socketpair

import pytest
from benchmarks import results
from benchmarks.districts import SIZES
from benchmarks.measure import Measured
from benchmarks.publish import PAGE, filled
from benchmarks.results import COPY, FIRST, ONE_PERCENT, SAME, START, TRANSFER
from benchmarks.server import Rate
from benchmarks.wires import LOOPBACK, WIRES

SLOW = WIRES[0].name


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> results.Figures:
    """Of two rounds, one of which took thrice as long: loopback takes 1 s, a wire 4 s, COPY 2 s, a start 0.5 s."""
    monkeypatch.chdir(tmp_path)
    syncs = ((FIRST, 6.5, 1000), (SAME, 1.5, 1), (ONE_PERCENT, 2.5, 10))
    measured = {
        (START, "", ""): Measured(0.5, 0.5),
        (TRANSFER, "", LOOPBACK.name): Measured(1.0, 0.1),
        (TRANSFER, "", SLOW): Measured(4.0, 0.1),
        (COPY, "postgresql", ""): Measured(2.0),
        **{(case, "postgresql", LOOPBACK.name): Measured(wall, wall, written=rows) for case, wall, rows in syncs},
        **{(case, "postgresql", SLOW): Measured(wall + 3.2, wall) for case, wall, _ in syncs},
    }
    runs = {key: [run, Measured(3 * run.wall, 3 * run.cpu, written=run.written)] for key, run in measured.items()}
    return results.save(SIZES["small"], 2, runs, rows=1_000_000, pages=50)


def by_key(found: results.Figures) -> dict[tuple[str, ...], results.Figures]:
    return {tuple(run["key"]): run for run in found["runs"]}


@pytest.mark.parametrize(("case", "ratio"), [(FIRST, 2.3), (SAME, 1.05), (ONE_PERCENT, 1.3)])
def test_a_wire_s_ratios_are_to_the_transfer_alone(found: results.Figures, case: str, ratio: float) -> None:
    assert results.ratio_to_transfer(by_key(found), case, SLOW) == pytest.approx(ratio)


@pytest.mark.parametrize(("case", "ratio"), [(FIRST, 6 / 3), (SAME, 1 / 1.002), (ONE_PERCENT, 2 / 1.02)])
def test_those_of_loopback_are_to_what_was_written_too(found: results.Figures, case: str, ratio: float) -> None:
    assert results.ratio_to_limit(by_key(found), case, "postgresql") == pytest.approx(ratio)


def test_there_is_a_table_of_wires_and_one_of_costs(found: results.Figures) -> None:
    lines = results.tables(results.load()["small"])
    assert [line.split(" | ")[0].strip("| ") for line in lines if line.startswith("| ")] == [
        *("wire", "asked for over 1 Gbit/s", SLOW, "case", SAME, ONE_PERCENT, FIRST)
    ]
    first = next(line for line in lines if line.startswith(f"| {FIRST}"))
    assert "| **6.00** (2.6) |" in first


def test_a_wire_is_shared_by_all_and_carries_no_more_than_its_rate(tmp_path: Path) -> None:
    page = tmp_path / "page"
    page.write_bytes(bytes(20_000))
    rate, (ours, theirs) = Rate(1e6), socketpair()
    started = time.monotonic()
    with ours, theirs, page.open("rb") as file:
        for _ in range(3):
            rate.send(ours, file, 20_000)
    assert time.monotonic() - started >= 0.06


def test_only_what_stands_between_its_marks_is_replaced() -> None:
    page = "a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nb\n<!-- bench:y -->\nkept\n<!-- /bench:y -->\n"
    changed = filled(page, {"x": [r"new \1", "lines"], "unknown": ["nowhere"]})
    assert changed == page.replace("old", "new \\1\nlines")


def test_every_mark_of_the_page_is_one_that_is_filled() -> None:
    text = (Path(__file__).parents[2] / PAGE).read_text(encoding="utf-8")
    opened = re.findall(r"<!-- bench:(\S+) -->", text)
    assert opened == re.findall(r"<!-- /bench:(\S+) -->", text)
    assert set(opened) <= {*SIZES, "peers", "answers", "cleanups", "snapshots"}
    assert {"large", "peers", "answers", "snapshots"} <= set(opened)
