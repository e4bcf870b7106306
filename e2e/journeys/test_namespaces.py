"""`watch.namespaces`, and one of the namespaces goes and comes back."""

from __future__ import annotations

import re
import time

from e2e.journeys.cluster import (
    COURSE,
    RELEASE,
    SCHOOL,
    Resource,
    apply,
    district,
    get,
    install,
    is_true,
    kubectl,
    namespace,
    operator_log,
    ready,
    secret,
    shell,
    sync_now,
    until,
    upgrade,
)

BOTH = ("north", "south")


def one(where: str, sis: str) -> list[Resource]:
    return [
        namespace(where),
        secret(where),
        district("d", where, sis, live=True, schools=SCHOOL, courses=COURSE, district=where),
    ]


def test_only_the_named_namespaces_are_served(sis: str) -> None:
    apply(*map(namespace, (*BOTH, "west")))
    install("--set", "watch.namespaces={north,south}")
    kubectl("apply", "-f", "examples/ebooks")
    for where in (*BOTH, "west"):
        apply(*one(where, sis))
    for where in BOTH:
        until(f"{where} is synced", is_true("d", where, "Synced"))
    assert not get("ri", "d", "-n", "west").get("status")


def test_a_namespace_that_goes_ends_nobody_elses_service() -> None:
    kubectl("delete", "namespace", "north", "--wait=false")
    time.sleep(5)
    if get("ri", "-n", "north")["items"]:  # the RoleBinding went first, as docs/how-to/install.md says
        until("the log names the command", lambda: "kubectl --namespace north patch" in operator_log())
        shell(re.findall(r"kubectl --namespace north patch [^\"\\]*'.*?'", operator_log().replace('\\"', '"'))[-1])
    until("it is gone", lambda: "NotFound" in kubectl("get", "namespace", "north", check=False), 60)
    sync_now("d", "south")
    assert ready()


def test_a_pod_that_starts_without_it_serves_the_others() -> None:
    kubectl("-n", RELEASE, "rollout", "restart", "deployment", RELEASE)
    kubectl("-n", RELEASE, "rollout", "status", "deployment", RELEASE, "--timeout=60s")
    sync_now("d", "south")


def test_it_is_served_again_after_an_upgrade(sis: str) -> None:
    apply(*one("north", sis))
    upgrade()
    until("north is synced", is_true("d", "north", "Synced"), 120)
