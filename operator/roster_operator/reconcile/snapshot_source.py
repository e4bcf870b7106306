"""The roster of the last complete reading, as a source: a plan is made of it by the very steps that a sync takes.

A snapshot names nobody. Whoever has an account is known by it; whoever has none stands under a name that is nobody's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from roster_operator.roster.models import ClassSection, Course, Enrollment, Enrollments, People, Person, School, Session
from roster_operator.snapshot import format as form
from roster_operator.snapshot.format import Header, Kind
from roster_operator.snapshot.reader import Blobs
from roster_operator.sources.source import Complete, Outcome, Proof, Reading, Report, RowT, Scope

_NOBODY: Final = "nobody:"


class KnownPerson(NamedTuple):
    """What an account knows of its person."""

    sourced_id: str
    username: str
    email: str
    identifier: str


class SnapshotSource:
    """`RosterSource` of a snapshot: read whole, and the same each time."""

    def __init__(self, header: Header, blobs: Blobs, known: Mapping[int, KnownPerson]) -> None:
        """`known`: those who have an account, by what stands for them in the snapshot."""
        self._header = header
        self._blobs = blobs
        self._known = known

    def probe(self, *, then_read: bool = False) -> Report:  # noqa: ARG002 - the same for every source
        """See `RosterSource`: nobody is asked."""
        return Report()

    def repeats(self, transcript: bytes) -> bool:  # noqa: ARG002
        """See `RosterSource`."""
        return False

    def transcript(self) -> None:
        """See `RosterSource`."""

    def schools(self) -> Reading[School]:
        """See `RosterSource`."""
        return _listed(self._header.schools)

    def sessions(self) -> Reading[Session]:
        """See `RosterSource`."""
        return _listed(self._header.sessions)

    def courses(self) -> Reading[Course]:
        """See `RosterSource`."""
        return _listed(self._header.courses)

    def classes(self) -> Reading[ClassSection]:
        """See `RosterSource`: those that were kept, at the schools that were selected."""
        return _read(
            [row.section for row in form.decode_classes(blob) if row.listed] for blob in self._blobs(Kind.CLASSES)
        )

    def enrollments(self, scope: Scope | None = None) -> Reading[Enrollment]:  # noqa: ARG002
        """See `RosterSource`: those in the classes that were kept."""
        names = {row.number: row.id for blob in self._blobs(Kind.CLASSES) for row in form.decode_classes(blob)}
        id_of = self._id

        def page(blob: bytes) -> Enrollments:
            columns = form.decode_enrollments(blob)
            persons, parts = list(map(id_of, columns.hashes)), columns.parts
            return Enrollments(
                list(map(persons.__getitem__, columns.persons)),
                list(map(names.__getitem__, columns.classes)),
                list(map(parts.__getitem__, columns.said)),
            )

        return _read(map(page, self._blobs(Kind.ENROLLMENTS)))

    def people(self, scope: Scope | None = None) -> Reading[Person]:  # noqa: ARG002
        """See `RosterSource`: those who are enrolled there."""
        return _read(map(self._people, self._blobs(Kind.PERSONS)))

    def people_by_id(self, ids: Collection[str]) -> Reading[Person]:  # noqa: ARG002
        """See `RosterSource`: whoever was found was kept with the others."""
        return _read(())

    def close(self) -> None:
        """See `RosterSource`."""

    def _id(self, hashed: int) -> str:
        known = self._known.get(hashed)
        return known.sourced_id if known is not None else f"{_NOBODY}{hashed:x}"

    def _people(self, blob: bytes) -> People:
        columns = form.decode_persons(blob)
        known = [self._known.get(hashed) for hashed in columns.hashes]

        def column(of: Callable[[KnownPerson], str]) -> list[str]:
            return [of(each) if each is not None else "" for each in known]

        return People(
            list(map(self._id, columns.hashes)),
            list(map(columns.standings.__getitem__, columns.stands)),
            column(lambda each: each.username),
            column(lambda each: each.email),
            column(lambda each: each.identifier),
        )


def _listed(rows: Sequence[RowT]) -> Reading[RowT]:
    return _read([rows] if rows else ())


def _read(pages: Iterable[Collection[RowT]]) -> Reading[RowT]:
    def walk() -> Generator[Collection[RowT], None, Outcome]:
        rows = count = 0
        for page in pages:
            rows, count = rows + len(page), count + 1
            yield page
        return Complete(Proof.SNAPSHOT, rows, count)

    return Reading(walk())
