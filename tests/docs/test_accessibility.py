"""The report on accessibility answers each criterion of WCAG 2.2, A and AA, once."""

from __future__ import annotations

import re

from tests.console.test_in_a_browser import TAGS
from tests.docs.pages import rows, text_of

from roster_operator import __version__

PAGE = text_of("docs/reference/accessibility.md")
CRITERIA = ["1.1.1", "1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.5", "1.3.1", "1.3.2", "1.3.3", "1.3.4", "1.3.5", "1.4.1", "1.4.2", "1.4.3", "1.4.4", "1.4.5", "1.4.10", "1.4.11", "1.4.12", "1.4.13", "2.1.1", "2.1.2", "2.1.4", "2.2.1", "2.2.2", "2.3.1", "2.4.1", "2.4.2", "2.4.3", "2.4.4", "2.4.5", "2.4.6", "2.4.7", "2.4.11", "2.5.1", "2.5.2", "2.5.3", "2.5.4", "2.5.7", "2.5.8", "3.1.1", "3.1.2", "3.2.1", "3.2.2", "3.2.3", "3.2.4", "3.2.6", "3.3.1", "3.3.2", "3.3.3", "3.3.4", "3.3.7", "3.3.8", "4.1.2", "4.1.3"]
"""https://www.w3.org/TR/WCAG22/: 31 of level A, 24 of level AA."""


def test_each_criterion_is_answered_once() -> None:
    answered = [name for row in rows(PAGE) if re.match(r"\d", row[0]) for name in criteria_of(row[0])]

    assert answered == CRITERIA
    assert len(CRITERIA) == 55


def test_an_answer_says_how_it_is_known() -> None:
    for criterion, meets, how in (row for row in rows(PAGE) if re.match(r"\d", row[0])):
        assert meets in {"yes", "**in part**", "does not apply"}, criterion
        assert how, criterion


def test_the_tests_look_for_what_the_report_says() -> None:
    assert {"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"} <= set(TAGS)
    assert f"**Version** {__version__}," in PAGE


def criteria_of(cell: str) -> list[str]:
    """`1.2.1 to 1.2.5 Audio and video` is five of them."""
    first, last = re.match(r"([\d.]+)(?: to [\d.]+\.(\d+))?", cell).groups()  # type: ignore[union-attr]
    head, _, number = first.rpartition(".")
    return [f"{head}.{each}" for each in range(int(number), int(last or number) + 1)]
