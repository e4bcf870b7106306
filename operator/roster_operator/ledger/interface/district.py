"""A district as the ledger knows it, and what its last sync left for the next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Memory:
    """What a sync read and found. Gone with the next change of the district."""

    inputs: str
    """A digest of all that decided beside the roster: spec, eBooks, the operator's version."""
    day: str
    """The day in the district on which it was found, as an ISO date."""
    until: str
    """The first day on which it no longer holds, because a date passes; empty if none does."""
    findings: bytes
    transcript: bytes
    """See `RosterSource.transcript`."""


READINGS_APART: Final = timedelta(hours=4)
"""Two readings that are nearer count as one: what broke the first may not have been mended yet."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far a district's roster was read: a delta read may go on from here as long as nothing else has changed."""

    inputs: str
    """A digest of all that decides beside the roster."""
    scope: str
    """A digest of the classes in scope and of what each gives."""
    since: datetime
    """When the last sync that read what had changed, or everything, began."""
    whole_since: datetime
    """When the last sync that read the whole roster began."""
    until: str
    """The first day on which a date passes that was not judged yet; empty if none is known."""
    conflicts: int
    """Persons refused since the last whole read, that one included."""
    confirm_from: datetime | None = None
    """When the next whole reading may confirm that people are no longer listed; None if nobody waits for that."""

    def to_confirm(self, now: datetime) -> Watermark:
        """As soon as a reading counts as another one."""
        return replace(self, confirm_from=now + READINGS_APART)


@dataclass(frozen=True, slots=True)
class DistrictState:
    """What a sync leaves for the next one. But for the last four it outlasts the resource; opaque to the ledger."""

    evidence: str = ""
    """What was read, from where, and how it was told: for the next one to be held against, as the next three."""
    baseline: str = ""
    """What the roster raised at the last sync by which nothing was in question."""
    in_doubt_since: datetime | None = None
    """When the first of the last syncs was, by all of which removals waited for broken rows; None if the last was none
    of these."""
    classes: bytes = b""
    """The classes in scope at the last sync by which nothing was in question."""
    watermark: Watermark | None = None
    """Upon what a delta read may build; none if the next sync must read the roster whole."""
    memory: Memory | None = None
    """By which an unchanged roster is recognized; none if the district has changed since, or a person is to be looked
    at. It holds only if the district's `check_licenses` is undisturbed, too."""
    undone: str = ""
    """That a sync was undone, and who wants nothing to be applied until they lift that; empty: nobody does."""
    canary: str = ""
    """How far going live at some schools first has come; empty where the spec wants none of it."""


@dataclass(frozen=True, slots=True)
class District:
    """A district as the ledger knows it. One that never went live has no `id` and no row."""

    id: int | None = None
    version: int = 0
    """Moves with everything that is applied; guards against working on a state that is no longer so."""
    live_since: datetime | None = None
    last_sync: int = field(default=0, compare=False)
    """The number of the last sync that it has had. Guards against deciding by an older look."""
    state: DistrictState = field(default_factory=DistrictState, compare=False)
    """What the last sync left for the next."""
