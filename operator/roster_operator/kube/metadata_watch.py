"""Noticing that a Secret changed without ever receiving its content.

The API server is asked for `PartialObjectMetadata` only: names, UIDs and versions. A Secret's version is a short hash
of UID and resourceVersion; it says that something changed, and nothing about what.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.errors import Gone, KubernetesError

logger = logging.getLogger(__name__)

Noticed = Callable[[str, str], None]

ABSENT: Final = "absent"
"""The version of a Secret that does not exist."""
_LONGEST_BACKOFF: Final = 30.0


def secret_version(metadata: Mapping[str, Any]) -> str:
    """Stands for one state of one Secret; opaque."""
    identity = f"{metadata.get('uid')}\0{metadata.get('resourceVersion')}"
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


class SecretWatch:
    """The versions of all Secrets of a namespace, or of the cluster, kept up to date."""

    def __init__(
        self, client: KubernetesClient, noticed: Noticed, namespace: str | None = None, *, relist: float = math.inf
    ) -> None:
        """`noticed(namespace, name)` is called after a Secret came, changed or went; `namespace` None: all of them.

        They are listed afresh every `relist` seconds: a watch can be open and tell nothing (`controller/census.py`).
        """
        self._client = client
        self._noticed = noticed
        self._path = paths.secrets(namespace) if namespace else paths.SECRETS
        self._relist = relist
        self._versions: dict[tuple[str, str], str] | None = None

    def version(self, namespace: str, name: str) -> str | None:
        """The version of a Secret, `ABSENT` if there is none; None before the first listing."""
        return None if self._versions is None else self._versions.get((namespace, name), ABSENT)

    async def run(self) -> None:
        """Watch until cancelled. Errors are waited out; a watch that cannot go on is begun anew with a listing.

        An error that lasts is told once: in a namespace that went, it may last for days.
        """
        backoff, now = 1.0, asyncio.get_running_loop().time
        told: str | None = None
        while True:
            began = now()
            try:
                since = await self._list()
                async with asyncio.timeout(self._relist if math.isfinite(self._relist) else None):
                    await self._follow(since)
            except (TimeoutError, Gone):
                continue
            except KubernetesError as error:
                if now() - began >= _LONGEST_BACKOFF:
                    backoff, told = 1.0, None
                if str(error) != told:
                    told = str(error)
                    logger.warning("cannot watch Secrets; tried again until it can be done: %s", told)
                await asyncio.sleep(backoff)
                backoff = min(backoff * 2, _LONGEST_BACKOFF)

    async def _follow(self, since: str) -> None:
        """Take what is told from a version on, stream after stream."""
        while True:
            async for event in self._client.watch(self._path, since, metadata_only=True):
                since = self._take(event)

    async def _list(self) -> str:
        """Page by page: of the many Secrets that a cluster may have, only the versions stay."""
        before = self._versions or {}
        now: dict[tuple[str, str], str] = {}
        since = ""
        async for items, version in self._client.pages(self._path, metadata_only=True):
            since = version
            for item in items:
                metadata = item["metadata"]
                now[sys.intern(metadata["namespace"]), metadata["name"]] = secret_version(metadata)
        self._versions = now
        for secret in before.keys() | now.keys():
            if before.get(secret) != now.get(secret):
                self._noticed(*secret)
        return since

    def _take(self, event: Mapping[str, Any]) -> str:
        metadata = event["object"]["metadata"]
        if event["type"] != "BOOKMARK" and self._versions is not None:
            secret = (metadata["namespace"], metadata["name"])
            if event["type"] == "DELETED":
                self._versions.pop(secret, None)
            else:
                self._versions[secret] = secret_version(metadata)
            self._noticed(*secret)
        return str(metadata["resourceVersion"])
