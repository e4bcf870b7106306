"""How the wizard shows what there is to choose from, and what comes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from roster_operator.api.v1alpha1 import EBook
from roster_operator.api.v1alpha1.status import CheckResult
from roster_operator.cli.rendering import columns
from roster_operator.cli.wizard.asking import say
from roster_operator.cli.wizard.questions import Option
from roster_operator.operations.checklist import Checklist
from roster_operator.operations.wizard.choices import CourseChoice
from roster_operator.operations.wizard.offer import OfferedSchool
from roster_operator.operations.wizard.proposals import Proposal
from roster_operator.operations.wizard.review import Review
from roster_operator.operations.wizard.words import GUESSES, course_title, size_in_words
from roster_operator.plurals import counted
from roster_operator.sources.source import Notice

_MARKS = {CheckResult.PASS: ("✔", "green"), CheckResult.WARN: ("!", "yellow"), CheckResult.FAIL: ("✘", "red")}
_WIDEST = 48
_NAMED = 5
"""Courses that are named in a sentence."""


def school_options(schools: Sequence[OfferedSchool], chosen: Collection[str]) -> list[Option]:
    """Each with its classes and students."""
    width = _width(school.name for school in schools)
    return [
        Option(
            school.id, school.name.ljust(width), school.id in chosen, f"{size_in_words(school.size)}  id {school.id}"
        )
        for school in schools
    ]


def course_options(courses: Sequence[CourseChoice], chosen: Collection[str]) -> list[Option]:
    """Each with its classes and students at the chosen schools."""
    width = _width(course_title(choice.course) for choice in courses)
    return [
        Option(
            choice.course.key,
            course_title(choice.course).ljust(width),
            choice.course.key in chosen,
            size_in_words(choice.size) if choice.taught else "not taught at the chosen schools",
        )
        for choice in courses
    ]


def ebook_options(ebooks: Mapping[str, EBook], proposed: Sequence[Proposal], chosen: Collection[str]) -> list[Option]:
    """Those that are chosen or proposed first; retired ones only if they are chosen."""
    because = {proposal.ebook: proposal.because for proposal in proposed}
    first = [*dict.fromkeys([*chosen, *because])]
    rest = sorted(name for name, ebook in ebooks.items() if name not in first and not ebook.spec.retired)
    options = []
    for name in [*first, *rest]:
        title = ebooks[name].spec.title if name in ebooks else "not there (any more)"
        why = f"  ({GUESSES[because[name]]})" if name in because else ""
        options.append(Option(name, title, name in chosen, f"{name}{why}"))
    return options


def show_missing(kind: str, missing: Sequence[str]) -> None:
    """Entries of an existing resource that stand for nothing on offer."""
    for each in missing:
        say(
            f"The SIS no longer offers the {kind} with the {each}; it is left out unless you choose it anew.",
            color="red",
        )


def show_notices(notices: Iterable[Notice]) -> None:
    """What the SIS is like."""
    for notice in notices:
        say(f"! {notice.message} {notice.action}", color="yellow")


def show_mapping(courses: Iterable[tuple[CourseChoice, Sequence[str], str]], catalogue: Mapping[str, EBook]) -> None:
    """Which eBooks each course would get, and why: most of it is guessed."""
    rows, without = [], []
    for choice, names, why in courses:
        titles = [catalogue[name].spec.title if name in catalogue else name for name in names]
        if titles:
            rows.append((course_title(choice.course), ", ".join(titles), why))
        else:
            without.append(course_title(choice.course))
    if rows:
        say(columns(("COURSE", "EBOOKS", "WHY"), rows), exact=True)
    if without:
        say(f"Without an eBook so far: {_some(without)}.", color="yellow")


def show_left_out(titles: Sequence[str]) -> None:
    """Courses that have no eBook."""
    say(f"Without an eBook, and so left out: {_some(titles)}.", color="yellow")


def show_checklist(found: Checklist) -> None:
    """The gravest first."""
    for item in found.items:
        mark, color = _MARKS[item.result]
        say(f"{mark} {item.name}: {item.message}{f' {item.action}' if item.action else ''}", color=color)


def show_plan(found: Review) -> None:
    """In words, and by eBook and school."""
    say()
    say(found.message, bold=True, color="" if found.planned and found.names_found else "red")
    if found.by_ebook:
        say()
        rows = [(each.name, each.edition, each.grants, each.revocations) for each in found.by_ebook]
        say(columns(("EBOOK", "EDITION", "GRANT", "REMOVE"), rows), exact=True)
    if found.by_school:
        say()
        rows_of_schools = [(each.id, each.name, each.grants, each.revocations) for each in found.by_school]
        say(columns(("SCHOOL", "NAME", "GRANT", "REMOVE"), rows_of_schools), exact=True)


def show_consent(found: Review, *, compared: bool) -> None:
    """What enabling would do, by the plan that was shown."""
    waiting = f" {found.held} of these changes would wait for an approval." if found.held else ""
    removes = f"remove {found.removals}" if compared else "remove what the roster does not confirm"
    say(f"By the plan above, it would grant {counted(found.grants, 'license[s]')} and {removes}.{waiting}", bold=True)
    if not compared:
        say(
            "How many that is, is not known here, as no ledger was named. Remain in setup mode first, and let the "
            "operator say it.",
            color="yellow",
        )


def _some(titles: Sequence[str]) -> str:
    more = f" and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
    return f"{', '.join(' '.join(title.split()) for title in titles[:_NAMED])}{more}"


def _width(titles: Iterable[str]) -> int:
    return min(max(map(len, titles), default=0), _WIDEST)
