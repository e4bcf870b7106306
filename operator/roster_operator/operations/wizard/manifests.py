"""What comes of a draft: the RosterIntegration, and a Secret or what stands for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from roster_operator.api.v1alpha1 import RosterIntegration


class SecretForm(StrEnum):
    """As what the credentials come to the cluster."""

    EXTERNAL = "external"
    """An ExternalSecret, which fetches them from a store."""
    SEALED = "sealed"
    """A SealedSecret, which kubeseal makes."""
    SOPS = "sops"
    """A Secret that SOPS encrypts."""
    PRINT = "print"
    """A Secret on standard output, to be piped on."""
    PLAIN = "plain"
    """A Secret in a file, which must not go to Git as it is."""
    NONE = "none"
    """Somebody creates it by hand."""


SECRET_FILES: Final[Mapping[SecretForm, str]] = {
    SecretForm.EXTERNAL: "externalsecret.yaml",
    SecretForm.SEALED: "sealedsecret.yaml",
    SecretForm.SOPS: "secret.enc.yaml",
    SecretForm.PLAIN: "secret.yaml",
}


@dataclass(frozen=True, slots=True)
class Store:
    """Where an ExternalSecret fetches from."""

    name: str
    kind: str = "ClusterSecretStore"
    key: str = ""
    """In the store; the Secret's name if it is empty."""


def secret(integration: RosterIntegration, data: Mapping[str, str]) -> dict[str, Any]:
    """The Secret, in plain text."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": _metadata(integration),
        "type": "Opaque",
        "stringData": dict(data),
    }


def external_secret(integration: RosterIntegration, keys: tuple[str, ...], store: Store) -> dict[str, Any]:
    """What the External Secrets Operator makes the Secret of; it holds no secret."""
    metadata = _metadata(integration)
    key = store.key or metadata["name"]
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": metadata,
        "spec": {
            "refreshInterval": "1h",
            "secretStoreRef": {"kind": store.kind, "name": store.name},
            "target": {"name": metadata["name"]},
            "data": [{"secretKey": each, "remoteRef": {"key": key, "property": each}} for each in keys],
        },
    }


def _metadata(integration: RosterIntegration) -> dict[str, Any]:
    reference = integration.spec.source.secret_ref
    return {"name": reference.name if reference else "", "namespace": integration.namespace}
