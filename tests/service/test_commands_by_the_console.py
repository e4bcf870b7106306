"""Commands say the same by the console as beside the ledger."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
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


@pytest.fixture(scope="module", autouse=True)
def namespace_of_the_files(control_plane: Cluster) -> Iterator[None]:
    """The files of the live district have the namespace `districts`."""
    control_plane.kubectl("create", "namespace", "districts")
    yield
    control_plane.kubectl("delete", "namespace", "districts", "--wait=false")


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
    namespace: str,
    tmp_path: Path,
) -> None:
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
    there, here = yaml.safe_load(explained.stdout), live.asked("explain", "--person", "S1000001")
    for told in (there, here):  # each says for itself why the spec of today is not known
        assert [each["what"] for each in told.pop("circumstances")] == ["SpecNotKnown"]
    assert there == here
    assert there["read"]
    control_plane.kubectl("apply", "-f", str(live.folder / "integration.yaml"))
    circumstances = yaml.safe_load(call(*explain, "-o", "yaml").stdout)["circumstances"]
    assert "SpecNotKnown" not in {each["what"] for each in circumstances}
    control_plane.kubectl("delete", "clusterrolebinding", f"{namespace}-ebooks")
    told = yaml.safe_load(call(*explain, "-o", "yaml").stdout)["circumstances"][0]
    assert (told["what"], "may not list EBooks" in told["message"]) == ("SpecNotKnown", True)
    control_plane.kubectl("delete", "ri", "springfield", "-n", "districts")
    wrong = call(*way, "--before", "0000")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "There is no run 0000 of springfield." in wrong.stderr


def test_commands_about_the_spec_and_the_fleet_say_the_same_by_the_console(
    live: LiveDistrict,  # noqa: F811
    serve: Callable[..., Served],
    people: People,
    control_plane: Cluster,
    tmp_path: Path,
) -> None:
    """Of a district whose removals wait, with the status that the sync left."""
    status = live.sync(courses=[{"code": "MA101", "ebooks": ["geometry"]}])
    control_plane.kubectl("apply", "-f", str(live.folder / "integration.yaml"))
    patch = (
        "--subresource=status",
        "--type=merge",
        "-p",
        json.dumps({"status": {**status, "observedGeneration": 1}}),
    )
    control_plane.kubectl("patch", "ri", "springfield", "-n", "districts", *patch)
    served = serve(live.url, key=find_key(None, live.url))
    own = kubeconfig_with(control_plane, tmp_path, {"token": people.token("districts", "ops", "get", "list")})
    way = ("-n", "districts", "--kubeconfig", own, "--server", served.url)

    def both(verb: str, *arguments: object, files: tuple[object, ...] = ()) -> tuple[object, object]:
        here = call(verb, *arguments, *(files or ("--file", live.folder)), live.ledger, "-o", "yaml")
        there = call(verb, *arguments, *way, *files, "-o", "yaml")
        assert (there.stderr, there.exit_code) == ("", here.exit_code), there.output
        return yaml.safe_load(here.stdout), yaml.safe_load(there.stdout)

    here, there = both("plan", "springfield", files=("--file", live.folder))
    assert isinstance(there, dict)
    assert there == here
    assert there["held"] > 0
    here, there = both("fleet")
    assert isinstance(here, dict)
    assert isinstance(there, dict)
    assert there["rows"] == here["rows"]
    assert [row["reason"] for row in there["rows"]] == ["RemovalsHeld"]
    here, there = both("upcoming", "springfield")
    assert isinstance(here, dict)
    assert isinstance(there, dict)
    assert there["events"] == here["events"]

    digest = str(status["plan"]["digest"])
    refused = call("approve", "springfield", digest, *way)
    assert (refused.exit_code, "to update rosterintegrations/approval" in refused.stderr) == (1, True)
    people.grant("districts", "ops", "update", resources="rosterintegrations/approval")
    here, there = both("approve", "springfield", digest)
    assert isinstance(there, dict)
    assert isinstance(here, dict)
    assert there["patch"]["spec"]["approval"]["plan"] == digest
    same = set(here) - {"expires", "patch"}
    assert {name: there[name] for name in same} == {name: here[name] for name in same}
    stale = call("approve", "springfield", "plan-0000", *way)
    assert (stale.exit_code, digest in stale.stderr) == (2, True)
    alone = call("approve", "springfield", digest, *way, "--apply")
    assert (alone.exit_code, "The cluster refuses this" in alone.stderr) == (1, True), "who may not change the spec"

    checked = call("check", *way, "--sis", "springfield", "-o", "yaml")
    items = {item["name"]: item["result"] for item in yaml.safe_load(checked.stdout)["items"]}
    assert items.items() >= {"Ledger": "Pass", "Ledger rights": "Pass", "Clock": "Pass", "SIS": "Pass"}.items()
    archive = tmp_path / "support.zip"
    bundled = call("bundle", *way, "--to", archive)
    assert (bundled.exit_code, bundled.stdout.partition(":")[2][:12]) == (0, " 1 district."), bundled.output
    with zipfile.ZipFile(archive) as opened:
        assert opened.namelist() == ["about.json", "districts/springfield.json"]
        assert json.loads(opened.read("districts/springfield.json"))["runs"]


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


def test_whoever_asks_as_a_service_account_is_answered_by_the_console_or_not_at_all(
    district: str,
    people: People,
    admin_kubeconfig: Path,
    ledger_url: str,
) -> None:
    """Also of what the kubeconfig could read: it may see more than the ServiceAccount."""
    people.token(district, "support")
    way = ("-n", district, "--kubeconfig", admin_kubeconfig, "--token-of", f"{district}/support")
    forwarding = ("--console", f"{district}/no-such")
    for words in (("status", "springfield"), ("checklist", "springfield"), ("upcoming", "springfield"), ("fleet",)):
        away = call(*words, *way, *forwarding)
        assert (away.exit_code in {1, 2}, away.stdout) == (True, ""), away.output
        assert away.stderr.startswith("error: "), away.stderr
        both = call(*words, *way, "--ledger", ledger_url)
        assert (both.exit_code, both.stdout) == (2, ""), both.output
        assert "--token-of is for the console" in both.stderr


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
