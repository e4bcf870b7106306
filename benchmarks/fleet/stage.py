"""What the fleet runs on: an API server with RBAC, a durable PostgreSQL, simulated districts, and resources."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
import psycopg
from benchmarks.districts import EBOOKS
from benchmarks.fleet.audit import AuditLog
from benchmarks.fleet.clock import FastClock
from hack.controlplane.server import ControlPlane
from hack.postgres import PrivatePostgres
from hack.processes import Child, free_ports

from roster_operator.kube.client import KubernetesClient, Object
from roster_operator.kube.connection import connect

ROOT = Path(__file__).resolve().parents[2]
HOME, NAMESPACE = "roster-operator", "districts"
KINDS = f"/apis/rostering.cpm.org/v1alpha1/namespaces/{NAMESPACE}/rosterintegrations"
IMAGE = {"MALLOC_ARENA_MAX": "2"}
"""What the Dockerfile sets that memory depends on."""
_AT_ONCE = 16
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Group:
    """Districts of one size behind one server."""

    name: str
    districts: int
    students: int

    def members(self) -> list[str]:
        """The names of their resources."""
        return [f"{self.name}-{number}" for number in range(self.districts)]


class Stage:
    """Starts everything; a context that stops it again."""

    def __init__(self, workers: int) -> None:
        self._resources = ExitStack()
        self.workers = workers
        self.folder = Path(self._resources.enter_context(TemporaryDirectory(prefix="roster-fleet-")))
        self.audit = AuditLog(self.folder)
        self.cluster = self._resources.enter_context(ControlPlane(apiserver_options=self.audit.options))
        self.postgres = self._resources.enter_context(PrivatePostgres(durable=True))
        self.ledger = self.postgres.create_database()
        self.servers: dict[str, Child] = {}
        self._addresses: dict[str, str] = {}
        self.operator: Child | None = None
        self._ops_port = 0
        self._starts = 0
        self._kubeconfig = self._install()

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        for child in (self.operator, *self.servers.values()):
            if child is not None:
                child.stop()
        self._resources.close()

    @property
    def pids(self) -> dict[str, int]:
        """Whose use of the machine is measured."""
        children = {**self.cluster.processes, **self.servers}
        if self.operator is not None and self.operator.running:
            children["operator"] = self.operator
        pids = {name: child.pid for name, child in children.items()}
        return pids | ({"postgresql": self.postgres.pid} if self.postgres.pid else {})

    def serve(self, group: Group) -> None:
        """Start the server of a group's districts."""
        command = [sys.executable, "-m", "district_simulator", f"--students={group.students}", "--schools=1"]
        name = f"simulator of {group.name}"
        log = self.folder / f"simulator-{group.name}.log"
        child = Child([*command, f"--districts={group.districts}"], log)
        self.servers[name] = child
        _until(lambda: "listening on" in log.read_text() or not child.running, child)
        self._addresses[group.name] = log.read_text().split("listening on ")[1].split()[0].rstrip("/")

    def start_operator(self, clock: FastClock | None = None) -> float:
        """Start it, and return after how many seconds it is ready."""
        port = free_ports(1)[0]
        options = {
            "kubeconfig": str(self._kubeconfig),
            "ledger": self.ledger,
            "workers": self.workers,
            "per_server": self.workers,  # all simulated districts are on one
            "per_namespace": self.workers,
            "ops_port": port,
            "clock": asdict(clock) if clock else None,
        }
        self._starts += 1
        self._ops_port = port
        started = time.monotonic()
        command = [sys.executable, "-m", "benchmarks.fleet.operator", json.dumps(options)]
        environment = {**os.environ, **IMAGE, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "operator")))}
        self.operator = child = Child(
            command, self.folder / f"operator-{self._starts}.log", environment=environment, folder=self.folder
        )
        _until(lambda: _ready(port) or not child.running, child)
        return time.monotonic() - started

    def metrics(self) -> dict[str, float]:
        """What the operator says of itself, labels left out."""
        lines = httpx2.get(f"http://127.0.0.1:{self._ops_port}/metrics", timeout=30).text.splitlines()
        found: dict[str, float] = {}
        for line in lines:
            if not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                found[name.partition("{")[0]] = found.get(name.partition("{")[0], 0.0) + float(value)
        return found

    def database(self) -> dict[str, float]:
        """The counters of the database."""
        with psycopg.connect(self.ledger, autocommit=True) as connection:
            row = connection.execute(
                "SELECT xact_commit + xact_rollback, tup_inserted + tup_updated + tup_deleted, "
                "pg_database_size(current_database()), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0'), "
                "(SELECT count(*) FROM pg_stat_activity WHERE application_name = 'roster-operator') "
                "FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone()
        assert row is not None
        names = ("transactions", "rows", "size", "wal", "connections")
        return dict(zip(names, (float(value) for value in row), strict=True))

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of the ledger."""
        with psycopg.connect(self.ledger, autocommit=True) as connection:
            return connection.execute(statement).fetchall()

    def create(self, group: Group) -> None:
        """Write the resources of a group, and a Secret for each."""
        asyncio.run(self._create(group))

    def change(self, group: Group, numbers: Iterable[int]) -> None:
        """Let something happen in some districts of a group."""
        for number in numbers:
            url = f"{self._addresses[group.name]}/d/{number}/_simulator/changes"
            httpx2.post(url, json={"changes": ["percent:1"]}).raise_for_status()

    async def _create(self, group: Group) -> None:
        admin = KubernetesClient(await connect(self.cluster.kubeconfig))
        try:
            await _each(group.members(), lambda name: _create_one(admin, name, self._address(group, name)))
        finally:
            await admin.close()

    def _address(self, group: Group, name: str) -> str:
        return f"{self._addresses[group.name]}/d/{name.rpartition('-')[2]}"

    def _install(self) -> Path:
        """CRDs, eBooks, and the operator's account as the chart makes it."""
        cluster = self.cluster
        cluster.kubectl("apply", "--server-side", "-f", ROOT / "crds")
        cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        for namespace in (HOME, NAMESPACE):
            cluster.kubectl("create", "namespace", namespace)
        books = [_ebook(name) for name in EBOOKS]
        cluster.kubectl("apply", "-f", "-", input=json.dumps({"apiVersion": "v1", "kind": "List", "items": books}))
        templates = [f"--show-only=templates/{name}.yaml" for name in ("serviceaccount", "rbac")]
        rights = cluster.helm(
            "template", "roster-operator", ROOT / "charts" / "roster-operator", "--namespace", HOME, *templates
        )
        cluster.kubectl("apply", "-f", "-", input=rights)
        return cluster.kubeconfig_for_service_account(HOME, "roster-operator")


async def _each(names: Sequence[str], make: Callable[[str], Any]) -> None:
    """Some at a time."""
    remaining = iter(names)

    async def work() -> None:
        for name in remaining:
            await make(name)

    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))


async def _create_one(admin: KubernetesClient, name: str, url: str) -> None:
    secret = {"metadata": {"name": name}, "stringData": {"clientID": "demo-key", "clientSecret": "demo-secret"}}
    await admin.create(f"/api/v1/namespaces/{NAMESPACE}/secrets", {"apiVersion": "v1", "kind": "Secret", **secret})
    await admin.create(KINDS, integration(name, url))


def integration(name: str, url: str) -> Object:
    """A live district with all mathematics courses mapped."""
    return {
        "apiVersion": "rostering.cpm.org/v1alpha1",
        "kind": "RosterIntegration",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "live": True,
            "guard": {"districtPercent": 100, "schoolPercent": 100},
            "source": {"baseURL": url, "secretRef": {"name": name}},
            "schools": [{"id": "994"}],
            "courses": [{"code": f"MA10{n}", "ebooks": [EBOOKS[n % len(EBOOKS)]]} for n in range(1, 8)],
        },
    }


def _ebook(name: str) -> Object:
    kind = {"apiVersion": "rostering.cpm.org/v1alpha1", "kind": "EBook"}
    return {**kind, "metadata": {"name": name}, "spec": {"title": name}}


def _ready(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/readyz").is_success
    except httpx2.HTTPError:
        return False


def _until(holds: Callable[[], bool], child: Child) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{child.name} did not come up:\n{child.last_words()}")
        time.sleep(0.1)
    if not child.running:
        raise RuntimeError(f"{child.name} ended:\n{child.last_words()}")
