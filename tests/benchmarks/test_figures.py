"""Figures get to the page they belong on, and are ratios to the limits of their own run."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from benchmarks import plot, results
from benchmarks.districts import SIZES
from benchmarks.measure import Measured
from benchmarks.publish import PAGE, drawn, filled
from benchmarks.results import COPY, FIRST, LATENCY, ONE_PERCENT, SAME, START, WIRE, Cases, Reading

PROFILES = {"profile-first-sync", "profile-nothing-changed", "profile-1-changed"}


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> results.Figures:
    """Figures of one run: the wire takes 1 s, COPY 2 s, starting 0.5 s."""
    monkeypatch.chdir(tmp_path)
    cases = Cases(lambda _: None)
    for name, wall, written in (
        (START, 0.5, 0),
        (WIRE, 1.0, 0),
        (COPY, 2.0, 0),
        (FIRST, 6.5, 1000),
        (SAME, 2.0, 1),
        (ONE_PERCENT, 2.54, 10),
        (LATENCY, 11.5, 1),
    ):
        dialect = "" if name in {START, WIRE} else "postgresql"
        cases.add(name, dialect, Measured(wall=wall, cpu=wall), written)
        cases.add(name, dialect, Measured(wall=wall * 3, cpu=wall), written)
    results.save(SIZES["small"], 2, cases, Reading(rows=5000, pages=50, fetcher="curl", ideal=10.0))
    return results.load()["small"]


@pytest.mark.parametrize(
    ("case", "limit", "ratio", "whole"),
    [(FIRST, 3.0, 2.0, 2.17), (SAME, 1.002, 1.5, 2.0), (ONE_PERCENT, 1.02, 2.0, 2.49), (LATENCY, 10.0, 1.1, 1.15)],
)
def test_ratios_are_to_what_a_case_needs_at_least(
    found: results.Figures, case: str, limit: float, ratio: float, whole: float
) -> None:
    figures = next(figures for figures in found["cases"] if figures["case"] == case)
    assert (figures["limit"], figures["ratio"], figures["ratio_whole"]) == (limit, ratio, whole)


def test_a_table_has_a_row_for_each_case_and_a_plot_a_bar_for_each_sync(found: results.Figures) -> None:
    rows = results.table(found)[4:]
    assert [row.split(" | ")[0].strip("| ") for row in rows] == [
        START,
        WIRE,
        *(f"{name}, PostgreSQL" for name in (COPY, FIRST, SAME, ONE_PERCENT, LATENCY)),
    ]
    assert len({row.count("|") for row in results.table(found)[2:]}) == 1
    drawing = ElementTree.fromstring(drawn(found))
    bars = [element for element in drawing.iter() if element.get("fill") == "#4078c0"]
    assert len(bars) == 4


def test_a_plot_draws_the_limit_and_says_each_value() -> None:
    drawing = plot.bars("a < b", [("one & only", 4.0)])
    texts = [element.text for element in ElementTree.fromstring(drawing).iter() if element.text]
    assert {"a < b", "one & only", "4.0"} <= set(texts)


def test_only_what_stands_between_its_marks_is_replaced() -> None:
    page = "a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nb\n<!-- bench:y -->\nkept\n<!-- /bench:y -->\n"
    changed = filled(page, {"x": [r"new \1", "lines"], "unknown": ["nowhere"]})
    assert changed == page.replace("old", "new \\1\nlines")


def test_every_mark_of_the_page_is_one_that_is_filled() -> None:
    text = (Path(__file__).parents[2] / PAGE).read_text(encoding="utf-8")
    opened = re.findall(r"<!-- bench:(\S+) -->", text)
    assert opened == re.findall(r"<!-- /bench:(\S+) -->", text)
    assert set(opened) <= {*SIZES, "peers", *PROFILES}
    assert {"large", "million", "odd", "peers", *PROFILES} <= set(opened)
