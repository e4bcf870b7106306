"""The reading of a sync as a snapshot: taken while the roster is read, kept if that was read whole and applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from roster_operator.roster.dates import DayOrder
from roster_operator.snapshot.format import Header, Kind
from roster_operator.snapshot.key import SnapshotKey
from roster_operator.snapshot.writer import SnapshotWriter


@dataclass(frozen=True, slots=True)
class TakenSnapshot:
    """A whole reading."""

    key: SnapshotKey
    header: Header
    writer: SnapshotWriter

    def blobs(self, kind: Kind) -> Iterator[bytes]:
        """The chunks of one kind, one after the other."""
        return self.writer.blobs(kind)


@dataclass(frozen=True, slots=True)
class SnapshotInTheMaking:
    """A reading that goes on."""

    key: SnapshotKey
    header: Header
    """But for what only the end of the reading tells."""
    writer: SnapshotWriter

    def finish(self, order: DayOrder) -> TakenSnapshot:
        """All was read; `order`: in which enrollments show day and month."""
        self.writer.finish()
        counts = {"enrollments": self.writer.enrollments, "persons": self.writer.persons}
        return TakenSnapshot(self.key, msgspec.structs.replace(self.header, order=order, **counts), self.writer)
