"""What was granted and removed: by a run, of an eBook, by a school, of a person; in the order in which it happened.

People are opaque account ids. Who names one by what the SIS has for them is told that person's changes, and it is
written down who looked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from roster_operator.ledger.queries.records import ChangesWanted, RecordedChange
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.naming import district_in, run_of, school_in, unknown
from roster_operator.operations.ports import DistrictName


@dataclass(frozen=True, slots=True)
class Change:
    """A license that came or went."""

    position: int
    """Its place in the journal, which counts up."""
    at: datetime
    run_id: str
    account: int
    ebook: str
    edition: str
    change: str
    """Granted or Revoked."""
    why: str
    class_id: str | None
    """The class that it came by, as the SIS calls it; none if that is not known."""
    school_id: str | None
    """The class's school, or the only one at which the person is, as the SIS calls it; none if that is not known."""
    actor: str | None
    """Who did it; none if the roster did."""


def change_of(row: RecordedChange) -> Change:
    """A change of the journal, as it is told of."""
    return Change(
        position=row.position,
        at=row.at,
        run_id=row.run_id,
        account=row.account,
        ebook=row.ebook,
        edition=row.edition,
        change=row.change,
        why=row.why,
        class_id=row.class_id,
        school_id=row.school_id,
        actor=row.actor,
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """Of a district, oldest first."""

    district: str
    namespace: str
    changes: tuple[Change, ...]
    earlier: int | None
    """The position before which there are more; none if these were all."""
    by_no_school: int
    """If they are asked for by school: how many others came nobody knows by which."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which changes: those that every field fits. An empty one fits all."""

    run: str = ""
    ebook: str = ""
    person: str = field(default="", repr=False)
    """An account's id; or a login, email, sourcedId or number."""
    before: int | None = None
    limit: int = 100
    school: str = ""
    """The SIS's id of it; or its number or name, if the last reading is kept."""


def changes(inquiry: Inquiry, wanted: DistrictName, asked: Asked) -> Changes:
    """The latest changes of a district that were asked for."""
    queries = inquiry.queries
    district = district_in(queries, wanted)
    run = run_of(queries, district, asked.run).id if asked.run else ""
    if asked.ebook and asked.ebook not in (known := queries.ebooks(district.id)):
        raise unknown("eBook", asked.ebook, known, where=f"among the changes of {district.name}")
    school = school_in(queries, district, asked.school) if asked.school else ""
    account = inquiry.look_at(district, asked.person, "changes") if asked.person else None
    sought = ChangesWanted(run, asked.ebook, school, account, asked.before)
    rows = queries.changes(district.id, sought, limit=asked.limit + 1)
    more = len(rows) > asked.limit
    kept = rows[: asked.limit]
    told = tuple(map(change_of, reversed(kept)))
    untold = queries.changes_by_no_school(district.id, sought) if school else 0
    return Changes(district.name, district.namespace, told, kept[-1].position if more else None, untold)
