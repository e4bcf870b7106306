"""The report on accessibility answers each criterion of WCAG 2.2, A and AA, once."""

from __future__ import annotations

import re

from tests.console.test_in_a_browser import TAGS
from tests.docs.pages import rows, text_of

from roster_operator import __version__

PAGE = text_of("docs/reference/accessibility.md")
BY_GUIDELINE = {
    "1.1": (1,), "1.2": (1, 2, 3, 4, 5), "1.3": (1, 2, 3, 4, 5), "1.4": (1, 2, 3, 4, 5, 10, 11, 12, 13),
    "2.1": (1, 2, 4), "2.2": (1, 2), "2.3": (1,), "2.4": (1, 2, 3, 4, 5, 6, 7, 11), "2.5": (1, 2, 3, 4, 7, 8),
    "3.1": (1, 2), "3.2": (1, 2, 3, 4, 6), "3.3": (1, 2, 3, 4, 7, 8), "4.1": (2, 3),
}  # fmt: skip
"""https://www.w3.org/TR/WCAG22/: 31 of level A, 24 of level AA."""


def test_each_criterion_is_answered_once() -> None:
    answered = [name for row in rows(PAGE) if re.match(r"\d", row[0]) for name in criteria_of(row[0])]

    assert answered == [f"{guideline}.{number}" for guideline, numbers in BY_GUIDELINE.items() for number in numbers]
    assert len(answered) == 55


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
