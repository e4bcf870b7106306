"""What somebody who helps needs to see, and no person in it: by what may be in it, not by what is taken out.

Of a resource go the fields that are named here, and no others: a field that comes later stays out until somebody has
thought about it. Of the ledger go counts and runs.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from roster_operator import __version__
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.ledger.queries.records import KnownDistrict
from roster_operator.operations.history import RunTold, told
from roster_operator.reconcile.standing import Reminder, Standing, reminders_of, standing_of

_RUNS: Final = 50
"""Of each district, the latest."""

ALLOWED: Final[Mapping[str, Any]] = {
    "metadata": dict.fromkeys(("name", "namespace", "generation", "creationTimestamp", "deletionTimestamp")),
    "spec": {
        **dict.fromkeys(("live", "suspend", "interval", "retryInterval", "timeout", "timeZone", "district")),
        **dict.fromkeys(("deletionPolicy", "snapshot")),
        "source": {
            **dict.fromkeys(("type", "vendor", "version", "baseURL", "tokenURL", "auth", "scope", "contentType")),
            **dict.fromkeys(("pageSize", "concurrency", "requestTimeout", "missingRoutes", "filters", "endDates")),
            **dict.fromkeys(("coTeacherQuery", "settleTime")),
            "delta": dict.fromkeys(("interval", "fullInterval")),
        },
        "schools": dict.fromkeys(("id", "identifier")),
        "courses": dict.fromkeys(("id", "code", "ebooks")),
        "matching": dict.fromkeys(("by", "sameLogin")),
        "guard": dict.fromkeys(
            (
                "districtPercent",
                "schoolPercent",
                "dayPercent",
                "weekPercent",
                "absentReads",
                "floor",
                "studentRemovals",
                "teacherRemovals",
            )
        ),
        "schedule": {
            "paused": None,
            "windows": dict.fromkeys(("days", "start", "end")),
            "blackouts": dict.fromkeys(("firstDay", "lastDay")),
        },
        "approval": dict.fromkeys(("plan", "expires")),
    },
    "status": {
        **dict.fromkeys(("observedGeneration", "lastAttemptTime", "lastSyncTime", "nextSyncTime")),
        **dict.fromkeys(("consecutiveFailures", "actor")),
        "conditions": dict.fromkeys(
            ("type", "status", "observedGeneration", "lastTransitionTime", "reason", "message")
        ),
        "checklist": dict.fromkeys(("name", "result", "count", "message", "action")),
        "roster": dict.fromkeys(
            ("schools", "courses", "classes", "teachers", "students", "enrollments", "rows"),
        ),
        "licenses": {
            **dict.fromkeys(("active", "students", "teachers", "sticky", "waiting")),
            "byEBook": dict.fromkeys(("name", "edition", "active")),
        },
        "ledger": dict.fromkeys(("id", "licenses")),
        "plan": {
            **dict.fromkeys(("digest", "grants", "revocations", "unchanged", "elsewhere", "held", "conflicts")),
            **dict.fromkeys(("accountsCreated", "accountsLinked")),
        },
        "approval": dict.fromkeys(("plan", "state", "expires")),
        "lastSync": {
            **dict.fromkeys(("runID", "trigger", "startTime", "finishTime", "durationSeconds", "outcome")),
            **dict.fromkeys(("granted", "revoked", "held")),
        },
        "nextSync": dict.fromkeys(("reason", "message")),
        "reads": dict.fromkeys(("last", "reason", "lastFullReadTime", "nextFullReadTime")),
        "provider": {
            **dict.fromkeys(("examinedTime", "observedGeneration", "version", "largestPage", "totals", "links")),
            **dict.fromkeys(("statusFilter", "dateFilter", "sort", "dates", "dateForm", "latency", "dayOrder")),
        },
        "history": dict.fromkeys(("runID", "time", "outcome", "reason", "granted", "revoked", "held", "count")),
    },
}
"""Fields of a RosterIntegration by their path. Left out are, among others, labels, annotations, names of schools and
courses, the names of Secrets, and what is sent for a token."""
_URLS: Final = frozenset({"baseURL", "tokenURL"})


@dataclass(frozen=True, slots=True)
class InBundle:
    """A district."""

    resource: dict[str, Any]
    standing: Standing
    reminders: tuple[Reminder, ...]
    ledger_district: str | None
    live_since: datetime | None
    licenses: int | None
    runs: tuple[RunTold, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What there is to look at."""

    created: datetime
    version: str
    python: str
    system: str
    districts: tuple[InBundle, ...]


def bundle(integrations: Sequence[RosterIntegration], queries: LedgerQueries | None, now: datetime) -> Bundle:
    """Of these districts; with `queries` also their runs."""
    known = {each.owner: each for each in queries.districts()} if queries else {}
    return Bundle(
        created=now,
        version=__version__,
        python=sys.version.partition(" ")[0],
        system=f"{platform.system()} {platform.machine()}",
        districts=tuple(_in_bundle(each, queries, known.get(each.key), now) for each in integrations),
    )


def _in_bundle(
    integration: RosterIntegration, queries: LedgerQueries | None, known: KnownDistrict | None, now: datetime
) -> InBundle:
    licenses: int | None = None
    runs: tuple[RunTold, ...] = ()
    if queries is not None and known is not None:
        licenses = queries.counts(known.id).active
        runs = tuple(map(told, queries.runs(known.id, limit=_RUNS)))
    return InBundle(
        resource=_allowed(integration.to_wire(), ALLOWED),
        standing=standing_of(integration, now),
        reminders=reminders_of(integration),
        ledger_district=known.source if known else None,
        live_since=known.live_since if known else None,
        licenses=licenses,
        runs=runs,
    )


def _allowed(value: Any, allowed: Mapping[str, Any] | None) -> Any:
    if isinstance(value, list):
        return [_allowed(item, allowed) for item in value]
    if allowed is None:
        return None if isinstance(value, dict) else value
    if not isinstance(value, dict):
        return None
    return {
        name: _place(value[name]) if name in _URLS else _allowed(value[name], below)
        for name, below in allowed.items()
        if name in value
    }


def _place(url: str) -> str:
    """Host and path: whatever stands before or behind them may be a secret."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
