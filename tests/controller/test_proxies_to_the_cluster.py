"""By which proxy the API server is reached is decided once; what stands in ~/.netrc is for others."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import connect

_KUBECONFIG = """
current-context: x
contexts: [{name: x, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://cluster.example.org:6443"%s}}]
users: [{name: u, user: {token: t}}]
"""


def proxy_of(tmp_path: Path, more: str = "") -> str | None:
    path = tmp_path / "kubeconfig"
    path.write_text(_KUBECONFIG % more, encoding="utf-8")

    async def connected() -> str | None:
        client = await connect(path)
        await client.close()  # type: ignore[no-untyped-call]
        proxy: str | None = client.configuration.proxy
        return proxy

    return asyncio.run(connected())


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_the_environment_names_the_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_of(tmp_path) is None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    assert proxy_of(tmp_path) == "http://proxy.example.org:3128"
    monkeypatch.setenv("NO_PROXY", ".example.org")
    assert proxy_of(tmp_path) is None


def test_a_kubeconfig_names_the_proxy_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    assert proxy_of(tmp_path, ", proxy-url: http://own.example.org") == "http://own.example.org"


def test_an_entry_in_netrc_keeps_nobody_from_the_api_server(
    identity: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))

    async def ask() -> str:
        client = KubernetesClient(await connect(identity))
        try:
            return str((await client.get("/version"))["major"])
        finally:
            await client.close()

    assert asyncio.run(ask()) == "1"
