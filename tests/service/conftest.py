"""The service beside a real API server, and people whom the cluster knows and gives this or that."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from aiohttp import web
from hack.controlplane.cluster import Cluster

from roster_operator.clock import SystemClock
from roster_operator.console.cases import Cases
from roster_operator.console.pages import Pages
from roster_operator.console.proxies import TrustedProxies
from roster_operator.console.sessions import Sessions
from roster_operator.console.signing_in import ByProvider
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import connect
from roster_operator.ledger.by_hand import open_by_hand
from roster_operator.ledger.cases import open_cases
from roster_operator.ledger.cases.interface import CaseLedger
from roster_operator.ledger.cleanup import open_cleanup
from roster_operator.ledger.imports import open_imports
from roster_operator.ledger.people import open_people
from roster_operator.ledger.queries import open_queries
from roster_operator.ledger.store import open_ledger
from roster_operator.ledger.undo import open_undo
from roster_operator.service.app import Service, Stores
from roster_operator.snapshot.key import SnapshotKey
from roster_operator.sources.network import Network, Servers

HTTP = httpx2.Client(timeout=60, limits=httpx2.Limits(max_connections=None))
ACCOUNT = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "console"}}
DISTRICT = {
    "apiVersion": "rostering.cpm.org/v1alpha1",
    "kind": "RosterIntegration",
    "metadata": {"name": "springfield"},
    "spec": {"source": {"baseURL": "https://sis.example", "secretRef": {"name": "sis"}}},
}


@dataclass(frozen=True)
class People:
    """Whoever is to ask: a ServiceAccount stands for a person, as the API server cannot tell them apart."""

    cluster: Cluster

    def token(self, namespace: str, name: str, *rules: str, resources: str = "rosterintegrations") -> str:
        """Of somebody who may do `rules` (verbs) with `resources` in the namespace."""
        self.cluster.kubectl("create", "serviceaccount", name, "-n", namespace)
        if rules:
            self.grant(namespace, name, *rules, resources=resources)
        return self.cluster.kubectl("create", "token", name, "-n", namespace).strip()

    def grant(self, namespace: str, name: str, *rules: str, resources: str = "rosterintegrations") -> None:
        """Let somebody do `rules` with `resources` too."""
        role: dict[str, Any] = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": {"name": f"{name}-{resources.rpartition('/')[2]}"},
            "rules": [{"apiGroups": ["rostering.cpm.org"], "resources": [resources], "verbs": list(rules)}],
        }
        binding = (f"--role={role['metadata']['name']}", f"--serviceaccount={namespace}:{name}", "-n", namespace)
        self.cluster.kubectl("apply", "-n", namespace, "-f", "-", input=yaml.safe_dump(role))
        self.cluster.kubectl("create", "rolebinding", role["metadata"]["name"], *binding)


@dataclass(frozen=True)
class Served:
    """A running service."""

    url: str

    def ask(self, token: str, namespace: str, verb: str, name: str = "springfield", **body: Any) -> httpx2.Response:
        path = f"{self.url}/v1/namespaces/{namespace}/districts/{name}/{verb}"
        return HTTP.post(path, json=body, headers={"Authorization": f"Bearer {token}"})

    def ask_fleet(self, token: str, verb: str, namespace: str = "", **body: Any) -> httpx2.Response:
        where = f"/namespaces/{namespace}" if namespace else ""
        path = f"{self.url}/v1{where}/{verb}"
        return HTTP.post(path, json=body, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture(scope="module")
def people(control_plane: Cluster) -> People:
    return People(control_plane)


@pytest.fixture
def district(kubectl: Callable[..., str], crds_installed: None, namespace: str) -> str:
    """The namespace of a RosterIntegration that no operator looks at."""
    kubectl("apply", "-n", namespace, "-f", "-", input=yaml.safe_dump(DISTRICT))
    return namespace


@pytest.fixture
def console_kubeconfig(control_plane: Cluster, crds_installed: None, namespace: str, tmp_path: Path) -> Iterator[Path]:
    """Of the account that the chart gives the console: it may ask who somebody is and what they may, and read."""
    control_plane.kubectl("create", "serviceaccount", "console", "-n", namespace)
    account = f"--serviceaccount={namespace}:console"
    roles = (f"{namespace}-read", f"{namespace}-ebooks")
    bindings = {f"{namespace}-auth": "system:auth-delegator", **{role: role for role in roles}}
    reading = ("--verb=get", "--verb=list", "--verb=watch", "--resource=rosterintegrations.rostering.cpm.org")
    control_plane.kubectl("create", "clusterrole", f"{namespace}-read", *reading)
    ebooks = ("--verb=list", "--resource=ebooks.rostering.cpm.org")
    control_plane.kubectl("create", "clusterrole", f"{namespace}-ebooks", *ebooks)
    for name, role in bindings.items():
        control_plane.kubectl("create", "clusterrolebinding", name, f"--clusterrole={role}", account)
    token = control_plane.kubectl("create", "token", "console", "-n", namespace).strip()
    config = yaml.safe_load(control_plane.kubeconfig.read_text())
    config["users"] = [{"name": each["name"], "user": {"token": token}} for each in config["users"]]
    path = tmp_path / "console.kubeconfig"
    path.write_text(yaml.safe_dump(config))
    yield path
    control_plane.kubectl("delete", "clusterrolebinding", "--ignore-not-found", *bindings)
    control_plane.kubectl("delete", "clusterrole", *roles)


@pytest.fixture
def serve(console_kubeconfig: Path) -> Iterator[Callable[..., Served]]:
    """`serve(ledger_url, audiences=(), key=None, applies=False, by_provider=None, allowed=(), proxies=())`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    runners: list[web.AppRunner] = []
    closing: list[Callable[[], Any]] = []
    ledgers: list[Stores | CaseLedger] = []

    def called(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    async def begin(
        url: str,
        audiences: tuple[str, ...] = (),
        key: SnapshotKey | None = None,
        *,
        applies: bool = False,
        by_provider: ByProvider | None = None,
        port: int = 0,
        allowed: Sequence[str] = (),
        proxies: Sequence[str] = (),
    ) -> Served:
        client = KubernetesClient(await connect(console_kubeconfig))
        more = open_ledger(url), open_by_hand(url), open_cleanup(url)
        stores = Stores(open_queries(url), open_people(url), open_undo(url), open_imports(url), *more)
        service = Service(client, stores, SystemClock(), audiences=audiences, find_key=lambda: key, applies=applies)
        app = service.app()
        issuer = by_provider.provider.issuer if by_provider else ""

        def find_secret() -> bytes | None:
            return key.secret if key else None

        sessions = Sessions(find_secret, SystemClock(), issuer=issuer)
        case_codes = open_cases(url)
        cases = Cases(case_codes, find_secret, SystemClock())
        network = Network(Servers.parse(allowed))
        trusted = TrustedProxies.parse(proxies)
        Pages(service, sessions, cases, by_provider=by_provider, network=network, proxies=trusted).add_to(app)
        runner = web.AppRunner(app, access_log=None, auto_decompress=False)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        runners.append(runner)
        closing.append(client.close)
        ledgers.extend((stores, case_codes))
        return Served(f"http://127.0.0.1:{runner.addresses[0][1]}")

    yield lambda *args, **options: called(begin(*args, **options))
    for runner in runners:
        called(runner.cleanup())
    for close in closing:
        called(close())
    for ledger in ledgers:
        ledger.close()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
