"""What the license store answers: values, of which none says in a log whom it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

ACCOUNT: Final = "account:"
QUESTION: Final = "question:"
"""Before the id of an account, or of something that the checklist counts."""


@dataclass(frozen=True, slots=True)
class KnownDistrict:
    """A district that has a row of its own: it went live once, or was imported."""

    id: int
    source: str
    """What makes it the same one: `spec.district`, or host and path of the SIS's URL."""
    namespace: str
    """To which it belongs; empty: to the first that names it."""
    owner: str
    """`namespace/name` of the RosterIntegration by which it is live; empty if there is none."""
    live_since: datetime | None

    @property
    def name(self) -> str:
        """What people call it: the name of its RosterIntegration, if there is one."""
        return self.owner.partition("/")[2] or self.source


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A sync of a live district that came to a decision."""

    id: str
    started: datetime
    finished: datetime
    proof: str
    """JSON: see `Run.proof`."""
    digest: str
    granted: int
    revoked: int
    held: int
    unchanged: int
    conflicts: int
    accounts_created: int
    accounts_linked: int


@dataclass(frozen=True, slots=True)
class EndingLicense:
    """Licenses that end by themselves on one day."""

    until: datetime
    ebook: str
    edition: str
    licenses: int


@dataclass(frozen=True, slots=True)
class ChangesWanted:
    """Which changes: those that every field fits. An empty one fits all."""

    run: str = ""
    ebook: str = ""
    school: str = ""
    """By which it came, by the SIS's id of it."""
    account: int | None = None
    before: int | None = None
    """Their positions are smaller than this one."""


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """A license that came or went, as the journal has it."""

    position: int
    at: datetime
    run_id: str
    account: int
    ebook: str
    edition: str
    change: str
    why: str
    class_id: str | None
    """The class that it came by, if that is known."""
    school_id: str | None
    """The school of that class, or the only one at which the person is; null if that is not known."""
    actor: str | None
    """Who did it, if it was a person."""


@dataclass(frozen=True, slots=True)
class KeptLicense:
    """A license of a person, ended ones included."""

    ebook: str
    edition: str
    origin: str
    since: datetime
    until: datetime | None
    held: bool
    """Whether its removal waits for an approval."""
    purchase: str = ""
    """The reference of who bought it."""


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """What somebody decided by hand about a person, and that has not ended."""

    account: int
    kind: str
    """`Grant`, or `Block`."""
    ebook: str
    """Empty: every eBook; only of a block."""
    edition: str
    created: datetime
    until: datetime | None
    actor: str
    """Who decided it; empty: nobody wrote that down."""
    reason: str

    def __repr__(self) -> str:
        """Without the reason, in which people name people."""
        return f"KeptDecision({self.kind}, account={self.account})"


@dataclass(frozen=True, slots=True)
class AccountBefore:
    """How an account of the person was before a clean-up, which can still be turned back."""

    account: int
    """Another one, if it was merged with the person's."""
    cleaned_up: datetime
    sourced_id: str | None
    username: str
    email: str
    identifier: str

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return f"AccountBefore(account={self.account})"


@dataclass(frozen=True, slots=True)
class KeptPerson:
    """All that the ledger holds of a person now."""

    account: int
    sourced_id: str | None
    username: str
    email: str
    identifier: str
    kind: str
    created: datetime
    elsewhere: bool
    """Whether they are at a school outside of the spec, with licenses from before go-live."""
    schools: tuple[str, ...]
    """Through which they are on the roster in scope; none if they are not."""
    licenses: tuple[KeptLicense, ...]
    by_hand: tuple[KeptDecision, ...]
    formerly: tuple[AccountBefore, ...] = ()

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return f"KeptPerson(account={self.account})"


@dataclass(frozen=True, slots=True)
class RecordedAccess:
    """Somebody looked at a person."""

    at: datetime
    account: int
    verb: str
    actor: str
    through: str


@dataclass(frozen=True, slots=True)
class RecordedQuestion:
    """Something that the checklist counts."""

    id: int
    item: str
    account: int | None
    """Of the person, if they have one."""
    person: str
    """The SIS's id; empty: it is about no person."""
    class_id: str
    what: str
    since: datetime
    school: str
    """Where it is put right; empty where no one school is known."""

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return f"RecordedQuestion({self.id})"


@dataclass(frozen=True, slots=True)
class LedgerHealth:
    """Whether a ledger is as the operator needs it."""

    place: str
    """The store's name, without user and password."""
    version: str
    """Of its schema; empty if it has none."""
    needed: str
    not_writable: tuple[str, ...]
    """Tables that its user may not read and write."""
    now: datetime
    """By its clock."""


@dataclass(frozen=True, slots=True)
class WaitingRemoval:
    """A removal that a guard holds, or that another reading has to confirm."""

    digest: str
    """Of the plan that an approval would name."""
    since: datetime | None
    """When the first sync ended that held it, if that is still known."""
    why: str
    reads: int = 0
    """Complete readings that said no more than that the person is not listed."""


@dataclass(frozen=True, slots=True)
class HeldLicense:
    """A license that a person has."""

    ebook: str
    edition: str
    origin: str
    since: datetime
    until: datetime | None
    class_id: str | None
    """By which it came, if that is known."""
    waits: WaitingRemoval | None


@dataclass(frozen=True, slots=True)
class SeatsTaken:
    """Licenses that take a seat."""

    ebook: str
    edition: str
    schools: tuple[str, ...]
    """Of those who have them, by id."""
    licenses: int


@dataclass(frozen=True, slots=True)
class SeatsWaited:
    """People who wait for a seat."""

    ebook: str
    edition: str
    people: int
    since: datetime
    """The first of them."""


@dataclass(frozen=True, slots=True)
class SeatWait:
    """Somebody waits for a seat."""

    ebook: str
    edition: str
    since: datetime
    """The sync that first found none."""
    before: int
    """People who wait since an earlier one."""


@dataclass(frozen=True, slots=True)
class LicenseHolder:
    """A person of a district, by their account."""

    sourced_id: str
    """Empty: no sync has recognized them."""
    licenses: tuple[HeldLicense, ...]
    logins: tuple[str, ...] = ()
    """Username and email, as the account has them."""
    elsewhere: bool = False
    """Whether they are at a school outside of the spec, with licenses from before go-live."""
    alike: tuple[int, ...] = ()
    """Other accounts of the district with the same username or email; not all, if they are many."""
    by_hand: tuple[KeptDecision, ...] = ()
    waits: tuple[SeatWait, ...] = ()

    def waits_for(self, ebook: str, edition: str) -> SeatWait | None:
        """The wait for a seat; None: they wait for none."""
        return next((each for each in self.waits if (each.ebook, each.edition) == (ebook, edition)), None)

    def has_by_hand(self, ebook: str, edition: str) -> bool:
        """Whether somebody granted it."""
        return any((each.kind, each.ebook, each.edition) == ("Grant", ebook, edition) for each in self.by_hand)

    def is_blocked(self, ebook: str, edition: str) -> bool:
        """Whether somebody blocked them from it."""
        blocks = (each for each in self.by_hand if each.kind == "Block" and each.edition == edition)
        return any(each.ebook in ("", ebook) for each in blocks)

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return "LicenseHolder(...)"


class KnownAccount(NamedTuple):
    """What an account knows of its person. For plans and answers, and never for a log."""

    sourced_id: str
    username: str
    email: str
    identifier: str
