"""The fourth step: which eBooks each course includes. What is guessed is called a guess, and each can be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from roster_operator.api.v1alpha1 import EBook
from roster_operator.cli.wizard import tables
from roster_operator.cli.wizard.questions import Asker, Back, Option
from roster_operator.operations.wizard.choices import CourseChoice
from roster_operator.operations.wizard.proposals import proposals
from roster_operator.operations.wizard.words import GUESSES, course_title

_TAKE, _REST, _EACH, _BACK = "take", "rest", "each", "back"
_MANY: Final = 10
"""Courses that nobody would go through without knowing how many they are."""

EBooks = Mapping[str, tuple[str, ...]]
"""By the key of a course, the names of its eBooks."""


class EBooksOfCourses:
    """The questions, and what was answered so far."""

    def __init__(
        self,
        asker: Asker,
        courses: Sequence[CourseChoice],
        before: EBooks,
        books: Mapping[str, EBook],
        keep: Callable[[EBooks], None],
    ) -> None:
        """`before`: what each course has already, mostly nothing; `keep` writes an answer down, but no guess."""
        self._asker = asker
        self._courses = courses
        self._before = before
        self._books = books
        self._keep = keep
        self._proposed = {choice.course.key: proposals(choice.course, books) for choice in courses}
        self._answered: dict[str, tuple[str, ...]] = {}

    def ask(self) -> EBooks:
        """Of each course; raises `Back` from the first question."""
        while True:
            chosen = {choice.course.key: self._chosen(choice) for choice in self._courses}
            without = [choice for choice in self._courses if not chosen[choice.course.key]]
            tables.show_mapping(
                [(choice, chosen[choice.course.key], self._why(choice)) for choice in self._courses], self._books
            )
            overview = len(self._courses) > 1 or not without
            answer = self._overview(len(without)) if overview else _TAKE
            try:
                self._one_by_one({_TAKE: without, _REST: [], _EACH: self._courses}[answer])
            except Back:
                if not overview:
                    raise
                continue
            return {choice.course.key: self._chosen(choice) for choice in self._courses}

    def _chosen(self, choice: CourseChoice) -> tuple[str, ...]:
        key = choice.course.key
        if key in self._answered:
            return self._answered[key]
        return self._before[key] or tuple(each.ebook for each in self._proposed[key] if each.sure)

    def _why(self, choice: CourseChoice) -> str:
        key = choice.course.key
        if key in self._answered or self._before[key]:
            return "chosen"
        return next((GUESSES[each.because] for each in self._proposed[key] if each.sure), "")

    def _overview(self, without: int) -> str:
        """What to do about those that have an eBook, and those that have none."""
        many = len(self._courses)
        each = Option(_EACH, f"Go through all {many} one by one" if many > _MANY else "Go through them one by one")
        if without == many:
            options = [Option(_TAKE, f"Choose for each of the {many}"), Option(_BACK, "Choose other courses")]
            if self._asker.one("No title or number tells of an eBook. What now?", options) == _BACK:
                raise Back
            return _TAKE
        take = [Option(_TAKE, "Take these")]
        if without:
            take = [
                Option(_TAKE, f"Take these, and choose for the other {without}"),
                Option(_REST, f"Take these, and leave the other {without} out"),
            ]
        return self._asker.one("Are these the right eBooks?", [*take, each])

    def _one_by_one(self, courses: Sequence[CourseChoice]) -> None:
        at = 0
        while at < len(courses):
            course = courses[at].course
            place = f" ({at + 1} of {len(courses)})" if len(courses) > 1 else ""
            options = tables.ebook_options(self._books, self._proposed[course.key], self._chosen(courses[at]))
            try:
                answer = self._asker.many(f"eBooks of {course_title(course)}{place}:", options)
            except Back:
                if at == 0:
                    raise
                at -= 1
                continue
            self._answered[course.key] = answer
            self._keep({**self._before, **self._answered})
            at += 1
