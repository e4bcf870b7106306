"""Why a person has what they have, and lacks what they lack: each enrollment as a chain to eBooks, and where it breaks.

The decisions are those of the sync (`eligibility`, `ClassTable.standing`, `Offer`): this only remembers what each of
them said, where the fold keeps a bit. What a person is entitled to by it is what the fold says, of whomever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from roster_operator.licensing.causes import OF_CLASSES, OF_ENROLLMENTS, UNCLEAR, Cause
from roster_operator.licensing.eligibility import UNCLEAR as UNCLEAR_ENROLLMENTS
from roster_operator.licensing.eligibility import Eligibility, eligibility
from roster_operator.licensing.entitlements import ORPHANED, ClassBits, ClassStanding, ClassTable
from roster_operator.licensing.models import Entitlement
from roster_operator.roster.calendar import Calendar
from roster_operator.roster.dates import Days
from roster_operator.roster.models import DISABLED, ClassSection, Part, Role, Standing, Status
from roster_operator.roster.terms import Reach

_KEEPS_ANSWERS: Final = {
    Role.STUDENT: Cause.STUDENT_AS_TEACHER,
    Role.FORMER: Cause.ROLE_OVER,
    Role.UNCLEAR: Cause.ROLE_UNCLEAR,
}
"""Why a person of this role gets no edition with the answers, whatever an enrollment says."""
_BY_ROLE: Final = {
    **dict.fromkeys((Role.UNKNOWN, Role.UNRECOGNIZED, Role.UNCLEAR), Cause.ROLE_UNCLEAR),
    **dict.fromkeys((Role.OTHER, Role.ADMINISTRATOR), Cause.ROLE_GIVES_NOTHING),
    Role.FORMER: Cause.ROLE_OVER,
}
"""Why the role of a person, where the enrollment tells none, gives nothing."""
_GIVING: Final = frozenset({Eligibility.STUDENT, Eligibility.STAFF, Eligibility.BY_PERSON})
_MAY_GIVE: Final = _GIVING | UNCLEAR_ENROLLMENTS
_GONE: Final = ((Cause.PERSON_DELETED,), (Cause.PERSON_DISABLED,))
_NO_COURSE: Final = frozenset({Cause.CLASS_NOT_LISTED, Cause.CLASS_WITHOUT_COURSE, Cause.CLASS_REFERENCE_LOST})
"""Then it is not known to which eBooks the class leads."""
_MOST_KEPT: Final = 50_000
_ORDER: Final = {cause: number for number, cause in enumerate(Cause)}


class Chain(NamedTuple):
    """An enrollment, and what it comes to."""

    class_id: str
    said: Part
    ebooks: frozenset[str]
    """To which its class's course leads, whatever else holds."""
    causes: tuple[Cause, ...] = ()
    """Why it gives nothing, or not all; the nearest to giving first."""
    gives: frozenset[Entitlement] = frozenset()
    counts: bool = False
    """Whether it puts the person in scope, if only because nobody can say what it gives."""
    unclear: bool = False
    """Whether nobody can say all that it gives."""

    def stated(self, *more: Cause) -> Chain:
        """With its causes in order; what gives nothing for sure does so, however unclear the rest of it is."""
        ordered = in_order((*self.causes, *more))
        certain = tuple(cause for cause in ordered if cause not in UNCLEAR)
        unsure = tuple(cause for cause in ordered if cause in UNCLEAR)
        return self._replace(causes=unsure + certain if self.unclear else certain or unsure)


class Break(NamedTuple):
    """Why one enrollment does not give one license."""

    causes: tuple[Cause, ...]
    chain: Chain


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one person is entitled to on one day, and by what."""

    chains: tuple[Chain, ...]
    """One for each enrollment, as they came."""
    person: tuple[Cause, ...]
    """What keeps the person from everything."""
    unclear: bool
    """Nobody can say all that they are entitled to: who has something keeps it, who is new gets what is clear."""
    entitlements: frozenset[Entitlement]

    def giving(self, wanted: Entitlement) -> list[Chain]:
        """The enrollments that give one license."""
        return [chain for chain in self.chains if wanted in chain.gives] if not self.person else []

    def lacking(self, wanted: Entitlement) -> list[Break]:
        """Why each of the others does not, the nearest to giving it first; those whose course leads there at first."""
        breaks = [
            Break(self._why(chain, wanted), chain) for chain in self.chains if self.person or wanted not in chain.gives
        ]
        return sorted(breaks, key=lambda each: _distance(each, wanted))

    def _why(self, chain: Chain, wanted: Entitlement) -> tuple[Cause, ...]:
        causes = [*self.person, *chain.causes]
        if chain.gives and wanted not in chain.gives and wanted.ebook in chain.ebooks:
            causes.append(Cause.OTHER_EDITION)
        elif wanted.ebook not in chain.ebooks and _NO_COURSE.isdisjoint(chain.causes):
            causes.append(Cause.COURSE_NOT_MAPPED)
        return in_order(causes)


def in_order(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Each once, the nearest to giving first."""
    return tuple(sorted(set(causes), key=_ORDER.__getitem__))


def _distance(each: Break, wanted: Entitlement) -> tuple[bool, int, list[int]]:
    return wanted.ebook not in each.chain.ebooks, len(each.causes), [_ORDER[cause] for cause in each.causes]


class JudgedClass(NamedTuple):
    """A class, and what becomes of it."""

    bits: ClassBits | None
    """None if it is not in scope."""
    causes: tuple[Cause, ...] = ()
    ebooks: frozenset[str] = frozenset()
    orphaned: bool = False
    """Whether nobody can say what it leads to."""
    reach: Reach | None = None
    """What the district's rules make of enrollments in it."""


class Explainer:
    """Explains persons by one reading of a district, as of one day."""

    def __init__(self, table: ClassTable, calendar: Calendar, days: Days) -> None:
        """`table` knows the offer and what classes are told by, and need hold no class; `calendar` is what it goes by.

        `days`: of enrollments, with the order of day and month that all of them showed.
        """
        self.offer = table.offer
        self._table = table
        self._calendar = calendar
        self._days = days
        self._judged: dict[tuple[Part, Reach | None], Eligibility] = {}
        self._chains: dict[tuple[str, Part, Role], Chain] = {}
        """Of one class, most are there as the others are."""

    def explain(
        self,
        enrollments: Iterable[tuple[str, Part]],
        classes: Mapping[str, Sequence[ClassSection]],
        standing: Standing | None,
    ) -> Explanation:
        """Of one person: class ids with what they are there; the rows of these classes; None: not described."""
        role = standing[0] if standing is not None else Role.UNKNOWN
        chains = tuple(self._known_chain(one, said, role, classes) for one, said in enrollments)
        if person := _of_person(standing):
            unclear = person not in _GONE and any(chain.counts for chain in chains)
            return Explanation(chains, person, unclear, frozenset())
        gives = frozenset[Entitlement]().union(*(chain.gives for chain in chains))
        return Explanation(chains, person, any(chain.unclear for chain in chains), gives)

    def judge(self, class_id: str, rows: Sequence[ClassSection]) -> JudgedClass:
        """A class by its rows: the first that is in scope decides, or else the first of all, as in `ClassTable`."""
        if not rows:
            was_in_scope = class_id in self._table.bearings.before
            return JudgedClass(None, (Cause.CLASS_NOT_LISTED,), orphaned=was_in_scope)
        standings = [self._table.standing(row) for row in rows]
        first = standings.index(ClassStanding.IN_SCOPE) if ClassStanding.IN_SCOPE in standings else 0
        row, stands = rows[first], standings[first]
        ebooks = frozenset(self.offer.ebooks_by_course.get(row.course_id, ()))
        reach = self._calendar.reach(row.session_ids)
        if stands is ClassStanding.IN_SCOPE:
            return JudgedClass(self.offer.bits(row), ebooks=ebooks, reach=reach)
        return JudgedClass(None, self._of_class(row, stands), ebooks, stands in ORPHANED, reach)

    def _of_class(self, row: ClassSection, stands: ClassStanding) -> tuple[Cause, ...]:
        causes = [OF_CLASSES[stands]] if stands in OF_CLASSES else []
        if self._calendar.is_on(row.session_ids) is False:
            coming = self._calendar.is_coming(row.session_ids)
            causes.append(Cause.TERM_NOT_BEGUN if coming else Cause.TERM_OVER)
        if stands not in ORPHANED:
            if not row.course_id:
                causes.append(Cause.CLASS_WITHOUT_COURSE)
            elif row.course_id not in self.offer.ebooks_by_course:
                causes.append(Cause.COURSE_NOT_MAPPED)
            if row.school_id not in self.offer.schools:
                causes.append(Cause.SCHOOL_NOT_SELECTED)
        return in_order(causes)

    def _known_chain(
        self, class_id: str, said: Part, role: Role, classes: Mapping[str, Sequence[ClassSection]]
    ) -> Chain:
        known = self._chains.get((class_id, said, role))
        if known is None:
            if len(self._chains) >= _MOST_KEPT:
                self._chains.clear()
            known = self._chain(class_id, said, self.judge(class_id, classes.get(class_id, ())), role)
            self._chains[class_id, said, role] = known
        return known

    def _chain(self, class_id: str, said: Part, of_class: JudgedClass, role: Role) -> Chain:
        comes_to = self._eligibility(said, of_class.reach)
        own = OF_ENROLLMENTS.get(comes_to)
        chain = Chain(class_id, said, of_class.ebooks, (*of_class.causes, *((own,) if own is not None else ())))
        if comes_to not in _MAY_GIVE or (of_class.bits is None and not of_class.orphaned):
            return chain.stated()
        chain = chain._replace(counts=True)
        if comes_to is Eligibility.BY_PERSON and Cause.CLASS_NOT_LISTED not in of_class.causes and role in _BY_ROLE:
            untold = _BY_ROLE[role]
            return chain._replace(unclear=untold is Cause.ROLE_UNCLEAR).stated(untold)
        if own is not None or of_class.bits is None:
            return chain._replace(unclear=True).stated()
        gives, masked = self._given(of_class.bits, comes_to, role)
        why = masked or (() if gives else (Cause.EDITION_MISSING,))
        return chain._replace(gives=gives, unclear=Cause.ROLE_UNCLEAR in masked).stated(*why)

    def _given(
        self, bits: ClassBits, comes_to: Eligibility, role: Role
    ) -> tuple[frozenset[Entitlement], tuple[Cause, ...]]:
        """What a class in scope gives by the role there, or else by the person's, as in `Fold.mask`."""
        offer = self.offer
        by_person = offer.student_mask if role is Role.STUDENT else offer.staff_mask
        mask = {
            Eligibility.STUDENT: bits.student,
            Eligibility.STAFF: bits.staff,
        }.get(comes_to, bits.either & by_person)
        masked: tuple[Cause, ...] = ()
        if mask & ~offer.student_mask and role in _KEEPS_ANSWERS:
            mask &= offer.student_mask
            masked = (_KEEPS_ANSWERS[role],)
        return frozenset(offer.decode(mask).entitlements), masked

    def _eligibility(self, said: Part, reach: Reach | None) -> Eligibility:
        known = self._judged.get((said, reach))
        if known is None:
            known = self._judged[said, reach] = eligibility(said, self._days, reach, order_is_final=True)
        return known


def _of_person(standing: Standing | None) -> tuple[Cause, ...]:
    if standing is None:
        return (Cause.PERSON_NOT_DESCRIBED,)
    _, status, marks = standing
    if status is Status.GONE:
        return (Cause.PERSON_DISABLED if marks & DISABLED else Cause.PERSON_DELETED,)
    return (Cause.PERSON_STATUS_UNCLEAR,) if status is Status.UNRECOGNIZED else ()
