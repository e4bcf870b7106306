"""The operator as a container runtime starts it, on a machine without one: the chart's pod as a process.

Its user is a number that no file knows, its environment is the chart's and nothing else, and it writes where the chart
mounts a volume. `OwnRoot` gives it a root of its own, which is read-only, with the files of its ServiceAccount;
`SharedRoot` is for machines that refuse mounts: there, permissions of files keep it from writing.
"""

from __future__ import annotations

import base64
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import yaml
from hack.processes import LEASH, Account, Child
from tests.support.availability import unavailable
from tests.support.chart import CHART

NOBODY = Account(65532, 65532)
COMMAND = [sys.executable, "-c", "from roster_operator.cli.main import main; main()"]
REPOSITORY = CHART.parents[1]
SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/ld.so.cache", "/dev", "/proc")
"""What a base image brings; nothing of it names a user."""


class Runtime(Protocol):
    """Starts a process as the pod's only one."""

    def start(self, arguments: list[str], environment: dict[str, str], volumes: Mapping[str, Path], log: Path) -> Child:
        """Start the operator's command; `volumes` are folders of this machine by where the pod mounts them."""


class OwnRoot:
    """A mount namespace, and in it a root that holds what an image holds."""

    def __init__(self, folder: Path, kubeconfig: Path) -> None:
        """`folder`: for its root. `kubeconfig`: of the pod's ServiceAccount."""
        self._root = folder / "root"
        self._root.mkdir()
        if not _may_mount(self._root):
            unavailable("a root of its own", "this user may not mount anything on this machine", installable=False)
        self._entry = _entry(kubeconfig)

    def start(self, arguments: list[str], environment: dict[str, str], volumes: Mapping[str, Path], log: Path) -> Child:
        """As `Runtime` says."""
        host, port = self._entry["server"].removeprefix("https://").split(":")
        cluster = {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}
        variables = [f"{name}={value}" for name, value in (environment | cluster).items()]
        leash = [sys.executable, "-I", "-S", LEASH, os.getpid(), 9, f"{NOBODY.uid}:{NOBODY.gid}"]
        become = ["env", "-i", *variables, shutil.which("chroot"), self._root, *leash, *COMMAND, *arguments]
        script = "\n".join([*self._mounts(volumes), f"exec {_quoted(become)}"])
        return Child([*_UNSHARED, "sh", "-euc", script], log, environment={"PATH": os.environ["PATH"]})

    def _mounts(self, volumes: Mapping[str, Path]) -> list[str]:
        root = f"{self._root}"
        lines = [_quoted(["mount", "-t", "tmpfs", "-o", "mode=755", "none", root])]
        for folder in (*SYSTEM, sys.base_prefix, sys.prefix, str(REPOSITORY)):
            lines += _shown(folder, f"{root}{folder}") if Path(folder).exists() else []
        lines += [_quoted(["mkdir", "-p", f"{root}{SERVICE_ACCOUNT}"])]
        authority = base64.b64decode(self._entry["certificate-authority-data"]).decode()
        for name, text in (("token", self._entry["token"]), ("ca.crt", authority)):
            lines += [f"printf %s {shlex.quote(text)} > {_quoted([f'{root}{SERVICE_ACCOUNT}/{name}'])}"]
        for inside, outside in volumes.items():
            lines += [_quoted(["mkdir", "-p", f"{root}{inside}"]), _quoted(["mount", "--bind", outside, root + inside])]
        return [*lines, _quoted(["mount", "-o", "remount,ro", root])]


class SharedRoot:
    """The machine's own files, of which it may read all, and write only what belongs to it."""

    def __init__(self, folder: Path, kubeconfig: Path) -> None:
        """`folder`: one that everybody may enter. `kubeconfig`: of the pod's ServiceAccount."""
        if os.geteuid() != 0 or shutil.which("setpriv") is None:
            unavailable("another user", "only root may start programs as somebody else, with setpriv (util-linux)")
        self._kubeconfig = folder / "kubeconfig"
        self._kubeconfig.write_bytes(kubeconfig.read_bytes())
        os.chown(self._kubeconfig, *NOBODY)

    def start(self, arguments: list[str], environment: dict[str, str], volumes: Mapping[str, Path], log: Path) -> Child:
        """As `Runtime` says; what the environment says of a volume's folder is said of the machine's."""
        for inside, outside in volumes.items():
            environment = {name: value.replace(inside, str(outside)) for name, value in environment.items()}
        environment = {**environment, "ROSTER_OPERATOR_KUBECONFIG": str(self._kubeconfig)}
        read = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
        user = [f"--reuid={NOBODY.uid}", f"--regid={NOBODY.gid}", "--clear-groups", *read]
        temporary = {"TMPDIR": str(volumes["/tmp"])}
        variables = [f"{name}={value}" for name, value in (environment | temporary).items()]
        setpriv = [shutil.which("setpriv") or "", *user, "--pdeathsig=KILL"]
        return Child([*setpriv, "/usr/bin/env", "-i", *variables, *COMMAND, *arguments], log)


def environment_of(container: Mapping[str, Any], namespace: str) -> dict[str, str]:
    """What the chart gives its container; of what Kubernetes fills in, the limit of memory and the namespace.

    `$(NAME)` stands for what came before it, as the kubelet has it.
    """
    filled = {"resourceFieldRef": str(1024 * 2**20), "fieldRef": namespace}
    found: dict[str, str] = {}
    for entry in container["env"]:
        value = str(entry.get("value", "")) or "".join(filled[kind] for kind in entry.get("valueFrom", {}))
        found[entry["name"]] = re.sub(r"\$\((\w+)\)", lambda name: found.get(name[1], name[0]), value)
    return found


_UNSHARED = [shutil.which("unshare") or "unshare", "--mount", "--propagation", "private"]


def _shown(outside: str, inside: str) -> list[str]:
    """Lines that show a file or folder, for reading only; as a link where it is one."""
    if Path(outside).is_symlink():
        return [_quoted(["ln", "-s", Path(outside).readlink(), inside])]
    place = ["mkdir", "-p", inside]
    make = _quoted(place) if Path(outside).is_dir() else f"mkdir -p {_quoted([Path(inside).parent])}; : > {inside}"
    bind = _quoted(["mount", "--rbind", outside, inside])
    return [make, bind, _quoted(["mount", "-o", "remount,bind,ro", inside])]


def _entry(kubeconfig: Path) -> dict[str, str]:
    content = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    return {**content["clusters"][0]["cluster"], **content["users"][0]["user"]}


def _may_mount(folder: Path) -> bool:
    trial = [*_UNSHARED, "mount", "-t", "tmpfs", "none", str(folder)]
    return os.geteuid() == 0 and subprocess.run(trial, capture_output=True, check=False).returncode == 0


def _quoted(command: list[Any]) -> str:
    return shlex.join(str(part) for part in command)
