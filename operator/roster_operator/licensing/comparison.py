"""Compares persons with the ledger's state of the last sync, to find those who changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import xxhash

from roster_operator.licensing.entitlements import ClassTable, Decoded
from roster_operator.licensing.fold import Fold
from roster_operator.licensing.models import PersonChange
from roster_operator.roster.models import People, Person, Role
from roster_operator.roster.quality import Question, Questions

_KINDS = ("Staff", "Student")


class Comparison:
    """Compares persons, as they come, with the ledger's state; yields those who changed."""

    def __init__(self, fold: Fold, table: ClassTable, states: dict[str, int]) -> None:
        """`states`: key and digest of each person as of the last applied sync; used up."""
        self.students = 0
        self.staff = 0
        self.questions: Questions = Questions()
        self._fold = fold
        self._offer = table.offer
        self._meanings: dict[tuple[int, bool], tuple[Decoded, bytes]] = {}
        """What a word stands for. No decorated method: it would refer back to this, and keep it in memory."""
        self._states = states
        self._seen: dict[str, int] = {}
        """Id to identity of everyone in scope whom the SIS describes as active."""
        self._inactive: set[str] = set()
        self._several: set[str] = set()
        """Ids that stand for more than one person."""

    def changes(self, people: Iterable[Person]) -> Iterator[PersonChange]:
        """Those of `people` who are in scope and are not as the state has them. Each person once."""
        fold, seen, states, digest_of = self._fold, self._seen, self._states, xxhash.xxh3_64_intdigest
        holds, entitles, meanings, unclear = fold.holds, self._offer.entitles, self._meanings, self._offer.unclear
        for key, (role, active), username, email, identifier in People.of(people).columns:
            if not holds(key):
                continue
            if not active:
                self._inactive.add(key)
                continue
            identity = hash((username, email, identifier))
            if key in seen:
                if seen[key] != identity:
                    self._several.add(key)
                    self.questions[Question.SAME_ID_TWICE] = len(self._several)
                continue
            seen[key] = identity
            word = fold.word(key, role)
            if (word & unclear and self._leaves(key, role)) or not entitles(word):
                continue
            student = role is Role.STUDENT or not word & ~self._offer.student_mask
            meant = meanings.get((word, student))
            if meant is None:
                meant = meanings[word, student] = self._mean(word, student)
            decoded, meaning = meant
            # Of all that matching and planning look at; no text of a roster holds a NUL.
            digest = digest_of(meaning + f"{username}\0{email}\0{identifier}".encode())
            if student:
                self.students += 1
            else:
                self.staff += 1
            if not username and not email:
                self.questions[Question.NO_LOGIN] += 1
            if states.pop(key, None) != digest:
                kind, schools, entitlements = _KINDS[student], decoded.schools, decoded.entitlements
                yield PersonChange(key, digest, kind, username, email, identifier, schools, entitlements)

    def _leaves(self, key: str, role: Role) -> bool:
        """Whether a person stays as the state has them, as the roster does not tell all that they are entitled to."""
        if self._states.pop(key, None) is None:
            return False
        self.questions[Question.LEFT_AS_IS] += 1
        if role is Role.STUDENT:
            self.students += 1
        else:
            self.staff += 1
        return True

    def missing(self) -> set[str]:
        """Persons enrolled in scope whom nobody has described yet."""
        return {person for person in self._fold.persons if person not in self._seen and person not in self._inactive}

    def without(self, persons: Iterable[str]) -> dict[str, int]:
        """Leave these persons to another comparison; their states."""
        return {person: self._states.pop(person) for person in persons if person in self._states}

    def gone(self) -> Iterator[PersonChange]:
        """Those whom the state has and the roster does not."""
        for key in self._states:
            yield PersonChange(key=key, gone=True)

    def _mean(self, word: int, student: bool) -> tuple[Decoded, bytes]:
        """What a word stands for, and the same as the beginning of a digest."""
        decoded = self._offer.decode(word)
        return decoded, msgspec.msgpack.encode((_KINDS[student], decoded.schools, decoded.entitlements))
