"""From enrollments and persons to those who changed: in memory, or by partitions on disk if they are many.

Memory grows with the persons in scope up to a bound, and then no more. A partition is treated as a small district is.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain, islice
from random import randrange
from sys import getsizeof
from typing import Final

import msgspec

from roster_operator.errors import SourceProtocolError
from roster_operator.licensing.comparison import Comparison
from roster_operator.licensing.declared_login import DeclaredLogin
from roster_operator.licensing.duplicates import Duplicates
from roster_operator.licensing.entitlements import ClassTable
from roster_operator.licensing.fold import Entry, Fold
from roster_operator.licensing.models import PersonChange
from roster_operator.licensing.records import Record, Revision, SharedLogins, identity_of, repeated
from roster_operator.reconcile.contract import ignored
from roster_operator.reconcile.rows_on_disk import PARTITIONS, Partitions
from roster_operator.roster.dates import Days
from roster_operator.roster.members import held_by
from roster_operator.roster.models import Enrollment, Enrollments, People, Person, PersonRow
from roster_operator.roster.quality import Question, Questions
from roster_operator.roster.subjects import Subject

MAX_IN_MEMORY: Final = 120_000
"""Persons in scope; more are kept on disk."""

MOST_RECORDS: Final = 300_000
"""Of persons who have several; they are kept until all persons were read."""
_USUAL_ID: Final = 150
"""Bytes of an id in memory; of most SIS they are fewer."""
_LOOKED_AT: Final = 50
"""Of so many ids one is looked at."""

_NEARLY_ALL: Final = 80
"""Percent of the logins that a roster tells: if so many are no person's, it tells none."""

State = tuple[str, int]
LookUp = Callable[[set[str], Callable[[Collection[Person]], None]], None]
"""Reads persons by id and gives them to a sink."""


class Persons:
    """Everyone in scope, compared with the ledger. Give enrollments, then states, then persons, then `finish`."""

    def __init__(
        self,
        table: ClassTable,
        days: Days,
        keep: Callable[[Iterable[PersonChange]], None],
        resources: ExitStack,
        *,
        one_person: bool = True,
        declared: DeclaredLogin | None = None,
        grew: Callable[[int, int], None] = ignored,
        max_in_memory: int = MAX_IN_MEMORY,
    ) -> None:
        """`keep` takes those who changed, as they are found; `resources` closes what is opened on disk.

        `one_person` and `declared`: see `Comparison`. `grew` is told how many persons and enrollments there are so far.
        """
        self.students = 0
        self.staff = 0
        self.questions: Questions = Questions()
        """Once finished, those of enrollments too."""
        self.members: Counter[str] = Counter()
        """How many persons hold each member of their records, in scope or not."""
        self.revision = Revision()
        """Once finished: what is to be changed in what `keep` was given."""
        self.fold = Fold(table, days)
        self._table = table
        self._keep = keep
        self._resources = resources
        self._grew = grew
        self._rows = 0
        self._max_in_memory = max_in_memory
        self._on_disk: _OnDisk | None = None
        self._comparison: Comparison | None = None
        self._one_person = one_person
        self._declared = declared
        self._logins = SharedLogins()
        self._duplicates = Duplicates()
        self._looked_at = self._id_bytes = 0
        """How many ids were looked at, and how many bytes they have."""
        self._identities = array("q")
        """Of persons on disk: who has several records."""

    def enroll(self, page: Collection[Enrollment]) -> None:
        """Take enrollments."""
        self.fold.add(page)
        self._rows += len(page)
        self._grew(self.fold.size_bound, self._rows)
        some = Enrollments.of(page).persons[randrange(_LOOKED_AT) :: _LOOKED_AT]
        self._looked_at += len(some)
        self._id_bytes += sum(map(getsizeof, some))
        if self._exceeds(self.fold, self._max_in_memory):
            self._spill()

    def compare_with(self, states: Iterable[State]) -> None:
        """Take the ledger's states; all enrollments were given."""
        self.fold.conclude()
        remaining = iter(states)
        known = dict(islice(remaining, self._max_in_memory + 1))
        if self._on_disk is None and len(known) <= self._max_in_memory:
            self._comparison = Comparison(
                self.fold,
                self._table,
                known,
                one_person=self._one_person,
                duplicates=self._duplicates,
                declared=self._declared,
            )
        else:
            waiting = self._spill()
            waiting.states.extend((state[0], state) for state in chain(known.items(), remaining))

    def describe(self, page: Collection[Person]) -> None:
        """Take persons, of whom the SIS has more than are in scope."""
        people = People.of(page)
        self._logins.add(people)
        self.members.update(held_by(people))
        if self._comparison is not None:
            self._keep(self._comparison.changes(people))
        elif self._on_disk is not None:
            self._on_disk.people.extend((row[0], row) for row in people.columns)
            if self._one_person:
                self._identities.extend(map(identity_of, people.columns))

    def finish(self, look_up: LookUp) -> None:
        """All persons were given: find who is missing, look them up, and find who is gone."""
        undescribed = self.fold.among(())
        states: dict[str, int] = {}
        records: dict[int, list[Record]] = {}
        count = 0
        for fold, comparison in self._compared():
            for identity, some in comparison.records():
                records.setdefault(identity, []).extend(some)
                count += len(some)
                if count > MOST_RECORDS:
                    raise _too_many("records that share login and number with another one")
            missing = comparison.missing()
            undescribed.merge(fold.among(missing).entries())
            if self._exceeds(undescribed, MAX_IN_MEMORY):
                raise _too_many("enrollments of persons whom it does not list")
            states |= comparison.without(missing)
            self._keep(comparison.gone())
            self._count(comparison, fold)
        rest = Comparison(undescribed, self._table, states, duplicates=self._duplicates, declared=self._declared)
        self._revise(rest, records)
        if wanted := rest.missing():
            look_up(wanted, lambda page: self._keep(rest.changes(page)))
        unknown = rest.missing()
        rest.without(unknown)
        self._keep(rest.gone())
        self._count(rest, undescribed)
        if self._on_disk is not None:
            self.questions.update(self.fold.questions)
        if self._duplicates.masks.prevail:
            self.revision = replace(self.revision, masked=True)
            self.members["username" if self.members["username"] else "email"] = 0
        self.questions.update(self._duplicates.questions(self.revision.usernames | self.revision.emails))
        for person in unknown:
            self.questions.add(Question.UNKNOWN_PERSON, Subject(person))

    def _revise(self, comparison: Comparison, records: Mapping[int, Sequence[Record]]) -> None:
        usernames, emails = self._logins.found(records.values())
        self.questions[Question.SHARED_LOGIN] += max(sum(usernames.values()), sum(emails.values()))
        self.questions.about(Question.SHARED_LOGIN, *self._logins.holders({**usernames, **emails}))
        for member, shared in (("username", usernames), ("email", emails)):
            if sum(shared.values()) * 100 >= self.members[member] * _NEARLY_ALL:
                self.members[member] = 0
        instead: dict[str, PersonChange | None] = {}
        for some in records.values():
            instead.update(comparison.as_one(some))
        self.revision = Revision(frozenset(usernames), frozenset(emails), instead)

    def _compared(self) -> Iterator[tuple[Fold, Comparison]]:
        if self._comparison is not None:
            yield self.fold, self._comparison
        elif self._on_disk is not None:
            suspects = frozenset(islice(repeated(self._identities), MOST_RECORDS))
            if len(suspects) >= MOST_RECORDS:
                raise _too_many("records that share login and number with another one")
            for partition in range(PARTITIONS):
                fold = self.fold.among(())
                for entries in self._on_disk.entries.read(partition):
                    fold.merge((person, int.from_bytes(mask), int.from_bytes(both)) for person, mask, both in entries)
                    if self._exceeds(fold, MAX_IN_MEMORY):
                        raise _too_many("persons in the chosen courses")
                states = {key: digest for block in self._on_disk.states.read(partition) for key, digest in block}
                comparison = Comparison(
                    fold,
                    self._table,
                    states,
                    one_person=self._one_person,
                    suspects=suspects,
                    duplicates=self._duplicates,
                    declared=self._declared,
                )
                for rows in self._on_disk.people.read(partition):
                    self._keep(comparison.changes(People.gathered(rows)))
                yield fold, comparison

    def _exceeds(self, fold: Fold, most: int) -> bool:
        """Whether a fold holds more than so many persons, or as much because of their long ids."""
        size = max(_USUAL_ID, self._id_bytes / max(1, self._looked_at))
        return fold.size_bound * size > most * _USUAL_ID

    def _spill(self) -> _OnDisk:
        if self._on_disk is None:
            self._on_disk = _OnDisk(self._resources)
        self._on_disk.entries.extend((entry[0], _packed(entry)) for entry in self.fold.entries())
        self.fold.clear()
        return self._on_disk

    def _count(self, comparison: Comparison, fold: Fold) -> None:
        self.students += comparison.students
        self.staff += comparison.staff
        self.questions.update(comparison.questions)
        self.questions.update(fold.questions)


def _too_many(what: str) -> SourceProtocolError:
    return SourceProtocolError(
        f"The SIS sends more {what} than any district has. Nothing was changed. District: see what is shared with "
        "these credentials, and why it is so much."
    )


PackedEntry = tuple[str, bytes, bytes]

# Built once, as msgspec must not build one type's decoder in two threads at the same time: the process would crash.
_ENTRIES: Final = msgspec.msgpack.Decoder(list[PackedEntry])
_STATES: Final = msgspec.msgpack.Decoder(list[State])
_PEOPLE: Final = msgspec.msgpack.Decoder(list[PersonRow])


class _OnDisk:
    """What waits until its partition's turn."""

    def __init__(self, resources: ExitStack) -> None:
        self.entries = Partitions(_ENTRIES, resources)
        self.states = Partitions(_STATES, resources)
        self.people = Partitions(_PEOPLE, resources)


def _packed(entry: Entry) -> PackedEntry:
    """Words grow with eBooks and schools beyond what msgpack takes for a number."""
    person, mask, undecided = entry
    return person, _bytes(mask), _bytes(undecided)


def _bytes(mask: int) -> bytes:
    return mask.to_bytes((mask.bit_length() + 7) // 8, "big")
