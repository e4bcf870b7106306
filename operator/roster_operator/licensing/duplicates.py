"""People in scope who share a login, or a student number, with somebody else in scope. Pure.

A login is the username, or the email of somebody who has none: families share emails. Memory: 16 bytes a person, and
the ids of the first; beyond these, people are counted and not listed.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Final

from roster_operator.licensing.masks import Masks
from roster_operator.licensing.records import repeated
from roster_operator.roster.quality import Question, Questions
from roster_operator.roster.subjects import Subject

MOST_KEPT: Final = 120_000
"""People whose ids are kept."""
_MANY: Final = 20
"""A number of so many people is a filler."""


Holder = tuple[str, str, str, str]
"""Somebody in scope: id, login, number (of a student, else empty), and school."""


class Duplicates:
    """Give it everybody in scope once; it tells who is not alone."""

    def __init__(self) -> None:
        """Nobody was given yet."""
        self.masks = Masks()
        self._people: list[tuple[str, str]] = []
        """Id and school of the first."""
        self._logins = array("q")
        self._numbers = array("q")
        """By hash; 0 where there is none, as that is the hash of an empty text."""

    def add(self, holders: Sequence[Holder]) -> None:
        """Take people."""
        if not holders:
            return
        keys, logins, numbers, schools = zip(*holders, strict=True)
        self._people.extend(islice(zip(keys, schools, strict=True), MOST_KEPT - len(self._people)))
        self.masks.add(list(filter(None, logins)))
        self._logins.extend(map(hash, map(str.lower, logins)))
        self._numbers.extend(map(hash, numbers))

    def questions(self, fillers: Collection[str]) -> Questions:
        """Once everybody was given; `fillers`: logins that are told of otherwise.

        Who shares both with the same people is told of by the login alone.
        """
        questions = Questions({Question.MASKED: self.masks.found} if self.masks.prevail else {})
        known = {hash(login.lower()) for login in fillers}
        by_login = self._shared(self._logins, known)
        numbers = self._shared(self._numbers, frozenset())
        if not by_login and not numbers:
            return questions
        often = Counter(number for number in self._numbers if number in numbers)
        by_number = {number for number in numbers if often[number] < _MANY}
        for at, (login, number) in enumerate(zip(self._logins, self._numbers, strict=True)):
            if login in by_login:
                self._raise(questions, Question.LOGIN_OF_SEVERAL, at)
            elif number in by_number:
                self._raise(questions, Question.NUMBER_OF_SEVERAL, at)
        return questions

    def _raise(self, questions: Questions, question: Question, at: int) -> None:
        questions[question] += 1
        if at < len(self._people):
            key, school = self._people[at]
            questions.about(question, Subject(key, school=school))

    @staticmethod
    def _shared(hashes: array[int], but: Collection[int]) -> set[int]:
        found: Iterator[int] = repeated(hashes)
        return {one for one in found if one not in but}
