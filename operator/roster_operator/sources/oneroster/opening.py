"""Putting a OneRoster source together."""

from __future__ import annotations

from typing import Final

import httpx2

from roster_operator.api.v1alpha1.choices import EndDates
from roster_operator.clock import Clock, today
from roster_operator.interruption import Interruption
from roster_operator.roster.dates import Days
from roster_operator.sources.clients import open_client
from roster_operator.sources.connections import Connections
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.http import BoundedHttp
from roster_operator.sources.oneroster.client import OneRosterClient
from roster_operator.sources.oneroster.negotiation import Negotiation
from roster_operator.sources.oneroster.settings import OneRosterSettings
from roster_operator.sources.oneroster.source import OneRosterSource
from roster_operator.sources.oneroster.urls import possible_bases
from roster_operator.sources.oneroster.users import UserShapes
from roster_operator.sources.retries import Retrier
from roster_operator.sources.source import RosterSource
from roster_operator.sources.workers import Workers

_DECODING: Final = 2
"""Threads beyond the requests that the server allows: they decode pages while all of these are waited for."""


def open_oneroster(
    settings: OneRosterSettings,
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
    bases = possible_bases(settings)
    keys = credentials.stripped()
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
    negotiation = Negotiation(settings, keys, http=http, retrier=retrier, clock=clock)
    workers = Workers(
        settings.max_concurrency + _DECODING,
        interruption=interruption,
        each_look=http.break_off_overdue,
        end=connections.end,
    )
    days = Days(today(clock, settings.time_zone).isoformat(), settings.time_zone)
    users = UserShapes(days, ends_inclusive=settings.end_dates is EndDates.INCLUSIVE)
    server = OneRosterClient(bases, http, retrier, negotiation.settle, settings, users=users)
    return OneRosterSource(server, workers, settings, clock=clock, close=client.close)
