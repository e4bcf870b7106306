"""What the demo plays on: a simulated district, a control plane, the operator, and the example manifests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml
from hack.controlplane.binaries import BinariesMissing
from hack.controlplane.cluster import CommandFailed
from hack.controlplane.server import ControlPlane, ControlPlaneError
from hack.processes import Child

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".demo"
NAMESPACE, NAME = "districts", "springfield"
OPERATOR_NAMESPACE = "roster-operator"
STUDENTS = 120
PATIENCE = 90.0
POLL = 0.2
PROGRAM = str(Path(sys.executable).parent / "roster-operator")


class StageError(Exception):
    """Something did not start or did not happen; the message says what, and where to look."""


class Stage:
    """Starts everything and stops it again; use it as a context."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """`folder` is emptied, and takes the ledger, the manifests and the logs."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.folder = folder
        self.ledger_url = f"sqlite:///{folder / 'ledger.sqlite'}"
        self._children: list[Child] = []
        self._control_plane: ControlPlane | None = None
        self.address = self._start_simulator()
        self.manifests = self._write_manifests()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def tidy_up(self) -> None:
        """Stop everything and remove what it wrote. After a failure the logs are left instead."""
        self._stop()
        shutil.rmtree(self.folder)

    def plan_only(self) -> str:
        """Run `roster-operator sync --plan-only` on the example district; its output."""
        files = [f"--file={self.manifests}", f"--file={ROOT / 'examples' / 'ebooks'}"]
        result = subprocess.run(  # noqa: S603 - our own program
            [PROGRAM, "sync", *files, "--plan-only"], capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        if result.returncode:
            raise StageError(f"sync --plan-only ended with {result.returncode}: {result.stderr}{result.stdout}")
        return result.stdout

    def start_control_plane(self) -> None:
        """Start etcd, the API server and the controller manager, and install CRDs, permissions and eBooks."""
        try:
            self._control_plane = ControlPlane()
            self._control_plane.start()
            self._control_plane.start_controller_manager()
        except (ControlPlaneError, BinariesMissing) as error:
            raise StageError(str(error)) from None
        self.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
        self._await_kinds()
        self.kubectl("create", "namespace", OPERATOR_NAMESPACE)
        self.kubectl("apply", "-f", str(ROOT / "examples" / "ebooks"))

    def start_operator(self) -> None:
        """Run the operator as the ServiceAccount that the chart makes, with the chart's permissions."""
        cluster = self._cluster
        try:
            rights = cluster.helm(
                "template",
                "roster-operator",
                ROOT / "charts" / "roster-operator",
                "--namespace",
                OPERATOR_NAMESPACE,
                "--show-only=templates/serviceaccount.yaml",
                "--show-only=templates/rbac.yaml",
                "--show-only=templates/catalog-policy.yaml",
                "--set=secrets.watch=true",
            )
        except CommandFailed as error:
            raise StageError(str(error)) from None
        self.kubectl("apply", "-f", "-", text=rights)
        kubeconfig = cluster.kubeconfig_for_service_account(OPERATOR_NAMESPACE, "roster-operator")
        environment = {
            **os.environ,
            "KUBECONFIG": str(kubeconfig),
            "ROSTER_OPERATOR_LEDGER_URL": self.ledger_url,
            "ROSTER_OPERATOR_OPS_PORT": "0",
            "ROSTER_OPERATOR_ALLOW_ADDRESSES": "127.0.0.1",
        }
        log = self.folder / "operator.log"
        self._children.append(Child([PROGRAM, "run"], log, environment=environment))

    def write_environment(self) -> Path:
        """Write what a shell needs to reach all of this, to be sourced; its path."""
        path = self.folder / "env"
        programs = ":".join(str(folder) for folder in self._cluster.binaries.folders)
        lines = {
            "KUBECONFIG": self._cluster.kubeconfig,
            "DISTRICT": self.address,
            "ROSTER_OPERATOR_LEDGER_URL": self.ledger_url,
            "PATH": f"{programs}:{Path(PROGRAM).parent}:$PATH",
        }
        path.write_text("".join(f'export {name}="{value}"\n' for name, value in lines.items()), encoding="utf-8")
        return path

    def kubectl(self, *arguments: str, text: str | None = None) -> str:
        """Run kubectl as the admin; its output."""
        try:
            return self._cluster.kubectl(*arguments, input=text)
        except CommandFailed as error:
            raise StageError(str(error)) from None

    def resource(self) -> dict[str, Any]:
        """The example district as the API server has it."""
        loaded: dict[str, Any] = json.loads(self.kubectl("get", "ri", NAME, "-n", NAMESPACE, "-o", "json"))
        return loaded

    def wait_until(self, what: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until the example district is as it should be, and return it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            resource = self.resource()
            if holds(resource):
                return resource
            if not all(child.running for child in self._children):
                raise StageError(f"a program ended; its log is in {self.folder.name}/\n{self._last_words()}")
            if time.monotonic() > deadline:
                raise StageError(f"{what} did not happen in {PATIENCE:.0f} s; logs are in {self.folder.name}/")
            time.sleep(POLL)

    def change_roster(self, *changes: str) -> None:
        """Let something happen in the district."""
        body = json.dumps({"changes": changes}).encode()
        request = urllib.request.Request(f"{self.address}/_simulator/changes", body, method="POST")  # noqa: S310
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310 - loopback
            pass

    def _await_kinds(self) -> None:
        """Wait until our kinds are served. `kubectl wait` fails on a definition that has no condition yet."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self._cluster.kubectl("get", "ri,ebooks", "-A")
            except CommandFailed as error:
                if time.monotonic() > deadline:
                    raise StageError(str(error)) from None
                time.sleep(POLL)
            else:
                return

    @property
    def _cluster(self) -> ControlPlane:
        if self._control_plane is None:
            raise StageError("the control plane is not started")
        return self._control_plane

    def _stop(self) -> None:
        while self._children:
            self._children.pop().stop()
        if self._control_plane is not None:
            self._control_plane.stop()

    def _start_simulator(self) -> str:
        log = self.folder / "simulator.log"
        child = Child([sys.executable, "-m", "district_simulator", f"--students={STUDENTS}", "--schools=3"], log)
        self._children.append(child)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and child.running:
            for line in log.read_text(encoding="utf-8").splitlines():
                if line.startswith("listening on "):
                    return line.removeprefix("listening on ").split()[0].rstrip("/")
            time.sleep(POLL)
        raise StageError(f"the simulated district did not start:\n{child.last_words()}")

    def _write_manifests(self) -> Path:
        """The example district, but with the address at which the simulator really listens."""
        folder = self.folder / "springfield"
        folder.mkdir()
        for source in (ROOT / "examples" / "springfield").glob("*.yaml"):
            document = yaml.safe_load(source.read_text(encoding="utf-8"))
            if document["kind"] == "RosterIntegration":
                document["spec"]["source"]["baseURL"] = self.address
            # JSON, because PyYAML leaves out the quotes of 060891900003, which kubectl then takes for a number.
            (folder / source.name).write_text(json.dumps(document, indent=2), encoding="utf-8")
        return folder

    def _last_words(self) -> str:
        return "\n".join(child.last_words(5) for child in self._children if not child.running)
