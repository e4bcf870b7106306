"""What the control plane of tests and demo is made of, and where it is kept once built."""

from __future__ import annotations

import hashlib
import os
import platform
import re
from pathlib import Path

MODULE = Path(__file__).resolve().parent

# kube-apiserver comes last: it is by far the largest, and shares most of its packages with the others.
PROGRAMS = {
    "etcd": "go.etcd.io/etcd/server/v3",
    "kubectl": "k8s.io/kubernetes/cmd/kubectl",
    "helm": "helm.sh/helm/v4/cmd/helm",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
}


def kubernetes_version() -> str:
    """Return the release that go.mod pins, such as `v1.37.2`."""
    found = re.search(r"^\s*k8s\.io/kubernetes (v\S+)", (MODULE / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise ValueError(f"{MODULE / 'go.mod'} does not require k8s.io/kubernetes")
    return found[1]


def link_flags() -> str:
    """Return the linker's flags: no debug information, and the version that the programs report."""
    return f"-s -w -X k8s.io/component-base/version.gitVersion={kubernetes_version()}"


def cache_root() -> Path:
    """Return the folder, outside the repository, that holds what was built."""
    base = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(base) / "roster-operator" / "controlplane"


def built_folder() -> Path:
    """Return where the programs of this recipe are, or will be; another recipe has another folder."""
    recipe = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        recipe.update((MODULE / name).read_bytes())
    recipe.update(repr((sorted(PROGRAMS.items()), link_flags())).encode())
    return cache_root() / f"{platform.system()}-{platform.machine()}-{recipe.hexdigest()[:16]}".lower()
