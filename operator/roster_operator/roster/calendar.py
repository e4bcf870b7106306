"""When a class is on: by the days of its terms, and by how far the district's rules let them reach."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Final

from roster_operator.roster.dates import (
    DayOrder,
    Days,
    certain,
    earliest_after,
    ends_before_it_begins,
    order_of,
)
from roster_operator.roster.models import Session, Status
from roster_operator.roster.quality import Question, Questions
from roster_operator.roster.subjects import Subject
from roster_operator.roster.terms import NO_RULES, Reach, Span, TermRules, reach

_SETTLING = timedelta(days=28)
"""For so long after a term began it is still being settled who is in its classes."""
_BETWEEN: Final = re.compile(r"[\s,;|/+&^~\[\](){}<>\"']+")
"""What stands between ids that are written in one text, and in none."""
_WITHIN: Final = re.compile(r"[\W_]+")
"""What may also be a part of one."""
_MOST_ANSWERS: Final = 10_000
"""Remembered; a district has a few dozen."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The academic sessions, as of one day."""

    known: frozenset[str]
    current: frozenset[str]
    next_change: str
    """The first day after that one on which a session begins or ends; empty if none does."""
    unclear: frozenset[str] = frozenset()
    """Of those known, the ones of which nobody can say whether they are current."""
    deleted: Mapping[str, bool] = field(default_factory=dict)
    """Those that are marked as deleted, and whether they may be on by their own dates."""
    order: DayOrder = DayOrder.UNKNOWN
    questions: Questions = field(default_factory=Questions)
    """What sessions raise of which nobody can say whether they are current."""
    young: frozenset[str] = frozenset()
    """Of those that are current, the ones that began a few weeks ago."""
    coming: frozenset[str] = frozenset()
    """Those that have not begun."""
    spellings: Mapping[str, str] = field(default_factory=dict)
    """Ids in one case to ids as they are, where that is unambiguous."""
    spans: Mapping[str, Span] = field(default_factory=dict)
    """Of sessions whose dates are sure: the first day, and the day after the last, as the SIS has them."""
    today: str = ""
    """As of which day, an ISO date."""
    rules: TermRules = NO_RULES
    _reaches: Mapping[str, Span] = field(default_factory=dict)
    """Of the same: from when to when each counts by the rules."""
    _answers: dict[tuple[str, ...], bool | None] = field(default_factory=dict, repr=False, compare=False)
    """Of `is_on`: many classes have the same sessions."""
    _reached: dict[tuple[str, ...], Reach | None] = field(default_factory=dict, repr=False, compare=False)
    """Of `reach`: likewise."""

    def knows(self, session_ids: Iterable[str]) -> bool:
        """Whether any of a class's sessions is described."""
        return any(session in self.known for session in self._as_described(session_ids))

    def is_young(self, session_ids: Iterable[str]) -> bool:
        """Whether all sessions of a class that are on began a few weeks ago: who is in it is still being settled."""
        named = self.current.intersection(self._as_described(session_ids))
        return bool(named) and named <= self.young

    def is_coming(self, session_ids: Iterable[str]) -> bool:
        """Whether a class that is not on has a session that has not begun."""
        return not self.coming.isdisjoint(self._as_described(session_ids))

    def span(self, session_ids: Iterable[str]) -> Span | None:
        """From the first day of the sessions of a class to the day after their last; None if any of them is unsure."""
        return _together(self.spans, self._as_described(session_ids))

    def reach(self, session_ids: Iterable[str]) -> Reach | None:
        """What the rules make of enrollments in a class with these sessions; None: nothing, or they are unsure."""
        if self.rules == NO_RULES:
            return None
        asked, reached = tuple(session_ids), self._reached
        if asked not in reached:
            if len(reached) >= _MOST_ANSWERS:
                reached.clear()
            reached[asked] = self._reach(self._as_described(asked))
        return reached[asked]

    def _reach(self, named: Sequence[str]) -> Reach | None:
        own, counts = _together(self.spans, named), _together(self._reaches, named)
        return reach(own, counts, self.rules.shut(named)) if own is not None and counts is not None else None

    def is_on(self, session_ids: Iterable[str]) -> bool | None:
        """Whether a class with these sessions is on; None if that cannot be said.

        A class none of whose sessions the SIS describes is taken as on: its enrollments have dates of their own, and
        a missing reference must not close a class. If it describes one that is over, another may be current. One that
        is marked as deleted says nothing beside others; alone, it is over, unless its own dates say that it is on.
        """
        asked, answers = tuple(session_ids), self._answers
        if asked not in answers:
            if len(answers) >= _MOST_ANSWERS:
                answers.clear()
            answers[asked] = self._is_on(asked)
        return answers[asked]

    def _is_on(self, session_ids: Iterable[str]) -> bool | None:
        named = self._as_described(session_ids)
        if any(session in self.current for session in named):
            return True
        known = any(session in self.known for session in named)
        if not known and not any(session in self.deleted for session in named):
            return True
        untold = any(session not in self.known and session not in self.deleted for session in named)
        if untold or any(session in self.unclear for session in named):
            return None
        return None if not known and any(self.deleted.get(session) for session in named) else False

    def _as_described(self, session_ids: Iterable[str]) -> list[str]:
        return [part for one in session_ids for part in self._parts(one)]

    def _parts(self, named: str) -> list[str]:
        """What a reference names: some systems write ids in another case there, or several of them in one text."""
        if described := self._described(named):
            return [described]
        for between, is_sure in ((_BETWEEN, True), (_WITHIN, False)):
            parts = [part for part in between.split(named) if part]
            found = [self._described(part) or part for part in parts]
            if any(map(self._described, parts)):
                return found if is_sure else [*found, named]
        return [named]

    def _described(self, named: str) -> str:
        """An id as the SIS describes it; empty if it does not."""
        return named if named in self.known or named in self.deleted else self.spellings.get(named.casefold(), "")


def _together(spans: Mapping[str, Span], named: Iterable[str]) -> Span | None:
    """From the first day of any to the day after the last of any; None if one is not known, or none is named."""
    found = [spans.get(session) for session in named]
    sure = [span for span in found if span is not None]
    whole = sure and len(sure) == len(found)
    return (min(begin for begin, _ in sure), max(end for _, end in sure)) if whole else None


def calendar(sessions: Iterable[Session], days: Days, rules: TermRules = NO_RULES) -> Calendar:
    """Which sessions are current; of one whose dates or status are not understood, nobody can say.

    `rules`: what the district says of its terms.
    """
    listed = list(sessions)
    rows = [session for session in listed if session.status is not Status.GONE]
    days = replace(days, order=order_of(reduce(or_, (session.marks for session in rows), 0)))
    current: set[str] = set()
    young: set[str] = set()
    recently = (date.fromisoformat(days.today) - _SETTLING).isoformat()
    coming: set[str] = set()
    unclear: set[str] = set()
    bounds: list[str] = [*rules.bounds]
    spans: dict[str, Span] = {}
    reaches: dict[str, Span] = {}
    questions = Questions()
    for session in rows:
        begins, ends = days.begin(session.start), days.end(session.end)
        is_reversed = ends_before_it_begins(begins, ends)
        begin, end = _counts(session, begins, ends, rules)
        bounds += begin, end
        if certain(begins) and certain(ends) and not is_reversed:
            spans[session.id] = begins, ends
            reaches[session.id] = begin, end
        is_on = days.is_on(end, begin) if is_reversed else days.is_on(begin, end)
        if is_on and not is_reversed and session.status is Status.ACTIVE:
            current.add(session.id)
            if certain(begins) and begins > recently:
                young.add(session.id)
        elif is_on is not False:
            unclear.add(session.id)
            questions.add(_why_unclear(session, is_reversed=is_reversed), Subject(what=f"term {session.id}"))
        elif begin and days.has_come(begin) is False:
            coming.add(session.id)
    ids = frozenset(session.id for session in rows)
    deleted: dict[str, bool] = {}
    for session in listed:
        if session.id not in ids:
            begin, end = days.begin(session.start), days.end(session.end)
            bounds += begin, end
            deleted[session.id] = days.is_on(begin, end) is not False
    in_one_case = Counter(identifier.casefold() for identifier in (*ids, *deleted))
    return Calendar(
        known=ids,
        current=frozenset(current),
        next_change=earliest_after(days.today, bounds),
        unclear=frozenset(unclear - current),
        deleted=deleted,
        order=days.order,
        questions=questions,
        young=frozenset(young),
        coming=frozenset(coming),
        spellings={one.casefold(): one for one in (*ids, *deleted) if in_one_case[one.casefold()] == 1},
        spans=spans,
        today=days.today,
        rules=rules,
        _reaches=reaches,
    )


def _counts(session: Session, begins: str, ends: str, rules: TermRules) -> Span:
    """From when to when a session counts by its own days; these, if they are not sure."""
    sure = certain(begins) and certain(ends) and not ends_before_it_begins(begins, ends)
    return rules.reach(session.id, begins, ends) if sure else (begins, ends)


def _why_unclear(session: Session, *, is_reversed: bool) -> Question:
    if is_reversed:
        return Question.END_BEFORE_BEGIN
    return Question.UNKNOWN_STATUS if session.status is Status.UNRECOGNIZED else Question.UNREADABLE_DATE
