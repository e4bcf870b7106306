"""Putting a source of CSV files together."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import httpx2

from roster_operator.clock import Clock
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.csv.addresses import LocalAddress, WebAddress, parse
from roster_operator.sources.csv.locations.local import LocalLocation
from roster_operator.sources.csv.locations.location import Location
from roster_operator.sources.csv.locations.web import WebLocation
from roster_operator.sources.csv.settings import CsvSettings
from roster_operator.sources.csv.source import CsvSource
from roster_operator.sources.source import RosterSource

_SFTP: Final = "roster_operator.sources.csv.locations.sftp"
"""Imported when files lie on an SFTP server: SSH is a fifth of what the rest of the program takes to import."""


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
    location = _location(settings, credentials.stripped(), clock, interruption, transport)
    return CsvSource(location, settings, clock=clock, interruption=interruption)


def _location(
    settings: CsvSettings,
    credentials: Credentials,
    clock: Clock,
    interruption: Interruption,
    transport: httpx2.BaseTransport | None,
) -> Location:
    address = parse(settings.base_url)
    if isinstance(address, LocalAddress):
        return LocalLocation(address, settings.files, interruption)
    if isinstance(address, WebAddress):
        return WebLocation(address, credentials, settings, clock=clock, interruption=interruption, transport=transport)
    sftp = import_module(_SFTP)
    location: Location = sftp.open_sftp(address, credentials, settings, clock=clock, interruption=interruption)
    return location
