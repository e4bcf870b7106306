"""The rows of `districts`: who holds which, and since when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from roster_operator.errors import DistrictBusy, DistrictConflict
from roster_operator.ledger import importing, ownership, runs
from roster_operator.ledger.interface.district import District
from roster_operator.ledger.schema import districts
from roster_operator.licensing.models import Claim

_Found = Row[int, str, str | None, int, datetime | None, int]
_columns = (
    districts.c.id,
    districts.c.source,
    districts.c.owner,
    districts.c.version,
    districts.c.live_since,
    runs.last_of(districts.c.id).label("last_sync"),
)


def find(connection: Connection, claim: Claim) -> District:
    """The district that `claim` is about; raises `DistrictConflict`."""
    ownership.check(connection, claim)
    row = _row(connection, claim)
    if row is None:
        return District()
    return District(row.id, row.version, row.live_since, row.last_sync)


def _row(connection: Connection, claim: Claim) -> _Found | None:
    """The owner's row, whatever its source is; else the row of that source if nobody holds it, or one that means it."""
    concerned = (districts.c.owner == claim.owner) | (districts.c.source == claim.source)
    rows = connection.execute(select(*_columns).where(concerned)).all()
    owned = next((row for row in rows if row.owner == claim.owner), None)
    named = next((row for row in rows if row.source == claim.source), None)
    if named is not None and named.owner not in {None, claim.owner}:
        raise DistrictConflict(
            f"The district {claim.source} is held by RosterIntegration {named.owner}. Publisher: delete that one, "
            "or set spec.district here if it is another district behind the same URL."
        )
    if owned is not None and named is not None and owned.id != named.id:
        raise DistrictConflict(
            f"This RosterIntegration holds the district {owned.source}, and {claim.source} is another district with "
            "licenses of its own, which was released before. Publisher: use a new RosterIntegration for it."
        )
    if owned is not None or named is not None:
        return owned if owned is not None else named
    found: _Found | None = importing.find(connection, claim, select(*_columns))
    return found


def take(connection: Connection, claim: Claim, district: District, now: datetime) -> tuple[int, bool]:
    """Make the district's row say who holds it and that it is live; its id, and whether anything was written."""
    if district.id is None:
        ownership.settle(connection, claim)
        row = insert(districts).values(
            source=claim.source,
            owner=claim.owner,
            namespace=claim.namespace,
            version=0,
            live_since=now,
            created=now,
        )
        return connection.execute(row.returning(districts.c.id)).scalar_one(), True
    says_so = (
        (districts.c.owner == claim.owner) & (districts.c.source == claim.source) & districts.c.live_since.is_not(None)
    )
    if connection.scalar(select(districts.c.id).where(districts.c.id == district.id, says_so)) is not None:
        return district.id, False
    ownership.settle(connection, claim)
    since = district.live_since or now
    connection.execute(
        update(districts)
        .where(districts.c.id == district.id)
        .values(source=claim.source, owner=claim.owner, namespace=claim.namespace, live_since=since)
    )
    return district.id, True


def advance(connection: Connection, district_id: int, version: int) -> int:
    """Move the version on by one; what it is then. Raises `DistrictBusy` if somebody else did."""
    moved = connection.execute(
        update(districts)
        .where(districts.c.id == district_id, districts.c.version == version)
        .values(version=version + 1)
    )
    if moved.rowcount != 1:
        raise DistrictBusy("Another sync of this district has just finished. It will be tried again.")
    return version + 1
