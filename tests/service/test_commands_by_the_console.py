"""Commands say the same by the console as beside the ledger."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hack.controlplane.cluster import Cluster
from tests.operations.conftest import LiveDistrict, call, live, simulated  # noqa: F401 - fixtures
from tests.service.conftest import People, Served

from roster_operator.cli.snapshot_key import find_key
from roster_operator.ledger.store import open_ledger

PROGRAMS = Path(sys.executable).parent


@pytest.fixture
def ledger_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.sqlite'}"


def kubeconfig_with(control_plane: Cluster, folder: Path, user: dict[str, str]) -> Path:
    config = yaml.safe_load(control_plane.kubeconfig.read_text())
    config["users"] = [{"name": each["name"], "user": user} for each in config["users"]]
    path = folder / "own.kubeconfig"
    path.write_text(yaml.safe_dump(config))
    return path


def test_what_the_console_says_is_what_the_ledger_says(
    live: LiveDistrict,  # noqa: F811
    serve: Callable[..., Served],
    people: People,
    control_plane: Cluster,
    tmp_path: Path,
) -> None:
    """The files of the live district have the namespace `districts`."""
    control_plane.kubectl("create", "namespace", "districts")
    try:
        key = find_key(None, live.url)
        assert key is not None
        served = serve(live.url, key=key)
        own = kubeconfig_with(control_plane, tmp_path, {"token": people.token("districts", "support", "get")})
        way = ("history", "springfield", "-n", "districts", "--kubeconfig", own, "--server", served.url)
        told = call(*way, "-o", "yaml")
        assert told.exit_code == 0, told.output
        assert yaml.safe_load(told.stdout) == live.asked("history")
        assert call(*way).stdout == live.ask("history").stdout
        people.grant("districts", "support", "get", resources="rosterintegrations/people")
        explain = ("explain", *way[1:], "--person", "S1000001")
        explained = call(*explain, "-o", "yaml")
        assert explained.exit_code == 0, explained.output
        assert yaml.safe_load(explained.stdout) == live.asked("explain", "--person", "S1000001")
        assert call(*explain).stdout == live.ask("explain", "--person", "S1000001").stdout
        assert yaml.safe_load(explained.stdout)["read"]
        wrong = call(*way, "--before", "0000")
        assert (wrong.exit_code, wrong.stdout) == (2, "")
        assert "There is no run 0000 of springfield." in wrong.stderr
    finally:
        control_plane.kubectl("delete", "namespace", "districts", "--wait=false")


def test_who_has_no_token_is_told_how_to_get_one(control_plane: Cluster, tmp_path: Path) -> None:
    own = kubeconfig_with(control_plane, tmp_path, {"username": "somebody", "password": "x"})
    result = call("history", "springfield", "-n", "n", "--kubeconfig", own, "--server", "http://127.0.0.1:9")
    assert (result.exit_code, "--token-of" in result.stderr) == (2, True), result.output


def test_a_short_lived_token_of_a_service_account_serves_who_signs_in_by_certificate(
    district: str, serve: Callable[..., Served], people: People, admin_kubeconfig: Path, ledger_url: str
) -> None:
    books = open_ledger(ledger_url)
    books.migrate()
    people.token(district, "support", "get")
    way = ("status", "springfield", "-n", district, "--kubeconfig", admin_kubeconfig, "--server", serve(ledger_url).url)
    result = call(*way, "--token-of", f"{district}/support")
    assert result.exit_code == 3, result.output
    assert result.stdout.startswith(f"{district}/springfield   setup mode")


def test_a_console_that_is_not_there_is_told_with_who_installs_it(control_plane: Cluster, namespace: str) -> None:
    """kubectl says that there is no such Service."""
    kubectl = control_plane.binaries.path("kubectl")
    environment = {**os.environ, "PATH": f"{kubectl.parent}:{PROGRAMS}:{os.environ['PATH']}"}
    answer = subprocess.run(
        ["roster-operator", "history", "springfield", "-n", namespace, "--kubeconfig", str(control_plane.kubeconfig)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode in {1, 2}
    assert "console" in answer.stderr
    assert answer.stdout == ""
