"""A private Kubernetes control plane: etcd, the API server with RBAC, and the controller manager if asked for.

It is what tests and the demo run against: real schemas, CEL, server-side apply, RBAC and watches, without
nodes. Ready in about three seconds.

    with ControlPlane() as cluster:
        cluster.kubectl("apply", "--server-side", "-f", "crds/")
"""

from __future__ import annotations

import base64
import secrets
import shutil
import signal
import ssl
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hack.controlplane.binaries import Binaries, find_binaries
from hack.controlplane.cluster import Cluster, write_kubeconfig
from hack.processes import Child, free_ports

START_SECONDS = 60.0
POLL_SECONDS = 0.05

# What the tests of deletion need, and no more: everything else would act on pods, which nothing runs here.
CONTROLLERS = ("garbage-collector-controller", "namespace-controller")


class ControlPlaneError(Exception):
    """A part of the control plane did not start; the message holds the end of its log."""


class ControlPlane(Cluster):
    """A control plane of one's own; use it as a context manager, or call `start` and `stop`.

    Its servers listen on the loopback address and end with this process. Start it from a thread that lives
    as long as the control plane should.
    """

    def __init__(
        self,
        binaries: Binaries | None = None,
        *,
        apiserver_options: Sequence[str] = (),
        tokens: Mapping[str, str] | None = None,
    ) -> None:
        """`apiserver_options`: beside its own, such as those of an audit log. `tokens`: of users beside the admin."""
        binaries = binaries or find_binaries()
        folder = Path(tempfile.mkdtemp(prefix="roster-control-plane-"))
        super().__init__(folder / "admin.kubeconfig", binaries, folder)
        self._ports = dict(zip(("etcd", "peer", "apiserver"), free_ports(3), strict=True))
        self._tokens = dict(tokens or {})
        self._admin_token = secrets.token_urlsafe(32)
        self._further_options = list(apiserver_options)
        self._etcd: Child | None = None
        self._apiserver: Child | None = None
        self._controller_manager: Child | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address of the API server."""
        return f"https://127.0.0.1:{self._ports['apiserver']}"

    @property
    def etcd_url(self) -> str:
        """Where etcd answers."""
        return f"http://127.0.0.1:{self._ports['etcd']}"

    @property
    def processes(self) -> dict[str, Child]:
        """The parts that were started, by the names of their programs."""
        parts = (self._etcd, self._apiserver, self._controller_manager)
        return {part.name: part for part in parts if part is not None}

    @property
    def apiserver_running(self) -> bool:
        """Whether the API server's process runs."""
        return self._apiserver is not None and self._apiserver.running

    def start(self) -> None:
        """Start etcd and the API server, write the admin's kubeconfig, and return when the server is ready."""
        try:
            self._write_identities()
            self._etcd = self._start_etcd()
            self.start_apiserver()
            write_kubeconfig(self.kubeconfig, cluster=self._cluster_entry(), token=self._admin_token)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End all of it and remove its data. Idempotent."""
        for child in (self._controller_manager, self._apiserver, self._etcd):
            if child:
                child.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop_apiserver(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Take the API server away; its data stays in etcd.

        SIGTERM lets it end its requests first, for at most three seconds: it waits for watches longer than
        anybody who called this wants to.
        """
        if self._apiserver:
            self._apiserver.stop(how, patience=3)

    def start_apiserver(self) -> None:
        """Start the API server, at the address that it had before, and return when it is ready. Idempotent."""
        if not self.apiserver_running:
            self._apiserver = self._spawn("kube-apiserver", self._apiserver_options())
            self._await_ready(self._apiserver)

    def back_up(self) -> Path:
        """Take a copy of etcd's data, for which the API server is away for a moment; returns its folder."""
        self._stop_etcd()
        copy = self.folder / f"etcd-copy-{secrets.token_hex(4)}"
        shutil.copytree(self.folder / "etcd", copy)
        self._resume()
        return copy

    def restore(self, copy: Path) -> None:
        """Go back to a copy, as after a disaster: versions of resources count on from there."""
        self._stop_etcd()
        shutil.rmtree(self.folder / "etcd")
        shutil.copytree(copy, self.folder / "etcd")
        self._resume()
        if self._controller_manager and self._controller_manager.running:  # it, too, may wait for the lost versions
            self._controller_manager.stop(signal.SIGKILL)
            self.start_controller_manager()

    def start_controller_manager(self) -> None:
        """Start garbage collection by owner and the removal of namespaces. Idempotent."""
        if self._controller_manager and self._controller_manager.running:
            return
        self._controller_manager = self._spawn(
            "kube-controller-manager",
            [
                f"--kubeconfig={self.kubeconfig}",
                f"--controllers={','.join(CONTROLLERS)}",
                "--leader-elect=false",
                "--concurrent-gc-syncs=4",
                "--kube-api-qps=1000",
                "--kube-api-burst=2000",
                "--secure-port=0",
            ],
        )

    def _stop_etcd(self) -> None:
        self.stop_apiserver()
        if self._etcd:
            self._etcd.stop(signal.SIGTERM)

    def _resume(self) -> None:
        self._etcd = self._start_etcd()
        self.start_apiserver()

    def _write_identities(self) -> None:
        tokens = self.folder / "tokens.csv"
        tokens.touch(mode=0o600)
        others = "".join(f"{token},{user},{user}\n" for user, token in self._tokens.items())
        tokens.write_text(f'{self._admin_token},admin,admin,"system:masters"\n{others}', encoding="utf-8")
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        path = self.folder / "service-accounts.key"
        path.touch(mode=0o600)
        path.write_bytes(pem)

    def _start_etcd(self) -> Child:
        clients = self.etcd_url
        peers = f"http://127.0.0.1:{self._ports['peer']}"
        return self._spawn(
            "etcd",
            [
                f"--data-dir={self.folder / 'etcd'}",
                "--unsafe-no-fsync",
                "--log-level=warn",
                f"--listen-client-urls={clients}",
                f"--advertise-client-urls={clients}",
                f"--listen-peer-urls={peers}",
                f"--initial-advertise-peer-urls={peers}",
                f"--initial-cluster=default={peers}",
            ],
        )

    def _apiserver_options(self) -> list[str]:
        key = self.folder / "service-accounts.key"
        return [
            f"--etcd-servers={self.etcd_url}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            f"--secure-port={self._ports['apiserver']}",
            # It makes its own certificate there, once, and keeps it over restarts.
            f"--cert-dir={self.folder / 'tls'}",
            "--authorization-mode=RBAC",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-cluster-ip-range=10.0.0.0/24",
            # It would refuse every pod until a controller has made the namespace's default account.
            "--disable-admission-plugins=ServiceAccount",
            "--endpoint-reconciler-type=none",
            *self._further_options,
        ]

    def _spawn(self, program: str, options: list[str]) -> Child:
        return Child(
            [self.binaries.path(program), *options],
            self.folder / f"{program}.log",
            folder=self.folder,
        )

    def _certificate(self) -> Path:
        # The server's certificate, followed by that of the authority which it made for itself.
        return self.folder / "tls" / "apiserver.crt"

    def _cluster_entry(self) -> dict[str, object]:
        authority = base64.b64encode(self._certificate().read_bytes()).decode()
        return {"server": self.url, "certificate-authority-data": authority}

    def _await_ready(self, apiserver: Child) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            for child in (self._etcd, apiserver):
                if child and not child.running:
                    raise ControlPlaneError(f"{child.name} ended while starting:\n{child.last_words()}")
            if time.monotonic() > deadline:
                raise ControlPlaneError(f"the API server is not ready yet:\n{apiserver.last_words()}")
            time.sleep(POLL_SECONDS)

    def _ready(self) -> bool:
        if not self._certificate().exists():
            return False
        request = urllib.request.Request(  # noqa: S310 - the address is ours
            f"{self.url}/readyz", headers={"Authorization": f"Bearer {self._admin_token}"}
        )
        try:
            trust = ssl.create_default_context(cafile=self._certificate())
            with urllib.request.urlopen(request, timeout=5, context=trust) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False
