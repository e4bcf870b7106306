"""A district of 100,000 students under the chart's limit of 1 GiB; killed and stopped in mid-sync."""

from __future__ import annotations

import time
from typing import Any

import pytest
import yaml

from e2e.journeys.cluster import (
    RELEASE,
    WIDE,
    apply,
    condition,
    district,
    get,
    inside,
    is_true,
    kubectl,
    licenses,
    namespace,
    operator_log,
    operator_pod,
    process_of,
    ready,
    secret,
    simulator,
    until,
)

WHERE = ("metropolis", "metro")


@pytest.fixture(scope="module")
def metropolis(operator: None) -> dict[str, Any]:
    """The spec of all of its schools and mathematics, from the catalog of a first look."""
    apply(*simulator("big", 100_000), namespace("metro"), secret("metro"))
    kubectl("-n", "simulator", "rollout", "status", "deploy/big", "--timeout=60s")
    apply(district(*WHERE, "big.simulator.svc"))
    until("the catalog is there", is_true(*WHERE, "Ready"), 300)
    catalog = get("configmap", "metropolis-catalog", "-n", "metro")["data"]
    courses = [each for each in yaml.safe_load(catalog["courses"]) if each["code"].startswith("MA")]
    for course in courses:
        course["ebooks"] = ["core-connections-course-1", "checkpoint-practice"]
    return {"live": True, "guard": WIDE, "schools": yaml.safe_load(catalog["schools"]), "courses": courses}


def begun() -> bool:
    return condition(*WHERE, "Reconciling").get("status") == "True"


def restarts() -> int:
    return int(operator_pod()["status"]["containerStatuses"][0]["restartCount"])


def sigkill() -> None:
    before = restarts()
    inside("kill", "-9", str(process_of(operator_pod())))
    until("the container was started again", lambda: restarts() > before and ready(), 120)


def test_killed_at_any_point_all_or_nothing_is_there(metropolis: dict[str, Any]) -> None:
    apply(district(*WHERE, "big.simulator.svc", **metropolis))
    for pause in (2, 8):
        until("the sync has begun", begun)
        time.sleep(pause)
        sigkill()
        assert licenses() in {0, 198_996}
    until("synced", is_true(*WHERE, "Synced"), 400)
    assert licenses() == 198_996


def test_a_stop_cuts_what_can_run_again(metropolis: dict[str, Any]) -> None:
    fewer = {**metropolis, "courses": metropolis["courses"][1:]}
    apply(district(*WHERE, "big.simulator.svc", **fewer))
    until("the sync has begun", begun)
    time.sleep(1)
    started = time.monotonic()
    kubectl("-n", RELEASE, "delete", "pod", operator_pod()["metadata"]["name"])
    assert time.monotonic() - started < 45 + 10
    until("synced", is_true(*WHERE, "Synced"), 400)
    assert licenses() == get("ri", *WHERE[:1], "-n", WHERE[1])["status"]["licenses"]["active"] < 198_996


def test_the_limit_of_the_defaults_is_enough(metropolis: dict[str, Any]) -> None:
    kubectl("-n", RELEASE, "delete", "pod", operator_pod()["metadata"]["name"])
    until("ready", ready, 120)
    apply(district(*WHERE, "big.simulator.svc", **metropolis))
    pod, most = operator_pod(), 0
    while not is_true(*WHERE, "Synced")():
        status = inside("cat", f"/proc/{process_of(pod)}/status")
        most = max(most, int(status.split("VmHWM:")[1].split()[0]) // 1024)
        time.sleep(2)
    assert restarts() == 0
    assert "OOM" not in str(operator_pod()["status"])
    print(f"resident at most {most} MiB; {operator_log()[-300:]}")
    assert most < 400


def test_three_at_the_same_time_are_within_it(metropolis: dict[str, Any]) -> None:
    made = [each for n in range(3) for each in simulator(f"big{n}", 100_000)[bool(n) :]]
    apply(*made)
    for n in range(3):
        kubectl("-n", "simulator", "rollout", "status", f"deploy/big{n}", "--timeout=60s")
    apply(*[district(f"m{n}", "metro", f"big{n}.simulator.svc", **metropolis) for n in range(3)])
    for n in range(3):
        until(f"m{n} is synced", is_true(f"m{n}", "metro", "Synced"), 500)
    assert restarts() == 0
