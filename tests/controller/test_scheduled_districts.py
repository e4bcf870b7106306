"""`spec.schedule` on a real API server: the clock is put to hours in the window and out of it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from tests.controller.conftest import Districts, RunningOperator, Start, steady
from tests.controller.fakes import ScriptedReconcile, failing_once, until, wait_until
from tests.support.clocks import MovedClock

from roster_operator.errors import SourceUnreachable

CHICAGO = ZoneInfo("America/Chicago")
NOON = datetime(2026, 11, 30, 12, tzinfo=CHICAGO)
NIGHTS: dict[str, Any] = {"timeZone": "America/Chicago", "schedule": {"windows": [{"start": "01:00", "end": "05:00"}]}}
HEARTBEAT = 0.3


def triggers(operator: RunningOperator, name: str = "springfield") -> list[str]:
    return [str(call.trigger) for call in operator.reconcile.of(name)]


def next_time(districts: Districts, name: str = "springfield") -> datetime:
    return datetime.fromisoformat(districts.status(name)["nextSyncTime"]).astimezone(CHICAGO)


def why(districts: Districts) -> Any:
    return districts.status("springfield")["nextSync"]["reason"]


def is_observed(districts: Districts, generation: int) -> bool:
    return bool(districts.status("springfield")["observedGeneration"] == generation)


def test_the_clock_syncs_at_night_at_the_same_minute_and_people_at_any_hour(districts: Districts, start: Start) -> None:
    clock = MovedClock(NOON)
    operator = start(clock=clock, heartbeat=HEARTBEAT)
    ebook = f"algebra-{districts.namespace}"
    with steady(lambda: triggers(operator), seconds=1.5):
        districts.create_ebook(ebook)  # before the district: it is no change of what the district has
    districts.create("springfield", **NIGHTS, courses=[{"code": "MA101", "ebooks": [ebook]}])
    districts.await_condition("springfield", "True", "Synced")
    first = next_time(districts)
    assert (first.date(), 1 <= first.hour < 5, why(districts)) == (NOON.date() + timedelta(days=1), True, "Window")

    clock.put(first + timedelta(seconds=1))
    wait_until(lambda: triggers(operator) == ["SpecChanged", "Schedule"])
    wait_until(lambda: next_time(districts) == first + timedelta(days=1))

    clock.put(first + timedelta(hours=12))
    districts.change_ebook(ebook, title="Another")
    with steady(lambda: triggers(operator), seconds=1.5):
        pass
    districts.request("springfield", "now")
    wait_until(lambda: districts.status("springfield").get("lastHandledRequestedAt") == "now")
    assert triggers(operator)[2:] == ["Requested"], "which answers the EBook, too"

    districts.change_ebook(ebook, title="Yet another")
    with steady(lambda: triggers(operator), seconds=1.5):
        pass
    clock.put(first + timedelta(days=1, seconds=1))
    wait_until(lambda: triggers(operator)[3:] == ["EBookChanged"])
    wait_until(lambda: next_time(districts) == first + timedelta(days=2))


def test_a_failure_outside_the_window_is_tried_again_in_it(districts: Districts, start: Start) -> None:
    clock = MovedClock(NOON)
    away = failing_once(SourceUnreachable("The SIS does not answer."))
    operator = start(ScriptedReconcile(behaviours={"springfield": away}), clock=clock, heartbeat=HEARTBEAT)
    districts.create("springfield", **NIGHTS)
    districts.await_condition("springfield", "False", "SourceUnreachable")
    assert (1 <= next_time(districts).hour < 5, why(districts)) == (True, "Window")
    clock.put(next_time(districts) + timedelta(seconds=1))
    districts.await_condition("springfield", "True", "Synced")
    assert triggers(operator) == ["SpecChanged", "Retry"]


def test_a_paused_schedule_lets_requests_through_and_nothing_else(districts: Districts, start: Start) -> None:
    clock = MovedClock(NOON)
    operator = start(clock=clock, heartbeat=HEARTBEAT)
    districts.create("springfield", schedule={"paused": True})
    districts.create("shelbyville")
    districts.await_condition("springfield", "True", "Synced")
    districts.await_condition("shelbyville", "True", "Synced")
    assert "nextSyncTime" not in districts.status("springfield")
    assert why(districts) == "Paused"

    clock.put(NOON + timedelta(days=30))
    wait_until(lambda: triggers(operator, "shelbyville") == ["SpecChanged", "Schedule"])
    with steady(lambda: triggers(operator), seconds=1.0):
        pass
    districts.request("springfield", "now")
    wait_until(lambda: districts.status("springfield").get("lastHandledRequestedAt") == "now")
    assert triggers(operator) == ["SpecChanged", "Requested"]

    districts.change("springfield", schedule=None)
    wait_until(lambda: "nextSyncTime" in districts.status("springfield"))
    assert why(districts) == "Interval"
    assert triggers(operator) == ["SpecChanged", "Requested"]


def test_holidays_pass_without_a_sync_also_over_a_restart(districts: Districts, start: Start) -> None:
    clock = MovedClock(NOON)
    operator = start(clock=clock, heartbeat=HEARTBEAT)
    schedule = {**NIGHTS["schedule"], "blackouts": [{"firstDay": "2026-12-01", "lastDay": "2026-12-20"}]}
    districts.create("springfield", **{**NIGHTS, "schedule": schedule})
    districts.await_condition("springfield", "True", "Synced")
    due = next_time(districts)
    assert (due.strftime("%m-%d"), why(districts)) == ("12-21", "Blackout")
    operator.stop()

    clock.put(datetime(2026, 12, 10, 3, tzinfo=CHICAGO))
    operator = start(clock=clock, heartbeat=HEARTBEAT)
    with steady(lambda: triggers(operator), seconds=1.5):
        assert next_time(districts) == due
    clock.put(due.astimezone(UTC) + timedelta(seconds=1))
    wait_until(lambda: triggers(operator) == ["Schedule"])


def test_a_change_of_the_schedule_alone_begins_no_sync_and_is_told_at_once(districts: Districts, start: Start) -> None:
    operator = start(clock=MovedClock(NOON), heartbeat=HEARTBEAT)
    districts.create("springfield", timeZone="America/Chicago")
    districts.await_condition("springfield", "True", "Synced")
    for generation, (schedule, reason) in enumerate(
        [(NIGHTS["schedule"], "Window"), ({"paused": True, "windows": None}, "Paused"), (None, "Interval")], start=2
    ):
        districts.change("springfield", schedule=schedule)
        wait_until(partial(is_observed, districts, generation))
        assert why(districts) == reason
        assert districts.condition("springfield") == ("True", "Synced")
    with steady(lambda: districts.get("springfield")["metadata"]["resourceVersion"], seconds=1.5):
        assert triggers(operator) == ["SpecChanged"]

    districts.change("springfield", schedule=NIGHTS["schedule"], timeZone="UTC")
    wait_until(partial(is_observed, districts, 5))
    assert triggers(operator) == ["SpecChanged", "SpecChanged"]


def test_a_sync_that_runs_is_not_ended_by_a_change_of_the_schedule(districts: Districts, start: Start) -> None:
    released = threading.Event()
    reconcile = ScriptedReconcile()
    start(reconcile, clock=MovedClock(NOON), heartbeat=HEARTBEAT)
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")
    reconcile.behaviours["springfield"] = until(released)
    districts.request("springfield", "now")
    wait_until(lambda: reconcile.running[f"{districts.namespace}/springfield"] == 1)

    districts.change("springfield", schedule={"paused": True})
    released.set()

    wait_until(partial(is_observed, districts, 2))
    assert (why(districts), reconcile.stopped, len(reconcile.calls)) == ("Paused", [], 2)


def test_after_a_night_that_was_missed_the_status_says_when_the_next_is(districts: Districts, start: Start) -> None:
    clock = MovedClock(NOON)
    operator = start(clock=clock, heartbeat=HEARTBEAT)
    districts.create("springfield", **NIGHTS)
    districts.await_condition("springfield", "True", "Synced")
    missed = next_time(districts)
    operator.stop()

    clock.put(missed + timedelta(hours=8))
    operator = start(clock=clock, heartbeat=HEARTBEAT)
    wait_until(lambda: next_time(districts) == missed + timedelta(days=1))
    with steady(lambda: districts.get("springfield")["metadata"]["resourceVersion"], seconds=1.5):
        assert triggers(operator) == []
    clock.put(missed + timedelta(days=1, seconds=1))
    wait_until(lambda: triggers(operator) == ["Schedule"])


def test_resuming_begins_a_sync_though_nothing_else_has_changed(districts: Districts, start: Start) -> None:
    operator = start(clock=MovedClock(NOON), heartbeat=HEARTBEAT)
    districts.create("springfield", **NIGHTS)
    districts.await_condition("springfield", "True", "Synced")
    districts.change("springfield", suspend=True)
    wait_until(lambda: districts.condition("springfield", "Suspended") == ("True", "Suspended"))
    assert "nextSync" not in districts.status("springfield")
    districts.change("springfield", suspend=False)
    wait_until(lambda: triggers(operator) == ["SpecChanged", "SpecChanged"])
