"""From the image and chart of a revision of before, by `images.sh REVISION`, to today's; the way back is refused."""

from __future__ import annotations

import pytest

from e2e.journeys.cluster import (
    NODE_DIR,
    RELEASE,
    apply,
    get,
    helm,
    inside,
    install,
    is_true,
    kubectl,
    operator_log,
    operator_pod,
    simulator,
    sync_now,
    until,
    upgrade,
)

PREVIOUS = NODE_DIR / "previous"
pytestmark = pytest.mark.skipif(not PREVIOUS.exists(), reason="e2e/node/images.sh REVISION makes the image of before")


def test_an_upgrade_keeps_districts_and_licenses() -> None:
    inside("ctr", "images", "import", f"{NODE_DIR}/images/operator-previous.tar")
    install(chart=f"{PREVIOUS}/charts/roster-operator")
    apply(*simulator("district-simulator", 600))
    kubectl("-n", "simulator", "rollout", "status", "deploy/district-simulator", "--timeout=60s")
    kubectl("apply", "-f", f"{PREVIOUS}/examples/ebooks", "-f", f"{PREVIOUS}/examples/springfield")
    kubectl("patch", "ri", "springfield", "-n", "districts", "--type=merge", "-p", '{"spec":{"live":true}}')
    until("synced", is_true("springfield", "districts", "Synced"))
    assert operator_pod()["spec"]["containers"][0]["image"].endswith(":previous")

    upgrade()

    assert not operator_pod()["spec"]["containers"][0]["image"].endswith(":previous")
    sync_now("springfield", "districts")
    status = get("ri", "springfield", "-n", "districts")["status"]
    assert (status["licenses"]["active"], status["history"][0]["revoked"], status["history"][0]["granted"]) == (
        555,
        0,
        0,
    )


def test_the_old_one_leaves_a_newer_ledger_alone() -> None:
    assert "not ready" in helm(
        "rollback", RELEASE, "1", "--namespace", RELEASE, "--wait", "--timeout", "30s", check=False
    )
    assert "was migrated by a newer version of the operator. Platform: run that version" in operator_log()
    upgrade()
    sync_now("springfield", "districts")
