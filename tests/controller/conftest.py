"""An operator on a real API server, with the chart's permissions and nothing more."""

from __future__ import annotations

import asyncio
import itertools
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hack.controlplane.cluster import Cluster
from kubernetes import client
from pydantic import SecretStr
from tests.controller.fakes import RecordingLedger, ScriptedReconcile, wait_until
from tests.controller.permissions import Permissions
from tests.support.chart import install_rbac, remove_rbac

from roster_operator.clock import Clock, SystemClock
from roster_operator.controller.operator import Operator
from roster_operator.controller.settings import OperatorSettings

GROUP, VERSION, PLURAL = "rostering.cpm.org", "v1alpha1", "rosterintegrations"


class RunningOperator:
    """An operator in a thread of the test's process."""

    def __init__(
        self,
        settings: OperatorSettings,
        reconcile: ScriptedReconcile,
        ledger: RecordingLedger,
        clock: Clock,
        look_every: float,
    ) -> None:
        self.reconcile = reconcile
        self.ledger = ledger
        self.exit_code: int | None = None
        self._loop = asyncio.new_event_loop()
        self.operator = Operator(
            settings,
            reconcile=reconcile,
            ledger=ledger,  # type: ignore[arg-type]
            open_source=lambda *_: None,  # type: ignore[arg-type]
            clock=clock,
            look_every=look_every,
        )
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        self.exit_code = self._loop.run_until_complete(self.operator.run())
        self._loop.close()

    def start(self) -> None:
        self._thread.start()
        wait_until(lambda: self.watching, message="the operator does not watch")

    def stop(self, *, seconds: float = 30) -> int:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self.operator.stop)
        return self.join(seconds=seconds)

    def join(self, *, seconds: float = 30) -> int:
        self._thread.join(seconds)
        assert self.exit_code is not None, "the operator did not end"
        return self.exit_code

    @property
    def watching(self) -> bool:
        return bool(self.operator.ops_port) and "watch: ok" in self.readiness()[1]

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def call(self, function: Callable[..., object], *arguments: Any) -> None:
        """Call something of the engine where it belongs."""
        self._loop.call_soon_threadsafe(function, *arguments)

    def readiness(self) -> tuple[int, str]:
        """Status and text of /readyz."""
        return self._ask("readyz")

    def health(self) -> tuple[int, str]:
        """Status and text of /healthz."""
        return self._ask("healthz")

    def _ask(self, path: str) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self.operator.ops_port}/{path}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


class Districts:
    """RosterIntegrations, Secrets and EBooks of one namespace, as GitOps and the publisher write them."""

    def __init__(self, api: client.ApiClient, namespace: str) -> None:
        self.namespace = namespace
        self.core: Any = client.CoreV1Api(api)
        self.objects = client.CustomObjectsApi(api)
        self.events_api = client.EventsV1Api(api)
        self._kind = (GROUP, VERSION, namespace, PLURAL)
        self._ebooks: list[str] = []
        self._counter = itertools.count()

    def create(self, name: str, *, secret: bool = True, annotations: dict[str, str] | None = None, **spec: Any) -> None:
        if secret:
            self.create_secret(f"{name}-sis")
        self.objects.create_namespaced_custom_object(
            *self._kind,
            {
                "apiVersion": f"{GROUP}/{VERSION}",
                "kind": "RosterIntegration",
                "metadata": {"name": name, "annotations": annotations or {}},
                "spec": {
                    "source": {"baseURL": f"https://{name}.example.org", "secretRef": {"name": f"{name}-sis"}},
                    "retryInterval": "10s",
                    **spec,
                },
            },
        )

    def create_secret(self, name: str, **values: str) -> None:
        self.core.create_namespaced_secret(
            self.namespace,
            client.V1Secret(
                metadata=client.V1ObjectMeta(name=name),
                string_data=values or {"clientID": "id", "clientSecret": "secret"},
            ),
        )

    def change_secret(self, name: str, **values: str) -> None:
        self.core.patch_namespaced_secret(name, self.namespace, {"stringData": values})

    def create_ebook(self, name: str) -> None:
        self._ebooks.append(name)
        body = {
            "apiVersion": f"{GROUP}/{VERSION}",
            "kind": "EBook",
            "metadata": {"name": name},
            "spec": {"title": name},
        }
        self.objects.create_cluster_custom_object(GROUP, VERSION, "ebooks", body)

    def change_ebook(self, name: str, **spec: Any) -> None:
        self.objects.patch_cluster_custom_object(GROUP, VERSION, "ebooks", name, {"spec": spec})

    def delete_ebook(self, name: str) -> None:
        self._ebooks.remove(name)
        self.objects.delete_cluster_custom_object(GROUP, VERSION, "ebooks", name)

    def remove_ebooks(self) -> None:
        for name in list(self._ebooks):
            self.delete_ebook(name)

    def change(self, name: str, **spec: Any) -> None:
        self.objects.patch_namespaced_custom_object(*self._kind, name, {"spec": spec})

    def request(self, name: str, token: str) -> None:
        self.annotate(name, "rostering.cpm.org/requested-at", token)

    def annotate(self, name: str, annotation: str, value: str) -> None:
        body = {"metadata": {"annotations": {annotation: value}}}
        self.objects.patch_namespaced_custom_object(*self._kind, name, body)

    def delete(self, name: str) -> None:
        self.objects.delete_namespaced_custom_object(*self._kind, name)

    def strip_finalizers(self, name: str) -> None:
        self.objects.patch_namespaced_custom_object(*self._kind, name, {"metadata": {"finalizers": None}})

    def get(self, name: str) -> dict[str, Any]:
        found: Any = self.objects.get_namespaced_custom_object(*self._kind, name)
        return dict(found)

    def exists(self, name: str) -> bool:
        items: Any = self.objects.list_namespaced_custom_object(*self._kind)
        return any(item["metadata"]["name"] == name for item in items["items"])

    def status(self, name: str) -> dict[str, Any]:
        return self.get(name).get("status") or {}

    def condition(self, name: str, type_: str = "Ready") -> tuple[str, str]:
        """Status and reason; empty if it is not there."""
        for condition in self.status(name).get("conditions", ()):
            if condition["type"] == type_:
                return condition["status"], condition["reason"]
        return "", ""

    def await_condition(self, name: str, status: str, reason: str, type_: str = "Ready", seconds: float = 20) -> None:
        wait_until(lambda: self.condition(name, type_) == (status, reason), seconds=seconds)

    def events(self, name: str) -> list[tuple[str, str]]:
        """Type and reason of each, in the order in which they were written."""
        found: list[Any] = self.events_api.list_namespaced_event(self.namespace).items
        ours = [event for event in found if event.regarding.name == name]
        return [(event.type, event.reason) for event in sorted(ours, key=lambda event: event.event_time)]


@pytest.fixture
def districts(api_client: client.ApiClient, namespace: str, crds_installed: None) -> Iterator[Districts]:
    """What people write."""
    written = Districts(api_client, namespace)
    yield written
    written.remove_ebooks()


@pytest.fixture
def identity(control_plane: Cluster, namespace: str) -> Iterator[Path]:
    """The kubeconfig of the operator's ServiceAccount, with the chart's permissions in this namespace."""
    yield install_rbac(control_plane, namespace, watch_namespaces=[namespace], watch_secrets=True)
    remove_rbac(control_plane, namespace)


@pytest.fixture
def identity_elsewhere(control_plane: Cluster, api_client: client.ApiClient, namespace: str) -> Iterator[Path]:
    """The kubeconfig of an operator that is installed in a namespace of its own and may serve the whole cluster."""
    core, home = client.CoreV1Api(api_client), f"{namespace}-operator"
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=home)))
    yield install_rbac(control_plane, home, watch_secrets=True)
    remove_rbac(control_plane, home)
    core.delete_namespace(home)


@pytest.fixture
def permissions(api_client: client.ApiClient, namespace: str, identity: Path) -> Permissions:
    """Those of `identity`."""
    return Permissions(api_client, namespace)


Start = Callable[..., RunningOperator]


@pytest.fixture
def start(identity: Path, namespace: str) -> Iterator[Start]:
    """Starts operators for this namespace; what still runs at the end is stopped."""
    running: list[RunningOperator] = []

    def start(
        reconcile: ScriptedReconcile | None = None,
        ledger: RecordingLedger | None = None,
        clock: Clock | None = None,
        look_every: float = 1.0,
        **settings: Any,
    ) -> RunningOperator:
        operator = RunningOperator(
            OperatorSettings(
                **{
                    "ledger": SecretStr("sqlite://"),
                    "kubeconfig": identity,
                    "namespaces": (namespace,),
                    "workers": 4,
                    "watch_secrets": True,
                    "ops_host": "127.0.0.1",
                    "ops_port": 0,
                    "grace": 10.0,
                    "shortest_interval": 0.0,
                    **settings,
                }
            ),
            reconcile or ScriptedReconcile(),
            ledger or RecordingLedger(),
            clock or SystemClock(),
            look_every,
        )
        running.append(operator)
        operator.start()
        return operator

    yield start
    for operator in running:
        if operator.alive:
            operator.stop()


@contextmanager
def steady(what: Callable[[], object], *, seconds: float) -> Iterator[None]:
    """Assert that something is the same after `seconds`."""
    before = what()
    yield
    threading.Event().wait(seconds)
    assert what() == before
