"""What guards judge, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from roster_operator.api import reasons
from roster_operator.licensing.evidence import Evidence
from roster_operator.licensing.models import Edition, Hold, PastRemovals, Plan
from roster_operator.roster.models import Role
from roster_operator.roster.quality import Question

REMOVALS: Final = Hold(everything=True)
THE_PLAN: Final = Hold(everything=True, grants=True)
"""Nothing at all is applied."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many removals one sync, and the syncs of some days together, may carry out without asking."""

    district_percent: int = 10
    school_percent: int = 25
    floor: int = 10
    """Up to so many removals always go on, in the district and in each school."""
    day_percent: int | None = None
    """Of the removals of 24 hours; None: as in one sync."""
    week_percent: int | None = None
    """Of the removals of seven days; None: as in one sync."""
    held_editions: frozenset[Edition] = frozenset()
    """Of which no removal goes on without asking, however few there are."""

    def exceeded(self, removals: int, active: int, percent: int) -> bool:
        """Whether `removals` out of `active` licenses are above the floor and above `percent`."""
        return removals > self.floor and removals * 100 > active * percent


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The ledger holds no license of a district that had some at its last sync."""

    licenses: int
    """That it had."""
    other_ledger: bool
    """Whether they were in another ledger."""


class Doubt(StrEnum):
    """Why broken rows may explain removals. Each has a week of its own."""

    UNREADABLE = "rows that cannot be read"
    UNTOLD = "classes of which nobody is told"
    NOWHERE = "rows that lead nowhere"


@dataclass(frozen=True, slots=True)
class Undone:
    """Somebody turned back a sync, and the next would do the same again."""

    run_id: str
    by: str
    """Who did, as the system knows them."""
    day: str
    reason: str


@dataclass(frozen=True, slots=True)
class SpecChange:
    """What the spec selects otherwise than at the last applied sync; another name for the same is no change."""

    schools_removed: bool = False
    schools_added: bool = False
    courses_removed: bool = False
    courses_added: bool = False

    @property
    def removes(self) -> bool:
        """Whether somebody was meant to go."""
        return self.schools_removed or self.courses_removed

    @property
    def adds(self) -> bool:
        """Whether somebody was meant to come."""
        return self.schools_added or self.courses_added


@dataclass(frozen=True, slots=True)
class Case:
    """A plan, and all that is known of how it came about."""

    plan: Plan
    limits: Limits = field(default_factory=Limits)
    school_names: Mapping[str, str] = field(default_factory=dict)
    """By id, for messages."""
    names_unresolved: bool = False
    """Whether a name in the spec stands for nothing."""
    classes: int = 0
    """In scope and on; 0 if only what changed was read."""
    unreadable: int = 0
    """Rows that were left out and of which nobody can say whom they entitle, where there are more than before."""
    untold_classes: int = 0
    """Classes that were in scope, and of which nobody can say any more whom they entitle."""
    untold: frozenset[Role] = frozenset()
    """Roles that the SIS does not tell of everybody who has them."""
    questions: Mapping[Question, int] = field(default_factory=dict)
    """That the roster raises."""
    questions_before: Mapping[Question, int] | None = None
    """That it raised at the last sync by which nothing waited; None if there was none."""
    waited: Mapping[Doubt, timedelta] = field(default_factory=dict)
    """For so long removals have been waiting for each, without a break."""
    evidence: Evidence | None = None
    """None: only what changed was read, and of the roster as a whole nothing was seen."""
    evidence_before: Evidence | None = None
    """Of the last applied full sync; None if there was none."""
    forgotten: Forgotten | None = None
    undone: Undone | None = None
    """None: nobody did, or it was lifted."""
    spec_change: SpecChange = SpecChange()
    lately: Sequence[PastRemovals] = ()
    """What the syncs of the last seven days removed, the latest first."""
    settling: bool = False
    """Whether most of the classes in scope began a few weeks ago, so that many may come in a night."""

    @property
    def two_readings(self) -> tuple[Evidence, Evidence] | None:
        """The evidence before and now, if there are both."""
        if self.evidence is None or self.evidence_before is None:
            return None
        return self.evidence_before, self.evidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """What must wait, and why."""

    hold: Hold
    why: str = ""
    remedy: str = ""
    """Who does what; empty: look whether the roster is right."""
    reason: str = reasons.REMOVALS_HELD
    approvable: bool = True
    """Whether `spec.approval.plan` releases it."""
    doubts: frozenset[Doubt] = frozenset()
    """Why removals wait, or have for long enough: for rows that are broken and were not before."""
    suspension_unacknowledged: bool = False
    """Whether there are such rows, and no removal yet that would have to wait for them."""
