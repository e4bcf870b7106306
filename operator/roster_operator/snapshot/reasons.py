"""Why licenses come and go: the last reading held against this one, by the sync's own explanation of both.

The words are `Cause`'s where one of them says it, and these. They stand in the journal, so they are stable, too.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from roster_operator.licensing.causes import Cause
from roster_operator.licensing.explanation import Chain, Explainer, Explanation
from roster_operator.licensing.models import Entitlement
from roster_operator.roster.models import Status
from roster_operator.snapshot.format import Header
from roster_operator.snapshot.reader import Blobs, Found, find
from roster_operator.snapshot.taking import TakenSnapshot


class Change(StrEnum):
    """What changed from one reading to the next, where no `Cause` says it."""

    ENROLLMENT_NOT_LISTED = "EnrollmentNotListed"
    """The enrollment by which it came is not there any more, though its class is."""
    CLASS_MOVED = "ClassMoved"
    """The class has another course or school now, which leads to no such eBook."""
    ROLE_CHANGED = "RoleChanged"
    EBOOK_NOT_MAPPED = "EBookNotMapped"
    """The class's course still leads to eBooks, and not to this one."""
    ENROLLMENT_ADDED = "EnrollmentAdded"
    ENROLLMENT_BEGAN = "EnrollmentBegan"
    TERM_BEGAN = "TermBegan"
    COURSE_MAPPED = "CourseMapped"
    SCHOOL_SELECTED = "SchoolSelected"


ABSENT: Final[frozenset[str]] = frozenset({Change.ENROLLMENT_NOT_LISTED, Cause.CLASS_NOT_LISTED})
"""Nothing says that somebody left, but that they are not there. Of several reasons this one is told: the others alone
would not have taken the license."""


class Asked(NamedTuple):
    """A license that comes or goes."""

    number: int
    """By which it is told of."""
    person: str
    """Id in this reading."""
    formerly: str
    """Id in the last one."""
    entitlement: Entitlement

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return f"Asked({self.number})"


class Told(NamedTuple):
    """Why."""

    number: int
    why: str
    class_id: str | None
    """By which it came, or comes."""
    school_id: str | None
    """Of that class; None if it is not told."""


_BEGUN: Final = {
    Cause.ENROLLMENT_NOT_BEGUN: Change.ENROLLMENT_BEGAN,
    Cause.TERM_NOT_BEGUN: Change.TERM_BEGAN,
    Cause.COURSE_NOT_MAPPED: Change.COURSE_MAPPED,
    Cause.SCHOOL_NOT_SELECTED: Change.SCHOOL_SELECTED,
}
_OF_ROLES: Final = frozenset(
    {Cause.OTHER_EDITION, Cause.EDITION_MISSING, Cause.ROLE_GIVES_NOTHING, Cause.STUDENT_AS_TEACHER, Cause.ROLE_OVER}
)
_OF_PLACES: Final = frozenset({Cause.COURSE_NOT_MAPPED, Cause.SCHOOL_NOT_SELECTED, Cause.CLASS_WITHOUT_COURSE})


@dataclass(frozen=True, slots=True)
class Readings:
    """The last reading, if there is one of the same key, and this one."""

    last: tuple[Header, Blobs] | None
    this: TakenSnapshot

    def tell(self, removed: Sequence[Asked], granted: Sequence[Asked]) -> tuple[list[Told], list[Told]]:
        """Why licenses go, and come, of those of which that can be told. Each reading is searched once for all."""
        asked = (*removed, *granted)
        last = self._last(asked)
        classes = {chain.class_id for one in removed for chain in last.giving(one)} if last is not None else set()
        hashes = self.this.key.numbers(one.person for one in asked)
        found = find(self.this.header, self.this.blobs, hashes, frozenset(classes))
        this = _Side(found, found.explainer(), dict(zip(asked, hashes, strict=True)))
        goes = [told for one in removed if (told := _why_removed(one, last, this)) is not None]
        return goes, [told for one in granted if (told := _why_granted(one, last, this)) is not None]

    def _last(self, asked: Sequence[Asked]) -> _Side | None:
        if self.last is None:
            return None
        header, blobs = self.last
        hashes = self.this.key.numbers(one.formerly for one in asked)
        found = find(header, blobs, hashes)
        return _Side(found, found.explainer(), dict(zip(asked, hashes, strict=True)))


@dataclass(frozen=True, slots=True)
class _Side:
    """Persons as one reading has them."""

    found: Found
    explainer: Explainer
    hashes: dict[Asked, int]
    leading: dict[str, frozenset[str]] = field(default_factory=dict)
    """By eBook: the classes whose course leads to it."""

    def explain(self, one: Asked, among: Container[str] | None = None) -> Explanation:
        """By all that the person is enrolled in, or by these classes only: most have nothing to do with the eBook."""
        return self.found.explain(self.hashes[one], self.explainer, among)

    def is_enrolled(self, one: Asked) -> bool:
        """Whether in anything at all."""
        return self.hashes[one] in self.found.enrollments

    def giving(self, one: Asked) -> list[Chain]:
        ebook = one.entitlement.ebook
        if ebook not in self.leading:
            self.leading[ebook] = self.found.leading_to(ebook)
        return self.explain(one, self.leading[ebook]).giving(one.entitlement)

    def tell(self, one: Asked, why: str, class_id: str) -> Told:
        """Of a class of this reading; of the schools that its rows name, one that is selected goes first."""
        schools = [row.school_id for row in self.found.classes.get(class_id, ())]
        selected = [school for school in schools if school in self.found.header.selected_schools]
        return Told(one.number, why, class_id, next(iter((*selected, *schools)), None) or None)

    def place(self, class_id: str) -> set[tuple[str, str]]:
        """Courses and schools of a class."""
        return {(row.course_id, row.school_id) for row in self.found.classes.get(class_id, ())}


def _why_removed(one: Asked, last: _Side | None, this: _Side) -> Told | None:
    gave = last.giving(one) if last is not None else []
    if last is None or not gave:
        lacking = this.explain(one).lacking(one.entitlement)
        return this.tell(one, lacking[0].causes[0], lacking[0].chain.class_id) if lacking else None
    now = this.explain(one, {chain.class_id for chain in gave})
    if now.person and this.is_enrolled(one):
        return last.tell(one, now.person[0], gave[0].class_id)
    broken = ((_why_broken(one, chain, last, this, now), chain.class_id) for chain in gave)
    reasons = [last.tell(one, why, class_id) for why, class_id in broken if why is not None]
    return next((told for told in reasons if told.why in ABSENT), next(iter(reasons), None))


def _why_broken(one: Asked, gave: Chain, last: _Side, this: _Side, now: Explanation) -> str | None:
    """Why an enrollment that gave the license gives it no more; None if it does.

    Of a school that is no longer selected this reading keeps no class.
    """
    if {school for _, school in last.place(gave.class_id)}.isdisjoint(this.found.header.selected_schools):
        return Cause.SCHOOL_NOT_SELECTED
    there = [broken for broken in now.lacking(one.entitlement) if broken.chain.class_id == gave.class_id]
    if not there:
        rows = this.found.classes.get(gave.class_id, [])
        if not rows:
            return Cause.CLASS_NOT_LISTED
        gone = all(row.status is Status.GONE for row in rows)
        return Cause.CLASS_DELETED if gone else Change.ENROLLMENT_NOT_LISTED
    broken = there[0]
    cause = broken.causes[0]
    if cause in _OF_PLACES and last.place(gave.class_id).isdisjoint(this.place(gave.class_id)):
        return Change.CLASS_MOVED
    if cause is Cause.COURSE_NOT_MAPPED and broken.chain.ebooks:
        return Change.EBOOK_NOT_MAPPED
    if cause in _OF_ROLES and _roles(gave, last, one) != _roles(broken.chain, this, one):
        return Change.ROLE_CHANGED
    return cause


def _roles(chain: Chain, side: _Side, one: Asked) -> tuple[str, str]:
    standing = side.found.standings.get(side.hashes[one])
    return chain.said.role, standing[0] if standing is not None else ""


def _why_granted(one: Asked, last: _Side | None, this: _Side) -> Told | None:
    gives = this.giving(one)
    if not gives:
        return None
    class_id = gives[0].class_id
    if last is None:
        return this.tell(one, "", class_id)
    before = last.explain(one, {class_id})
    was = before.lacking(one.entitlement)
    if not was:
        return this.tell(one, "" if before.chains else Change.ENROLLMENT_ADDED, class_id)
    return this.tell(one, _BEGUN.get(was[0].causes[0], ""), class_id)
