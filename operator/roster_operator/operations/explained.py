"""What `explain` answers: values without a person in them, but for the number of their account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from roster_operator.errors import Actor
from roster_operator.operations.circumstances import Circumstance
from roster_operator.operations.questions import Raised

GIVES: Final = "Gives"
NOT_ENROLLED: Final = "NotEnrolled"
"""In `Differs`, beside causes."""


class NoReading(StrEnum):
    """Why only what the ledger holds can be told."""

    NO_KEY = "NoKey"
    """Platform: name the key's file with --snapshot-key-file."""
    NO_SNAPSHOT = "NoSnapshot"
    """No sync has kept its reading yet, or spec.snapshot is None."""
    OTHER_KEY = "OtherKey"
    """It was written by another key; the next sync that reads the roster writes it anew."""
    NEVER_LINKED = "NeverLinked"
    """No sync has recognized the account as a person of the roster."""


class NextSync(StrEnum):
    """What comes of it by the spec of today, if the SIS says then what it said, and as far as syncs write."""

    KEEPS = "Keeps"
    GRANTS = "Grants"
    REMOVES = "Removes"
    NOTHING = "Nothing"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Waits:
    """A removal that a guard holds, or that another reading has to confirm."""

    digest: str
    since: datetime | None
    why: str
    """The removal's own reason; which guard holds it, `circumstances` says."""
    approve: str
    """The command that lets it go."""


@dataclass(frozen=True, slots=True)
class Has:
    """A license that they have."""

    ebook: str
    edition: str
    origin: str
    since: datetime
    until: datetime | None
    classes: tuple[str, ...]
    """That give it by the reading; or by which it came, if there is none."""
    waits: Waits | None
    next_sync: NextSync
    absent: bool
    """No more is said than that they are not listed: it goes when as many readings as the spec wants say so."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Why one enrollment does not give it."""

    class_id: str
    course: str
    """Its code, or its title; empty if it is not known."""
    school: str
    cause: str
    """The nearest to giving it."""
    further: tuple[str, ...]
    acts: Actor | None
    remedy: str


@dataclass(frozen=True, slots=True)
class Lacks:
    """An eBook that they do not have."""

    ebook: str
    edition: str
    entitled: bool
    """The reading gives it all the same: the sync refused the person (see the checklist), or has not run since."""
    next_sync: NextSync
    because: tuple[Broken, ...]
    """The nearest to giving it first; empty if they are in no class at a selected school."""


@dataclass(frozen=True, slots=True)
class Differs:
    """What the SIS tells otherwise than the last reading did."""

    class_id: str
    then: str
    """`Gives`, `NotEnrolled`, or the causes for which the enrollment gave nothing."""
    now: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One person."""

    district: str
    namespace: str
    account: int | None
    """None: the reading has the person, and they never had a license."""
    day: date
    """As of which enrollments were judged, in the district."""
    read: datetime | None
    """When the sync began whose reading this rests on; with `live`, when the SIS was asked."""
    live: bool
    no_reading: NoReading | None
    unclear: bool
    """Nobody can say all that they are entitled to, so they keep what they have."""
    unclear_because: tuple[Broken, ...]
    has: tuple[Has, ...]
    lacks: tuple[Lacks, ...]
    circumstances: tuple[Circumstance, ...]
    questions: tuple[Raised, ...] = ()
    """What the checklist counts of their rows in the SIS."""
    differs: tuple[Differs, ...] = ()
    """With `live`."""
