"""What a spec would change, by the roster as it was last read: without the SIS and without its credentials.

The sync's own steps make the plan, of the roster snapshot. So it says what the sync would do if the SIS told tonight
what it told then.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from roster_operator.api import conditions
from roster_operator.api.conditions import ConditionStatus
from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.api.v1alpha1.plan_status import PlannedEBook, PlannedSchool, PlanStatus
from roster_operator.api.v1alpha1.status import RosterIntegrationStatus
from roster_operator.clock import Clock
from roster_operator.errors import InputError, InvalidSpec
from roster_operator.interruption import Interruption
from roster_operator.ledger.queries.interface import KeptReading
from roster_operator.ledger.queries.records import KnownDistrict
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.naming import district_in
from roster_operator.operations.ports import DistrictName
from roster_operator.reconcile.contract import Environment, Outcome, Request, Trigger
from roster_operator.reconcile.mapping import claimed_source, schools_named
from roster_operator.reconcile.snapshot_source import KnownPerson, SnapshotSource
from roster_operator.reconcile.steps import reconcile
from roster_operator.sources.credentials import Credentials


@dataclass(frozen=True, slots=True)
class PlanTold:
    """A plan."""

    district: str
    namespace: str
    read: datetime
    """When the reading began that it rests on."""
    run_id: str
    """The sync that read it."""
    digest: str
    grants: int
    removals: int
    unchanged: int
    held: int
    """Of these changes, those that would wait for an approval."""
    message: str
    """The same in words, and what would wait for whom."""
    accounts_created: int
    by_ebook: tuple[PlannedEBook, ...]
    by_school: tuple[PlannedSchool, ...]
    notes: tuple[str, ...]
    """What a reader should know before they believe it."""


def plan(
    integration: RosterIntegration,
    ebooks: Mapping[str, EBook],
    recorded: Inquiry,
    clock: Clock,
    *,
    patience: float = math.inf,
) -> PlanTold:
    """What the spec of `integration` would change of the district that its RosterIntegration holds.

    `patience`: seconds that it may take, if the spec allows more. Raises `InputError` if there is no reading to plan
    by, or the spec's names stand for nothing in it.
    """
    ledger = recorded.planning
    if ledger is None:
        raise InputError("This needs the ledger as a sync has it.")
    district = district_in(recorded.queries, DistrictName(integration.name, integration.namespace))
    if claimed_source(integration.spec) != district.source:
        raise InputError(
            f"The spec is of another district than the one that {integration.key} has a reading of "
            f"({district.source}): spec.district or the URL differs, and ids of another SIS tell nothing. "
            "`sync --plan-only` asks the SIS."
        )
    with recorded.queries.snapshot(district.id) as snapshot:
        reading, source = _reading(recorded, district, snapshot)
        result = reconcile(
            Request(integration, Credentials("", ""), "", ebooks, Trigger.COMMAND_LINE, plan_only=True, recorded=True),
            Environment(clock, ledger, lambda *_: source, lambda: reading.run_id),
            Interruption(clock, min(patience, integration.spec.timeout.total_seconds())),
        )
        if result.outcome is not Outcome.PLANNED or result.status.plan is None:
            ready = result.status.condition(conditions.READY)
            raise InvalidSpec(ready.message if ready is not None else "No plan could be made of it.")
        return _told(integration, reading, result.status, result.status.plan)


def _reading(
    recorded: Inquiry, district: KnownDistrict, snapshot: KeptReading | None
) -> tuple[KeptReading, SnapshotSource]:
    """What is kept of the last complete reading, and the same as a SIS would answer it."""
    if snapshot is None:
        raise InputError(
            f"No reading of {district.name} is kept that a plan could be made of: the next sync of the live "
            "district keeps one, unless spec.snapshot is None. `sync --plan-only` asks the SIS."
        )
    key = recorded.key
    if key is None or key.id != snapshot.key_id:
        raise InputError(
            "The key of roster snapshots is not the one by which the last reading was kept. Platform: name its "
            "file with --snapshot-key-file."
        )
    known = {key.hash_of(each.sourced_id): KnownPerson(*each) for each in recorded.queries.known_accounts(district.id)}
    return snapshot, SnapshotSource(snapshot.header, snapshot.blobs, known)


def _told(
    integration: RosterIntegration, reading: KeptReading, status: RosterIntegrationStatus, made: PlanStatus
) -> PlanTold:
    listed = reading.header.schools
    beyond = schools_named(integration.spec, listed) - set(reading.header.selected_schools)
    notes = [
        f"School {school.name or school.id} was not selected when the roster was read, so nobody of it is in this "
        "plan. The next sync reads it."
        for school in listed
        if school.id in beyond
    ]
    if status.canary is not None:
        notes.append(status.canary.message)
    resolved = status.condition(conditions.MAPPINGS_RESOLVED)
    if resolved is not None and resolved.status is ConditionStatus.FALSE:
        notes.append(resolved.message)
    synced = status.condition(conditions.SYNCED)
    return PlanTold(
        district=integration.name,
        namespace=integration.namespace,
        read=reading.taken,
        run_id=reading.run_id,
        digest=made.digest,
        grants=made.grants,
        removals=made.revocations,
        unchanged=made.unchanged,
        held=made.held,
        message=synced.message if synced is not None else "",
        accounts_created=made.accounts_created,
        by_ebook=made.by_ebook,
        by_school=made.by_school,
        notes=tuple(notes),
    )
