"""What commands ask of a cluster: a few requests, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from kubernetes.aio.config import ConfigException, list_kube_config_contexts

from roster_operator.cli.resources import ClusterRefuses, NoClusterNamed
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient, Object
from roster_operator.kube.connection import NoCluster, connect
from roster_operator.kube.errors import Forbidden, KubernetesError, NotFound

AnswerT = TypeVar("AnswerT")

_DEFAULT_NAMESPACE = "default"
_BEARER = "Bearer "


def integration(kubeconfig: Path | None, namespace: str, name: str) -> Object | None:
    """A RosterIntegration; None if there is none of that name."""

    async def ask(client: KubernetesClient) -> Object | None:
        try:
            return await client.get(paths.integration(namespace, name))
        except NotFound:
            return None

    return asked(kubeconfig, ask)


def integrations(kubeconfig: Path | None, namespace: str, take: Callable[[Object], AnswerT]) -> list[AnswerT]:
    """What is taken of each RosterIntegration of a namespace; of all namespaces, if it is empty. Page by page."""

    async def ask(client: KubernetesClient) -> list[AnswerT]:
        pages = client.pages(paths.integrations(namespace or None))
        return [take(item) async for items, _ in pages for item in items]

    return asked(kubeconfig, ask)


def ebooks(kubeconfig: Path | None) -> list[Object]:
    """Every EBook."""

    async def ask(client: KubernetesClient) -> list[Object]:
        return (await client.list(paths.EBOOKS))[0]

    return asked(kubeconfig, ask)


def secret(kubeconfig: Path | None, namespace: str, name: str) -> Mapping[str, str]:
    """The data of a Secret; none if it is not there, or not for whoever asks to read."""

    async def ask(client: KubernetesClient) -> Mapping[str, str]:
        try:
            return (await client.get(paths.secret(namespace, name))).get("data") or {}
        except (NotFound, Forbidden):
            return {}

    return asked(kubeconfig, ask)


def change(kubeconfig: Path | None, namespace: str, name: str, patch: Mapping[str, Any], *, dry_run: bool) -> None:
    """Merge-patch a RosterIntegration as whoever the kubeconfig says."""

    async def ask(client: KubernetesClient) -> None:
        await client.merge(paths.integration(namespace, name), patch, dry_run=dry_run)

    asked(kubeconfig, ask)


def asked(kubeconfig: Path | None, ask: Callable[[KubernetesClient], Awaitable[AnswerT]]) -> AnswerT:
    """What `ask` finds out; raises `RosterOperatorError`."""

    async def connected() -> AnswerT:
        client = KubernetesClient(await connect(kubeconfig))
        try:
            return await ask(client)
        finally:
            await client.close()

    try:
        return asyncio.run(connected())
    except NoCluster as error:
        raise NoClusterNamed(f"{error} Or name files with --file.") from None
    except Forbidden as error:
        raise ClusterRefuses(f"The cluster refuses this: {error}. Platform: give the permission.") from None
    except KubernetesError as error:
        raise ClusterRefuses(f"The cluster does not answer as it should: {error}. Platform: look at it.") from None


def token(kubeconfig: Path | None) -> str:
    """The token by which the kubeconfig signs in; empty if it does so in another way. Raises `NoCluster`."""

    async def found() -> str:
        api = await connect(kubeconfig)
        try:
            shown = str(api.configuration.api_key.get("BearerToken") or "")
            return shown.removeprefix(_BEARER) if shown.startswith(_BEARER) else ""
        finally:
            await api.close()  # type: ignore[no-untyped-call]

    return asyncio.run(found())


def current_namespace(kubeconfig: Path | None) -> str:
    """The namespace that kubectl would take."""
    return str(_context(kubeconfig).get("namespace") or _DEFAULT_NAMESPACE)


def current_user(kubeconfig: Path | None) -> str:
    """The name that the kubeconfig has for who uses it; empty if it has none."""
    return str(_context(kubeconfig).get("user") or "")


def _context(kubeconfig: Path | None) -> dict[str, Any]:
    try:
        _, active = list_kube_config_contexts(str(kubeconfig) if kubeconfig else None)  # type: ignore[no-untyped-call]
    except (ConfigException, OSError):
        return {}
    context = (active or {}).get("context")
    return context if isinstance(context, dict) else {}
