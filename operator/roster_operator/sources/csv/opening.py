"""Putting a source of CSV files together."""

from __future__ import annotations

import httpx2

from roster_operator.clock import Clock
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.csv.addresses import LocalAddress, WebAddress, parse
from roster_operator.sources.csv.places.local import LocalPlace
from roster_operator.sources.csv.places.place import Place
from roster_operator.sources.csv.places.sftp import SftpPlace
from roster_operator.sources.csv.places.ssh_keys import ssh_keys
from roster_operator.sources.csv.places.web import WebPlace
from roster_operator.sources.csv.settings import CsvSettings
from roster_operator.sources.csv.source import CsvSource
from roster_operator.sources.retries import Retrier
from roster_operator.sources.source import RosterSource


def open_csv(
    settings: CsvSettings,
    credentials: Credentials,
    *,
    clock: Clock,
    interruption: Interruption,
    transport: httpx2.BaseTransport | None = None,
) -> RosterSource:
    """A source that has not fetched anything yet; to be closed by the caller.

    `transport` replaces the network of https. Raises `InvalidSpec` for an address that cannot be read, and
    `CredentialsMissing` if the Secret lacks a key.
    """
    place = _place(settings, credentials.stripped(), clock, interruption, transport)
    return CsvSource(place, settings, clock=clock, interruption=interruption)


def _place(
    settings: CsvSettings,
    credentials: Credentials,
    clock: Clock,
    interruption: Interruption,
    transport: httpx2.BaseTransport | None,
) -> Place:
    address = parse(settings.base_url)
    if isinstance(address, LocalAddress):
        return LocalPlace(address, settings.files_root, interruption)
    if isinstance(address, WebAddress):
        return WebPlace(address, credentials, settings, clock=clock, interruption=interruption, transport=transport)
    retrier = Retrier(settings.retries, clock=clock, interruption=interruption)
    return SftpPlace(address, ssh_keys(credentials), settings, retrier=retrier, interruption=interruption)
