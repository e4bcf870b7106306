"""What a sync needs of the license store; PostgreSQL and SQLite keep it alike.

One sync, in order:

1. `district(claim)`: what is there, and what the last sync left for this one. Nothing is written. If the roster is read
   to be the same as the last sync remembers it, nobody changed; else `person_states(id)`: key and digest of each person
   as of the last applied sync. The reconcile compares the roster with it, so that only persons who changed go on.
2. `plan(...)`: one transaction under the district's lock. Changed persons are staged, the plan is computed in SQL.
3. `consent(...)`, of what came of it: how much of what would wait was approved. Then it is applied (one commit) or
   dropped (setup mode, held, error: rolled back, nothing was written).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from roster_operator.api.v1alpha1 import MatchKey, Unconfirmed
from roster_operator.ledger.interface.district import District, DistrictState
from roster_operator.licensing.bystanders import KnownAccount
from roster_operator.licensing.models import (
    Applied,
    Claim,
    Consent,
    Hold,
    LedgerCounts,
    PastRemovals,
    PersonChange,
    Plan,
)
from roster_operator.licensing.seats import Pool
from roster_operator.roster.subjects import Subject
from roster_operator.snapshot.taking import TakenSnapshot


@dataclass(frozen=True, slots=True)
class LicenseCheck:
    """What a district holds, counted row by row."""

    licenses: LedgerCounts
    undisturbed: bool
    """Whether states of persons are as many as its memory says: nobody took one away."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a reading of the roster changed, and how it is to be taken."""

    persons: Iterable[PersonChange]
    """Who changed, streamed. A key given twice is an error."""
    match: Sequence[MatchKey]
    left_alone: frozenset[int] | None = None
    """Accounts, and no others, whose licenses from before go-live are left as they are; None: as the last applied sync
    left them. Of those whose person is in scope it makes no difference."""
    counted: LedgerCounts | None = None
    """What the district holds, if that was counted right before; then it is not counted again where nobody changed."""
    only_adds: bool = False
    """Persons are known in part: grants are computed, and no removal at all. Who is granted something is looked at
    again by the next sync."""
    absent_reads: int = 1
    """So many readings, hours apart, have to say that somebody is merely no longer listed before that removes any."""
    other_source: bool = False
    """Whether ids may be another source's, so that everybody is among `persons`, whether they changed or not."""
    unconfirmed: Unconfirmed = Unconfirmed.NEW_ACCOUNT
    """Then, and where many changed all but their ids: what becomes of who is confirmed by the id alone."""
    pools: Sequence[Pool] = ()
    """Of seats; none: there is no limit."""
    settled_only: bool = False
    """If it only adds: nobody gets an account, nor a login that they did not have."""


ListedQuestions = Mapping[str, Sequence[Subject]]
"""What each item of the checklist is about, one by one."""


@dataclass(frozen=True, slots=True)
class Run:
    """One sync, for the journal."""

    id: str
    """Opaque and unique (a UUID)."""
    started: datetime
    finished: datetime
    proof: str = ""
    """JSON: for each section of the roster, rows read and what proves that these are all."""
    snapshot: TakenSnapshot | None = None
    """The roster as it was read, to be kept in the place of the last one; None: that stays."""
    drops_snapshot: bool = False
    """Whether none is to be kept, and the last one goes."""
    questions: ListedQuestions | None = None
    """All that the checklist counts, to be kept in the place of what the last sync found; None: that stays."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan that is the one to be seen from now on."""

    digest: str
    removals: bytes | None
    """From `PlannedSync.removals`; None of a plan that waits as a whole: nobody can say what less of it is."""


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A plan that somebody may have seen."""

    approved: datetime | None
    """When a sync first met an approval of it."""
    spent: datetime | None
    """When a sync went by that approval."""
    comparable: bool
    """Whether its removals are known, so that a later plan can be compared with it."""


@dataclass(frozen=True, slots=True)
class MetApproval:
    """An approval that a sync meets, as it is noted."""

    plan: str
    """The digest that it names."""
    spent: bool = False
    """Whether this sync goes by it, so that no other does."""
    consent: Consent = field(default_factory=Consent)


class PlannedSync(Protocol):
    """What would change, inside the one transaction in which it may be carried out."""

    @property
    def plan(self) -> Plan:
        """In counts."""
        ...

    def digest(self, hold: Hold) -> str:
        """By what that which `hold` makes wait is approved: the plan's removals, or all that it would change (removals,
        grants, accounts; that is good for one version of the district, and so for one approval).
        """
        ...

    def shown(self, digest: str) -> ShownPlan | None:
        """What is known of a plan by its digest; None if it was not shown."""
        ...

    def removed_since(self, start: datetime) -> Sequence[PastRemovals]:
        """What syncs removed after `start`, the latest first; not what people did by hand, who knew of it."""
        ...

    def consent(self, approval: str, hold: Hold) -> Consent:
        """What of that which `hold` makes wait was approved.

        Of removals, `approval` may also be the digest of a plan that was shown before: those that it had.
        """
        ...

    def removals(self) -> bytes:
        """All that the plan has, for `SyncLedger.show`."""
        ...

    def counts(self) -> LedgerCounts:
        """What the district holds before `apply`."""
        ...

    def refused(self) -> Sequence[Subject]:
        """Some of the persons whom matching refused, each with why, and with which accounts it has to do."""
        ...

    def apply(self, run: Run, hold: Hold, state: DistrictState, approval: MetApproval | None = None) -> Applied:
        """Carry out the plan but for what `hold` makes wait, write the journal, keep `state` for the next, and commit.
        Of that which waits, `approval` lets go what `consent` told, and is noted.

        Persons whose removals wait lose the digest of their state, so that the next sync looks again even if the
        roster goes back to what it was; ambiguous ones keep the state they had. The waiting removals are remembered
        under the plan's digest, for approval, and no watermark is kept, unless all of them wait for another reading
        only. A plan without changes writes the run and nothing else, but for another state.
        """
        ...

    def set_aside(self, run: Run, state: DistrictState, digest: str, approval: MetApproval | None = None) -> None:
        """Instead of `apply`: change no account or license, keep `state`, and commit that this sync looked, and showed
        the plan of that digest.

        The next one reads the whole roster, whatever is known of it.
        """
        ...


class LedgerIdentity(Protocol):
    """Which license store it is."""

    def identity(self) -> str:
        """Which ledger this is: random, made with the schema; a copy of it has it too."""
        ...


class SyncLedger(LedgerIdentity, Protocol):
    """The license store, for syncs. Thread-safe; every method may raise `LedgerError`."""

    def district(self, claim: Claim) -> District:
        """The district that `claim` is about, with what its last sync left.

        Raises `DistrictConflict` if another owner holds it, or if it belongs to another namespace.
        """
        ...

    def forgot(self, district: District, since: datetime) -> bool:
        """Whether a district that had licenses then has not a single one, and no sync removed any since."""
        ...

    def reserve(self, claim: Claim, now: datetime) -> None:
        """Keep a district that is not live yet for the namespace of `claim`, as long as its resource is there.

        The owner's other reservations end. Raises `DistrictConflict` as `district` does.
        """
        ...

    def person_states(self, district_id: int) -> Iterator[tuple[str, int]]:
        """Key and digest of every person of the last applied sync, streamed, in no order.

        The digest 0 says that the person is to be looked at again, whatever the roster says: somebody else wrote their
        licenses, or one of them has ended.
        """
        ...

    def former_accounts(self, district: District) -> Sequence[KnownAccount]:
        """Accounts with a license from before go-live."""
        ...

    def unlinked_accounts(self, district: District) -> Sequence[KnownAccount]:
        """Accounts that no person of a roster was linked to, whatever licenses they have."""
        ...

    def served_accounts(self, district: District) -> Sequence[KnownAccount]:
        """Accounts of persons whom a sync has served."""
        ...

    def snapshot_key(self, district: District) -> str:
        """The id of the key by which people are found in the snapshot of a district's last reading; empty: none."""
        ...

    def erased(self, district: District) -> Callable[[str], bool] | None:
        """Tells of an id of the SIS whether its person was erased, so that nothing is kept; None if nobody was."""
        ...

    def check_licenses(self, district: District) -> LicenseCheck:
        """Of a district that has a memory. Takes time in proportion to its licenses and persons."""
        ...

    def plan(
        self, claim: Claim, district: District, changes: Changes, *, live: bool, now: datetime
    ) -> AbstractContextManager[PlannedSync]:
        """Open the transaction, match persons to accounts, and compute what would change.

        Raises `DistrictBusy` if the district is locked, or no longer at `district.version`. If `live`, also if another
        sync has looked at it since, as its look is the newer one. Raises `LedgerUnavailable` if the store has the
        schema of another version by now.

        With `live` false nothing at all is written, and `apply` is refused. Without `apply`, leaving the context rolls
        back.
        """
        ...

    def keep_questions(self, claim: Claim, district: District, questions: ListedQuestions, now: datetime) -> None:
        """The same as `Run.questions`, of a sync that plans and applies nothing: setup mode."""
        ...

    def examples(self, owner: str) -> Mapping[str, Sequence[str]]:
        """By item of the checklist, some of the persons whom it is about, by ids of the ledger's own.

        `account:12`; of somebody who has no account, `question:34`. `LedgerQueries.accounts_named` knows both.
        """
        ...

    def show(self, district: District, shown: Shown | None, at: datetime, approval: MetApproval | None) -> None:
        """In setup mode: remember which plan was shown (None: none removes anything), and that its approval was met."""
        ...

    def counts(self, district_id: int) -> LedgerCounts:
        """What a district holds."""
        ...
