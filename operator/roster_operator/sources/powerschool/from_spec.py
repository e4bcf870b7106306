"""PowerSchool's own API, as a spec names it."""

from __future__ import annotations

from dataclasses import replace

from roster_operator.api.v1alpha1 import RosterIntegration, RosterIntegrationSpec, RosterSourceSpec
from roster_operator.clock import Clock
from roster_operator.interruption import Interruption
from roster_operator.roster.time_zone import time_zone
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.powerschool import PowerSchoolSettings, normalise, open_powerschool
from roster_operator.sources.powerschool.messages import WORDS
from roster_operator.sources.reach import Reach
from roster_operator.sources.source import RosterSource
from roster_operator.sources.terminology import Words


def open_source(
    integration: RosterIntegration,
    credentials: Credentials,
    clock: Clock,
    interruption: Interruption,
    *,
    reach: Reach,
) -> RosterSource:
    """See `SourceModule`."""
    settings = replace(_settings(integration.spec), network=reach.network)
    return open_powerschool(settings, credentials, clock=clock, interruption=interruption)


def district_named_by(source: RosterSourceSpec) -> str:
    """See `SourceModule`."""
    return normalise(source.base_url).district


def words_for(source: RosterSourceSpec) -> Words:
    """See `SourceModule`."""
    del source
    return WORDS


def _settings(spec: RosterIntegrationSpec) -> PowerSchoolSettings:
    """What the spec says, and where it says nothing, what suits PowerSchool."""
    source = spec.source
    settings = PowerSchoolSettings(
        base_url=source.base_url, time_zone=time_zone(spec.time_zone), page_size=source.page_size
    )
    return replace(
        settings,
        max_concurrency=source.concurrency or settings.max_concurrency,
        request_timeout=(
            settings.request_timeout if source.request_timeout is None else source.request_timeout.total_seconds()
        ),
        co_teacher_query=(settings.co_teacher_query if source.co_teacher_query is None else source.co_teacher_query),
    )
