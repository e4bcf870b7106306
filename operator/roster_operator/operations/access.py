"""Who looked at which person of a district, and when."""

from __future__ import annotations

from dataclasses import dataclass

from roster_operator.ledger.queries.records import RecordedAccess
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.naming import district_or_newcomer
from roster_operator.operations.ports import DistrictName


@dataclass(frozen=True, slots=True)
class Accesses:
    """Looks at people, the latest first."""

    district: str
    namespace: str
    looks: tuple[RecordedAccess, ...]


def access(inquiry: Inquiry, wanted: DistrictName, *, person: str = "", limit: int = 100) -> Accesses:
    """Of a district, or of one person of it, which is a look at that person too."""
    district = district_or_newcomer(inquiry.queries, wanted)
    account = inquiry.look_at(district, person, "access") if person else None
    found = inquiry.queries.accesses(district.id, owner=district.owner, account=account, limit=limit)
    return Accesses(district.name, district.namespace, tuple(found))
