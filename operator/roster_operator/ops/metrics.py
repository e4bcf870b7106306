"""What Prometheus may ask. Names and labels are stable; no label holds a person, a URL or a free text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

_PREFIX = "roster_operator"
_SYNC_SECONDS = (0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1800, 3600)
_WAIT_SECONDS = (0.01, 0.1, 1, 10, 60, 300, 1800)


class ObservedSeats(NamedTuple):
    """Of one edition of an eBook in a district."""

    ebook: str
    edition: str
    total: int
    used: int
    """Licenses."""
    waiting: int
    """People."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One RosterIntegration, for the metrics that are about each."""

    namespace: str
    name: str
    ready: str
    reason: str
    """Of Ready; one of a bounded set, or empty."""
    actor: str
    """Who has to act for that reason; empty: nobody."""
    last_success: datetime | None
    suspended: bool
    credentials_days: int | None = None
    """Until the credentials expire, negative once they have; None: no day is known."""
    by_hand_days: int | None = None
    """Whole days until the first grant or block by hand ends; None: none has an end."""
    seats: Sequence[ObservedSeats] = ()
    """Of what has a limit."""


class Metrics:
    """All metrics of one operator, in a registry of their own."""

    def __init__(self, version: str) -> None:
        """Start at nothing."""
        self.registry = CollectorRegistry()
        self._reconciles = self._counter("reconcile", "Syncs that ended, by outcome.", "outcome")
        self._errors = self._counter(
            "reconcile_errors",
            "Syncs after which Ready is not True, by its reason and who has to act.",
            "reason",
            "actor",
        )
        self._durations = Histogram(
            f"{_PREFIX}_reconcile_duration_seconds",
            "How long syncs took.",
            registry=self.registry,
            buckets=_SYNC_SECONDS,
        )
        self._waits = Histogram(
            f"{_PREFIX}_workqueue_queue_duration_seconds",
            "How long a due resource waited for a worker.",
            registry=self.registry,
            buckets=_WAIT_SECONDS,
        )
        self._licenses = self._counter("licenses_changed", "Licenses granted and revoked.", "action")
        self._requests = self._counter("kubernetes_requests", "Requests to the API server.", "verb", "code")
        self.retries = self._counter("workqueue_retries", "Turns that ended early and were tried again.")
        Info(f"{_PREFIX}_build", "The version that runs.", registry=self.registry).info({"version": version})

    def reconciled(self, outcome: str, reason: str, actor: str, seconds: float) -> None:
        """A sync ended with this outcome and this reason of Ready, for which `actor` has to act."""
        self._reconciles.labels(str(outcome)).inc()
        self._durations.observe(seconds)
        if outcome not in ("Synced", "Planned"):
            self._errors.labels(reason, actor).inc()

    def licenses_changed(self, granted: int, revoked: int) -> None:
        """A sync or a deletion changed licenses."""
        self._licenses.labels("granted").inc(granted)
        self._licenses.labels("revoked").inc(revoked)

    def waited(self, seconds: float) -> None:
        """A resource's turn came after so long."""
        self._waits.observe(seconds)

    def requested(self, verb: str, code: int) -> None:
        """The API server answered; code 0: it did not."""
        self._requests.labels(verb, str(code)).inc()

    def gauge(self, name: str, description: str, value: Callable[[], float]) -> None:
        """Add a gauge that is read when asked for."""
        Gauge(f"{_PREFIX}_{name}", description, registry=self.registry).set_function(value)

    def integrations(self, observe: Callable[[], Iterable[Observed]]) -> None:
        """Add the metrics that are about each RosterIntegration; `observe` gives those there are when asked for."""
        self.registry.register(_Integrations(observe))

    def exposition(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, description: str, *labels: str) -> Counter:
        return Counter(f"{_PREFIX}_{name}", description, labels, registry=self.registry)


_READY = {"True": 1.0, "False": 0.0}
_Value = Callable[[Observed], float | None]
_OF_EACH: Iterable[tuple[str, str, _Value]] = (
    (
        "integration_ready",
        "The condition Ready: 1 True, 0 False, -1 Unknown.",
        lambda each: _READY.get(each.ready, -1.0),
    ),
    (
        "integration_last_success_timestamp_seconds",
        "When a sync last succeeded.",
        lambda each: each.last_success.timestamp() if each.last_success else None,
    ),
    ("integration_suspended", "Whether spec.suspend is true.", lambda each: float(each.suspended)),
    (
        "integration_credentials_expire_days",
        "Days until spec.source.credentialsExpire, negative once it has passed.",
        lambda each: None if each.credentials_days is None else float(each.credentials_days),
    ),
    (
        "integration_by_hand_ends_days",
        "Whole days until the first grant or block by hand ends.",
        lambda each: None if each.by_hand_days is None else float(each.by_hand_days),
    ),
)


_OF_SEATS: Iterable[tuple[str, str, Callable[[ObservedSeats], int]]] = (
    ("seats", "Seats of spec.seats that there are today.", lambda seats: seats.total),
    ("seats_used", "Licenses of an edition of an eBook that has seats.", lambda seats: seats.used),
    ("seats_waiting", "People who wait for a seat.", lambda seats: seats.waiting),
)


class _Integrations(Collector):
    """Made afresh for each scrape, so that a deleted RosterIntegration leaves no series behind.

    One metric after the other, as those of thousands of resources take megabytes.
    """

    def __init__(self, observe: Callable[[], Iterable[Observed]]) -> None:
        self._observe = observe

    def collect(self) -> Iterator[Metric]:
        for name, description, value_of in _OF_EACH:
            yield self._metric(name, description, value_of)
        yield self._reasons()
        yield from self._seats()

    def _seats(self) -> Iterator[Metric]:
        labels = ["namespace", "name", "ebook", "edition"]
        for name, description, value_of in _OF_SEATS:
            metric = GaugeMetricFamily(f"{_PREFIX}_integration_{name}", description, labels=labels)
            for each in self._observe():
                for seats in each.seats:
                    metric.add_metric([each.namespace, each.name, seats.ebook, seats.edition], value_of(seats))
            yield metric

    def _reasons(self) -> Metric:
        metric = GaugeMetricFamily(
            f"{_PREFIX}_integration_reason",
            "1 for the reason of Ready, and who has to act for it.",
            labels=["namespace", "name", "reason", "actor"],
        )
        for each in self._observe():
            metric.add_metric([each.namespace, each.name, each.reason, each.actor], 1)
        return metric

    def _metric(self, name: str, description: str, value_of: _Value) -> Metric:
        metric = GaugeMetricFamily(f"{_PREFIX}_{name}", description, labels=["namespace", "name"])
        for each in self._observe():
            value = value_of(each)
            if value is not None:
                metric.add_metric([each.namespace, each.name], value)
        return metric
