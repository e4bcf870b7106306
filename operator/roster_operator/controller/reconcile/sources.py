"""Opens the source that a spec names."""

from __future__ import annotations

from dataclasses import replace

from roster_operator.api.v1alpha1 import AuthMethod, RosterIntegrationSpec
from roster_operator.clock import Clock
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.oneroster import AuthKind, OneRosterSettings, open_oneroster
from roster_operator.sources.source import RosterSource

_AUTH = {
    AuthMethod.AUTO: AuthKind.AUTO,
    AuthMethod.OAUTH2: AuthKind.OAUTH2,
    AuthMethod.OAUTH1: AuthKind.OAUTH1_HMAC_SHA256,
    AuthMethod.OAUTH1_SHA1: AuthKind.OAUTH1_HMAC_SHA1,
    AuthMethod.BEARER: AuthKind.BEARER,
}


def open_source(
    spec: RosterIntegrationSpec, credentials: Credentials, clock: Clock, interruption: Interruption
) -> RosterSource:
    """The district's SIS, ready to be read; raises `InvalidSpec` for a URL that cannot be one."""
    source = spec.source
    settings = OneRosterSettings(
        base_url=source.base_url,
        auth=_AUTH[source.auth],
        token_url=source.token_url,
        page_size=source.page_size,
        max_concurrency=source.concurrency,
        request_timeout=source.request_timeout.total_seconds(),
    )
    if source.scope:
        settings = replace(settings, scope=source.scope)
    return open_oneroster(settings, credentials, clock=clock, interruption=interruption)
