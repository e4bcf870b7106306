"""The snapshot of a district's last reading, which the next one replaces; what it means is `snapshot`'s to know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from roster_operator.ledger.schema import snapshot_chunks, snapshots
from roster_operator.snapshot.format import Header, Kind, decode_header, encode_header
from roster_operator.snapshot.taking import TakenSnapshot

_AT_ONCE: Final = 8
"""Chunks that are asked for: each is a way to the database, and takes a tenth of a MiB, half a MiB at most."""


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """A snapshot in the ledger, as long as the transaction lasts in which it was found."""

    run_id: str
    """The sync that wrote it."""
    taken: datetime
    """When that sync began to read."""
    key_id: str
    """By which key persons are found in it."""
    header: Header
    connection: Connection
    district_id: int

    def blobs(self, kind: Kind) -> Iterator[bytes]:
        """The chunks of one kind, one after the other; a few of them are in memory."""
        found = select(snapshot_chunks.c.chunk).where(
            snapshot_chunks.c.district_id == self.district_id, snapshot_chunks.c.kind == str(kind)
        )
        ordered = found.order_by(snapshot_chunks.c.number)
        for (chunk,) in self.connection.execute(ordered, execution_options={"yield_per": _AT_ONCE}):
            yield bytes(chunk)


def find(connection: Connection, district_id: int) -> StoredSnapshot | None:
    """That of a district; none if it was written by a version that writes another form."""
    columns = (snapshots.c.run_id, snapshots.c.taken, snapshots.c.key_id, snapshots.c.header)
    row = connection.execute(select(*columns).where(snapshots.c.district_id == district_id)).one_or_none()
    if row is None or (header := decode_header(bytes(row.header))) is None:
        return None
    return StoredSnapshot(row.run_id, row.taken, row.key_id, header, connection, district_id)


def key_of(connection: Connection, district_id: int) -> str:
    """The id of the key of a district's snapshot; empty if there is none."""
    return connection.scalar(select(snapshots.c.key_id).where(snapshots.c.district_id == district_id)) or ""


def replace(connection: Connection, district_id: int, snapshot: TakenSnapshot, *, run_id: str, taken: datetime) -> None:
    """Keep this one, in the place of the one before."""
    remove(connection, district_id)
    told = {"run_id": run_id, "taken": taken, "key_id": snapshot.key.id, "header": encode_header(snapshot.header)}
    connection.execute(insert(snapshots).values(district_id=district_id, **told))
    for number, kind, blob in snapshot.writer.chunks():
        row = {"district_id": district_id, "number": number, "kind": str(kind), "chunk": blob}
        connection.execute(insert(snapshot_chunks).values(row))


def remove(connection: Connection, district_id: int) -> None:
    """Keep none; does nothing if there is none."""
    for table in (snapshot_chunks, snapshots):
        connection.execute(delete(table).where(table.c.district_id == district_id))
