"""`RosterIntegration.status`: what the operator found and did. Counts, codes and opaque ids; never a person.

Every list and text is cut to its bound on the way in, so that a status stays under 40 KiB whatever a roster holds.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from roster_operator.api.actors import Actor
from roster_operator.api.conditions import Condition, find
from roster_operator.api.v1alpha1.canary import CanaryStatus
from roster_operator.api.v1alpha1.delta import ProviderStatus, ReadsStatus
from roster_operator.api.v1alpha1.plan_status import ApprovalStatus, PlanStatus
from roster_operator.api.v1alpha1.schedule import NextSyncStatus
from roster_operator.api.v1alpha1.terms import SeasonStatus
from roster_operator.api.wire import (
    Code,
    Count,
    EditionWord,
    Remark,
    ShortWord,
    Time,
    Token,
    WireModel,
    Word,
    first,
    line,
)

MAX_CONDITIONS = 10
"""Of eleven: who is suspended is not reconciling."""
MAX_CHECKS = 16
MAX_EXAMPLES = 5
MAX_EBOOKS = 35
MAX_REASONS = 10
MAX_HISTORY = 5

SeatCount = Annotated[int, Field(ge=0, le=10_000_000, json_schema_extra={"format": "int64"})]
Generation = Annotated[int, Field(ge=0, json_schema_extra={"format": "int64"})]


class CheckResult(StrEnum):
    """What a check says about going live."""

    PASS = "Pass"  # noqa: S105 - a result, not a password
    WARN = "Warn"
    FAIL = "Fail"


class Check(WireModel):
    """One item of the checklist for going live."""

    name: Annotated[Code, Field(min_length=1)]
    """What was checked, in one word."""
    result: CheckResult
    """Pass; Warn: worth a look; Fail: put it right before going live."""
    count: Count | None = None
    """How many rows or persons it is about."""
    last_week: Count | None = None
    """How many it was about when it was last looked at in a week before this one. Absent in the first week."""
    message: Remark = ""
    """What was found."""
    action: Remark | None = None
    """What to do about it, and who."""
    examples: Annotated[
        tuple[Annotated[str, Field(max_length=19), line(19)], ...],
        Field(max_length=MAX_EXAMPLES, json_schema_extra={"x-kubernetes-list-type": "atomic"}),
        first(MAX_EXAMPLES),
    ] = ()
    """Some of the people whom it is about, at most 5, by ids of the ledger's own; `kubectl roster explain --person`
    takes them."""


class RosterCounts(WireModel):
    """The roster in scope, as last read."""

    schools: Count = 0
    """Schools in scope."""
    courses: Count = 0
    """Courses in scope."""
    classes: Count = 0
    """Classes of those courses at those schools that are in session."""
    teachers: Count = 0
    """Teachers and aides of those classes."""
    students: Count = 0
    """Students of those classes."""
    enrollments: Count = 0
    """Places of students, teachers and aides in those classes today."""
    rows: Count = 0
    """Rows that the SIS sent for it, in scope or not."""


class EBookCount(WireModel):
    """Active licenses of one edition of an eBook."""

    name: Word
    """The EBook's name."""
    edition: EditionWord
    """Student or Teacher."""
    active: Count
    """Active licenses."""
    seats: SeatCount | None = None
    """Seats of spec.seats that there are today. Absent if no pool names it."""
    waiting: SeatCount | None = None
    """People to whom the roster gives it and for whom no seat is free; in setup mode, so many would wait. Absent if
    nobody waits."""


class LicenseCounts(WireModel):
    """The district's licenses. In setup mode, those it has by other means."""

    active: Count = 0
    """All active licenses."""
    students: Count = 0
    """Of these, Student editions."""
    teachers: Count = 0
    """Of these, Teacher editions."""
    sticky: Count = 0
    """Of these, sticky ones, which a sync never removes."""
    waiting: Count | None = None
    """Licenses that the roster asks for and for which no seat of spec.seats is free; in setup mode, would be. Absent if
    there is none."""
    by_ebook: Annotated[
        tuple[EBookCount, ...],
        Field(
            max_length=MAX_EBOOKS,
            json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name", "edition"]},
        ),
        first(MAX_EBOOKS),
    ] = ()
    """Active licenses by eBook and edition; at most 35 entries, in the order of names."""


class ReasonCount(WireModel):
    """Licenses that were removed for one reason."""

    reason: Code
    """In the words of docs/reference/reasons.md, as the ledger's journal has it."""
    licenses: Count
    """How many."""


class SyncSummary(WireModel):
    """The last sync, however it ended."""

    run_id: Code
    """Opaque id of the run; the log and the ledger's journal have it too."""
    trigger: ShortWord
    """Why it began: SpecChanged, Requested, SecretChanged, EBookChanged, Schedule, Retry or CommandLine."""
    start_time: Time
    """When it began."""
    finish_time: Time
    """When it ended."""
    duration_seconds: Count = 0
    """How long it took."""
    outcome: ShortWord
    """How it ended: Synced; Planned (setup mode); Held (removals wait, or the plan as a whole); or, nothing changed,
    Incomplete (the roster could not be read whole), InvalidInput (the resource, the Secret or the credentials are
    wrong) or Failed."""
    granted: Count = 0
    """Licenses granted."""
    revoked: Count = 0
    """Licenses removed."""
    revoked_because: Annotated[
        tuple[ReasonCount, ...],
        Field(
            max_length=MAX_REASONS,
            json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["reason"]},
        ),
        first(MAX_REASONS),
    ] = ()
    """The same by reason, the most frequent first, 10 at most."""
    held: Count = 0
    """Changes that wait for approval."""


class HistoryEntry(WireModel):
    """Syncs that ended alike, one after the other, and changed nothing count as one entry."""

    run_id: Code
    """Opaque id of the latest run."""
    time: Time
    """When the latest run ended."""
    outcome: ShortWord
    """How the latest run ended, in the words of lastSync.outcome."""
    reason: Code
    """The reason of Ready after it."""
    granted: Count = 0
    """Licenses granted."""
    revoked: Count = 0
    """Licenses removed."""
    held: Count = 0
    """Changes that wait for approval."""
    count: Annotated[Count, Field(ge=1)] = 1
    """How many runs in a row this entry stands for."""


class CatalogReference(WireModel):
    """Where to see what the SIS offers."""

    config_map: Annotated[str, Field(max_length=80), line(80)]
    """A ConfigMap in this namespace with the schools and courses on offer, under the names that the SIS has for
    them, to choose from."""


class LedgerStatus(WireModel):
    """The ledger that the district's licenses were last written to, to notice if they are gone from it."""

    id: Code
    """Stands for the ledger; random, and the same in a copy or a backup of it."""
    licenses: Count = 0
    """Active licenses of the district after the last sync that was applied."""


class RosterIntegrationStatus(WireModel):
    """What the operator found and did. Counts and codes only; no person can be found in it."""

    observed_generation: Generation | None = None
    """The metadata.generation that the last sync worked on."""
    conditions: Annotated[
        tuple[Condition, ...],
        Field(
            max_length=MAX_CONDITIONS,
            json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]},
        ),
        first(MAX_CONDITIONS),
    ] = ()
    """Ready, CredentialsValid, SectionsShared, MappingsResolved, DataClean and Synced are always there; Held, Stalled,
    Reconciling, Suspended and CredentialsExpiring only while True."""
    actor: Actor | None = None
    """Who has to act first: District, Publisher or Platform, as `fleet` says. Absent if nobody has to."""
    checklist: Annotated[
        tuple[Check, ...],
        Field(
            max_length=MAX_CHECKS,
            json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]},
        ),
        first(MAX_CHECKS),
    ] = ()
    """What to look at before going live, and after."""
    checklist_week: ShortWord | None = None
    """The week in which the checklist was last made, by ISO 8601 (UTC)."""
    roster: RosterCounts | None = None
    """The roster in scope, as last read whole."""
    licenses: LicenseCounts | None = None
    """The district's licenses after the last sync."""
    ledger: LedgerStatus | None = None
    """Where the district's licenses are, once it is live."""
    plan: PlanStatus | None = None
    """What the last sync planned."""
    approval: ApprovalStatus | None = None
    """What the last sync made of spec.approval. Absent if nothing is approved."""
    last_sync: SyncSummary | None = None
    """The last sync, however it ended."""
    last_attempt_time: Time | None = None
    """When the last sync began, however it ended."""
    last_sync_time: Time | None = None
    """When a sync last succeeded (in setup mode: planned)."""
    next_sync_time: Time | None = None
    """When the next sync is due. Absent while suspended, and while spec.schedule is paused."""
    next_sync: NextSyncStatus | None = None
    """Why it is then."""
    last_handled_requested_at: Token | None = None
    """The rostering.cpm.org/requested-at annotation that was last acted on."""
    observed_secret_version: Word | None = None
    """Stands for the version of the Secret that was last used; opaque."""
    observed_spec: ShortWord | None = None
    """Stands for the spec that the last sync worked on, but for its schedule; opaque."""
    consecutive_failures: Count | None = None
    """Syncs that failed since one last succeeded."""
    reads: ReadsStatus | None = None
    """How the roster is read, where spec.source.delta is set."""
    provider: ProviderStatus | None = None
    """What the SIS's server does, for sources that can be examined: OneRoster."""
    catalog: CatalogReference | None = None
    """Where to see the schools and courses that the SIS offers."""
    canary: CanaryStatus | None = None
    """How far spec.canary has come."""
    season: SeasonStatus | None = None
    """The season of spec.terms that was on at the last sync."""
    history: Annotated[
        tuple[HistoryEntry, ...],
        Field(max_length=MAX_HISTORY, json_schema_extra={"x-kubernetes-list-type": "atomic"}),
        first(MAX_HISTORY),
    ] = ()
    """The latest syncs, newest first; at most 5."""

    def condition(self, type_: str) -> Condition | None:
        """The condition of a type, if it is there."""
        return find(self.conditions, type_)
