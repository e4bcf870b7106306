"""What a demo plays on: simulated districts, a control plane, the operator, and the console."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hack.controlplane.binaries import BinariesMissing
from hack.controlplane.cluster import CommandFailed
from hack.controlplane.server import ControlPlane, ControlPlaneError
from hack.processes import Child

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".demo"
NAMESPACE = "districts"
OPERATOR_NAMESPACE = "roster-operator"
PATIENCE = 90.0
POLL = 0.2
PROGRAM = str(Path(sys.executable).parent / "roster-operator")


class StageError(Exception):
    """Something did not start or did not happen; the message says what, and where to look."""


_WAITS = 3
"""The exit code of a command that did its part and found something that waits for people."""


def run_program(*arguments: str, environment: dict[str, str] | None = None) -> str:
    """Run `roster-operator`; its output. Raises `StageError` with what it said, if it failed."""
    result = subprocess.run(  # noqa: S603 - our own program
        [PROGRAM, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    if result.returncode not in (0, _WAITS):
        raise StageError(f"{arguments[0]} ended with {result.returncode}: {result.stderr}{result.stdout}")
    return result.stdout


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

    def start_simulator(self, name: str, *options: str) -> Child:
        """A simulated district, of which `address_of` tells the address; `name`: of its log."""
        command = [sys.executable, "-m", "district_simulator", *options]
        return self._start(command, f"{name}.log")

    def address_of(self, simulator: Child) -> str:
        """Where a simulated district listens, as soon as it does."""
        return self._said(simulator, r"listening on (\S+)\s").rstrip("/")

    def start_control_plane(self, **tokens: str) -> None:
        """Start etcd, the API server and the controller manager, and install CRDs and eBooks.

        `tokens`: by which the API server knows further users, by their names.
        """
        try:
            self._control_plane = ControlPlane(tokens=tokens)
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
        self.install("serviceaccount", "rbac", "catalog-policy")
        environment = {
            **self._environment_of_programs(),
            "ROSTER_OPERATOR_OPS_PORT": "0",
        }
        self._start([PROGRAM, "run"], "operator.log", environment)

    def start_console(self) -> str:
        """Run the console beside the operator, as the chart does where the ledger is SQLite; its address."""
        self.install("rbac-console", "rbac-people")
        options = ["--console-host=127.0.0.1", "--console-port=0"]
        console = self._start([PROGRAM, "console", *options], "console.log", self._environment_of_programs())
        port = self._said(console, r"answering on port (\d+)\D")
        return f"http://127.0.0.1:{port}"

    def install(self, *templates: str) -> None:
        """Apply parts of the chart."""
        shown = [f"--show-only=templates/{name}.yaml" for name in templates]
        values = ["--set=secrets.watch=true,console.enabled=true"]
        chart = ROOT / "charts" / "roster-operator"
        try:
            rendered = self.cluster.helm(
                "template", "roster-operator", chart, "--namespace", OPERATOR_NAMESPACE, *shown, *values
            )
        except CommandFailed as error:
            raise StageError(str(error)) from None
        self.kubectl("apply", "-f", "-", text=rendered)

    def _environment_of_programs(self) -> dict[str, str]:
        account = self.cluster.kubeconfig_for_service_account(OPERATOR_NAMESPACE, "roster-operator")
        return {
            **os.environ,
            "KUBECONFIG": str(account),
            "ROSTER_OPERATOR_LEDGER_URL": self.ledger_url,
            "ROSTER_OPERATOR_ALLOW_ADDRESSES": "127.0.0.1",
        }

    def kubectl(self, *arguments: str, text: str | None = None) -> str:
        """Run kubectl as the admin; its output."""
        try:
            return self.cluster.kubectl(*arguments, input=text)
        except CommandFailed as error:
            raise StageError(str(error)) from None

    def roster_operator(self, *arguments: str) -> str:
        """Run our program as the admin, with the ledger of the operator; its output."""
        environment = {
            **os.environ,
            "KUBECONFIG": str(self.cluster.kubeconfig),
            "ROSTER_OPERATOR_LEDGER_URL": self.ledger_url,
        }
        return run_program(*arguments, environment=environment)

    def resource(self, name: str) -> dict[str, Any]:
        """A district as the API server has it."""
        loaded: dict[str, Any] = json.loads(self.kubectl("get", "ri", name, "-n", NAMESPACE, "-o", "json"))
        return loaded

    def wait_until(self, what: str, name: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until a district is as it should be, and return it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            resource = self.resource(name)
            if holds(resource):
                return resource
            self.check()
            if time.monotonic() > deadline:
                raise StageError(f"{what} did not happen in {PATIENCE:.0f} s; logs are in {self.folder.name}/")
            time.sleep(POLL)

    def check(self) -> None:
        """Raises `StageError` if something that was started has ended."""
        if not all(child.running for child in self._children):
            raise StageError(f"a program ended; its log is in {self.folder.name}/\n{self._last_words()}")

    def change_roster(self, address: str, *changes: str) -> None:
        """Let something happen in a district."""
        body = json.dumps({"changes": changes}).encode()
        request = urllib.request.Request(f"{address}/_simulator/changes", body, method="POST")  # noqa: S310
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310 - loopback
            pass

    def _await_kinds(self) -> None:
        """Wait until our kinds are served. `kubectl wait` fails on a definition that has no condition yet."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.cluster.kubectl("get", "ri,ebooks", "-A")
            except CommandFailed as error:
                if time.monotonic() > deadline:
                    raise StageError(str(error)) from None
                time.sleep(POLL)
            else:
                return

    @property
    def cluster(self) -> ControlPlane:
        if self._control_plane is None:
            raise StageError("the control plane is not started")
        return self._control_plane

    def _stop(self) -> None:
        while self._children:
            self._children.pop().stop()
        if self._control_plane is not None:
            self._control_plane.stop()

    def _start(self, command: list[str], log: str, environment: dict[str, str] | None = None) -> Child:
        child = Child(command, self.folder / log, environment=environment)
        self._children.append(child)
        return child

    def _said(self, child: Child, pattern: str) -> str:
        """What stands in a program's log at the group of `pattern`, as soon as it is there."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and child.running:
            found = re.search(pattern, child.log.read_text(encoding="utf-8"))
            if found:
                return found[1]
            time.sleep(POLL)
        raise StageError(f"{child.log.stem} did not start:\n{child.last_words()}")

    def _last_words(self) -> str:
        return "\n".join(child.last_words(5) for child in self._children if not child.running)
