"""What `check` wants to know of a cluster, as whoever asks sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from roster_operator.api import names
from roster_operator.cli import cluster
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.errors import Forbidden, NotFound
from roster_operator.operations.check import ClusterFacts

_DEFINITIONS: Final = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_MY_ACCESS: Final = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_ASKED: Final = (("list", ""), ("patch", ""), ("get", "people"), ("update", "approval"))
"""Verbs on RosterIntegrations and on subresources of them."""


def gather(kubeconfig: Path | None, namespace: str) -> ClusterFacts:
    """Ask the cluster; raises `RosterOperatorError` if it does not answer."""
    where = namespace or cluster.current_namespace(kubeconfig)

    async def ask(client: KubernetesClient) -> ClusterFacts:
        version = str((await client.get("/version")).get("gitVersion") or "")
        return ClusterFacts(version, await _definitions(client), await _rights(client, where))

    return cluster.asked(kubeconfig, ask)


async def _definitions(client: KubernetesClient) -> Mapping[str, Mapping[str, Any] | None]:
    found: dict[str, Mapping[str, Any] | None] = {}
    for plural in (names.ROSTER_INTEGRATION_PLURAL, names.EBOOK_PLURAL):
        name = f"{plural}.{names.GROUP}"
        try:
            found[name] = await client.get(f"{_DEFINITIONS}/{name}")
        except NotFound:
            found[name] = None
        except Forbidden:
            continue
    return found


async def _rights(client: KubernetesClient, namespace: str) -> Mapping[str, bool]:
    allowed = {}
    for verb, subresource in _ASKED:
        attributes = {
            "group": names.GROUP,
            "resource": names.ROSTER_INTEGRATION_PLURAL,
            "subresource": subresource,
            "verb": verb,
            "namespace": namespace,
        }
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        }
        status = (await client.create(_MY_ACCESS, review)).get("status") or {}
        what = f"{verb} rosterintegrations{'/' if subresource else ''}{subresource} in {namespace}"
        allowed[what] = status.get("allowed") is True
    return allowed
