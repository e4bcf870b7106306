"""Rosters in files, as a spec names them."""

from __future__ import annotations

from dataclasses import replace

from roster_operator.api.v1alpha1 import EndDates, RosterIntegration, RosterSourceSpec
from roster_operator.clock import Clock
from roster_operator.interruption import Interruption
from roster_operator.roster.time_zone import time_zone
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.csv import CsvSettings, open_csv
from roster_operator.sources.csv.addresses import parse
from roster_operator.sources.reach import Reach
from roster_operator.sources.source import RosterSource
from roster_operator.sources.terminology import WORDS, Words


def open_source(
    integration: RosterIntegration,
    credentials: Credentials,
    clock: Clock,
    interruption: Interruption,
    *,
    reach: Reach,
) -> RosterSource:
    """See `SourceModule`."""
    return open_csv(_settings(integration, reach), credentials, clock=clock, interruption=interruption)


def district_named_by(source: RosterSourceSpec) -> str:
    """See `SourceModule`."""
    return parse(source.base_url).claim


def words_for(source: RosterSourceSpec) -> Words:
    """See `SourceModule`: files say nothing of the product that writes them."""
    del source
    return WORDS


def _settings(integration: RosterIntegration, reach: Reach) -> CsvSettings:
    """What the spec says of files, and else the defaults."""
    spec, source = integration.spec, integration.spec.source
    defaults = CsvSettings(base_url=source.base_url)
    return replace(
        defaults,
        files=reach.files.of(integration.namespace) if reach.files else None,
        network=reach.network,
        time_zone=time_zone(spec.time_zone),
        ends_inclusive=source.end_dates is EndDates.INCLUSIVE,
        settle=defaults.settle if source.settle_time is None else source.settle_time.total_seconds(),
        timeout=defaults.timeout if source.request_timeout is None else source.request_timeout.total_seconds(),
    )
