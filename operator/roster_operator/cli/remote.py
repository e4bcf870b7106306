"""The way from a kubeconfig to the service in its cluster: the user's own token, and a port that kubectl forwards."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from roster_operator.cli import cluster
from roster_operator.cli.resources import ClusterRefuses, NoClusterNamed
from roster_operator.errors import InputError
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import NoCluster

_PORT: Final = 8443
_FORWARDING: Final = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+) ")
_MINUTES: Final = 10 * 60
"""Seconds that a token of a ServiceAccount is good for; the API server gives none for less."""


def token_of(kubeconfig: Path | None, service_account: str = "") -> str:
    """What the service is shown: the token of the kubeconfig, or a short-lived one of `NAMESPACE/NAME`.

    Raises `RosterOperatorError` if there is none.
    """
    if service_account:
        return cluster.asked(kubeconfig, lambda client: _minted(client, service_account))
    try:
        token = cluster.token(kubeconfig)
    except NoCluster as error:
        raise NoClusterNamed(f"{error} Or name the ledger with --ledger.") from None
    if not token:
        raise InputError(
            "Your kubeconfig signs in without a token, which is all that the console can be shown. Name a "
            "ServiceAccount that you may make tokens of: --token-of NAMESPACE/NAME."
        )
    return token


async def _minted(client: KubernetesClient, service_account: str) -> str:
    namespace, _, name = service_account.partition("/")
    if not name:
        raise InputError("Name the ServiceAccount as NAMESPACE/NAME.")
    body: dict[str, Any] = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": _MINUTES},
    }
    answer = await client.create(paths.token(namespace, name), body)
    return str(answer["status"]["token"])


@contextmanager
def forwarded(kubeconfig: Path | None, service: str) -> Iterator[str]:
    """A URL of this machine behind which a Service (`NAMESPACE/NAME`) answers, as long as it is used.

    kubectl tells of each connection, and would wait where nobody reads that.
    """
    namespace, _, name = service.partition("/")
    kubectl = shutil.which("kubectl")
    if kubectl is None or not name:
        raise InputError(
            "To reach the console of the cluster, kubectl must be there, and the console be named as NAMESPACE/SERVICE "
            "(--console). Or name its URL (--server), or the ledger (--ledger)."
        )
    given = ["--kubeconfig", str(kubeconfig)] if kubeconfig else []
    forward = ["port-forward", "--address=127.0.0.1", f"-n={namespace}", f"service/{name}", f":{_PORT}"]
    command = [kubectl, *given, *forward]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None
            found = _FORWARDING.match(process.stdout.readline())
            if found is None:
                raise ClusterRefuses(_why(process, service))
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield f"http://127.0.0.1:{found[1]}"
        finally:
            process.terminate()


def _why(process: subprocess.Popen[str], service: str) -> str:
    assert process.stderr is not None
    process.terminate()
    told = " ".join(process.stderr.read().split())[:500]
    return (
        f"The console {service} cannot be reached: {told or 'kubectl says nothing'}. Platform: install it "
        "(console.enabled), and let people forward a port to it. Or name it with --console or --server."
    )
