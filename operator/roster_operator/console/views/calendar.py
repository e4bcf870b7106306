"""The license calendar of a district: how many licenses it will have, and the days on which many begin or end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from roster_operator.console import addresses
from roster_operator.console.elements import Cell, Link, Page, Plot, Section, Table
from roster_operator.console.views.district import way_to
from roster_operator.operations.calendar import Cliff, EBookCalendar, LicenseCalendar
from roster_operator.plurals import counted

_NAMED: Final = 3
"""So many terms of a day are named."""


def calendar_page(told: LicenseCalendar, namespace: str, name: str, *, ebook: str = "") -> Page:
    """Of all eBooks together, or of one."""
    shown = tuple(each for each in told.by_ebook if ebook in {"", each.ebook})
    cliffs = tuple(each for each in told.cliffs if ebook in {"", each.ebook})
    now, then = sum(each.licenses for each in shown), sum(map(_at_the_end, shown))
    of = f"Licenses of {ebook}" if ebook else "Licenses of all eBooks"
    every = (Link("All eBooks", addresses.calendar(namespace, name)),) if ebook else ()
    return Page(
        f"License calendar of {name}",
        (
            Section(
                f"{of} by day",
                notes=_notes(told),
                plots=(_plot(told, shown, cliffs, f"{of}: {now} on {told.today}, {then} on {told.until}"),),
                tables=(_by_day(told, shown),),
                links=every,
            ),
            Section("Days on which many begin or end", tables=(_cliffs(cliffs),)),
            Section("By eBook", tables=(_by_ebook(told, namespace, name),)),
        ),
        way=way_to(namespace, name),
        lead=(f"By the roster as it was read on {told.read:%Y-%m-%d}, if it stays so and no guard holds anything.",),
    )


def no_calendar_page(namespace: str, name: str, message: str) -> Page:
    """Instead, where no calendar can be made."""
    return Page(f"License calendar of {name}", way=way_to(namespace, name), alert=message)


def _notes(told: LicenseCalendar) -> tuple[str, ...]:
    zone = f"Days begin by the time of {told.zone}."
    people = counted(told.undecided, "[person|people]")
    missing = f"Not counted: {people} of whom nobody can say all; they keep what they have."
    return (zone, missing) if told.undecided else (zone,)


def _plot(told: LicenseCalendar, shown: Sequence[EBookCalendar], cliffs: Sequence[Cliff], title: str) -> Plot:
    marks: dict[date, str] = {}
    for cliff in cliffs:
        text = f"{cliff.day}: {cliff.ebook}, {cliff.edition}: {cliff.before} before, {cliff.licenses} then"
        marks[cliff.day] = f"{marks[cliff.day]}; {text}" if cliff.day in marks else text
    steps = {told.today: sum(each.licenses for each in shown)} | {day: now for day, _, _, now in _days(shown)}
    many = " Dashed: many begin or end." if marks else ""
    return Plot(f"{title}.{many}", f"{title}. The table says the same by day.", told.today, told.until, steps, marks)


def _by_day(told: LicenseCalendar, shown: Sequence[EBookCalendar]) -> Table:
    changes = {day: (begin, end, then) for day, begin, end, then in _days(shown)}
    terms = {each.day: each for each in told.terms}
    rows: list[tuple[Cell, ...]] = []
    now = sum(each.licenses for each in shown)
    for day in sorted({*changes, *terms}):
        begin, end, now = changes.get(day, (0, 0, now))
        term = terms.get(day)
        rows.append((day, begin, end, now, _named(term.begin if term else ()), _named(term.end if term else ())))
    head = ("Day", "Begin", "End", "Licenses then", "Terms that begin", "Terms that end")
    nothing = f"Nothing begins or ends until {told.until}."
    return Table(f"Until {told.until}", head, tuple(rows), nothing)


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
    more = f" and {len(terms) - _NAMED} more" if len(terms) > _NAMED else ""
    return f"{', '.join(terms[:_NAMED])}{more}"


def _cliffs(cliffs: Sequence[Cliff]) -> Table:
    def row(cliff: Cliff) -> tuple[Cell, ...]:
        of = (cliff.ebook, cliff.edition, cliff.before, cliff.begin, cliff.end, cliff.licenses)
        return cliff.day, *of

    head = ("Day", "eBook", "Edition", "Before", "Begin", "End", "Then")
    nothing = "There is no day on which a tenth of the licenses of an eBook begins or ends."
    return Table("A tenth of those of an eBook and edition, or more", head, tuple(map(row, cliffs)), nothing)


def _by_ebook(told: LicenseCalendar, namespace: str, name: str) -> Table:
    def row(each: EBookCalendar) -> tuple[Cell, ...]:
        link = Link(each.ebook, addresses.calendar(namespace, name, ebook=each.ebook))
        return link, each.edition, each.licenses, _at_the_end(each)

    head = ("eBook", "Edition", f"On {told.today}", f"On {told.until}")
    nothing = "Nobody has a license, and nobody will have one."
    return Table("Today, and at the end", head, tuple(map(row, told.by_ebook)), nothing)


def _at_the_end(each: EBookCalendar) -> int:
    return each.days[-1].licenses if each.days else each.licenses
