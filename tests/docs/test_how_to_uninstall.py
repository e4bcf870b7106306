"""The page that uninstalls has one command that lets go of all that hangs, and of nothing else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from hack.controlplane.cluster import Cluster
from kubernetes import client
from tests.controller.conftest import PLURAL, Districts
from tests.docs.typed import shown

from roster_operator.api import names


def test_all_that_hang_are_released_by_one_command(
    control_plane: Cluster, api_client: client.ApiClient, namespace: str, crds_installed: None, tmp_path: Path
) -> None:
    districts = Districts(api_client, namespace)
    ours = {"metadata": {"finalizers": [names.CLEANUP_FINALIZER]}}
    for name in ("springfield", "shelbyville", "ogdenville"):
        districts.create(name)
        kind = (names.GROUP, names.VERSION, namespace, PLURAL)
        districts.objects.patch_namespaced_custom_object(*kind, name, ours)
    for name in ("springfield", "shelbyville"):
        districts.delete(name)

    [command] = [block.text for block in shown("docs/how-to/uninstall.md", "sh")]
    programs = control_plane.binaries.path("kubectl").parent
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "KUBECONFIG": str(control_plane.kubeconfig)}
    subprocess.run(["/bin/sh", "-ec", command], env={**environment, "HOME": str(tmp_path)}, check=True, timeout=120)

    assert not districts.exists("springfield")
    assert not districts.exists("shelbyville")
    assert districts.get("ogdenville")["metadata"]["finalizers"] == [names.CLEANUP_FINALIZER]
