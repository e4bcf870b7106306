"""Opens the source that a spec names.

OneRoster is what most districts speak, so it is imported with the program. What the other types need is imported when a
district of that type is met: a program that meets none is neither delayed by it nor larger.
"""

from __future__ import annotations

from datetime import UTC, tzinfo
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol, cast

from roster_operator.api.v1alpha1 import RosterIntegrationSpec, RosterSourceSpec, SourceType, TokenRequest
from roster_operator.clock import Clock
from roster_operator.controller.reconcile.zone import time_zone
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.oauth2 import TokenCredentials, TokenParameters
from roster_operator.sources.oneroster import OneRosterSettings, open_oneroster
from roster_operator.sources.oneroster.settings import (
    AuthKind,
    ContentType,
    EndDates,
    Filter,
    Version,
)
from roster_operator.sources.oneroster.urls import district_of
from roster_operator.sources.source import RosterSource
from roster_operator.sources.vendors import profile_of

_OTHERS: Final = {
    SourceType.POWERSCHOOL: "roster_operator.controller.reconcile.powerschool_source",
    SourceType.ONE_ROSTER_CSV: "roster_operator.controller.reconcile.csv_source",
}


class _Other(Protocol):
    """What a module of `_OTHERS` offers."""

    def open_source(
        self,
        spec: RosterIntegrationSpec,
        credentials: Credentials,
        clock: Clock,
        interruption: Interruption,
        *,
        roster_files: Path | None,
    ) -> RosterSource: ...

    def district_named_by(self, source: RosterSourceSpec) -> str: ...


def open_source(
    spec: RosterIntegrationSpec,
    credentials: Credentials,
    clock: Clock,
    interruption: Interruption,
    *,
    roster_files: Path | None = None,
) -> RosterSource:
    """The district's SIS, ready to be read; raises `InvalidSpec` for a URL that cannot be one.

    `roster_files`: the folder below which file:// URLs may point.
    """
    if spec.source.type in _OTHERS:
        return _other(spec.source.type).open_source(spec, credentials, clock, interruption, roster_files=roster_files)
    settings = oneroster_settings(spec.source, time_zone(spec))
    return open_oneroster(settings, credentials, clock=clock, interruption=interruption)


def district_named_by(source: RosterSourceSpec) -> str:
    """The district that a source is of, as far as its URL tells; raises `InvalidSpec` for a URL that cannot be one."""
    if source.type in _OTHERS:
        return _other(source.type).district_named_by(source)
    return district_of(oneroster_settings(source))


def _other(source_type: SourceType) -> _Other:
    return cast("_Other", import_module(_OTHERS[source_type]))


def oneroster_settings(source: RosterSourceSpec, zone: tzinfo = UTC) -> OneRosterSettings:
    """What the spec says, and where it says nothing, what the profile of its vendor says; `zone`: the district's."""
    profile = profile_of(source.vendor)
    token = source.token_request or TokenRequest()
    timeout = source.request_timeout
    filters = profile.filters.value if source.filters is None and profile.filters else source.filters
    return OneRosterSettings(
        base_url=source.base_url,
        version=Version(source.version or profile.version.value),
        paths=profile.paths.value,
        applications=profile.applications.value,
        application_id=source.application_id,
        discovery=profile.discovery.value,
        auth=AuthKind(source.auth or profile.auth.value),
        token_url=source.token_url,
        token_urls=profile.token_urls.value,
        scope=(profile.scope.value if source.scope is None else source.scope) or None,
        token_credentials=TokenCredentials(token.credentials or profile.token_credentials.value),
        token_parameters=TokenParameters(token.parameters or profile.token_parameters.value),
        content_type=ContentType(source.content_type or profile.content_type.value),
        page_size=source.page_size or profile.page_size.value,
        max_concurrency=source.concurrency or profile.concurrency.value,
        request_timeout=profile.request_timeout.value if timeout is None else timeout.total_seconds(),
        missing_routes=frozenset(
            profile.missing_routes.value if source.missing_routes is None else source.missing_routes
        ),
        filters=None if filters is None else frozenset(map(Filter, filters)),
        end_dates=EndDates(source.end_dates or profile.end_dates.value),
        time_zone=zone,
        words=profile.wording,
    )
