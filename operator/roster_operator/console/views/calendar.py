"""The license calendar of a district: how many licenses it will have, and the days on which many begin or end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from roster_operator.console import addresses
from roster_operator.console.elements import Cell, Link, Page, Plot, Section, Table
from roster_operator.console.views.district import way_to
from roster_operator.console.views.words import edition_told
from roster_operator.messages import gettext as _
from roster_operator.messages import listed, ngettext
from roster_operator.operations.calendar import Cliff, EBookCalendar, LicenseCalendar

_NAMED: Final = 3
"""So many terms of a day are named."""


def calendar_page(told: LicenseCalendar, namespace: str, name: str, *, ebook: str = "") -> Page:
    """Of all eBooks together, or of one."""
    shown = tuple(each for each in told.by_ebook if ebook in {"", each.ebook})
    cliffs = tuple(each for each in told.cliffs if ebook in {"", each.ebook})
    now, then = sum(each.licenses for each in shown), sum(map(_at_the_end, shown))
    of = _("Licenses of {ebook}", ebook=ebook) if ebook else _("Licenses of all eBooks")
    every = (Link(_("All eBooks"), addresses.calendar(namespace, name)),) if ebook else ()
    return Page(
        _("License calendar of {name}", name=name),
        (
            Section(
                _("{licenses} by day", licenses=of),
                notes=_notes(told),
                plots=(
                    _plot(
                        told,
                        shown,
                        cliffs,
                        _(
                            "{licenses}: {now} on {today}, {then} on {until}",
                            licenses=of,
                            now=now,
                            today=told.today,
                            then=then,
                            until=told.until,
                        ),
                    ),
                ),
                tables=(_by_day(told, shown),),
                links=every,
            ),
            Section(_("Days on which many begin or end"), tables=(_cliffs(cliffs),)),
            Section(_("By eBook"), tables=(_by_ebook(told, namespace, name),)),
        ),
        way=way_to(namespace, name),
        lead=(
            _(
                "By the roster as it was read on {day}, if it stays so and no guard holds anything.",
                day=told.read.date(),
            ),
        ),
    )


def no_calendar_page(namespace: str, name: str, message: str) -> Page:
    """Instead, where no calendar can be made."""
    return Page(_("License calendar of {name}", name=name), way=way_to(namespace, name), alert=message)


def _notes(told: LicenseCalendar) -> tuple[str, ...]:
    zone = _("Days begin by the time of {zone}.", zone=told.zone)
    missing = ngettext(
        "Not counted: {number} person of whom nobody can say all; they keep what they have.",
        "Not counted: {number} people of whom nobody can say all; they keep what they have.",
        told.undecided,
    )
    return (zone, missing) if told.undecided else (zone,)


def _plot(told: LicenseCalendar, shown: Sequence[EBookCalendar], cliffs: Sequence[Cliff], title: str) -> Plot:
    marks: dict[date, tuple[str, ...]] = {}
    for cliff in cliffs:
        text = _(
            "{day}: {ebook}, {edition}: {before} before, {licenses} then",
            day=cliff.day,
            ebook=cliff.ebook,
            edition=edition_told(cliff.edition),
            before=cliff.before,
            licenses=cliff.licenses,
        )
        marks[cliff.day] = (*marks.get(cliff.day, ()), text)
    steps = {told.today: sum(each.licenses for each in shown)} | {day: now for day, _, _, now in _days(shown)}
    plain, noted = _("{title}.", title=title), _("{title}. Dashed: many begin or end.", title=title)
    words = _("{title}. The table says the same by day.", title=title)
    noticed = {day: listed(texts) for day, texts in marks.items()}
    return Plot(noted if marks else plain, words, told.today, told.until, steps, noticed)


def _by_day(told: LicenseCalendar, shown: Sequence[EBookCalendar]) -> Table:
    changes = {day: (begin, end, then) for day, begin, end, then in _days(shown)}
    terms = {each.day: each for each in told.terms}
    rows: list[tuple[Cell, ...]] = []
    now = sum(each.licenses for each in shown)
    for day in sorted({*changes, *terms}):
        begin, end, now = changes.get(day, (0, 0, now))
        term = terms.get(day)
        rows.append((day, begin, end, now, _named(term.begin if term else ()), _named(term.end if term else ())))
    head = (_("Day"), _("Begin"), _("End"), _("Licenses then"), _("Terms that begin"), _("Terms that end"))
    nothing = _("Nothing begins or ends until {day}.", day=told.until)
    return Table(_("Until {day}", day=told.until), head, tuple(rows), nothing)


def _days(shown: Sequence[EBookCalendar]) -> list[tuple[date, int, int, int]]:
    """Each day on which licenses begin or end: how many do, and how many there are then."""
    begin, end = Counter[date](), Counter[date]()
    for each in shown:
        for change in each.days:
            begin[change.day] += change.begin
            end[change.day] += change.end
    now, days = sum(each.licenses for each in shown), []
    for day in sorted({*begin, *end}):
        now += begin[day] - end[day]
        days.append((day, begin[day], end[day], now))
    return days


def _named(terms: Sequence[str]) -> str:
    named = listed(terms[:_NAMED])
    more = len(terms) - _NAMED
    return ngettext("{terms} and {number} more", "{terms} and {number} more", more, terms=named) if more > 0 else named


def _cliffs(cliffs: Sequence[Cliff]) -> Table:
    def row(cliff: Cliff) -> tuple[Cell, ...]:
        of = (cliff.ebook, edition_told(cliff.edition), cliff.before, cliff.begin, cliff.end, cliff.licenses)
        return cliff.day, *of

    head = (_("Day"), _("eBook"), _("Edition"), _("Before"), _("Begin"), _("End"), _("Then"))
    nothing = _("There is no day on which a tenth of the licenses of an eBook begins or ends.")
    return Table(_("A tenth of those of an eBook and edition, or more"), head, tuple(map(row, cliffs)), nothing)


def _by_ebook(told: LicenseCalendar, namespace: str, name: str) -> Table:
    def row(each: EBookCalendar) -> tuple[Cell, ...]:
        link = Link(each.ebook, addresses.calendar(namespace, name, ebook=each.ebook))
        return link, edition_told(each.edition), each.licenses, _at_the_end(each)

    head = (_("eBook"), _("Edition"), _("On {day}", day=told.today), _("On {day}", day=told.until))
    nothing = _("Nobody has a license, and nobody will have one.")
    return Table(_("Today, and at the end"), head, tuple(map(row, told.by_ebook)), nothing)


def _at_the_end(each: EBookCalendar) -> int:
    return each.days[-1].licenses if each.days else each.licenses
