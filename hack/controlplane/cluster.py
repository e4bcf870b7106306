"""A Kubernetes cluster to talk to: kubectl, helm, and identities other than the admin's."""

from __future__ import annotations

import os
import subprocess
from functools import cached_property
from pathlib import Path

import yaml
from hack.controlplane.binaries import Binaries

COMMAND_SECONDS = 120.0


class CommandFailed(Exception):
    """kubectl or helm ended with an error; the message holds the command and its words."""

    def __init__(self, command: str, result: subprocess.CompletedProcess[str]) -> None:
        super().__init__(f"{command} ended with {result.returncode}:\n{result.stderr}{result.stdout}")
        self.stdout = result.stdout
        self.stderr = result.stderr
        self.returncode = result.returncode


class Cluster:
    """A cluster reached by an admin's kubeconfig.

    `folder` receives the kubeconfigs of other identities and what kubectl and helm cache; nothing of the
    user's own configuration is read or written.
    """

    def __init__(self, kubeconfig: Path, binaries: Binaries, folder: Path) -> None:
        self.kubeconfig = kubeconfig
        self.binaries = binaries
        self.folder = folder

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which kubectl and helm speak to this cluster as its admin."""
        home = self.folder / "home"
        return os.environ | {
            "KUBECONFIG": str(self.kubeconfig),
            "KUBECACHEDIR": str(home / "kube"),
            "HELM_CACHE_HOME": str(home / "helm" / "cache"),
            "HELM_CONFIG_HOME": str(home / "helm" / "config"),
            "HELM_DATA_HOME": str(home / "helm" / "data"),
        }

    def kubectl(self, *arguments: str | Path, input: str | None = None, kubeconfig: Path | None = None) -> str:  # noqa: A002
        """Run kubectl and return its standard output; `input` is its standard input (for `-f -`).

        As the admin, unless `kubeconfig` names another identity. Raises `CommandFailed`.
        """
        return self._run("kubectl", arguments, input, kubeconfig)

    def helm(self, *arguments: str | Path, input: str | None = None, kubeconfig: Path | None = None) -> str:  # noqa: A002
        """Run helm as `kubectl` runs kubectl."""
        return self._run("helm", arguments, input, kubeconfig)

    def kubeconfig_for_service_account(self, namespace: str, name: str) -> Path:
        """Write a kubeconfig for an existing ServiceAccount, with a token for a day, and return its path."""
        token = self.kubectl("create", "token", name, "--namespace", namespace, "--duration", "24h").strip()
        path = self.folder / f"{namespace}.{name}.kubeconfig"
        return write_kubeconfig(path, cluster=self._entry, token=token, namespace=namespace)

    @cached_property
    def _entry(self) -> dict[str, object]:
        """How the admin's kubeconfig says that the cluster is reached."""
        admin = yaml.safe_load(self.kubectl("config", "view", "--raw", "--minify", "--flatten"))
        wanted = admin["contexts"][0]["context"]["cluster"]
        return next(entry["cluster"] for entry in admin["clusters"] if entry["name"] == wanted)

    def _run(self, program: str, arguments: tuple[str | Path, ...], text: str | None, kubeconfig: Path | None) -> str:
        command = [str(self.binaries.path(program)), *(str(argument) for argument in arguments)]
        environment = self.environment
        if kubeconfig:
            environment["KUBECONFIG"] = str(kubeconfig)
        result = subprocess.run(  # noqa: S603 - the programs are the pinned ones
            command,
            input=text if text is not None else "",
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        if result.returncode:
            raise CommandFailed(f"{program} {' '.join(command[1:])}", result)
        return result.stdout


def write_kubeconfig(path: Path, *, cluster: dict[str, object], token: str, namespace: str = "default") -> Path:
    """Write a kubeconfig with one cluster and one token, readable by its owner alone."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "roster",
        "clusters": [{"name": "roster", "cluster": cluster}],
        "users": [{"name": "roster", "user": {"token": token}}],
        "contexts": [{"name": "roster", "context": {"cluster": "roster", "user": "roster", "namespace": namespace}}],
    }
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path
