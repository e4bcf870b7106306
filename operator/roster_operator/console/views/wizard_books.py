"""The wizard's page of eBooks: what each course includes, what is guessed, and each to be chosen from a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from roster_operator.api.v1alpha1 import EBook
from roster_operator.console.elements import Cell, Field, Form, Kind, Link, Page, Section, Submit, Table
from roster_operator.console.views.wizard import PATHS, at, title_of, way
from roster_operator.messages import gettext as _
from roster_operator.messages import listed, ngettext
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wizard.choices import CourseChoice
from roster_operator.operations.wizard.draft import Step
from roster_operator.operations.wizard.proposals import Proposal
from roster_operator.operations.wizard.words import GUESSES, course_title, size_in_words

COURSES: Final = 8
"""Of one page."""
MOST_BOOKS: Final = 4
"""That a course may have by a page."""


@dataclass(frozen=True, slots=True)
class CourseBooks:
    """A course that was chosen, and its eBooks."""

    choice: CourseChoice
    books: tuple[str, ...]
    """What it has; or what stands out, as long as nobody has chosen."""
    chosen: bool
    """Whether somebody has."""
    proposed: tuple[Proposal, ...]

    @property
    def why(self) -> str:
        """What `books` rest on."""
        if self.chosen:
            return _("chosen")
        return next((GUESSES[each.because] for each in self.proposed if each.sure), "")


def mapping_page(
    district: DistrictName, courses: Sequence[CourseBooks], ebooks: Mapping[str, EBook], *, alert: str = ""
) -> Page:
    """All courses at once. Most of it is guessed, so it is said what is."""
    action = at(district, PATHS[Step.EBOOKS])

    def row(index: int, each: CourseBooks) -> tuple[Cell, ...]:
        titles = listed(_title(ebooks, book) for book in each.books)
        change = Link(
            _("change {title}", title=course_title(each.choice.course)), f"{action}?start={index // COURSES * COURSES}"
        )
        return course_title(each.choice.course), titles or _("no eBook yet"), each.why, change

    rows = tuple(row(index, each) for index, each in enumerate(courses))
    without = sum(not each.books for each in courses)
    left_out = (
        ngettext("{number} without an eBook: it is left out.", "{number} without an eBook: they are left out.", without)
        if without
        else ""
    )
    form = Form(action, (Field("take", "", "all", Kind.HIDDEN),), _("Take these, and go on"))
    table = Table(
        _("eBooks of each course"), (_("Course"), _("eBooks"), _("Why"), _("Change")), rows, _("No course is included.")
    )
    back = Link(_("Back: courses"), at(district, PATHS[Step.COURSES]))
    return Page(
        title_of(Step.EBOOKS),
        (
            Section(
                _("Are these the right eBooks?"), notes=tuple(filter(None, (left_out,))), tables=(table,), links=(back,)
            ),
            Section(_("Next"), form=form),
        ),
        way=way(district),
        alert=alert,
    )


def books_page(
    district: DistrictName,
    courses: Sequence[CourseBooks],
    start: int,
    ebooks: Mapping[str, EBook],
    slots: Mapping[str, int],
) -> Page:
    """Some courses one by one. `slots`: how many eBooks can be chosen of a course, by its key."""
    shown = courses[start : start + COURSES]
    fields: list[Field] = [Field("start", "", str(start), Kind.HIDDEN)]
    for index, each in enumerate(shown):
        title = course_title(each.choice.course)
        fields.append(Field(f"course-{index}", "", each.choice.course.key, Kind.HIDDEN))
        count = min(max(len(each.books), slots.get(each.choice.course.key, 1), 1), MOST_BOOKS)
        for slot in range(count):
            named = _("{title}, eBook {number}", title=title, number=slot + 1) if count > 1 else title
            another = (
                Submit(_("Add another eBook"), "another", str(index), _("to {title}", title=title))
                if slot == count - 1 and count < MOST_BOOKS
                else None
            )
            chosen = each.books[slot] if slot < len(each.books) else ""
            hint = _hint(each) if slot == 0 else ""
            options = _options(ebooks, each.proposed, chosen)
            fields.append(
                Field(f"book-{index}-{slot}", named, chosen, Kind.CHOICE, options, hint=hint, another=another)
            )
    last = start + COURSES >= len(courses)
    form = Form(
        at(district, PATHS[Step.EBOOKS]), tuple(fields), _("Finish") if last else _("Save, and show the next courses")
    )
    told = _(
        "Courses {first} to {last} of {all}. A course without an eBook is left out.",
        first=start + 1,
        last=start + len(shown),
        all=len(courses),
    )
    every = Link(_("All courses at once"), at(district, PATHS[Step.EBOOKS]))
    return Page(
        title_of(Step.EBOOKS),
        (Section(_("eBooks of each course"), notes=(told,), form=form, links=(every,)),),
        way(district),
    )


def _hint(each: CourseBooks) -> str:
    size = size_in_words(each.choice.size)
    return _("{size}; {why}", size=size, why=each.why) if each.why else size


def _options(ebooks: Mapping[str, EBook], proposed: Sequence[Proposal], chosen: str) -> tuple[tuple[str, str], ...]:
    because = {each.ebook: each.because for each in proposed}
    first = list(dict.fromkeys([*([chosen] if chosen else []), *because]))
    rest = sorted(name for name, ebook in ebooks.items() if name not in first and not ebook.spec.retired)
    named = [(name, _title(ebooks, name)) for name in (*first, *rest)]
    guessed = tuple(
        (name, _("{title} ({guess})", title=title, guess=GUESSES[because[name]]) if name in because else title)
        for name, title in named
    )
    return (("", _("no eBook")), *guessed)


def _title(ebooks: Mapping[str, EBook], name: str) -> str:
    return ebooks[name].spec.title if name in ebooks else _("{name} (not there any more)", name=name)
