"""The chart's pod: a user without a name, nothing in the environment, and no root to write to."""

from __future__ import annotations

import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from hack.controlplane.cluster import Cluster
from hack.processes import Child, free_ports
from tests.controller.conftest import Districts, districts, identity_elsewhere
from tests.controller.fakes import wait_until
from tests.sources.csv.sets import CsvSet
from tests.sources.csv.sftp_server import PASSWORD, USER, sftp_server
from tests.support.chart import CHART, RELEASE
from tests.support.pod import NOBODY, OwnRoot, Runtime, SharedRoot, environment_of

from district_simulator.library import SimulatedDistrict

__all__ = ["districts", "identity_elsewhere"]

SIMULATED = "--set=addresses.allow={127.0.0.1}"
"""Where the simulated district stands."""
POSTGRES = ("--set=ledger.existingSecret.name=ledger", "--set=ledger.sqlite.enabled=false")


class Pod:
    """What the chart says of it, started by a runtime."""

    def __init__(self, cluster: Cluster, runtime: Runtime, folder: Path, namespace: str) -> None:
        """Installed in `namespace`."""
        self._namespace = namespace
        self._cluster = cluster
        self._runtime = runtime
        self._folder = folder
        self._port = free_ports(1)[0]
        folder.chmod(0o711)  # its user must get to its volumes

    def start(self, *values: str, ledger_url: str = "") -> Child:
        """Its container, with a Secret of this URL where the chart mounts one; returns when it is ready."""
        operator = self.launch(*values, ledger_url=ledger_url)
        wait_until(lambda: self._ready() or not operator.running, seconds=60)
        assert operator.running, operator.last_words()
        return operator

    def launch(self, *values: str, ledger_url: str = "", lacking: str = "") -> Child:
        """The same without waiting, and without the volume `lacking`.

        The port is of this machine, which others use too.
        """
        shown = ("--show-only=templates/deployment.yaml", SIMULATED)
        rendered = self._cluster.helm("template", RELEASE, CHART, "--namespace", self._namespace, *shown, *values)
        spec = yaml.safe_load(rendered)["spec"]["template"]["spec"]
        (container,) = spec["containers"]
        assert (spec["securityContext"]["runAsUser"], spec["securityContext"]["fsGroup"]) == NOBODY
        assert container["securityContext"]["readOnlyRootFilesystem"]
        volumes = {mount["mountPath"]: self._volume(mount["name"]) for mount in container["volumeMounts"]}
        volumes.pop(lacking, None)
        if ledger_url:
            (volumes["/etc/roster-operator/ledger"] / "url").write_text(ledger_url)
            volumes |= _sockets(ledger_url)
        ops = {"ROSTER_OPERATOR_OPS_PORT": str(self._port), "ROSTER_OPERATOR_OPS_HOST": "127.0.0.1"}
        log = self._folder / "operator.log"
        return self._runtime.start(container["args"], environment_of(container, self._namespace) | ops, volumes, log)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.URLError:
            return False

    def _volume(self, name: str) -> Path:
        """An empty one, of the group that the chart asks Kubernetes to give it."""
        volume = self._folder / name
        volume.mkdir()
        os.chown(volume, 0, NOBODY.gid)
        volume.chmod(0o2770)
        return volume


def _sockets(url: str) -> dict[str, Path]:
    """The folder of a database's Unix socket, as a volume; nothing, if it listens at a port."""
    folders = [Path(host) for host in parse_qs(urlsplit(url).query).get("host", [])]
    for folder in folders:
        folder.chmod(0o711)
    return {str(folder): folder for folder in folders}


@pytest.fixture(params=[OwnRoot, SharedRoot])
def pod(
    request: pytest.FixtureRequest,
    control_plane: Cluster,
    helm: Callable[..., str],
    namespace: str,
    identity_elsewhere: Path,
) -> Iterator[Pod]:
    with TemporaryDirectory(prefix="roster-pod-") as name:  # pytest's own are closed to other users
        folder = Path(name)
        yield Pod(control_plane, request.param(folder, identity_elsewhere), folder, f"{namespace}-operator")


@pytest.fixture
def district() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=60, schools=2, seed=3) as district:
        yield district


def springfield(districts: Districts, district: SimulatedDistrict, source: dict[str, str], **secret: str) -> None:
    """A live district; returns when all its licenses are there."""
    algebra = f"algebra-{districts.namespace}"
    districts.create_ebook(algebra)
    districts.create_secret("springfield-sis", **secret)
    districts.create(
        "springfield",
        secret=False,
        source={**source, "secretRef": {"name": "springfield-sis"}},
        live=True,
        schools=[{"id": school} for school in district.school_ids],
        courses=[{"code": "MA101", "ebooks": [algebra]}],
    )
    districts.await_condition("springfield", "True", "Synced", seconds=60)
    due = len(district.expected_licenses(district.school_ids, ["MA101"]))
    assert districts.status("springfield")["licenses"]["active"] == due


def test_the_default_install_gets_ready_syncs_a_district_and_has_nothing_to_complain_of(
    pod: Pod, districts: Districts, district: SimulatedDistrict
) -> None:
    operator = pod.start()

    keys = {"clientID": district.client_id, "clientSecret": district.client_secret}
    springfield(districts, district, {"baseURL": district.base_url}, **keys)

    operator.stop(signal.SIGTERM, patience=30)
    assert operator.wait(0) == 0
    lines = [json.loads(line) for line in operator.log.read_text().splitlines()]
    assert not [line for line in lines if line["level"] != "INFO"]


def test_what_libraries_ask_of_the_user_is_there_for_files_by_sftp_and_for_postgresql(
    pod: Pod, districts: Districts, postgres_url: str, tmp_path: Path
) -> None:
    operator = pod.start(*POSTGRES, ledger_url=postgres_url)
    district = SimulatedDistrict(students=60, schools=2, seed=3)
    (tmp_path / "in").mkdir()
    CsvSet.of(district).zip(tmp_path / "in" / "roster.zip")
    with sftp_server(tmp_path) as server:
        keys = {"clientID": USER, "clientSecret": PASSWORD, "knownHosts": server.known_hosts}
        source = {"type": "OneRosterCSV", "baseURL": server.url(), "settleTime": "0s"}
        springfield(districts, district, source, **keys)

    operator.stop(signal.SIGTERM, patience=30)
    assert operator.wait(0) == 0


@pytest.mark.parametrize("pod", [OwnRoot], indirect=True)
def test_a_pod_with_no_place_for_temporary_files_says_so_at_once(pod: Pod) -> None:
    operator = pod.launch(lacking="/tmp")

    assert operator.wait(30) == 2
    assert "mount an emptyDir at /tmp" in operator.last_words()
