"""Putting a PowerSchool source together."""

from __future__ import annotations

import httpx2

from roster_operator.clock import Clock
from roster_operator.errors import CredentialsMissing
from roster_operator.interruption import Interruption
from roster_operator.sources.clients import open_client
from roster_operator.sources.connections import Connections
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.http import BoundedHttp
from roster_operator.sources.oauth2 import TokenEndpoint
from roster_operator.sources.powerschool.client import PowerSchoolClient
from roster_operator.sources.powerschool.reading import ListReader
from roster_operator.sources.powerschool.settings import PowerSchoolSettings
from roster_operator.sources.powerschool.source import PowerSchoolSource
from roster_operator.sources.powerschool.urls import normalise
from roster_operator.sources.retries import Retrier
from roster_operator.sources.source import RosterSource
from roster_operator.sources.workers import Workers


def open_powerschool(
    settings: PowerSchoolSettings,
    credentials: Credentials,
    *,
    clock: Clock,
    interruption: Interruption,
    transport: httpx2.BaseTransport | None = None,
) -> RosterSource:
    """A source that has not spoken to its server yet; to be closed by the caller.

    `transport` replaces the network. Raises `InvalidSpec` for a URL or certificate that cannot be used, and
    `CredentialsMissing` if the Secret lacks a key.
    """
    base = normalise(settings.base_url)
    keys = credentials.stripped()
    if not keys.client_id or not keys.client_secret:
        raise CredentialsMissing(
            "PowerSchool needs the keys clientID and clientSecret in the Secret. Publisher: put the Client ID and "
            "Client Secret there that PowerSchool shows for the plugin."
        )
    connections = Connections()
    interruption = interruption.part()
    client = open_client(
        connections,
        ca_pem=keys.ca_pem,
        network=settings.network,
        transport=transport,
    )
    http = BoundedHttp(
        client,
        connections,
        clock=clock,
        interruption=interruption,
        at_once=settings.max_concurrency,
        timeout=settings.request_timeout,
        max_bytes=settings.max_page_bytes,
    )
    retrier = Retrier(settings.retries, clock=clock, interruption=interruption)
    endpoints = [TokenEndpoint(url, keys, None, http, retrier) for url in base.token_urls]
    workers = Workers(
        settings.max_concurrency,
        interruption=interruption,
        each_look=http.break_off_overdue,
        end=connections.end,
    )
    reader = ListReader(PowerSchoolClient(base, endpoints, http, retrier, clock), settings)
    return PowerSchoolSource(reader, workers, settings, clock, close=client.close)
