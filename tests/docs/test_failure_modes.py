"""The page of failures names tests, reasons, alerts and words of the product that there are."""

from __future__ import annotations

import re
from functools import cache

import pytest
import yaml
from tests.docs.pages import ROOT, code, section, text_of

from roster_operator.api import conditions, reasons

PAGE = text_of("docs/reference/failure-modes.md")
FAILURES = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
PARTS = ["What happens", "What it says", "Who acts", "Tested by"]
KUBERNETES = {"Pending", "Terminating"}
POLICIES = {"Retain", "Revoke"}


def parts(failure: str) -> dict[str, str]:
    """What the page says of a failure, by the name of the part."""
    found = re.findall(r"^- \*\*(.+?)\*\*:\s+(.+?)(?=^- \*\*|\Z)", section(PAGE, failure), re.DOTALL | re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


@cache
def words_of_the_product() -> str:
    """Its sources, with literals that were broken over lines put together."""
    files = sorted((ROOT / "operator" / "roster_operator").rglob("*.py"))
    return re.sub(r'"\s*\n\s*f?"', "", "\n".join(file.read_text(encoding="utf-8") for file in files))


def alerts() -> set[str]:
    rules = yaml.safe_load(text_of("charts/roster-operator/alerts.yaml"))
    return set(re.findall(r"'alert': '(\w+)'", str(rules)))


@pytest.mark.parametrize("failure", FAILURES)
def test_each_failure_says_what_happens_who_acts_and_how_that_is_known(failure: str) -> None:
    assert list(parts(failure)) == PARTS


@pytest.mark.parametrize("failure", FAILURES)
def test_each_named_test_is_there(failure: str) -> None:
    tested = parts(failure)["Tested by"]
    named = [word.split("::") for word in code(tested)]

    assert named or "Not tested" in tested
    for path, test in named:
        assert re.search(rf"^def {test}\(", text_of(path), re.MULTILINE), f"{path}::{test}"


def test_each_named_reason_condition_and_alert_is_there() -> None:
    known = {value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)}
    known |= {*conditions.STANDING, *conditions.ABNORMAL, *alerts(), *KUBERNETES, *POLICIES}
    named = {word for word in code(PAGE) if re.fullmatch(r"[A-Z]\w*[a-z]\w*", word)}

    assert alerts() - {"RosterIntegrationNeverSynced", "RosterByHandEnds"} <= named, "those tell of no failure"
    assert named - known == set()


@pytest.mark.parametrize("failure", FAILURES)
def test_what_is_quoted_is_what_the_product_says(failure: str) -> None:
    quoted = re.findall(r'"([^"]+)"', parts(failure)["What it says"])

    assert [words for words in quoted if words not in words_of_the_product()] == []
