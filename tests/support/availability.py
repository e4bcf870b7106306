"""What happens to tests whose server is not on this machine: skipped loudly, and failed in CI."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

_missing: dict[str, str] = {}


def unavailable(server: str, reason: str, *, installable: bool = True) -> NoReturn:
    """End the test that asked for `server`: as skipped, or as failed where CI=true and it could be `installable`.

    The reason is shown again below all tests, so that nobody mistakes such a run for a full one.
    """
    _missing[server] = reason
    message = f"{server} is missing: {reason}"
    if installable and os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def missing_servers() -> dict[str, str]:
    """Which servers were missing in this process, and why."""
    return dict(_missing)


def also_missing(servers: dict[str, str]) -> None:
    """Take in what another process of this run missed."""
    _missing.update(servers)


def report_missing(reporter: pytest.TerminalReporter) -> None:
    """Say which servers were missing, and how to get them."""
    for server, reason in _missing.items():
        reporter.section(f"NOT A FULL RUN: tests that need {server} did not run", sep="!", red=True, bold=True)
        reporter.line(reason, red=True)
