"""The pages are in American English, and call each thing by one word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.pages import PAGES, ROOT, name, prose

BRITISH = re.compile(
    r"\b(?:mis)?spelt\b|\b\w*(?:recogni|organi|summari|normali|initiali)s(?:e|es|ed|ing)\b|\bcatalogues?\b|\banew\b"
    r"|\bbehaviour\b|\bhonour\w*|\blicences?\b|\bcolours?\b|\blearnt\b|\bcancelled\b",
    re.IGNORECASE,
)
OTHER_WORDS = {
    "people": re.compile(r"\bpersons\b"),
    "District administrator": re.compile(r"\btech admins?\b"),
    "data section": re.compile(r"(?<!data )(?<!, )\bsections?\b(?! \d)", re.IGNORECASE),
}
"""By the word to use. A section after a comma and before a number is a specification's."""
MEASURED = ("docs/contribute/performance.md", "docs/contribute/performance-fleet.md")
"""Pages of which parts are written by programs."""
ABOUT_CLASSES = (
    "docs/connect/powerschool",
    "examples",
    "docs/concepts/glossary.md",
    "docs/decisions",
    "docs/reference/rules",
)
"""Where a section is a word of a SIS, or is explained."""


def words(page: Path) -> str:
    """What somebody wrote: no code, no target of a link, no words of the product that are quoted."""
    return re.sub(r'`[^`\n]*`|\]\([^)\s]*\)|"[^"\n]{3,200}"|<!--.*?-->', " ", prose(page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", [page for page in PAGES if name(page) not in MEASURED], ids=name)
def test_a_page_is_in_american_english_and_keeps_to_one_word(page: Path) -> None:
    text = "\n".join(line for line in words(page).splitlines() if "| sure |" not in line and "one source" not in line)
    found = [match[0] for match in BRITISH.finditer(text)]
    for word, other in OTHER_WORDS.items():
        if word != "data section" or not name(page).startswith((*ABOUT_CLASSES, "CONTRIBUTING", "SECURITY", "RELEASE")):
            found += [f"{match[0]} (write {word})" for match in other.finditer(text)]

    assert found == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("0*.md")), ids=name)
def test_a_decision_says_whether_it_holds_and_since_when(page: Path) -> None:
    status = page.read_text(encoding="utf-8").split("\n\n")[1]

    assert re.match(r"\*\*Status\.\*\* (Accepted|Superseded by \[\d{4}\]\(.*\)), [A-Z][a-z]+ \d{1,2}, \d{4}", status), (
        status
    )
