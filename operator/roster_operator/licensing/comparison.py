"""Compares persons with the ledger's state of the last sync, to find those who changed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import reduce
from operator import or_

import msgspec
import xxhash

from roster_operator.licensing.entitlements import ClassTable, Decoded
from roster_operator.licensing.fold import Fold
from roster_operator.licensing.models import PersonChange
from roster_operator.licensing.records import Record, identity_of
from roster_operator.roster.models import People, Person, PersonRow, Role, Standing, Status
from roster_operator.roster.quality import Question, Questions

_KINDS = ("Staff", "Student")


class Comparison:
    """Compares persons, as they come, with the ledger's state; yields those who changed."""

    def __init__(
        self,
        fold: Fold,
        table: ClassTable,
        states: dict[str, int],
        *,
        one_person: bool = False,
        suspects: Container[int] | None = None,
    ) -> None:
        """`states`: key and digest of each person as of the last applied sync; used up.

        `one_person`: records of one login and number are one person's. `suspects`: logins and numbers that several
        records have, here or elsewhere in the district; None: all records come here.
        """
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
        self._one_person = one_person
        self._suspects = suspects
        self._first: dict[int, tuple[str, Standing, str]] = {}
        """Id, standing and email of the first record of each login and number."""
        self._changed: dict[str, int | None] = {}
        """What the ledger had of those of them who changed."""
        self._aside: dict[int, list[PersonRow]] = {}
        """Records that are not the first of their login and number; all of them, if they are suspects."""

    def changes(self, people: Iterable[Person]) -> Iterator[PersonChange]:
        """Those of `people` who are in scope and are not as the state has them. Each person once."""
        fold, seen, states, offer = self._fold, self._seen, self._states, self._offer
        holds, entitles, unclear = fold.holds, offer.entitles, offer.unclear
        for row in People.of(people).columns:
            key, (role, status, _), username, email, identifier = row
            if not holds(key):
                continue
            if status is Status.GONE:
                self._inactive.add(key)
                continue
            identity = hash((username, email, identifier))
            if key in seen:
                if seen[key] != identity:
                    self._several.add(key)
                    self.questions[Question.SAME_ID_TWICE] = len(self._several)
                continue
            seen[key] = identity
            shared = identity_of(row) if self._one_person else 0
            if shared and self._is_further(shared, row):
                continue
            word = fold.word(key, role) if status is Status.ACTIVE else self._word(row)
            if (word & unclear and self._leaves(key, role)) or not entitles(word):
                continue
            student, digest, meant = self._digest(row, word)
            self._count(student=student)
            if not username and not email:
                self.questions[Question.NO_LOGIN] += 1
            before = states.pop(key, None)
            if before != digest:
                if shared:
                    self._changed[key] = before
                yield _change(row, digest, student, meant)

    def records(self) -> Iterator[tuple[int, list[Record]]]:
        """Records of one login and number, under a number that stands for these. To be asked once, at the end."""
        for identity, rows in self._aside.items():
            found = [Record(row, self._word(row), self._states.pop(row[0], None)) for row in rows]
            if self._suspects is None:
                found.append(self._taken_back(identity, rows[0]))
            yield identity, found

    def _taken_back(self, identity: int, like: PersonRow) -> Record:
        """The first record of its login and number, which `changes` took for a person of its own."""
        key, standing, email = self._first[identity]
        row = (key, standing, like[2], email, like[4])
        word, _ = self._weigh(row)
        student, digest, _ = self._digest(row, word)
        entitled = self._offer.entitles(word)
        before = self._states.pop(key, None)
        if before is None:
            before = self._changed.get(key, digest if entitled else None)
        left = bool(word & self._offer.unclear) and before is not None
        if left:
            self.questions[Question.LEFT_AS_IS] -= 1
        if left or entitled:
            self._count(-1, student=row[1][0] is Role.STUDENT if left else student)
        return Record(row, word, before)

    def as_one(self, records: Sequence[Record]) -> dict[str, PersonChange | None]:
        """What is to be told of records that `records` gave, by id: of one person, if that is what they are.

        If the ledger knows several of them as persons of their own, they stay that, and matching will say so.
        """
        known = [record for record in records if record.before is not None]
        if len(known) > 1:
            return {record.row[0]: self._revised(record, record.word) for record in records}
        chosen = known[0] if known else min(records, key=lambda record: record.row[0])
        self.questions[Question.SEVERAL_RECORDS] += len(records) - 1
        told: dict[str, PersonChange | None] = {record.row[0]: None for record in records}
        told[chosen.row[0]] = self._revised(chosen, reduce(or_, (record.word for record in records)))
        return told

    def _revised(self, record: Record, word: int) -> PersonChange | None:
        row, before = record.row, record.before
        if word & self._offer.unclear and before is not None:
            self.questions[Question.LEFT_AS_IS] += 1
            self._count(student=row[1][0] is Role.STUDENT)
            return None
        if not self._offer.entitles(word):
            return PersonChange(key=row[0], gone=True) if before is not None else None
        student, digest, meant = self._digest(row, word)
        self._count(student=student)
        return None if digest == before else _change(row, digest, student, meant)

    def _is_further(self, identity: int, row: PersonRow) -> bool:
        """Whether a record is to be looked at with others of the same login and number."""
        if self._suspects is None:
            if self._first.setdefault(identity, (row[0], row[1], row[3]))[0] == row[0]:
                return False
        elif identity not in self._suspects:
            return False
        self._aside.setdefault(identity, []).append(row)
        return True

    def _word(self, row: PersonRow) -> int:
        """What a record entitles to; nothing that is clear, if nobody can say whether it counts."""
        word, question = self._weigh(row)
        if question is not None:
            self.questions[question] += 1
        return word

    def _weigh(self, row: PersonRow) -> tuple[int, Question | None]:
        key, (role, status, _), *_ = row
        if status is Status.UNRECOGNIZED:
            return self._offer.unclear, Question.UNKNOWN_STATUS
        return self._fold.weigh(key, role)

    def _leaves(self, key: str, role: Role) -> bool:
        """Whether a person stays as the state has them, as the roster does not tell all that they are entitled to."""
        before = self._states.pop(key, None)
        if before is None:
            return False
        self._changed[key] = before
        self.questions[Question.LEFT_AS_IS] += 1
        self._count(student=role is Role.STUDENT)
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

    def _count(self, persons: int = 1, *, student: bool) -> None:
        if student:
            self.students += persons
        else:
            self.staff += persons

    def _digest(self, row: PersonRow, word: int) -> tuple[bool, int, Decoded]:
        """Whether a person counts as a student, a digest of all that matching and planning look at, and its meaning."""
        _, (role, _, _), username, email, identifier = row
        student = role is Role.STUDENT or not word & ~self._offer.student_mask
        known = self._meanings.get((word, student))
        if known is None:
            decoded = self._offer.decode(word)
            meaning = msgspec.msgpack.encode((_KINDS[student], decoded.schools, decoded.entitlements))
            known = self._meanings[word, student] = decoded, meaning
        decoded, meaning = known
        # No text of a roster holds a NUL.
        return student, xxhash.xxh3_64_intdigest(meaning + f"{username}\0{email}\0{identifier}".encode()), decoded


def _change(row: PersonRow, digest: int, student: bool, meant: Decoded) -> PersonChange:
    key, _, username, email, identifier = row
    return PersonChange(key, digest, _KINDS[student], username, email, identifier, meant.schools, meant.entitlements)
