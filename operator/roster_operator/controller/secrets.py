"""Reading the one Secret that a RosterIntegration names."""

from __future__ import annotations

import base64
from typing import Final

from roster_operator.api.v1alpha1 import RosterSourceSpec
from roster_operator.errors import CredentialsMissing
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.errors import UNAUTHORIZED, Forbidden, NotFound
from roster_operator.kube.metadata_watch import ABSENT, secret_version
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.from_secret import NOBODY, credentials_from, secret_not_found

UNREADABLE: Final = "unreadable"
"""The version of a Secret that may not be read, and is not watched."""


async def read_credentials(
    client: KubernetesClient, namespace: str, source: RosterSourceSpec, seen: str | None = None
) -> tuple[Credentials | CredentialsMissing, str]:
    """The credentials in a source's Secret, or what is wrong with it; and the version of the Secret.

    A Secret that may not be read has the version that was `seen` by watching: forbidden is not absent.
    """
    if source.secret_ref is None:
        return NOBODY, ABSENT
    name = source.secret_ref.name
    where = f"Secret {namespace}/{name}"
    try:
        secret = await client.get(paths.secret(namespace, name))
    except NotFound:
        return secret_not_found(where), ABSENT
    except Forbidden as error:
        if error.status == UNAUTHORIZED:
            raise  # it is not about this Secret
        return CredentialsMissing(
            f"{where} may not be read by the operator. Platform: grant its ServiceAccount `get` on Secrets in this "
            "namespace, as the chart does."
        ), seen or UNREADABLE
    data = {key: base64.b64decode(value) for key, value in (secret.get("data") or {}).items()}
    return credentials_from(data, where, source), secret_version(secret["metadata"])


async def current_secret_version(client: KubernetesClient, namespace: str, name: str) -> str:
    """The version of a Secret; its content stays at the API server."""
    try:
        secret = await client.get(paths.secret(namespace, name), metadata_only=True)
    except NotFound:
        return ABSENT
    except Forbidden:
        return UNREADABLE
    return secret_version(secret["metadata"])
