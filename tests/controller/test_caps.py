"""What a spec asks for beyond the platform's limits is served within them, and the checklist says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.controller.conftest import Districts, Start
from tests.controller.fakes import ScriptedReconcile, until_stopped, wait_until
from tests.support.clocks import HurriedClock

from roster_operator.api.v1alpha1 import Check, CheckResult, RosterIntegration, RosterIntegrationStatus
from roster_operator.api.v1alpha1.status import MAX_CHECKS
from roster_operator.controller.caps import UNCAPPED, Caps
from roster_operator.controller.inventory import observe
from roster_operator.reconcile.rules import Item

CAPS = Caps(longest_timeout=timedelta(hours=4), shortest_interval=timedelta(minutes=1))


def integration(delta: dict[str, str] | None = None, **spec: str) -> RosterIntegration:
    source = {"baseURL": "https://a.example", "secretRef": {"name": "s"}} | ({"delta": delta} if delta else {})
    return RosterIntegration.model_validate({"metadata": {"name": "a"}, "spec": {"source": source, **spec}})


def checks(beyond: RosterIntegration, *before: Check) -> tuple[Check, ...]:
    return CAPS.told(RosterIntegrationStatus(checklist=before), beyond).checklist


def test_what_is_within_the_limits_is_left_as_it_is() -> None:
    usual = integration(interval="24h", timeout="1h", delta={"interval": "1h"})
    assert CAPS.applied(usual) == UNCAPPED.applied(usual) == usual
    data = Check(name="Data", result=CheckResult.PASS)
    assert checks(usual, data) == (data,)


def test_times_beyond_the_limits_are_served_within_them_each_named() -> None:
    beyond = integration(interval="10s", retryInterval="20s", timeout="24h", delta={"interval": "30s"})

    spec = CAPS.applied(beyond).spec
    assert spec.timeout == timedelta(hours=4)
    assert spec.interval == spec.retry_interval == timedelta(minutes=1)
    assert spec.source.delta is not None
    assert spec.source.delta.interval == timedelta(minutes=1)
    (check,) = checks(beyond)
    assert (check.name, check.result) == (Item.PLATFORM_LIMITS, CheckResult.WARN)
    assert check.message == (
        "Served within the limits of the platform: timeout 4h (not 24h), interval 1m (not 10s), "
        "retryInterval 1m (not 20s), source.delta.interval 1m (not 30s)."
    )
    longest = integration(
        interval="12s345ms", retryInterval="12s345ms", timeout="23h59m59s999ms",
        delta={"interval": "12s345ms", "fullInterval": "12s345ms"},
    )  # fmt: skip
    assert checks(longest)[0].message.endswith("source.delta.interval 1m (not 12s345ms).")


def test_the_item_goes_with_its_cause_and_never_makes_the_checklist_too_long() -> None:
    told = checks(integration(timeout="24h"))
    assert checks(integration(timeout="1h"), *told) == ()
    many = [Check(name=f"C{number}", result=CheckResult.PASS) for number in range(MAX_CHECKS)]
    kept = [Item.PLATFORM_LIMITS, *(check.name for check in many[:-1])]
    assert [check.name for check in checks(integration(timeout="24h"), *many)] == kept


def test_when_a_district_is_due_counts_with_the_interval_that_is_served() -> None:
    body: dict[str, Any] = {"metadata": {"namespace": "n", "name": "a", "uid": "u"}, "spec": {"interval": "10s"}}
    assert CAPS.seen(observe(body)).standing.interval == timedelta(minutes=1)
    body["spec"]["interval"] = "24h"
    assert CAPS.seen(observe(body)) == observe(body)


def test_a_sync_that_asks_for_more_time_than_the_platform_allows_ends_when_that_is_up(
    districts: Districts, start: Start
) -> None:
    operator = start(
        ScriptedReconcile(behaviours={"hanging": until_stopped}), clock=HurriedClock(), longest_timeout=10.0
    )
    districts.create("hanging", timeout="24h", retryInterval="15m")

    districts.await_condition("hanging", "False", "TimedOut", seconds=30)
    (ready,) = (each for each in districts.status("hanging")["conditions"] if each["type"] == "Ready")
    assert "longer than the platform allows (10 s; spec.timeout is more)" in ready["message"]
    (check,) = districts.status("hanging")["checklist"]
    assert check["name"] == "PlatformLimits"
    assert check["message"] == "Served within the limits of the platform: timeout 10s (not 24h)."

    operator.reconcile.behaviours.clear()
    districts.change("hanging", timeout="10s")
    districts.await_condition("hanging", "True", "Synced")
    wait_until(lambda: "checklist" not in districts.status("hanging"))
