"""Each rule of the checklist has an id, a page, and a test; of many that are raised, the gravest are in the status."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import roster_operator
from roster_operator.api.v1alpha1 import Check, CheckResult
from roster_operator.api.v1alpha1.status import MAX_CHECKS
from roster_operator.reconcile.checklist import checklist
from roster_operator.reconcile.contract import Outcome
from roster_operator.reconcile.report import Mappings, ReconcileReport, RosterRead
from roster_operator.reconcile.rules import COUNTED, IDS, Item, page
from roster_operator.roster.quality import Question, Questions

ROOT = Path(__file__).parents[2]
SOURCES = Path(roster_operator.__file__).parent / "sources"
PAGES = ROOT / "docs" / "reference" / "rules"
ACTORS = re.compile(r"\b(District|Publisher|Platform): ")


@pytest.fixture(scope="module")
def tested() -> set[str]:
    """Words that stand for a rule in a test elsewhere."""
    names = {f"{type(each).__name__}.{each.name}": str(each) for each in (*Question, *Item)}
    words = re.compile(r'"(\w+)"|\b((?:Question|Item)\.\w+)')
    found = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        if path != Path(__file__):
            for quoted, named in words.findall(path.read_text("utf-8")):
                found.add(quoted or names.get(named, ""))
    return found


@pytest.mark.parametrize("rule", IDS)
def test_each_rule_has_a_page_that_says_what_becomes_of_licenses_and_what_to_do(rule: str) -> None:
    text = (ROOT / page(rule)).read_text("utf-8")
    assert text.startswith(f"# {rule}\n")
    parts = re.findall(r"^- \*\*(.+?)\*\*: ", text, re.MULTILINE)
    assert parts[:3] == ["Result", "Licenses", "What to do"]
    assert re.search(r"\*\*Result\*\*: `(Pass|Warn|Fail)`", text)
    assert ACTORS.search(text) or rule in {Item.DATA, Question.SEVERAL_RECORDS}
    assert f"[`{rule}`]({Path(page(rule)).name})" in (PAGES / "README.md").read_text("utf-8")


def test_each_page_is_of_a_rule() -> None:
    others = {"README.md", "where-to-click.md"}
    assert {path.name for path in PAGES.iterdir()} - others == {Path(page(rule)).name for rule in IDS}


@pytest.mark.parametrize("rule", IDS)
def test_each_rule_is_tried(rule: str, tested: set[str]) -> None:
    assert rule in tested


def test_each_question_and_each_notice_of_a_source_is_a_rule() -> None:
    assert set(COUNTED) == set(Question)
    notices = {
        name for path in SOURCES.rglob("*.py") for name in re.findall(r'\bNotice\(\s*"(\w+)"', path.read_text("utf-8"))
    }
    assert notices
    assert notices <= set(IDS)


def test_an_id_is_no_other_rules_and_no_other_word_has_a_page() -> None:
    assert len(IDS) == len(set(IDS))
    assert page("ClassWithoutCourse") == ""


@pytest.mark.parametrize("raised", [10, len(COUNTED)])
def test_of_many_the_gravest_stay_in_their_order(raised: int) -> None:
    questions = Questions(dict.fromkeys(list(COUNTED)[:raised], 1))
    report = ReconcileReport(
        run_id="r",
        outcome=Outcome.PLANNED,
        mappings=Mappings(schools=1, courses=1, unknown_ebooks=("algebra",)),
        roster=RosterRead(proofs={}, questions=questions),
    )
    items = checklist(report, [Check(name="Before", result=CheckResult.PASS)])
    assert len(items) == min(MAX_CHECKS, 3 + raised)
    assert next(item.name for item in items if item.result is CheckResult.FAIL) == Item.EBOOKS
    assert ("Schools" in {item.name for item in items}) is (raised == 10), "what passes goes first"
    listed = [item.name for item in items if item.result is CheckResult.WARN]
    assert listed == [str(question) for question in list(COUNTED)[: len(listed)]]
