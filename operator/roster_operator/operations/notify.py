"""A test alert: does what the operator's alerts say reach somebody, and whom?

It is sent to Alertmanager as Prometheus would send it (its API v2: https://prometheus.io/docs/alerting/latest/clients/),
and Alertmanager says which receivers it goes to. It names nobody, and ends by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from roster_operator.errors import Actor, RosterOperatorError

ALERT: Final = "RosterTestAlert"
LASTS: Final = timedelta(minutes=10)
"""Longer than receivers wait before they send a group of alerts."""


class NotNotified(RosterOperatorError):
    """Alertmanager did not take the alert, or does not know it."""


class Alertmanager(Protocol):
    """Alertmanager's API v2, below `/api/v2`."""

    def post(self, path: str, content: Any) -> None:
        """Send something; raises `NotNotified`."""

    def get(self, path: str, **query: str) -> Any:
        """Ask for something; raises `NotNotified`."""


@dataclass(frozen=True, slots=True)
class Notified:
    """One test alert, and where it went."""

    actor: Actor
    """Of the alert's label, by which alerts are routed."""
    receivers: tuple[str, ...]
    """Those that Alertmanager notifies, by their names in its configuration."""
    muted_by: str
    """What keeps it from them, `silenced` or `inhibited`; empty if nothing does."""
    ends: datetime
    """When the alert resolves by itself."""


def notify(alertmanager: Alertmanager, actor: Actor, labels: Mapping[str, str], now: datetime) -> Notified:
    """Send a test alert for one actor, with `labels` that your rules add to each; raises `NotNotified`."""
    ends = now + LASTS
    named = {**labels, "alertname": ALERT, "actor": actor.value, "namespace": "test", "name": "test"}
    alertmanager.post(
        "alerts",
        [
            {
                "labels": named,
                "annotations": {
                    "summary": f"A test by roster-operator notify test: what {actor.value} has to do comes this way."
                },
                "startsAt": now.isoformat(),
                "endsAt": ends.isoformat(),
            }
        ],
    )
    found = alertmanager.get("alerts", filter=f'alertname="{ALERT}"')
    for alert in found if isinstance(found, list) else ():
        if isinstance(alert, dict) and alert.get("labels") == named:
            return Notified(actor, _receivers(alert), _muted(alert.get("status") or {}), ends)
    raise NotNotified("Alertmanager took the alert, and does not list it. Platform: look at its log.")


def _receivers(alert: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(str(each.get("name")) for each in alert.get("receivers") or ()))


def _muted(status: Mapping[str, Any]) -> str:
    if status.get("silencedBy"):
        return "silenced"
    return "inhibited" if status.get("inhibitedBy") else ""
