"""What Prometheus is told."""

from __future__ import annotations

from datetime import UTC, datetime

from roster_operator.ops.metrics import Metrics, Observed, ObservedSeats

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


def test_syncs_and_licenses_are_counted() -> None:
    metrics = Metrics("1.2.3")
    metrics.reconciled("Synced", "Synced", "", 2.0)
    metrics.reconciled("Failed", "TimedOut", "Publisher", 60.0)
    metrics.licenses_changed(5, 2)
    value = metrics.registry.get_sample_value

    assert value("roster_operator_reconcile_total", {"outcome": "Synced"}) == 1
    assert value("roster_operator_reconcile_errors_total", {"reason": "TimedOut", "actor": "Publisher"}) == 1
    assert value("roster_operator_reconcile_errors_total", {"reason": "Synced", "actor": ""}) is None
    assert value("roster_operator_reconcile_duration_seconds_sum") == 62
    assert value("roster_operator_licenses_changed_total", {"action": "revoked"}) == 2
    assert value("roster_operator_build_info", {"version": "1.2.3"}) == 1


def test_a_deleted_integration_leaves_no_series_behind() -> None:
    metrics = Metrics("1")
    there = [
        Observed("districts", "springfield", "True", "Synced", "", NOON, False, credentials_days=-2, by_hand_days=6),
        Observed("districts", "new", "", "", "", None, True, seats=[ObservedSeats("algebra", "Student", 9, 8, 7)]),
    ]
    metrics.integrations(lambda: there)
    springfield = {"namespace": "districts", "name": "springfield"}
    value = metrics.registry.get_sample_value

    assert value("roster_operator_integration_ready", springfield) == 1
    assert value("roster_operator_integration_last_success_timestamp_seconds", springfield) == NOON.timestamp()
    assert value("roster_operator_integration_ready", {"namespace": "districts", "name": "new"}) == -1
    assert value("roster_operator_integration_suspended", {"namespace": "districts", "name": "new"}) == 1
    assert value("roster_operator_integration_credentials_expire_days", springfield) == -2
    new = {"namespace": "districts", "name": "new"}
    assert value("roster_operator_integration_credentials_expire_days", new) is None
    assert value("roster_operator_integration_by_hand_ends_days", springfield) == 6
    assert value("roster_operator_integration_by_hand_ends_days", new) is None
    assert value("roster_operator_integration_reason", springfield | {"reason": "Synced", "actor": ""}) == 1
    of_seats = new | {"ebook": "algebra", "edition": "Student"}
    names = ("seats", "seats_used", "seats_waiting")
    assert [value(f"roster_operator_integration_{name}", of_seats) for name in names] == [9, 8, 7]
    there.clear()

    assert value("roster_operator_integration_reason", springfield | {"reason": "Synced", "actor": ""}) is None
    assert value("roster_operator_integration_ready", springfield) is None


def test_two_operators_in_one_process_do_not_share_metrics() -> None:
    one, other = Metrics("1"), Metrics("1")
    one.retries.inc()

    assert other.registry.get_sample_value("roster_operator_workqueue_retries_total") == 0
