"""What all tests share: the servers of `tests/support/`, and what is said when one of them is missing."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from tests.support.availability import report_missing
from tests.support.cluster import (
    admin_kubeconfig,
    api_client,
    control_plane,
    crds_installed,
    garbage_collection,
    helm,
    kubectl,
    namespace,
    stoppable_control_plane,
)
from tests.support.databases import ledger_url, postgres_server, postgres_url, stoppable_postgres

# A machine that is busy with something else is no failure. Continuous integration tries the same examples for the same
# code, so that what it says is about the change; everyone else's runs go on searching.
settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",
)
settings.load_profile("any machine")

__all__ = [
    "admin_kubeconfig",
    "api_client",
    "control_plane",
    "crds_installed",
    "garbage_collection",
    "helm",
    "kubectl",
    "ledger_url",
    "namespace",
    "postgres_server",
    "postgres_url",
    "stoppable_control_plane",
    "stoppable_postgres",
]

MARKER_OF = {
    "control_plane": "cluster",
    "stoppable_control_plane": "cluster",
    "chart_cluster": "cluster",
    "offline_helm": "helm",
    "postgres_server": "postgres",
}
"""By fixture."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--kubeconfig`."""
    parser.addoption(
        "--kubeconfig",
        metavar="PATH",
        help="run the tests of the cluster against this one, as the admin that it names, instead of a private one",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a server, or a program that is built, by the fixtures that they use."""
    for item in items:
        for fixture, marker in MARKER_OF.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which servers were missing."""
    report_missing(terminalreporter)
