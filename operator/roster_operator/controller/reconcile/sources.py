"""Opens the source that a spec names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from roster_operator.api.v1alpha1 import EndDates as WireEndDates
from roster_operator.api.v1alpha1 import RosterIntegrationSpec, RosterSourceSpec, SourceType, TokenRequest
from roster_operator.clock import Clock
from roster_operator.controller.reconcile.zone import time_zone
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.csv import CsvSettings, open_csv
from roster_operator.sources.csv.addresses import parse
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
from roster_operator.sources.powerschool import PowerSchoolSettings, normalise, open_powerschool
from roster_operator.sources.source import RosterSource
from roster_operator.sources.vendors import profile_of


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
    if spec.source.type is SourceType.POWERSCHOOL:
        return open_powerschool(powerschool_settings(spec), credentials, clock=clock, interruption=interruption)
    if spec.source.type is SourceType.ONE_ROSTER_CSV:
        settings = csv_settings(spec.source, roster_files)
        return open_csv(settings, credentials, clock=clock, interruption=interruption)
    return open_oneroster(oneroster_settings(spec.source), credentials, clock=clock, interruption=interruption)


def district_named_by(source: RosterSourceSpec) -> str:
    """The district that a source is of, as far as its URL tells; raises `InvalidSpec` for a URL that cannot be one."""
    if source.type is SourceType.POWERSCHOOL:
        return normalise(source.base_url).district
    if source.type is SourceType.ONE_ROSTER_CSV:
        return parse(source.base_url).claim
    return district_of(oneroster_settings(source))


def csv_settings(source: RosterSourceSpec, roster_files: Path | None) -> CsvSettings:
    """What the spec says of files, and else the defaults."""
    defaults = CsvSettings(base_url=source.base_url)
    return replace(
        defaults,
        files_root=roster_files,
        ends_inclusive=source.end_dates is WireEndDates.INCLUSIVE,
        settle=defaults.settle if source.settle_time is None else source.settle_time.total_seconds(),
        timeout=defaults.timeout if source.request_timeout is None else source.request_timeout.total_seconds(),
    )


def oneroster_settings(source: RosterSourceSpec) -> OneRosterSettings:
    """What the spec says, and where it says nothing, what the profile of its vendor says."""
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
        words=profile.wording,
    )


def powerschool_settings(spec: RosterIntegrationSpec) -> PowerSchoolSettings:
    """What the spec says, and where it says nothing, what suits PowerSchool."""
    source = spec.source
    settings = PowerSchoolSettings(base_url=source.base_url, time_zone=time_zone(spec), page_size=source.page_size)
    return replace(
        settings,
        max_concurrency=source.concurrency or settings.max_concurrency,
        request_timeout=(
            settings.request_timeout if source.request_timeout is None else source.request_timeout.total_seconds()
        ),
        co_teacher_query=(settings.co_teacher_query if source.co_teacher_query is None else source.co_teacher_query),
    )
