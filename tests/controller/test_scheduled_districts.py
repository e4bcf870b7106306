"""`spec.schedule` on a real API server: the clock is put to hours in the window and out of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.controller.conftest import Districts, RunningOperator, Start, steady
from tests.controller.fakes import ScriptedReconcile, failing_once, wait_until
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


def test_the_clock_syncs_at_night_at_the_same_minute_and_people_at_any_hour(districts: Districts, start: Start) -> None:
    clock = MovedClock(NOON)
    operator = start(clock=clock, heartbeat=HEARTBEAT)
    ebook = f"algebra-{districts.namespace}"
    districts.create_ebook(ebook)
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
