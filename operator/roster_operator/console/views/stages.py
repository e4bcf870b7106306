"""What a district goes through by dates and in steps: its seasons, and how far its canary has come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from roster_operator.console import addresses
from roster_operator.console.elements import Cell, Link, Mark, Section, Table
from roster_operator.console.views.words import licenses_told
from roster_operator.messages import gettext as _
from roster_operator.operations.status import DistrictStatus, SeasonTold

NO_SEASON: Final = "InSession"


def stage_sections(told: DistrictStatus) -> Iterator[Section]:
    """Of a district that has any."""
    if told.seasons:
        yield Section(_("Seasons"), facts=tuple(_now(told)), tables=(_seasons(told.seasons),))
    if told.canary_schools or told.canary:
        promotable = told.canary_schools and told.canary and told.canary.promoted_on is None
        promotion = Link(_("What promotion does, and how"), addresses.promotion(told.namespace, told.name))
        notes = (
            (told.canary.message,) if told.canary else (_("What promotion would change is known after the next sync."),)
        )
        links = (promotion,) if promotable else ()
        yield Section(
            _("Canary: schools that go live first"), notes=notes, facts=tuple(canary_facts(told)), links=links
        )


def stage_notes(told: DistrictStatus) -> tuple[str, ...]:
    """In a sentence each, where a plan is judged."""
    on = next((each for each in told.seasons if each.is_on), None)
    season = (_("The season is {season}.", season=on.season), on.message) if on else ()
    canary, schools = told.canary, told.canary_schools
    if canary is None or canary.promoted_on is not None or not schools:
        return season
    only = _("A canary is on: this plan is of the people of {schools} alone.", schools=tuple(schools))
    return (*season, only, *((canary.message,) if canary.message else ()))


def canary_facts(told: DistrictStatus) -> Iterator[tuple[str, Cell]]:
    """Its schools, its healthy days, and what promotion would change."""
    canary = told.canary
    if told.canary_schools:
        yield _("Schools"), ", ".join(told.canary_schools)
    if canary is None:
        return
    if canary.promoted_on is not None:
        yield _("All schools live since"), canary.promoted_on
        return
    yield _("Healthy days"), _healthy(canary.nights, told.promote_after)
    if canary.grants is not None:
        grants, removals = licenses_told(canary.grants), canary.revocations or 0
        yield _("Promotion would"), _("grant {grants} and remove {removals}", grants=grants, removals=removals)
        if canary.held:
            yield _("Of that would wait"), canary.held


def _healthy(days: int, promote_after: int | None) -> str:
    if not promote_after:
        return _("{days} so far", days=days)
    return _("{days} of {most}, then all schools follow by themselves", days=days, most=promote_after)


def _now(told: DistrictStatus) -> Iterator[tuple[str, Cell]]:
    on = next((each for each in told.seasons if each.is_on), None)
    coming = next((each for each in told.seasons if not each.is_on), None)
    if on:
        yield _("Now"), _("{season}, until {day}", season=on.season, day=on.last_day)
        yield _("Next change"), _("The day after {day}: {season} ends", day=on.last_day, season=on.season)
        return
    yield _("Now"), _("{season}: terms begin and end by their days", season=NO_SEASON)
    if coming:
        yield _("Next change"), _("{day}: {season} begins", day=coming.first_day, season=coming.season)


def _seasons(seasons: tuple[SeasonTold, ...]) -> Table:
    head = (_("Season"), _("First day"), _("Last day"), _("Is it on?"), _("Meaning"))

    def row(each: SeasonTold) -> tuple[Cell, ...]:
        is_on = Mark(_("Now"), "good") if each.is_on else _("Coming")
        return each.season, each.first_day, each.last_day, is_on, each.message

    return Table(_("Those that are not over"), head, tuple(map(row, seasons)), "")
