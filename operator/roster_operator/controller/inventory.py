"""What the operator knows from watching: of each RosterIntegration the few things that decide when it is due.

It is a memory of what was seen, never the truth: whoever works on a resource reads it afresh. Everything here belongs
to the event loop's thread, except `observe` and `sight_ebook`, which are pure.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import ValidationError

from roster_operator.api import conditions, durations, names
from roster_operator.api.v1alpha1 import Schedule
from roster_operator.api.wire import token
from roster_operator.controller.concurrency_limits import is_large
from roster_operator.controller.observed_seats import observed_seats
from roster_operator.ops.metrics import ObservedSeats
from roster_operator.reconcile.contract import Trigger
from roster_operator.reconcile.schedule import ScheduleInput
from roster_operator.reconcile.sync_windows import ANY_HOUR, SyncHours

_DEFAULT_INTERVAL: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ObservedResource:
    """A RosterIntegration as it was seen."""

    namespace: str
    name: str
    uid: str
    standing: ScheduleInput
    secret: str
    """The name of its Secret."""
    ebooks: frozenset[str]
    """The names of the EBooks that its courses are mapped to."""
    last_success: datetime | None
    ready: str
    """The status of its condition Ready: True, False, Unknown, or empty if there is none."""
    ready_reason: str
    actor: str
    """Who has to act, by the status; empty if nobody has to."""
    deleting: bool
    guarded: bool
    """Whether the finalizer is there, so that a deletion waits for us."""
    revoke: bool
    """Whether deletion ends the licenses."""
    version: str = ""
    """Its resourceVersion."""
    server: str = ""
    """The host of its SIS; empty if it has none."""
    large: bool = False
    """Whether the district is a large one, or slow, by its last sync."""
    credentials_expire: date | None = None
    """The day that its spec names."""
    seats: tuple[ObservedSeats, ...] = ()
    """By its status."""

    @property
    def key(self) -> str:
        """`namespace/name`."""
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class ObservedEBook:
    """An EBook as it was seen."""

    name: str
    version: tuple[str, int]
    """UID and generation."""
    changed: datetime | None
    """When it was created or last changed, by the API server's clock."""
    resource_version: str = ""


def observe(body: Mapping[str, Any]) -> ObservedResource:
    """Of a RosterIntegration what matters here. Reads leniently: also what a newer CRD or no CRD check let through."""
    metadata, spec, status = body["metadata"], body.get("spec") or {}, body.get("status") or {}
    courses = [course for course in spec.get("courses") or () if isinstance(course, Mapping)]
    ebooks = (_shared(name) for course in courses for name in course.get("ebooks") or ())
    found = [each for each in status.get("conditions") or () if each.get("type") == conditions.READY]
    ready: Mapping[str, Any] = found[0] if found else {}
    return ObservedResource(
        namespace=_shared(metadata["namespace"]),
        name=metadata["name"],
        uid=metadata["uid"],
        standing=ScheduleInput(
            uid=metadata["uid"],
            interval=_longest_interval(spec),
            generation=metadata.get("generation") or 0,
            observed_generation=status.get("observedGeneration") or 0,
            only_schedule_changed=_only_schedule_changed(metadata, spec, status),
            requested_at=requested_at(metadata),
            last_handled_requested_at=status.get("lastHandledRequestedAt") or "",
            observed_secret_version=status.get("observedSecretVersion") or "",
            next_sync_time=_time(status.get("nextSyncTime")),
            last_attempt=_time(status.get("lastAttemptTime")),
            last_end=_time((status.get("lastSync") or {}).get("finishTime")),
            failures=status.get("consecutiveFailures") or 0,
            suspended=bool(spec.get("suspend")),
            hours=_hours(spec),
        ),
        secret=((spec.get("source") or {}).get("secretRef") or {}).get("name") or "",
        ebooks=frozenset(ebooks),
        version=metadata.get("resourceVersion") or "",
        server=_host((spec.get("source") or {}).get("baseURL")),
        large=_is_large(status),
        credentials_expire=_day((spec.get("source") or {}).get("credentialsExpire")),
        last_success=_time(status.get("lastSyncTime")),
        ready=_shared(ready.get("status")),
        ready_reason=_shared(ready.get("reason")),
        actor=_shared(status.get("actor")),
        seats=observed_seats(status),
        deleting=metadata.get("deletionTimestamp") is not None,
        guarded=names.CLEANUP_FINALIZER in (metadata.get("finalizers") or ()),
        revoke=spec.get("deletionPolicy") == "Revoke",
    )


def sight_ebook(body: Mapping[str, Any]) -> ObservedEBook:
    """Of an EBook what matters here."""
    metadata = body["metadata"]
    moments = [metadata.get("creationTimestamp"), *(each.get("time") for each in metadata.get("managedFields") or ())]
    changed = max((moment for text in moments if (moment := _time(text)) is not None), default=None)
    generation = (metadata["uid"], metadata.get("generation") or 0)
    return ObservedEBook(metadata["name"], generation, changed, metadata.get("resourceVersion") or "")


def requested_at(metadata: Mapping[str, Any]) -> str:
    """The token of the latest request, cut to what the status can echo."""
    asked = (metadata.get("annotations") or {}).get(names.REQUESTED_AT_ANNOTATION) or ""
    return token(str(asked))


class Inventory:
    """Everything seen, and what calls for a reconcile from outside the resource."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._integrations: dict[str, ObservedResource] = {}
        self._by_secret: dict[tuple[str, str], tuple[str, ...]] = {}
        self._ebooks: dict[str, ObservedEBook] = {}
        self._nudges: dict[str, Trigger] = {}

    def __iter__(self) -> Iterator[ObservedResource]:
        """All RosterIntegrations."""
        return iter(list(self._integrations.values()))

    def __len__(self) -> int:
        """How many RosterIntegrations there are."""
        return len(self._integrations)

    def get(self, key: str) -> ObservedResource | None:
        """A RosterIntegration as it was last seen."""
        return self._integrations.get(key)

    def put(self, sighting: ObservedResource) -> None:
        """A RosterIntegration was seen."""
        self._unindex(sighting.key)
        self._integrations[sighting.key] = sighting
        secret = (sighting.namespace, sighting.secret)
        self._by_secret[secret] = (*self._by_secret.get(secret, ()), sighting.key)

    def drop(self, key: str) -> None:
        """A RosterIntegration is gone."""
        self._unindex(key)
        self._integrations.pop(key, None)
        self._nudges.pop(key, None)

    def naming_secret(self, namespace: str, name: str) -> list[ObservedResource]:
        """The RosterIntegrations whose Secret this is."""
        return [self._integrations[key] for key in sorted(self._by_secret.get((namespace, name), ()))]

    def naming_ebook(self, name: str) -> list[ObservedResource]:
        """The RosterIntegrations that map a course to this EBook."""
        return [sighting for sighting in self if name in sighting.ebooks]

    def put_ebook(self, ebook: ObservedEBook) -> bool:
        """An EBook was seen; whether it is another one than the last time, or new to us."""
        before = self._ebooks.get(ebook.name)
        self._ebooks[ebook.name] = ebook
        return before is None or before.version != ebook.version

    def drop_ebook(self, name: str) -> None:
        """An EBook is gone."""
        self._ebooks.pop(name, None)

    def knows_ebook(self, name: str) -> bool:
        """Whether an EBook was seen before."""
        return name in self._ebooks

    def ebooks_changed(self, ebooks: Iterable[str], since: datetime | None) -> bool:
        """Whether one of these EBooks was created or changed after `since`; False if there was no such time."""
        if since is None:
            return False
        seen = (self._ebooks.get(name) for name in ebooks)
        return any(ebook is not None and ebook.changed is not None and ebook.changed > since for ebook in seen)

    def external_trigger(self, key: str, trigger: Trigger) -> None:
        """Remember that something outside the resource calls for a reconcile."""
        self._nudges[key] = trigger

    def nudged(self, key: str) -> Trigger | None:
        """What calls for a reconcile, if anything does."""
        return self._nudges.get(key)

    def clear_trigger(self, key: str) -> None:
        """A reconcile begins, which is what was called for."""
        self._nudges.pop(key, None)

    def _unindex(self, key: str) -> None:
        before = self._integrations.get(key)
        if before is not None:
            secret = (before.namespace, before.secret)
            others = tuple(other for other in self._by_secret.pop(secret) if other != key)
            if others:
                self._by_secret[secret] = others


def _shared(text: Any) -> str:
    """A text of which thousands of resources have the same, held once."""
    return sys.intern(str(text or ""))


def spec_digest(spec: Mapping[str, Any]) -> str:
    """Stands for a spec, but for its schedule."""
    others = {name: part for name, part in spec.items() if name != "schedule"}
    return hashlib.sha256(json.dumps(others, sort_keys=True).encode()).hexdigest()[:16]


def _only_schedule_changed(metadata: Mapping[str, Any], spec: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
    known = status.get("observedSpec")
    changed = metadata.get("generation") != status.get("observedGeneration")
    return changed and known is not None and known == spec_digest(spec)


def _longest_interval(spec: Mapping[str, Any]) -> timedelta:
    """From one sync to the next: delta reads may have an interval of their own."""
    interval = _duration(spec.get("interval"))
    delta = (spec.get("source") or {}).get("delta") or {}
    return max(interval, _duration(delta["interval"])) if "interval" in delta else interval


def _hours(spec: Mapping[str, Any]) -> SyncHours:
    written = spec.get("schedule")
    if written is None:
        return ANY_HOUR
    return _hours_of(json.dumps(written, sort_keys=True), str(spec.get("timeZone") or "UTC"))


@lru_cache
def _hours_of(schedule: str, zone: str) -> SyncHours:
    """Those of thousands of resources that have the same, held once; one that cannot be read is none."""
    try:
        return SyncHours.of(Schedule.model_validate_json(schedule), zone)
    except ValidationError:
        return ANY_HOUR


def _duration(text: Any) -> timedelta:
    try:
        return durations.parse(text) if isinstance(text, str) else _DEFAULT_INTERVAL
    except ValueError:
        return _DEFAULT_INTERVAL


def _host(url: Any) -> str:
    try:
        return _shared(urlsplit(url).hostname) if isinstance(url, str) else ""
    except ValueError:
        return ""


def _is_large(status: Mapping[str, Any]) -> bool:
    roster, last = status.get("roster") or {}, status.get("lastSync") or {}
    return is_large(
        persons=(roster.get("teachers") or 0) + (roster.get("students") or 0),
        rows=roster.get("rows") or 0,
        seconds=last.get("durationSeconds") or 0,
    )


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _time(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
