"""The key of roster snapshots, in one Secret of the operator's own namespace, which it makes if there is none.

A chart cannot make it: what it draws at random is another one with each rendering.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Callable
from typing import Any, Final

from roster_operator.errors import InputError
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.errors import Conflict, KubernetesError, NotFound
from roster_operator.snapshot.key import SnapshotKey

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS: Final = 60.0
_KEY: Final = "key"
"""In the Secret's data."""


async def key_in_cluster(client: KubernetesClient, secret: str) -> SnapshotKey | None:
    """The key in a Secret, named `namespace/name`; None, and a line in the log, if it cannot be read or made."""
    namespace, _, name = secret.partition("/")
    try:
        return await _read(client, namespace, name) or await _make(client, namespace, name)
    except (KubernetesError, InputError) as error:
        logger.warning("no roster snapshot is kept: the Secret %s: %s", secret, error)
        return None


class AwaitedKey:
    """Looks for the key again where there was none at the start: the API server, or its permissions, may come late."""

    def __init__(
        self,
        client: KubernetesClient,
        secret: str,
        found: Callable[[SnapshotKey], None],
        *,
        every: float = SECONDS_BETWEEN_LOOKS,
    ) -> None:
        """`found` is told of it once."""
        self._client = client
        self._secret = secret
        self._found = found
        self._every = every

    async def run(self) -> None:
        """Until it was found; then wait to be cancelled, as whatever ends here ends the operator."""
        key = None
        while key is None:
            await asyncio.sleep(self._every)
            key = await key_in_cluster(self._client, self._secret)
        self._found(key)
        await asyncio.Event().wait()


async def _read(client: KubernetesClient, namespace: str, name: str) -> SnapshotKey | None:
    try:
        found = await client.get(paths.secret(namespace, name))
    except NotFound:
        return None
    written = base64.b64decode((found.get("data") or {}).get(_KEY, ""))
    return SnapshotKey.read(written.decode("ascii", "replace"), f"Secret {namespace}/{name}, {_KEY}")


async def _make(client: KubernetesClient, namespace: str, name: str) -> SnapshotKey | None:
    key = SnapshotKey.new()
    secret: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/managed-by": "roster-operator"}},
        "type": "Opaque",
        "data": {_KEY: base64.b64encode(key.written.encode()).decode()},
    }
    try:
        await client.create(paths.secrets(namespace), secret)
    except Conflict:
        return await _read(client, namespace, name)
    return key
