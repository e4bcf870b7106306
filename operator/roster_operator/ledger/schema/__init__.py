"""The tables of the ledger, as `migrations/` leaves them; the two views on them are made there.

No table holds a name of a person; accounts hold what matching needs, and nothing else. Text that is compared has a
byte order of its own on PostgreSQL (collation C), so that both databases compare and sort alike.
"""

from __future__ import annotations

from roster_operator.ledger.schema.cleaning import cleaned_accounts, cleaned_licenses, cleaned_overrides, cleanups
from roster_operator.ledger.schema.columns import Key, UtcDateTime, metadata
from roster_operator.ledger.schema.licensing import (
    accounts,
    held_removals,
    journal,
    licenses,
    overrides,
    person_states,
    seat_waits,
)
from roster_operator.ledger.schema.personal_data import access_log, case_codes, erased_logins, erasures, questions
from roster_operator.ledger.schema.syncing import (
    district_state,
    districts,
    identity,
    leaders,
    reservations,
    shown_plans,
    snapshot_chunks,
    snapshots,
    sync_runs,
)

__all__ = [
    "Key",
    "UtcDateTime",
    "access_log",
    "accounts",
    "case_codes",
    "cleaned_accounts",
    "cleaned_licenses",
    "cleaned_overrides",
    "cleanups",
    "district_state",
    "districts",
    "erased_logins",
    "erasures",
    "held_removals",
    "identity",
    "journal",
    "leaders",
    "licenses",
    "metadata",
    "overrides",
    "person_states",
    "questions",
    "reservations",
    "seat_waits",
    "shown_plans",
    "snapshot_chunks",
    "snapshots",
    "sync_runs",
]
