"""Kubernetes Events about a RosterIntegration: few, on transitions, and never repeated as new ones.

The same event within ten minutes is counted on the first one (`series`), as the API conventions ask. An event that
cannot be written is dropped: the status says all that matters.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from roster_operator.api import names
from roster_operator.clock import Clock
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.errors import KubernetesError

logger = logging.getLogger(__name__)

LONGEST_NOTE: Final = 1024
_SERIES: Final = timedelta(minutes=10)
_REMEMBERED: Final = 1000


class EventType(StrEnum):
    """Whether somebody should look."""

    NORMAL = "Normal"
    WARNING = "Warning"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, for `kubectl describe` and `kubectl events`."""

    type: EventType
    reason: str
    note: str
    action: str = "Sync"


@dataclass(slots=True)
class _Series:
    path: str
    count: int
    last: datetime


class EventRecorder:
    """Writes events about RosterIntegrations to the API server."""

    def __init__(self, client: KubernetesClient, clock: Clock, instance: str) -> None:
        """`instance` tells one operator pod from another."""
        self._client = client
        self._clock = clock
        self._instance = instance
        self._recent: OrderedDict[tuple[str, Event], _Series] = OrderedDict()

    async def record(self, metadata: Mapping[str, Any], event: Event) -> None:
        """Write `event` about the RosterIntegration with this metadata; never raises for what the API server says."""
        key = (str(metadata["uid"]), event)
        now = self._clock.now()
        series = self._recent.get(key)
        try:
            if series is not None and now - series.last < _SERIES:
                series.count += 1
                series.last = now
                await self._client.merge(
                    series.path, {"series": {"count": series.count, "lastObservedTime": _micro(now)}}
                )
                return
            created = await self._client.create(paths.events(metadata["namespace"]), self._body(metadata, event, now))
        except KubernetesError as error:
            logger.info("event %s was not written: %s", event.reason, error)
            self._recent.pop(key, None)
            return
        self._recent[key] = _Series(f"{paths.events(metadata['namespace'])}/{created['metadata']['name']}", 1, now)
        self._recent.move_to_end(key)
        while len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)

    def _body(self, metadata: Mapping[str, Any], event: Event, now: datetime) -> dict[str, Any]:
        return {
            "apiVersion": "events.k8s.io/v1",
            "kind": "Event",
            "metadata": {
                "name": f"{metadata['name'][:200].rstrip('.-')}.{int(now.timestamp() * 1e6):x}",
                "namespace": metadata["namespace"],
            },
            "eventTime": _micro(now),
            "type": event.type.value,
            "reason": event.reason,
            "note": _shortened(event.note),
            "action": event.action,
            "reportingController": names.EVENT_REPORTER,
            "reportingInstance": self._instance[:128],
            "regarding": {
                "apiVersion": names.API_VERSION,
                "kind": names.ROSTER_INTEGRATION_KIND,
                "namespace": metadata["namespace"],
                "name": metadata["name"],
                "uid": metadata["uid"],
            },
        }


def _micro(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _shortened(note: str) -> str:
    encoded = note.encode()
    return note if len(encoded) <= LONGEST_NOTE else encoded[: LONGEST_NOTE - 3].decode(errors="ignore") + "…"
