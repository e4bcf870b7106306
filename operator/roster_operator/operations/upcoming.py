"""What will end or begin for a district by itself, as far as its resource, its ledger and its certificates tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.errors import Actor
from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.plurals import counted

AHEAD: Final = timedelta(days=120)


class Kind(StrEnum):
    """What it is."""

    NEXT_SYNC = "NextSync"
    NEXT_FULL_READ = "NextFullRead"
    LICENSES_END = "LicensesEnd"
    CREDENTIALS_EXPIRE = "CredentialsExpire"
    CERTIFICATE_EXPIRES = "CertificateExpires"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that will be."""

    at: datetime
    kind: Kind
    message: str
    acts: Actor | None
    """Who must do something before; None: nobody."""
    past: bool
    """Whether it has been, and somebody should have acted."""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Of a district, the soonest first."""

    name: str
    namespace: str
    until: datetime
    events: tuple[Event, ...]


def upcoming(
    integration: RosterIntegration,
    queries: LedgerQueries | None,
    certificates: Mapping[str, datetime],
    now: datetime,
    *,
    ahead: timedelta = AHEAD,
) -> Upcoming:
    """What is to come until then, and what is past and should have been done. `certificates`: their ends, by name."""
    events = [*_of_resource(integration, now), *_of_certificates(certificates, now)]
    if queries is not None:
        events += _of_ledger(integration, queries, now, ahead)
    kept = sorted((event for event in events if event.at <= now + ahead), key=lambda event: event.at)
    return Upcoming(integration.name, integration.namespace, now + ahead, tuple(kept))


def _of_resource(integration: RosterIntegration, now: datetime) -> list[Event]:
    spec, status, events = integration.spec, integration.status, []
    if status.next_sync_time is not None and not spec.suspend:
        events.append(Event(status.next_sync_time, Kind.NEXT_SYNC, "The next sync.", None, past=False))
    if status.reads is not None and status.reads.next_full_read_time is not None:
        at = status.reads.next_full_read_time
        events.append(Event(at, Kind.NEXT_FULL_READ, "The roster is read whole again, which removes too.", None, False))
    if spec.source.credentials_expire is not None:
        at = datetime.combine(spec.source.credentials_expire, time(), UTC)
        message = "The SIS refuses the credentials. District: make new ones. Publisher: put them into the Secret."
        events.append(Event(at, Kind.CREDENTIALS_EXPIRE, message, Actor.DISTRICT, past=at <= now))
    return events


def _of_certificates(certificates: Mapping[str, datetime], now: datetime) -> list[Event]:
    return [
        Event(
            at,
            Kind.CERTIFICATE_EXPIRES,
            f"The certificate {name} in the Secret's ca.crt ends. District: send the new one. Publisher: put it there.",
            Actor.DISTRICT,
            past=at <= now,
        )
        for name, at in certificates.items()
    ]


def _of_ledger(integration: RosterIntegration, queries: LedgerQueries, now: datetime, ahead: timedelta) -> list[Event]:
    district = next((each for each in queries.districts() if each.owner == integration.key), None)
    if district is None:
        return []
    return [
        Event(
            each.until,
            Kind.LICENSES_END,
            f"{counted(each.licenses, '[license ends|licenses end]')}: {each.ebook}, {each.edition} edition.",
            None,
            past=False,
        )
        for each in queries.ending(district.id, before=now + ahead)
        if each.until > now
    ]
