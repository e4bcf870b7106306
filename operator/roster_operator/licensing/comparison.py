"""Compares persons with the ledger's state of the last sync, to find those who changed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import reduce
from operator import or_

import msgspec
import xxhash

from roster_operator.licensing.declared_login import DeclaredLogin
from roster_operator.licensing.duplicates import Duplicates, Holder
from roster_operator.licensing.entitlements import ClassTable, Decoded
from roster_operator.licensing.fold import Fold
from roster_operator.licensing.models import PersonChange
from roster_operator.licensing.records import Record
from roster_operator.roster.models import People, Person, PersonRow, Role, Standing, Status
from roster_operator.roster.quality import Question, Questions
from roster_operator.roster.subjects import Subject

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
        duplicates: Duplicates | None = None,
        declared: DeclaredLogin | None = None,
    ) -> None:
        """`states`: key and digest of each person as of the last applied sync; used up.

        `one_person`: records of one login and number are one person's. `suspects`: logins and numbers that several
        records have, here or elsewhere in the district; None: all records come here. `duplicates` is told of everybody
        who is entitled to something. `declared`: of which form logins should be.
        """
        self.students = 0
        self.staff = 0
        self.questions: Questions = Questions()
        self._fold = fold
        self._offer = table.offer
        self._meanings: dict[tuple[int, bool], tuple[Decoded, bytes]] = {}
        """What a mask stands for. No decorated method: it would refer back to this, and keep it in memory."""
        self._states = states
        self._seen: dict[str, int] = {}
        """Id to identity of everyone in scope whom the SIS describes as active."""
        self._listed: dict[str, tuple[str, str, str]] = {}
        """Whom the state has and the roster lists, but who have no place in scope: username, email, identifier."""
        self._inactive: set[str] = set()
        self._several: set[str] = set()
        """Ids that stand for more than one person."""
        self._duplicates = duplicates
        self._declared = declared
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
        seen, states, first, meanings = self._seen, self._states, self._first, self._meanings
        holds, mask_of, digest_of = self._fold.holds, self._fold.mask, xxhash.xxh3_64_intdigest
        entitles, unclear = self._offer.entitles, self._offer.unclear
        one_person, all_here, declared = self._one_person, self._suspects is None, self._declared
        holders: list[Holder] = []
        for row in People.of(people).columns:
            key, standing, username, email, identifier = row
            if not holds(key):
                if key in states:
                    self._listed[key] = username, email, identifier
                continue
            role, status, _ = standing
            if status is Status.GONE:
                self._inactive.add(key)
                self._listed[key] = username, email, identifier
                continue
            grouped = one_person and username and identifier
            identity = hash((username.lower(), identifier)) if grouped else hash((username, email, identifier))
            if key in seen:
                self._meet_again(key, identity)
                continue
            seen[key] = identity
            if grouped:
                known = first.get(identity)
                if known is None and all_here:
                    first[identity] = (key, standing, email)
                elif all_here or identity in self._suspects:  # type: ignore[operator]
                    self._aside.setdefault(identity, []).append(row)
                    continue
            mask = mask_of(key, role) if status is Status.ACTIVE else self._mask(row)
            if (mask & unclear and self._leaves(key, role)) or not entitles(mask):
                continue
            student = role is Role.STUDENT or not mask & ~self._offer.student_mask
            meant = meanings.get((mask, student)) or self._mean(mask, student)
            # Of all that matching and planning look at; no text of a roster holds a NUL.
            digest = digest_of(meant[1] + f"{username}\0{email}\0{identifier}".encode())
            self.students += student
            self.staff += not student
            schools, entitlements = meant[0].schools, meant[0].entitlements
            if declared is not None and not declared.allows(username or email, student=student):
                self.questions.add(Question.LOGIN_FORMAT, Subject(key, school=schools[0]))
            holders.append((key, username or email, identifier if student else "", schools[0]))
            before = states.pop(key, None)
            if before != digest:
                if grouped:
                    self._changed[key] = before
                yield PersonChange(key, digest, _KINDS[student], username, email, identifier, schools, entitlements)
        self._take_note(holders)

    def _take_note(self, holders: Sequence[Holder]) -> None:
        """Of everybody of a page who is entitled to something."""
        if self._duplicates is not None:
            self._duplicates.add(holders)
        for key, login, _, school in holders:
            if not login:
                self.questions.add(Question.NO_LOGIN, Subject(key, school=school))

    def records(self) -> Iterator[tuple[int, list[Record]]]:
        """Records of one login and number, under a number that stands for these. To be asked once, at the end."""
        for identity, rows in self._aside.items():
            found = [Record(row, self._mask(row), self._states.pop(row[0], None)) for row in rows]
            if self._suspects is None:
                found.append(self._taken_back(identity, rows[0]))
            for student in (False, True):
                if of_kind := [record for record in found if (record.row[1][0] is Role.STUDENT) is student]:
                    yield hash((identity, student)), of_kind

    def _taken_back(self, identity: int, like: PersonRow) -> Record:
        """The first record of its login and number, which `changes` took for a person of its own."""
        key, standing, email = self._first[identity]
        row = (key, standing, like[2], email, like[4])
        mask = self._mask(row, again=True)
        change = self._change(row, mask)
        entitled = self._offer.entitles(mask)
        before = self._states.pop(key, None)
        if before is None:
            before = self._changed.get(key, change.digest if entitled else None)
        left = bool(mask & self._offer.unclear) and before is not None
        if left:
            self.questions.take_back(Question.LEFT_AS_IS, Subject(key))
        if left or entitled:
            self._count(-1, student=row[1][0] is Role.STUDENT if left else _is_student(change))
        return Record(row, mask, before)

    def as_one(self, records: Sequence[Record]) -> dict[str, PersonChange | None]:
        """What is to be told of records that `records` gave, by id: of one person, if that is what they are.

        If the ledger knows several of them as persons of their own, they stay that, and matching will say so.
        """
        known = [record for record in records if record.before is not None]
        if len(known) > 1:
            return {record.row[0]: self._revised(record, record.mask) for record in records}
        chosen = known[0] if known else min(records, key=lambda record: record.row[0])
        for record in records:
            if record is not chosen:
                self.questions.add(Question.SEVERAL_RECORDS, Subject(record.row[0]))
        told: dict[str, PersonChange | None] = {record.row[0]: None for record in records}
        told[chosen.row[0]] = self._revised(chosen, reduce(or_, (record.mask for record in records)))
        return told

    def _revised(self, record: Record, mask: int) -> PersonChange | None:
        row, before = record.row, record.before
        if mask & self._offer.unclear and before is not None:
            self.questions.add(Question.LEFT_AS_IS, Subject(row[0]))
            self._count(student=row[1][0] is Role.STUDENT)
            return None
        if not self._offer.entitles(mask):
            return PersonChange(key=row[0], gone=True) if before is not None else None
        change = self._change(row, mask)
        self._count(student=_is_student(change))
        return None if change.digest == before else change

    def _meet_again(self, key: str, identity: int) -> None:
        if self._seen[key] != identity and key not in self._several:
            self._several.add(key)
            self.questions.add(Question.SAME_ID_TWICE, Subject(key))

    def _mask(self, row: PersonRow, *, again: bool = False) -> int:
        """What a record entitles to; nothing that is clear, if nobody can say whether it counts."""
        key, (role, status, _), *_ = row
        if status is Status.UNRECOGNIZED:
            if not again:
                self.questions.add(Question.UNKNOWN_STATUS, Subject(key))
            return self._offer.unclear
        return self._fold.mask(key, role, again=again)

    def _leaves(self, key: str, role: Role) -> bool:
        """Whether a person stays as the state has them, as the roster does not tell all that they are entitled to."""
        before = self._states.pop(key, None)
        if before is None:
            return False
        self._changed[key] = before
        self.questions.add(Question.LEFT_AS_IS, Subject(key))
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
            username, email, identifier = self._listed.get(key, ("", "", ""))
            yield PersonChange(key, username=username, email=email, identifier=identifier, gone=True)

    def _count(self, persons: int = 1, *, student: bool) -> None:
        if student:
            self.students += persons
        else:
            self.staff += persons

    def _change(self, row: PersonRow, mask: int) -> PersonChange:
        """As `changes` makes it."""
        key, (role, _, _), username, email, identifier = row
        student = role is Role.STUDENT or not mask & ~self._offer.student_mask
        decoded, meaning = self._meanings.get((mask, student)) or self._mean(mask, student)
        digest = xxhash.xxh3_64_intdigest(meaning + f"{username}\0{email}\0{identifier}".encode())
        kind, schools, entitlements = _KINDS[student], decoded.schools, decoded.entitlements
        return PersonChange(key, digest, kind, username, email, identifier, schools, entitlements)

    def _mean(self, mask: int, student: bool) -> tuple[Decoded, bytes]:
        """What a mask stands for, and the same as the beginning of a digest."""
        decoded = self._offer.decode(mask)
        meaning = msgspec.msgpack.encode((_KINDS[student], decoded.schools, decoded.entitlements))
        self._meanings[mask, student] = decoded, meaning
        return decoded, meaning


def _is_student(change: PersonChange) -> bool:
    return change.kind == _KINDS[True]
