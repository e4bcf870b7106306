"""Where the programs of the control plane are on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hack.controlplane.recipe import built_folder

REQUIRED = ("etcd", "kube-apiserver", "kubectl")


class BinariesMissing(Exception):
    """A program of the control plane is not on this machine; the message says how to get it."""


@dataclass(frozen=True)
class Binaries:
    """Folders that hold the programs; the first one that has a program wins."""

    folders: tuple[Path, ...]

    def path(self, name: str) -> Path:
        """Return the path of a program, such as `kubectl`."""
        for folder in self.folders:
            if (folder / name).exists():
                return folder / name
        places = " or ".join(str(folder) for folder in self.folders)
        raise BinariesMissing(f"{name} is not in {places}: unset KUBEBUILDER_ASSETS and run `make controlplane`")


def folder_from_environment() -> Path | None:
    """Return the folder that KUBEBUILDER_ASSETS names, None when it names none.

    A folder without the required programs is an error: to go on with others would surprise who named it.
    """
    named = os.environ.get("KUBEBUILDER_ASSETS")
    if not named:
        return None
    folder = Path(named).resolve()
    missing = [name for name in REQUIRED if not (folder / name).exists()]
    if missing:
        raise BinariesMissing(f"KUBEBUILDER_ASSETS is {named}, which lacks {', '.join(missing)}")
    return folder


def find_binaries() -> Binaries:
    """Return the programs: of KUBEBUILDER_ASSETS first, then those that `make controlplane` built."""
    named = folder_from_environment()
    built = built_folder()
    folders = tuple(folder for folder in (named, built) if folder and folder.exists())
    if not folders:
        raise BinariesMissing(
            "there is no Kubernetes API server on this machine: run `make controlplane`, or set KUBEBUILDER_ASSETS"
        )
    return Binaries(folders)
