"""All that the ledger keeps of a person, where it came from, and who looked: what somebody is owed who asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roster_operator.ledger.queries.records import ChangesWanted, KeptPerson, RecordedAccess
from roster_operator.operations.changes import Change, change_of
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.naming import district_in
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.questions import Raised, raised

_MOST: Final = 100_000
"""Changes and looks of one person."""

SOURCES: Final = {
    "account": "the district's SIS, read by the syncs; or the publisher's accounts from before go-live; formerly: as "
    "they were before a clean-up",
    "licenses": "the syncs (Roster), the publisher's from before go-live (Manual), a person's decision (Sticky), "
    "or what somebody bought elsewhere (Purchased)",
    "schools": "the district's SIS: the schools in scope by which the person has licenses",
    "questions": "the syncs: what the checklist counts of this person's rows in the SIS",
    "changes": "the syncs, and people's decisions about this person",
    "looks": "whoever named this person in a command",
}
"""By part of the export."""


@dataclass(frozen=True, slots=True)
class Export:
    """Of a person."""

    district: str
    exported_at: datetime
    person: KeptPerson
    questions: tuple[Raised, ...]
    changes: tuple[Change, ...]
    looks: tuple[RecordedAccess, ...]
    """This one included."""
    came_from: dict[str, str]
    not_kept: str


def export(inquiry: Inquiry, wanted: DistrictName, person: str) -> Export:
    """What is kept of a person; the access log is told that somebody has it now."""
    district = district_in(inquiry.queries, wanted)
    account = inquiry.look_at(district, person, "export")
    queries = inquiry.queries
    kept = queries.person(district.id, account)
    merged = sorted({each.account for each in kept.formerly} - {account})
    rows = [
        row
        for each in (account, *merged)
        for row in queries.changes(district.id, ChangesWanted(account=each), limit=_MOST)
    ]
    about = queries.questions_about(district.owner, kept.sourced_id) if kept.sourced_id else ()
    return Export(
        district=district.source,
        exported_at=inquiry.now,
        person=kept,
        questions=tuple(map(raised, about)),
        changes=tuple(map(change_of, sorted(rows, key=lambda row: row.position))),
        looks=tuple(
            look for each in (account, *merged) for look in queries.accesses(district.id, account=each, limit=_MOST)
        ),
        came_from=SOURCES,
        not_kept="Names, birthdays, addresses, grades and contacts are not kept, whatever the SIS sends.",
    )
