"""etcd is restored from an older copy: watches wait for versions that are gone; the heartbeat finds what they miss."""

from __future__ import annotations

import threading

import pytest
from hack.controlplane.server import ControlPlane
from tests.controller.conftest import Districts, RunningOperator, Start
from tests.controller.fakes import RecordingLedger, wait_until

HEARTBEAT = 2.0


def test_requests_changes_deletions_and_new_districts_are_seen_after_a_restore(
    districts: Districts, start: Start, stoppable_control_plane: ControlPlane
) -> None:
    operator = start(heartbeat=HEARTBEAT)
    ebook = f"algebra-{districts.namespace}"
    districts.create_ebook(ebook)
    for name in ("asked", "changed", "rotated", "mapped", "deleted"):
        districts.create(name, courses=[{"code": "MA101", "ebooks": [ebook]}] if name == "mapped" else [])
        districts.await_condition(name, "True", "Synced")
    copy = stoppable_control_plane.back_up()
    for number in range(100):
        districts.request("deleted", f"versions go on {number}")
    wait_until(lambda: districts.status("deleted").get("lastHandledRequestedAt") == "versions go on 99")
    stoppable_control_plane.restore(copy)

    districts.request("asked", "after the restore")
    districts.change("changed", interval="12h")
    districts.change_secret("rotated-sis", clientSecret="another")
    districts.change_ebook(ebook, title="Another")
    districts.delete("deleted")
    districts.create("new")

    seen = {
        "request": lambda: districts.status("asked").get("lastHandledRequestedAt") == "after the restore",
        "change": lambda: districts.status("changed").get("observedGeneration") == 2,
        "new district": lambda: districts.condition("new") == ("True", "Synced"),
        "deletion": lambda: not districts.exists("deleted"),
        "Secret": lambda: triggers(operator, "rotated") == ["SpecChanged", "SecretChanged"],
        "EBook": lambda: triggers(operator, "mapped")[-1] == "EBookChanged",
    }
    for what, came in seen.items():
        wait_until(came, seconds=60, message=f"the {what} is not seen")


def test_what_vanished_by_a_restore_is_forgotten(
    districts: Districts, start: Start, stoppable_control_plane: ControlPlane
) -> None:
    operator = start(heartbeat=HEARTBEAT)
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")
    copy = stoppable_control_plane.back_up()
    districts.create("shelbyville")
    districts.await_condition("shelbyville", "True", "Synced", seconds=60)

    stoppable_control_plane.restore(copy)

    wait_until(lambda: [each.name for each in operator.operator.engine.inventory] == ["springfield"], seconds=60)


def test_a_watch_that_tells_everything_is_left_alone(
    districts: Districts, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = RecordingLedger()
    start(ledger=ledger, heartbeat=0.2)
    districts.create_ebook(f"algebra-{districts.namespace}")
    names = [f"district-{number}" for number in range(5)]
    for name in names:
        districts.create(name)
    ledger.away = True  # deletions wait
    for round_ in range(10):
        for name in names:
            districts.request(name, f"round {round_}")
            if round_ == 5:
                districts.delete(name)
        threading.Event().wait(0.7)
    ledger.away = False

    wait_until(lambda: not any(districts.exists(name) for name in names), seconds=30)
    threading.Event().wait(6)
    assert "begins anew" not in caplog.text


def triggers(operator: RunningOperator, name: str) -> list[str]:
    return [str(call.trigger) for call in operator.reconcile.of(name)]
