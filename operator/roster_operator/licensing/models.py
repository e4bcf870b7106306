"""What licensing decides about: editions, entitlements, persons who changed, plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

import msgspec

from roster_operator.licensing.conflicts import Conflict
from roster_operator.licensing.login_formats import ExistingAccounts
from roster_operator.licensing.rekey import Rekey


class Edition(StrEnum):
    """Which edition of an eBook. Students get the Student edition, teachers and aides the Teacher edition."""

    STUDENT = "Student"
    TEACHER = "Teacher"


class Entitlement(NamedTuple):
    """What one license is for. A person has at most one license for each."""

    ebook: str
    edition: Edition


class PersonChange(msgspec.Struct, frozen=True, gc=False):
    """A person who is not as the ledger's state of the last applied sync has them.

    With `gone`, the person no longer has a place in the district's scope, and every license that came from the roster
    is to go. Username, email and identifier are set if the roster still lists them all the same; nothing else is.
    """

    key: str
    digest: int = 0
    """Of all that matching and planning look at; unsigned 64 bits. Equal digests mean: nothing to do."""
    kind: str = ""
    """`Student` or `Staff`."""
    username: str = ""
    email: str = ""
    identifier: str = ""
    schools: tuple[str, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()
    gone: bool = False

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return f"PersonChange(gone={self.gone})"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says that a district is theirs."""

    owner: str
    """`namespace/name` of the RosterIntegration."""
    source: str
    """What makes the district the same one: `spec.district`, or host and path of the SIS's URL."""

    @property
    def namespace(self) -> str:
        """Of the RosterIntegration. Districts belong to namespaces, which are the tenants of a cluster."""
        return namespace_of(self.owner)


def namespace_of(owner: str) -> str:
    """Of `namespace/name`."""
    return owner.partition("/")[0]


@dataclass(frozen=True, slots=True)
class LicenseCount:
    """Licenses of one eBook and edition."""

    ebook: str
    edition: Edition
    active: int
    purchased: int = 0
    """Of these, licenses that somebody bought, which take no seat."""
    waiting: int = 0
    """People who wait for a seat."""


@dataclass(frozen=True, slots=True)
class LedgerCounts:
    """What a district holds."""

    by_ebook: tuple[LicenseCount, ...] = ()
    """Sorted by eBook and edition; none that has ended."""
    sticky: int = 0
    """Of all, those that the sync never removes."""

    @property
    def active(self) -> int:
        """All licenses."""
        return sum(c.active for c in self.by_ebook)


@dataclass(frozen=True, slots=True)
class Recognition:
    """How far the persons of a roster are those whom the ledger knows by their ids."""

    known: int = 0
    """Persons as of the last applied sync."""
    present: int = 0
    """Persons who are entitled to something by this roster."""
    confirmed: int = 0
    """Persons whom the ledger knows and who still have a login, an email or a number that they had; unchanged ones too.

    What only repeats the id confirms nothing.
    """
    changed: int = 0
    """Persons whose id stayed, and who have another login, email or number, and none that is as it was."""
    linked: bool = False
    """Whether any account of the district was ever linked to an id."""


class Newcomers(NamedTuple):
    """Persons who come to a school, beside those who are known there; students or staff."""

    school: str
    """Its id; empty: all schools at which somebody was known."""
    coming: int
    """Of whom nobody knew anything: each gets a new account."""
    known: int
    """Students as of the last applied sync; for staff, everybody."""
    there: int
    """Who are there now and have an account already."""


@dataclass(frozen=True, slots=True)
class EBookChanges:
    """What a plan changes of one eBook and edition."""

    ebook: str
    edition: Edition
    grants: int = 0
    removals: int = 0
    replaced: int = 0
    """Of the removals, licenses from before go-live."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """People for whom there is no seat of an edition of an eBook."""

    ebook: str
    edition: Edition
    people: int
    by_school: Mapping[str, int] = field(default_factory=dict)
    """By each of their schools, by id."""


@dataclass(frozen=True, slots=True)
class PastRemovals:
    """What a sync of the last days removed."""

    age: timedelta
    """How long ago it was."""
    removed: int
    active: int
    """Licenses before it, sticky ones left out."""
    approved: bool = False
    """Whether a person had seen it, in part at least."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sync would change, in counts. The rows stay in the ledger."""

    digest: str
    """Identifies the removals of this plan, and so what an approval approves. Stable while they are the same."""
    grants: int = 0
    revocations: int = 0
    unchanged: int = 0
    """Licenses that stay as they are, sticky ones left out."""
    elsewhere: int = 0
    """Of these, licenses from before go-live whose persons are at schools outside of the spec."""
    accounts_created: int = 0
    accounts_linked: int = 0
    """Existing accounts recognized by username or email: for the first time, or anew if `rekeyed`."""
    accounts_changed: int = 0
    """Existing accounts whose login, number, kind or id would be rewritten; those of `accounts_linked` too."""
    rekeyed: bool = False
    """The SIS gave everybody a new sourcedId."""
    rekey: Rekey | None = None
    """What becomes of accounts where ids count for nothing by themselves; None: they count."""
    source_open: bool = False
    """The source is another one, and too few people have come to tell whether ids are those of before."""
    recognition: Recognition = field(default_factory=Recognition, compare=False)
    existing: ExistingAccounts | None = field(default=None, compare=False)
    """How far accounts from before are recognized, if there are any at stake."""
    newcomers: tuple[Newcomers, ...] = field(default=(), compare=False)
    """Of schools to which more than a few come."""
    waiting: tuple[Waiting, ...] = ()
    """Of what the roster gives, and for which there is no seat, if all removals go on; not among the grants."""
    conflicts: int = 0
    """Persons left as they are because matching is ambiguous."""
    conflicts_by: Mapping[Conflict, int] = field(default_factory=dict)
    """The same by cause."""
    accounts_in_conflict: Mapping[Conflict, tuple[int, ...]] = field(default_factory=dict, compare=False)
    """For each cause some accounts that it is about, by the ledger's own numbers."""
    removals_by_school: Mapping[str, int] = field(default_factory=dict)
    active_by_school: Mapping[str, int] = field(default_factory=dict)
    """For the schools in `removals_by_school`: licenses before the plan, sticky ones left out."""
    removals_by_edition: Mapping[Edition, int] = field(default_factory=dict)
    by_ebook: tuple[EBookChanges, ...] = ()
    """Sorted; of eBooks and editions of which something changes."""
    grants_by_school: Mapping[str, int] = field(default_factory=dict)
    """By each school of the persons who get them."""
    active: int = 0
    """Licenses before the plan, sticky ones left out."""

    @property
    def changes_licenses(self) -> bool:
        """Whether any would come or go."""
        return bool(self.grants or self.revocations)

    @property
    def changes_anything(self) -> bool:
        """Whether any license or account would."""
        return self.changes_licenses or bool(self.accounts_created or self.accounts_changed or self.rekey)


@dataclass(frozen=True, slots=True)
class Hold:
    """Which removals of a plan must wait; or whether the plan must wait as a whole."""

    everything: bool = False
    """All removals."""
    grants: bool = False
    """Grants and rewritten accounts too; only together with `everything`, so that nothing at all is applied."""
    schools: frozenset[str] = frozenset()
    """Removals that touch a person of one of these schools wait."""
    editions: frozenset[Edition] = frozenset()
    """Removals of licenses for these editions wait."""

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return self.everything or bool(self.schools) or bool(self.editions)

    @property
    def in_question(self) -> bool:
        """Whether removals wait until somebody has looked at the roster, not just for a role that is not told."""
        return self.everything or bool(self.schools)


@dataclass(frozen=True, slots=True)
class Consent:
    """How much of what a hold makes wait an approval lets go."""

    released: int = 0
    """Changes; of a plan that waits as a whole, removals."""
    waiting: int = 0
    """Removals that were not in the plan that was seen; of a plan that waits as a whole, one if it is another."""
    digest: str = ""
    """Of those that wait, if some do not."""

    @property
    def is_whole(self) -> bool:
        """Whether all of it was approved."""
        return not self.waiting


@dataclass(frozen=True, slots=True)
class Applied:
    """What one sync changed."""

    granted: int = 0
    revoked: int = 0
    held: int = 0
    """Removals that wait."""
    unconfirmed: int = 0
    """Removals of people who are merely no longer listed, until another reading says the same."""
    approved: int = 0
    """Of those revoked, how many would have waited without an approval."""
    waiting: tuple[Waiting, ...] = ()
    """For which there is no seat."""
    revoked_because: Mapping[str, int] = field(default_factory=dict, compare=False)
    """Those revoked, by the reason that the journal has."""
