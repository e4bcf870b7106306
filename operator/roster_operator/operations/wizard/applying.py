"""The result as objects of the cluster, made as whoever the client speaks for: first as a dry run on the server.

The Secret comes first: whatever ends this in between leaves a Secret that nobody reads yet, and doing it again makes
the rest. Nothing is taken back.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.errors import InputError
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.errors import NotFound
from roster_operator.operations.wizard.draft import Draft, document, draft_of, integration_of
from roster_operator.operations.wizard.manifests import secret
from roster_operator.operations.wizard.saved import Entered

_KEEPERS: Final = {
    "Argo CD": ("argocd.argoproj.io/",),
    "Flux": ("kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/"),
}
"""By the labels or annotations that each puts on what it applies."""


async def apply(
    client: KubernetesClient,
    draft: Draft,
    base: Mapping[str, Any] | None,
    entered: Entered | None,
    *,
    dry_run: bool = False,
) -> list[str]:
    """What was (with `dry_run`: would be) made or changed; raises `RosterOperatorError`, `KubernetesError`.

    `base`: the spec that is there, if one is: only what differs from it is changed. `entered`: the credentials, if
    they are due.
    """
    integration = integration_of(draft)
    wanted: list[tuple[str, str, dict[str, Any]]] = []
    if entered is not None and integration.spec.source.secret_ref is not None:
        body = secret(integration, {})
        body["data"] = {key: base64.b64encode(value.encode()).decode() for key, value in entered.data.items()}
        del body["stringData"]
        wanted.append((paths.secrets(draft.namespace), body["metadata"]["name"], body))
    wanted.append((paths.integrations(draft.namespace), draft.name, document(draft)))
    done: list[str] = []
    for only_checked in (True,) if dry_run else (True, False):
        done = [await _made(client, *each, base, dry_run=only_checked) for each in wanted]
    return done


async def _made(
    client: KubernetesClient,
    collection: str,
    name: str,
    body: dict[str, Any],
    base: Mapping[str, Any] | None,
    *,
    dry_run: bool,
) -> str:
    path = f"{collection}/{name}"
    try:
        there = await client.get(path, metadata_only="spec" not in body)
    except NotFound:
        await client.create(collection, body, dry_run=dry_run)
        return f"{body['kind']} {name} created"
    patch = {"data": body["data"]} if "spec" not in body else _change(there, base, body["spec"])
    await client.merge(path, patch, dry_run=dry_run)
    return f"{body['kind']} {name} changed"


def _change(there: dict[str, Any], base: Mapping[str, Any] | None, spec: Mapping[str, Any]) -> dict[str, Any]:
    """A patch of the RosterIntegration that is there, for as long as it is the one that was asked about."""
    metadata = there["metadata"]
    named = f"the RosterIntegration {metadata['name']}"
    if (keeper := keeper_of(metadata)) is not None:
        raise InputError(f"{keeper} keeps {named} as Git has it: change it there, by a folder (--folder).")
    if base is None or draft_of(RosterIntegration.model_validate(there)).spec != base:
        done = "made" if base is None else "changed"
        raise InputError(f"Somebody has {done} {named} meanwhile. Begin again, to see what it says.")
    return {"metadata": {"resourceVersion": metadata["resourceVersion"]}, "spec": replacing(base, spec)}


def keeper_of(metadata: Mapping[str, Any]) -> str | None:
    """The tool that would undo a change of the object, if one keeps it as Git has it."""
    marks = {*(metadata.get("labels") or {}), *(metadata.get("annotations") or {})}
    return next((tool for tool, marking in _KEEPERS.items() if any(mark.startswith(marking) for mark in marks)), None)


def replacing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """A merge patch that makes the one out of the other."""
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        old = before.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            patch[key] = replacing(old, value)
        elif value != old:
            patch[key] = value
    return patch
