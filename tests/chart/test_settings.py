"""What the chart tells the operator is what the operator understands."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.support.chart import CHART

from roster_operator.cli.run import run

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]
Variables = dict[str, str]

CHOICES: Manifest = {
    "workers": 3,
    "perServer": 2,
    "perNamespace": 1,
    "longestTimeout": "90m",
    "shortestInterval": "2m",
    "history": {"keepRuns": 30, "keepChanges": 0, "keepLogins": 60},
    "logLevel": "WARNING",
    "shutdownGraceSeconds": 90,
    "secrets": {"watch": True},
    "watch": {"namespaces": ["north", "south"]},
    "addresses": {"allow": ["10.20.0.0/16", "*.sis.svc"], "deny": ["other.example.org"]},
    "rosterFiles": {"path": "/tmp", "existingClaim": "rosters", "shared": True},
}


def variables(manifests: list[Manifest]) -> Variables:
    """As the container gets them; the kubelet writes the memory limit in bytes."""
    (deployment,) = (manifest for manifest in manifests if manifest["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["run"]
    return {entry["name"]: entry.get("value", "1073741824") for entry in container["env"]}


def understood(environment: Variables, monkeypatch: pytest.MonkeyPatch) -> Manifest:
    """Return the options that `roster-operator run` takes from these variables."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return run.make_context("run", []).params


def test_the_operator_understands_every_setting_of_the_chart(render: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    options = understood(variables(render(CHOICES)), monkeypatch)

    assert options["workers"] == 3
    assert options["per_server"] == 2
    assert options["per_namespace"] == 1
    assert options["longest_timeout"].total_seconds() == 5_400
    assert options["shortest_interval"].total_seconds() == 120
    assert (options["keep_runs"], options["keep_changes"], options["keep_logins"]) == (30, 0, 60)
    assert options["memory"] == 2**30
    assert options["log_level"] == "WARNING"
    assert options["grace"].total_seconds() == 90
    assert options["watch_secrets"] is True
    assert options["namespaces"] == "north,south"
    assert options["allow_addresses"] == "10.20.0.0/16,*.sis.svc"
    assert options["deny_addresses"] == "other.example.org"
    assert options["ops_port"] == 8080
    assert str(options["roster_files"]) == "/tmp"
    assert options["shared_roster_files"] is True
    assert options["ledger_url"] == "sqlite:////var/lib/roster-operator/ledger.sqlite"


def test_the_chart_sets_no_variable_that_the_operator_does_not_read(
    render: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres = {"ledger": {"existingSecret": {"name": "ledger"}, "sqlite": {"enabled": False}}}
    read = {f"ROSTER_OPERATOR_{name.upper()}" for name in understood({}, monkeypatch)}
    read.add("POD_NAMESPACE")  # by Kubernetes, in the value of another one

    assert variables(render(CHOICES)).keys() <= read
    assert variables(render(postgres)).keys() <= read


def test_further_variables_cannot_contradict_the_values(render: Render) -> None:
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    postgres = {"ledger": {"existingSecret": {"name": "ledger"}, "sqlite": {"enabled": False}}}

    console = {"console": {"enabled": True, "tls": {"secretName": "tls"}}}
    (deployment,) = (each for each in render(console) if each["kind"] == "Deployment")

    assert set(schema["definitions"]["ownVariable"]["enum"]) == {
        *variables(render(CHOICES)),
        *variables(render(postgres)),
        *(each["name"] for each in deployment["spec"]["template"]["spec"]["containers"][1]["env"]),
    }
