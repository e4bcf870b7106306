"""How the wizard shows what there is to choose from, and what comes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from roster_operator.api.v1alpha1 import EBook
from roster_operator.api.v1alpha1.status import CheckResult
from roster_operator.cli.rendering import columns
from roster_operator.cli.wizard.asking import Option, say
from roster_operator.operations.checklist import Checklist
from roster_operator.operations.wizard.choices import CourseChoice
from roster_operator.operations.wizard.offer import OfferedCourse, OfferedSchool, Size
from roster_operator.operations.wizard.proposals import Because, Proposal
from roster_operator.operations.wizard.review import Review
from roster_operator.plurals import counted
from roster_operator.sources.source import Notice

_MARKS = {CheckResult.PASS: ("✔", "green"), CheckResult.WARN: ("!", "yellow"), CheckResult.FAIL: ("✘", "red")}
_REASONS = {Because.NUMBER: "proposed: the SIS names it", Because.TITLE: "proposed by its title"}
_WIDEST = 48


def school_options(schools: Sequence[OfferedSchool], chosen: Collection[str]) -> list[Option]:
    """Each with its classes and students."""
    width = _width(school.name for school in schools)
    return [
        Option(school.id, f"{school.name.ljust(width)}  {_size(school.size)}  id {school.id}", school.id in chosen)
        for school in schools
    ]


def course_options(courses: Sequence[CourseChoice], chosen: Collection[str]) -> list[Option]:
    """Each with its classes and students at the chosen schools."""
    width = _width(course_title(choice.course) for choice in courses)
    return [
        Option(
            choice.course.key,
            f"{course_title(choice.course).ljust(width)}  "
            f"{_size(choice.size) if choice.taught else 'not taught at the chosen schools'}",
            choice.course.key in chosen,
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
        why = f"  ({_REASONS[because[name]]})" if name in because else ""
        options.append(Option(name, f"{title}  {name}{why}", name in chosen))
    return options


def course_title(course: OfferedCourse) -> str:
    """As people know it."""
    return f"{course.value}  {course.title}".rstrip() if course.by == "code" else f"{course.title} (id {course.value})"


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


def show_proposals(
    courses: Sequence[CourseChoice], ebooks: Mapping[str, Sequence[str]], catalogue: Mapping[str, EBook]
) -> None:
    """Which eBooks each course would get."""
    rows = []
    for choice in courses:
        titles = [catalogue[name].spec.title if name in catalogue else name for name in ebooks[choice.course.key]]
        rows.append((course_title(choice.course), _size(choice.size), ", ".join(titles) or "(none found)"))
    say(columns(("COURSE", "AT THE CHOSEN SCHOOLS", "EBOOKS"), rows))


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
        say(columns(("EBOOK", "EDITION", "GRANT", "REMOVE"), rows))
    if found.by_school:
        say()
        rows_of_schools = [(each.id, each.name, each.grants, each.revocations) for each in found.by_school]
        say(columns(("SCHOOL", "NAME", "GRANT", "REMOVE"), rows_of_schools))


def _size(size: Size) -> str:
    return f"{counted(size.classes, 'class[es]')}, {counted(size.students, 'student[s]')}"


def _width(titles: Iterable[str]) -> int:
    return min(max(map(len, titles), default=0), _WIDEST)
