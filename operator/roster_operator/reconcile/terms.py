"""From `spec.terms` to the rules by which terms are judged, and to words about the season that is on."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from roster_operator.api.v1alpha1 import RosterIntegrationSpec
from roster_operator.api.v1alpha1.terms import Season, SeasonKind, SeasonStatus, Terms, in_order
from roster_operator.errors import InvalidSpec
from roster_operator.roster.dates import days_after
from roster_operator.roster.terms import NO_RULES, Freeze, Preview, TermRules
from roster_operator.roster.time_zone import time_zone

_NEVER = 1_000_000
"""More readings than a freeze has."""


def rules_of(terms: Terms | None) -> TermRules:
    """What it says; of nothing, nothing."""
    if terms is None:
        return NO_RULES
    seasons = in_order(terms.seasons)
    return TermRules(
        lead_days=terms.lead_days,
        grace_days=terms.grace_days,
        freezes=tuple(
            Freeze(first=each.first_day.isoformat(), next=_after(each.last_day), adds_from=each.adds_from)
            for each in seasons
            if each.season is SeasonKind.FROZEN
        ),
        previews=tuple(
            Preview(first=each.first_day.isoformat(), next=_after(each.last_day))
            for each in seasons
            if each.season is SeasonKind.PREVIEW
        ),
    )


def seasons_of(spec: RosterIntegrationSpec) -> tuple[tuple[Season, ...], ZoneInfo]:
    """The district's seasons, and where they are days; none if its time zone is not known."""
    seasons = spec.terms.seasons if spec.terms is not None else ()
    try:
        return seasons, time_zone(spec.time_zone)
    except InvalidSpec:
        return (), ZoneInfo("UTC")


def season_at(spec: RosterIntegrationSpec, moment: datetime) -> SeasonStatus | None:
    """The season that is on in the district, if one is."""
    seasons, zone = seasons_of(spec)
    day = moment.astimezone(zone).date()
    season = next((each for each in seasons if each.first_day <= day <= each.last_day), None)
    if season is None:
        return None
    return SeasonStatus(season=str(season.season), last_day=season.last_day, message=meaning(season))


def frozen_until(spec: RosterIntegrationSpec, moment: datetime) -> date | None:
    """The last day of the freeze that is on, if one is."""
    season = season_at(spec, moment)
    return season.last_day if season is not None and season.season == SeasonKind.FROZEN else None


def absent_reads(spec: RosterIntegrationSpec, moment: datetime) -> int:
    """How many readings have to say that somebody is merely no longer listed before that takes a license.

    None is enough in a freeze: many SIS list no classes of a year that is over.
    """
    return _NEVER if frozen_until(spec, moment) is not None else spec.guard.absent_reads


def meaning(season: Season) -> str:
    """What it does until it ends."""
    after = _after(season.last_day)
    if season.season is SeasonKind.PREVIEW:
        return f"Until {season.last_day}, terms that begin by {after} count already."
    if season.season is SeasonKind.IN_SESSION:
        return f"Until {season.last_day}, terms begin and end by their days."
    frozen = f"Until {season.last_day}, nobody loses a license because a term is over; on {after}, all of these end."
    if season.adds_from is None:
        return frozen
    named = ", ".join(season.adds_from)
    return f"{frozen} {f'Of other terms, only {named} may begin' if named else 'No other term begins'} meanwhile."


def _after(day: date) -> str:
    return days_after(day.isoformat(), 1)
