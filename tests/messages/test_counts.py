"""What is one is said to be one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import roster_operator
from roster_operator.plurals import counted
from roster_operator.reconcile.rules import COUNTED
from roster_operator.roster.quality import Question

SOURCES = sorted(Path(roster_operator.__file__).parent.rglob("*.py"))
UNCOUNTED = re.compile(
    r"\{(?![^{}]*(?:max|MAX|largest|len\())[^{}]+\} (?:persons|licenses|removals|rows|schools|courses|eBooks|classes|"
    r"enrollments|accounts|students|teachers)\b"
)
"""A number that is not a limit, and behind it what is never one."""
BOTH = re.compile(r'ngettext\(\s*"[^"]*",\s*"[^"]*"')
"""What is said of one, and of several."""


@pytest.mark.parametrize(
    ("number", "what", "said"),
    [
        (1, "license[s]", "1 license"),
        (2, "license[s]", "2 licenses"),
        (0, "license[s]", "0 licenses"),
        (1, "class[es] without a course; [it leads|they lead] nowhere", "1 class without a course; it leads nowhere"),
        (
            3,
            "class[es] without a course; [it leads|they lead] nowhere",
            "3 classes without a course; they lead nowhere",
        ),
        (1, "found.", "1 found."),
    ],
)
def test_a_count_and_what_is_counted_agree(number: int, what: str, said: str) -> None:
    assert counted(number, what) == said


@pytest.mark.parametrize("question", list(Question))
def test_every_question_has_its_words_for_one_and_for_many(question: Question) -> None:
    what = COUNTED[question].found
    one, two = counted(1, what), counted(2, what)
    assert one.removeprefix("1") != two.removeprefix("2")
    assert not re.search(r"[][|]", one + two)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_message_puts_a_number_before_a_plural_by_itself(path: Path) -> None:
    assert UNCOUNTED.findall(BOTH.sub("", path.read_text(encoding="utf-8"))) == []
