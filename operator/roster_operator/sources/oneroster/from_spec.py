"""OneRoster's REST API, as a spec names it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, tzinfo

from roster_operator.api.v1alpha1 import RosterIntegration, RosterSourceSpec, TokenRequest
from roster_operator.clock import Clock
from roster_operator.interruption import Interruption
from roster_operator.roster.time_zone import time_zone
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.oneroster import OneRosterSettings, open_oneroster
from roster_operator.sources.oneroster.urls import district_of
from roster_operator.sources.reach import Reach
from roster_operator.sources.source import RosterSource
from roster_operator.sources.terminology import Words
from roster_operator.sources.vendor_profile import profile_of


def open_source(
    integration: RosterIntegration,
    credentials: Credentials,
    clock: Clock,
    interruption: Interruption,
    *,
    reach: Reach,
) -> RosterSource:
    """See `SourceModule`."""
    spec = integration.spec
    settings = replace(oneroster_settings(spec.source, time_zone(spec.time_zone)), network=reach.network)
    return open_oneroster(settings, credentials, clock=clock, interruption=interruption)


def district_named_by(source: RosterSourceSpec) -> str:
    """See `SourceModule`."""
    return district_of(oneroster_settings(source))


def words_for(source: RosterSourceSpec) -> Words:
    """See `SourceModule`."""
    return profile_of(source.vendor).wording


def oneroster_settings(source: RosterSourceSpec, zone: tzinfo = UTC) -> OneRosterSettings:
    """What the spec says, and where it says nothing, what the profile of its vendor says; `zone`: the district's."""
    profile = profile_of(source.vendor)
    token = source.token_request or TokenRequest()
    timeout = source.request_timeout
    filters = profile.filters.value if source.filters is None and profile.filters else source.filters
    return OneRosterSettings(
        base_url=source.base_url,
        version=source.version or profile.version.value,
        paths=profile.paths.value,
        applications=profile.applications.value,
        application_id=source.application_id,
        discovery=profile.discovery.value,
        auth=source.auth or profile.auth.value,
        token_url=source.token_url,
        token_urls=profile.token_urls.value,
        scope=(profile.scope.value if source.scope is None else source.scope) or None,
        token_credentials=token.credentials or profile.token_credentials.value,
        token_parameters=token.parameters or profile.token_parameters.value,
        content_type=source.content_type or profile.content_type.value,
        page_size=source.page_size or profile.page_size.value,
        max_concurrency=source.concurrency or profile.concurrency.value,
        request_timeout=profile.request_timeout.value if timeout is None else timeout.total_seconds(),
        missing_routes=frozenset(
            profile.missing_routes.value if source.missing_routes is None else source.missing_routes
        ),
        filters=None if filters is None else frozenset(filters),
        end_dates=source.end_dates or profile.end_dates.value,
        time_zone=zone,
        words=profile.wording,
    )
