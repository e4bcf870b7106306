"""Which eBooks a course is probably about, by numbers and by titles. A proposal: somebody chooses.

All words of an eBook's title that are not those of its series must stand in the course's title, if only by their
beginning (`Alg`), and numbers must agree: "Algebra 2" is not "Algebra", and "Course 1" is not "Course 2".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from roster_operator.api.v1alpha1 import EBook
from roster_operator.operations.wizard.offer import OfferedCourse
from roster_operator.roster.scope import folded

_ROMAN: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_SPELLED: Final = {"one": "1", "two": "2", "three": "3", "four": "4"}
_SAID_OF_ANY: Final = frozenset(
    {"the", "of", "and", "a", "an", "for", "to", "in", "b", "h", "hon", "honors", "adv", "advanced", "ap", "ib", "cp"}
    | {"sem", "semester", "term", "year", "yr", "period", "sec", "section"}
)
"""Words that do not tell which book it is."""
_ORDINARY: Final = frozenset({"course", "level", "book", "part", "volume", "grade"})
"""Words that only count within a series."""
_LARGEST_NUMBER: Final = 12
"""A larger one is a code, and no part of a series."""
_SHORTEST_BEGINNING: Final = 3
_LONG: Final = 6
"""Letters of a word in which one may be wrong."""
_SLIP: Final = 2
"""Letters that may be too few or too many."""
_ALIKE: Final = 0.85
_SURE: Final = 0.5
_MOST: Final = 5


class Because(StrEnum):
    """What a proposal rests on."""

    NUMBER = "Number"
    """The SIS has the eBook's ISBN or name in the course."""
    TITLE = "Title"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An eBook that a course is probably about."""

    ebook: str
    because: Because
    sure: bool
    """Whether it stands out, so that it may be chosen already when it is shown."""


def proposals(course: OfferedCourse, ebooks: Mapping[str, EBook]) -> tuple[Proposal, ...]:
    """The likeliest first; retired eBooks are not proposed."""
    offered = [ebook for ebook in ebooks.values() if not ebook.spec.retired]
    numbered = [ebook.name for ebook in offered if _numbered(course, ebook)]
    if numbered:
        return tuple(Proposal(name, Because.NUMBER, sure=True) for name in numbered[:_MOST])
    told = _words(course.title)
    scores = {ebook.name: _likeness(told, ebook) for ebook in offered}
    found = sorted((name for name, score in scores.items() if score > 0), key=lambda name: (-scores[name], name))
    stands_out = found and scores[found[0]] >= _SURE and (len(found) == 1 or scores[found[0]] > scores[found[1]])
    return tuple(Proposal(name, Because.TITLE, sure=bool(stands_out) and name == found[0]) for name in found[:_MOST])


def _numbered(course: OfferedCourse, ebook: EBook) -> bool:
    """Whether the course holds the eBook's ISBN, or is called as it is."""
    texts = (course.value, course.title, *course.numbers)
    isbn = re.sub(r"[^0-9X]", "", ebook.spec.isbn or "")
    told = any(isbn in re.sub(r"[^0-9X]", "", text.upper()) for text in texts) if isbn else False
    return told or any(folded(text) == ebook.name for text in texts)


class _Words(NamedTuple):
    """What a title says."""

    words: frozenset[str]
    number: str
    """Which of a series it is; empty if it says none."""


def _likeness(told: _Words, ebook: EBook) -> float:
    """From 0 (another) to 1: how much of the course's title and the eBook's is the same."""
    title, series = _words(ebook.spec.title), _words(ebook.spec.series or "").words
    own = (title.words - series) or title.words
    if not _numbers_agree(told.number, title.number):
        return 0
    of_series = {word for word in told.words if word == _initials(ebook.spec.series or "")}
    of_series |= {word for word in told.words if any(_same(word, other) for other in series)}
    if _initials(ebook.spec.title) in told.words:
        return 1
    matched = {word for word in told.words if any(_same(word, other) for other in own)}
    covered = all(any(_same(word, other) for word in told.words) for other in own)
    if not covered and not (of_series and title.number and own <= _ORDINARY):
        return 0
    return len(matched | of_series) / (len(told.words) or 1)


def _numbers_agree(course: str, ebook: str) -> bool:
    """The first of a series often has no number."""
    return course == ebook or (not ebook and course == "1") or (not course and ebook == "1")


def _same(word: str, other: str) -> bool:
    """The same word, its beginning, or a slip of the pen."""
    if word == other or (len(word) >= _SHORTEST_BEGINNING and other.startswith(word)):
        return True
    slip = word[0] == other[0] and min(len(word), len(other)) >= _LONG and abs(len(word) - len(other)) <= _SLIP
    return slip and SequenceMatcher(None, word, other).ratio() >= _ALIKE


@lru_cache(maxsize=4096)
def _words(title: str) -> _Words:
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    plain = re.sub(r"\bpre[ -]+(?=[a-z])", "pre", plain)
    found = [_ROMAN.get(each, _SPELLED.get(each, each)) for each in re.findall(r"[a-z]+|[0-9]+", plain)]
    numbers = [each for each in found if each.isdigit() and int(each) <= _LARGEST_NUMBER]
    words = frozenset(each for each in found if not each.isdigit() and each not in _SAID_OF_ANY)
    return _Words(words, str(int(numbers[0])) if numbers else "")


def _initials(title: str) -> str:
    """`Core Connections Geometry` is often called CCG."""
    words = re.findall(r"[a-z]+", title.casefold())
    return "".join(word[0] for word in words) if len(words) > 1 else ""
