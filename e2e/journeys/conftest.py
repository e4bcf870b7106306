"""Each file of journeys begins in an empty cluster."""

from __future__ import annotations

import pytest

from e2e.journeys.cluster import OWN_NODE, apply, everything_gone, install, kubectl, simulator


@pytest.fixture(autouse=True, scope="session")
def ours() -> None:
    """Not a cluster that somebody uses: the journeys delete the definitions, and with them all districts."""
    if not OWN_NODE and "rostering.cpm.org" in kubectl("get", "crd", "-o", "name"):
        pytest.exit("The cluster of E2E_KUBECONFIG has RosterIntegrations. Name one that is empty.", returncode=1)


@pytest.fixture(autouse=True, scope="module")
def empty(ours: None) -> None:
    """Nothing of a journey before is left."""
    everything_gone()


@pytest.fixture(scope="module")
def sis(empty: None) -> str:
    """A simulated district of 600 students, which answers."""
    apply(*simulator("sis", 600))
    kubectl("-n", "simulator", "rollout", "status", "deploy/sis", "--timeout=60s")
    return "sis.simulator.svc"


@pytest.fixture(scope="module")
def operator(empty: None) -> None:
    """The chart with its defaults, and the eBooks."""
    install()
    kubectl("apply", "-f", "examples/ebooks")
