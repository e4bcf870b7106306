"""Files given as a kubeconfig that are none: the operator says so, and ends with the code of wrong input."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from roster_operator.kube.connection import NoCluster, connect


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"just text",
        b"[1, 2]",
        b"a: b: c",
        b"\xff\xfe\x00",
        b"kind: Config",
        b"current-context: x\ncontexts: []\nclusters: []\nusers: []",
        b"current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n"
        b"clusters: [{name: c, cluster: {server: 5}}]\nusers: [{name: u, user: {}}]",
    ],
)
def test_what_is_no_kubeconfig_is_told_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kubeconfig"
    path.write_bytes(content)
    with pytest.raises(NoCluster, match="name a kubeconfig with --kubeconfig"):
        asyncio.run(connect(path))
