"""Reads everybody of the roster: who is in the classes in scope, and who they are."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Protocol, TypeVar

from roster_operator.api.v1alpha1 import RosterCounts
from roster_operator.errors import SourceError
from roster_operator.reconcile.persons import Persons, State
from roster_operator.reconcile.read_section import read
from roster_operator.reconcile.report import RosterRead, questions_of
from roster_operator.roster.quality import Question, Questions
from roster_operator.roster.subjects import Subject
from roster_operator.sources.source import Complete, RosterSource, Scope, Section

if TYPE_CHECKING:
    from roster_operator.licensing.bystanders import Bystanders
    from roster_operator.licensing.declared_login import DeclaredLogin
    from roster_operator.licensing.entitlements import ClassTable
    from roster_operator.licensing.fold import Fold
    from roster_operator.licensing.models import PersonChange
    from roster_operator.licensing.records import Revision
    from roster_operator.reconcile.read_classes import Classes
    from roster_operator.roster.dates import Days
    from roster_operator.roster.models import Enrollment, Person

log = logging.getLogger(__name__)

T = TypeVar("T")
Take = Callable[[Collection[T]], None]
"""Takes a page."""


class _Takes(Protocol):
    """Whoever is given the roster as it comes."""

    def enroll(self, page: Collection[Enrollment], /) -> None:
        """Take enrollments."""
        ...

    def describe(self, page: Collection[Person], /) -> None:
        """Take persons."""
        ...


def read_everything(
    source: RosterSource,
    classes: Classes,
    days: Days,
    states: Callable[[], Iterable[State]],
    keep: Callable[[Iterable[PersonChange]], None],
    *,
    one_person: bool,
    declared: DeclaredLogin | None,
    grew: Callable[[int, int], None],
) -> tuple[RosterRead, Revision]:
    """The roster, and what is to be changed in what `keep` was given: the persons who are others than in `states`.

    `states`: of the ledger, asked for when all enrollments were read. The others: see `Persons`.
    """
    table = classes.table
    looked_up: list[str] = []

    snapshot, seen = classes.snapshot, classes.bystanders

    def look_up(missing: set[str], compare: Callable[[Collection[Person]], None]) -> None:
        take = compare if snapshot is None else _each(snapshot.writer.describe, compare)
        looked_up.append(_look_up(source, missing, take))

    with contextlib.ExitStack() as resources:
        scope = Scope(classes.selection.schools, table.bits.keys(), table.unlisted())
        persons = Persons(table, days, keep, resources, one_person=one_person, declared=declared, grew=grew)
        writer = snapshot.writer if snapshot is not None else None
        takers: list[_Takes] = [taker for taker in (seen, writer, persons) if taker is not None]
        enroll = _each(*(taker.enroll for taker in takers))
        enrolled = read(source.enrollments(scope), Section.ENROLLMENTS, enroll)
        persons.compare_with(states())
        describe = _each(*(taker.describe for taker in takers))
        described = read(source.people(scope), Section.STUDENTS, describe)
        persons.finish(look_up)
        if seen is not None:
            _meet_elsewhere(source, seen)
    proofs = {**classes.proofs, Section.ENROLLMENTS: enrolled, Section.STUDENTS: described}
    fold, terms = persons.fold, classes.terms
    in_scope = table.remember(fold.unlisted)
    roles = (proof.next_change for proof in proofs.values())
    roster = RosterRead(
        proofs=proofs,
        questions=questions_of(proofs) + classes.questions + table.questions + persons.questions + _vacant(table, fold),
        members={**classes.members, Section.ENROLLMENTS: fold.members, Section.STUDENTS: persons.members},
        counts=RosterCounts(
            schools=len(classes.selection.schools),
            courses=len(classes.selection.courses),
            classes=table.in_scope,
            teachers=persons.staff,
            students=persons.students,
            enrollments=fold.enrollments,
            rows=sum(proof.rows for proof in proofs.values()),
        ),
        new_scope=in_scope if in_scope != classes.before else None,
        next_changes=(*looked_up, terms.next_change, fold.next_change, *roles),
        day_orders=(terms.order, fold.order),
        settling=classes.settling,
        bystanders=seen.accounts if seen is not None else None,
        snapshot=snapshot.finish(fold.order) if snapshot is not None else None,
    )
    return roster, persons.revision


def _vacant(table: ClassTable, fold: Fold) -> Questions:
    """Classes in scope with students and without a teacher today, and those without students."""
    questions = Questions()
    attended, taught = fold.places
    for section in table.bits.keys() - table.orphaned:
        if section not in attended:
            questions.add(Question.NO_STUDENTS, Subject(class_id=section, school=table.bits[section].school_id))
        elif section not in taught:
            questions.add(Question.NO_TEACHER, Subject(class_id=section, school=table.bits[section].school_id))
    return questions


def _each(*takers: Take[T]) -> Take[T]:
    """Gives each page to each of them."""
    if len(takers) == 1:
        return takers[0]

    def take(page: Collection[T]) -> None:
        for one in takers:
            one(page)

    return take


def _meet_elsewhere(source: RosterSource, bystanders: Bystanders) -> None:
    """Staff of other schools who are in no list, where an account may be theirs."""
    if not (wanted := bystanders.not_listed()):
        return
    reading = source.people_by_id(wanted)
    try:
        for page in reading:
            bystanders.describe(page)
        met = isinstance(reading.outcome, Complete)
    except SourceError as error:
        log.warning("staff of other schools could not be looked up by id: reason=%s", error.reason)
        met = False
    if not met:
        bystanders.leave_unmet()


def _look_up(source: RosterSource, missing: set[str], compare: Callable[[Collection[Person]], None]) -> str:
    """Persons who are enrolled but in no list: aides, for one. The day on which their roles change next, if any does.

    Who cannot be looked up stays unknown, and is left as is; so a failure here is no reason to end the sync.
    """
    reading = source.people_by_id(missing)
    try:
        for page in reading:
            compare(page)
    except SourceError as error:
        log.warning("persons enrolled could not be looked up by id: reason=%s", error.reason)
        return ""
    return reading.outcome.next_change if isinstance(reading.outcome, Complete) else ""
