"""What has changed since the district was generated; memory grows with the number of changes, not with the district."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from district_simulator.intervals import IntervalSet

ACTIVE = "active"
TO_BE_DELETED = "tobedeleted"
_MASK = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Edit:
    """A row whose status or end date is no longer the generated one; None leaves a field as it is.

    `revision` is the number of the change that did it, here and below.
    """

    revision: int
    status: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True)
class CourseEdit:
    """A course whose title, code or sourcedId is no longer the generated one."""

    revision: int
    title: str | None = None
    code: str | None = None
    sourced_id: str | None = None


@dataclass(frozen=True, slots=True)
class ExtraEnrollment:
    """An enrollment that the generator does not know: of a new student, after a move, in another school.

    `kind` is S for a student and T for a teacher, who joins the class without leading it; a `guest` belongs to
    the class's school beside their own.
    """

    kind: str
    person: int
    school: int
    local_class: int
    revision: int
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Wave:
    """A share of all student enrollments changes, picked by hashing each number: nothing is stored for a row.

    Half of those that are hit flip between active and tobedeleted; the others sit in another grade's class, which
    for mathematics is another course.
    """

    per_million: int
    salt: int
    revision: int

    def strikes(self, enrollment: int) -> int:
        """0 where the wave leaves the enrollment alone, 1 where it flips the status, 2 where it moves the seat."""
        mixed = (enrollment * 0x9E3779B1 + self.salt * 0x85EBCA6B) & _MASK
        mixed ^= mixed >> 15
        mixed = mixed * 0x2C1B3C6D & _MASK
        mixed ^= mixed >> 12
        if mixed % 1_000_000 >= self.per_million:
            return 0
        return 1 + (mixed >> 24 & 1)


@dataclass(slots=True)
class Overlay:
    """All changes so far. `gone` is keyed by the kind of row; `revision` counts the changes that were applied.

    `moments` says when each change was made; `arrivals` holds for each new student a peer with whom they sit, and
    the revision that brought them; `identities` whose names, addresses and numbers a person has instead of their own,
    with the revision; `minted` how often the section ids of a school were made anew, and when last.
    """

    revision: int = 0
    moments: list[str] = field(default_factory=list)
    gone: defaultdict[str, IntervalSet] = field(default_factory=lambda: defaultdict(IntervalSet))
    arrivals: list[tuple[int, int]] = field(default_factory=list)
    extras: list[ExtraEnrollment] = field(default_factory=list)
    persons: dict[tuple[str, int], Edit] = field(default_factory=dict)
    enrollments: dict[int, Edit] = field(default_factory=dict)
    classes: dict[int, Edit] = field(default_factory=dict)
    courses: dict[int, CourseEdit] = field(default_factory=dict)
    minted: dict[int, tuple[int, int]] = field(default_factory=dict)
    waves: list[Wave] = field(default_factory=list)
    last_day: date | None = None
    years_on: int = 0
    identities: dict[tuple[str, int], tuple[str, int, int]] = field(default_factory=dict)
    dates_revision: int = 0
    year_revision: int = 0
