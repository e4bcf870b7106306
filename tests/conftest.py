"""What all tests share: the servers of `tests/support/`, and what is said when one of them is missing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from tests.support.availability import also_missing, missing_servers, report_missing
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
from tests.support.databases import (
    ledger_url,
    new_ledger_url,
    postgres_ledger_url,
    postgres_server,
    postgres_template,
    postgres_url,
    stoppable_postgres,
)

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
    "new_ledger_url",
    "postgres_ledger_url",
    "postgres_server",
    "postgres_template",
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


LONG = ("cluster", "slow", "postgres")
"""Markers of tests that take long, the longest first."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that need a server, or a program that is built, by the fixtures that they use.

    Where workers share the tests by file, long files go first: the last ones are short, and nobody waits for another.
    """
    for item in items:
        for fixture, marker in MARKER_OF.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)
    if hasattr(config, "workerinput"):
        of_files: dict[Path, set[str]] = {}
        for item in items:
            of_files.setdefault(item.path, set()).update(mark.name for mark in item.iter_markers())
        items.sort(key=lambda item: [marker not in of_files[item.path] for marker in LONG])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a worker of `-n` tell which servers it missed."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["missing"] = missing_servers()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Hear it from a worker of `-n`; one that crashed says nothing."""
    also_missing(getattr(node, "workeroutput", {}).get("missing", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which servers were missing."""
    report_missing(terminalreporter)
