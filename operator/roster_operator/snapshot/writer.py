"""Writes a snapshot while the roster is read, chunk by chunk, into a temporary file without a name.

Rows go through mappings of the standard library only: what Python does for each row would cost more than all else here.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import compress, count
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Final, Generic, NamedTuple, TypeVar

from roster_operator.licensing.entitlements import ClassTable
from roster_operator.roster.models import (
    ClassSection,
    Enrollment,
    EnrollmentParts,
    Enrollments,
    Part,
    People,
    Person,
    Standing,
    Status,
)
from roster_operator.scratch import Share
from roster_operator.snapshot import format as form
from roster_operator.snapshot.format import ClassRow, Kind
from roster_operator.snapshot.key import SnapshotKey

ROWS: Final = 50_000
"""Of a chunk of enrollments or persons; always fewer than take more than a small number."""
CLASSES: Final = 5_000
MOST_KNOWN: Final = 120_000
"""Persons whose hashes are kept."""
_IN_MEMORY: Final = 8 * 1024 * 1024
_ELSEWHERE: Final = 0
"""Stands for all classes that are not kept."""

T = TypeVar("T")


class Chunk(NamedTuple):
    """A piece of a snapshot, by which it is kept."""

    number: int
    kind: Kind
    blob: bytes


class _Places(defaultdict[T, int], Generic[T]):
    """Gives whatever comes for the first time the next number, from 0 on."""

    def __init__(self) -> None:
        super().__init__(count().__next__)


class _Numbers(dict[str, int]):
    """Numbers of the classes that are kept, by their ids."""

    def __init__(self, unlisted: Callable[[str], int]) -> None:
        super().__init__()
        self._unlisted = unlisted

    def __missing__(self, class_id: str) -> int:
        return self._unlisted(class_id)


class SnapshotWriter:
    """Takes the classes, then enrollments, then persons. A context, so that its file is closed."""

    def __init__(
        self,
        key: SnapshotKey,
        table: ClassTable,
        *,
        selected: Collection[str],
        listed: Collection[str],
        left_out: Callable[[str], bool] | None = None,
        rows: int = ROWS,
        most_known: int = MOST_KNOWN,
    ) -> None:
        """`table`: which classes there are, and which were in scope; ids of the schools selected, and of all listed.

        `left_out`: of whom nothing is to be kept; None: of nobody.
        """
        self.enrollments = 0
        self.persons = 0
        self._key = key
        self._table = table
        self._selected = selected
        self._listed = listed
        self._left_out = left_out
        self._rows = rows
        self._most_known = most_known
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by __exit__
        self._share = Share()
        self._written: list[tuple[Kind, int]] = []
        """Kinds and lengths of what is in the file."""
        self._numbers = _Numbers(self._number_unlisted)
        self._classes: list[ClassRow] = []
        self._hashes: dict[str, bytes] | None = {}
        """Of all persons enrolled; None if there are more than are kept in memory."""
        self._in_classes: array[int] = array(form.SMALL)
        self._begin_enrollments()
        self._begin_persons()

    def add_classes(self, page: Iterable[ClassSection]) -> None:
        """Take classes that the table took. Those at other schools are kept only if they may have been in scope."""
        before, orphaned, numbers = self._table.bearings.before, self._table.orphaned, self._numbers
        for section in page:
            known = section.id in before
            near = section.school_id in self._selected or section.school_id not in self._listed
            if near or known or section.id in orphaned:
                number = numbers.setdefault(section.id, len(numbers) + 1)
                where = section.course_id, section.school_id, section.session_ids
                self._keep_class(ClassRow(number, section.id, *where, section.status, known, True))

    def enroll(self, page: Collection[Enrollment]) -> None:
        """Take enrollments; all classes were given."""
        columns = Enrollments.of(page)
        if self._left_out is not None:
            columns = Enrollments.gathered([row for row in _rows_of(columns) if not self._left_out(row[0])])
        for at in range(0, len(columns), self._rows):
            some = slice(at, at + self._rows)
            self._enroll(columns.persons[some], columns.classes[some], columns.parts[some])

    def _enroll(self, persons: list[str], classes: list[str], parts: list[Part]) -> None:
        numbers = list(map(self._numbers.__getitem__, classes))
        if _ELSEWHERE in numbers:
            persons, parts = list(compress(persons, numbers)), list(compress(parts, numbers))
            numbers = list(filter(None, numbers))
        if len(self._in_classes) + len(numbers) > self._rows:
            self._end_enrollments()
        if len(self._numbers) >= form.SMALLEST_LARGE and self._in_classes.typecode == form.SMALL:
            self._in_classes = array(form.LARGE, self._in_classes)
        self._in_classes.extend(array(self._in_classes.typecode, numbers))
        self._enrolled.extend(array(form.SMALL, list(map(self._person_places.__getitem__, persons))))
        self._said.extend(array(form.SMALL, list(map(self._part_places.__getitem__, parts))))

    def describe(self, page: Collection[Person]) -> None:
        """Take persons; all enrollments were given. Only who is enrolled is kept, unless they are too many to tell."""
        self._end_enrollments()
        people = People.of(page)
        ids, standings = people.ids, people.standings
        if self._left_out is not None:
            kept = [not self._left_out(person) for person in ids]
            ids, standings = list(compress(ids, kept)), list(compress(standings, kept))
        if self._hashes is not None:
            found = list(map(self._hashes.get, ids))
            hashes, standings = list(filter(None, found)), list(compress(standings, found))
        else:
            hashes = self._key.digests(ids)
        for at in range(0, len(hashes), self._rows):
            some = slice(at, at + self._rows)
            if len(self._described) + len(hashes[some]) > self._rows:
                self._end_persons()
            self._described.extend(hashes[some])
            self._stands.extend(map(self._standing_places.__getitem__, standings[some]))

    def finish(self) -> None:
        """All was given."""
        self._end_enrollments()
        self._end_persons()
        self._end_classes()

    def chunks(self, kind: Kind | None = None) -> Iterator[Chunk]:
        """What was written, once finished; `kind`: only these."""
        at = 0
        for number, (one, length) in enumerate(self._written):
            if kind is None or one is kind:
                self._file.seek(at)
                yield Chunk(number, one, self._file.read(length))
            at += length

    def blobs(self, kind: Kind) -> Iterator[bytes]:
        """The chunks of one kind, as `reader` takes them."""
        return (chunk.blob for chunk in self.chunks(kind))

    def _number_unlisted(self, class_id: str) -> int:
        """Of a class that is not kept: it is elsewhere; or nobody lists it, and it is kept from now on."""
        if class_id in self._table.bits or class_id in self._table.elsewhere:
            return _ELSEWHERE
        number = self._numbers[class_id] = len(self._numbers) + 1
        before = class_id in self._table.bearings.before
        self._keep_class(ClassRow(number, class_id, "", "", (), Status.ACTIVE, before, listed=False))
        return number

    def _keep_class(self, row: ClassRow) -> None:
        self._classes.append(row)
        if len(self._classes) >= CLASSES:
            self._end_classes()

    def _begin_enrollments(self) -> None:
        self._in_classes = array(form.SMALL)
        self._enrolled: array[int] = array(form.SMALL)
        self._said: array[int] = array(form.SMALL)
        self._person_places: _Places[str] = _Places()
        self._part_places: _Places[Part] = _Places()

    def _begin_persons(self) -> None:
        self._described: list[bytes] = []
        self._stands: array[int] = array(form.SMALL)
        self._standing_places: _Places[Standing] = _Places()

    def _end_classes(self) -> None:
        if self._classes:
            self._write(Kind.CLASSES, form.encode_classes(self._classes))
            self._classes.clear()

    def _end_enrollments(self) -> None:
        if self._in_classes:
            hashes = self._hash(self._person_places)
            columns = self._enrolled, self._in_classes, self._part_places, self._said
            self._write(Kind.ENROLLMENTS, form.encode_enrollments(hashes, *columns))
            self.enrollments += len(self._in_classes)
            self._begin_enrollments()

    def _end_persons(self) -> None:
        if self._described:
            self._write(Kind.PERSONS, form.encode_persons(self._described, self._standing_places, self._stands))
            self.persons += len(self._described)
            self._begin_persons()

    def _hash(self, persons: Collection[str]) -> list[bytes]:
        """What stands for each."""
        known = self._hashes
        if known is None:
            return self._key.digests(persons)
        new = [person for person in persons if person not in known]
        known.update(zip(new, self._key.digests(new), strict=True))
        if len(known) > self._most_known:
            self._hashes = None
        return list(map(known.__getitem__, persons))

    def _write(self, kind: Kind, blob: bytes) -> None:
        self._share.write(self._file, blob)
        self._written.append((kind, len(blob)))

    def __enter__(self) -> SnapshotWriter:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop what was written."""
        self._share.drop(self._file)


def _rows_of(columns: Enrollments) -> Iterator[EnrollmentParts]:
    return zip(columns.persons, columns.classes, columns.parts, strict=True)
