"""Finds what the watch missed: compares, now and then, what the API server holds with what the informer showed.

A watch can be open and yet be deaf: after etcd was restored from an older copy, it waits for versions that are long
gone, and tells nothing until the new ones have caught up with them. Only a listing finds that out. Of each resource its
metadata is asked for, page by page; what differs, and goes on differing, makes the informer begin anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from roster_operator.controller.scopes import Scope, Scopes
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.errors import KubernetesError

logger = logging.getLogger(__name__)

_SETTLE_SECONDS: Final = 5.0
"""What is on its way to the informer arrives within this time."""

_DELETING: Final = "deleting"
"""The version of what is being deleted: while it waits for that, the informer shows no more of it."""

_Versions = dict[str, str]


class Census:
    """What the informer showed, and how that compares. Belongs to the event loop's thread."""

    def __init__(self, client: KubernetesClient, scopes: Scopes, *, interval: float) -> None:
        """Looks every `interval` seconds."""
        self._client = client
        self._scopes = scopes
        self._interval = interval
        self._shown: _Versions = {}

    def showed(self, key: str, version: str, *, deleting: bool = False) -> None:
        """The informer showed a resource; the namespace in an EBook's key is empty."""
        self._shown[key] = _DELETING if deleting else version

    def on_delete(self, key: str) -> None:
        """The informer says that a resource is gone."""
        self._shown.pop(key, None)

    async def run(self, missed: Callable[[Collection[str]], None]) -> None:
        """Look again and again, until cancelled; `missed` is called with the keys of what the watch did not tell."""
        while True:
            await asyncio.sleep(self._interval)
            try:
                untold = await self.look()
            except KubernetesError as error:
                logger.info("what the watch may have missed is looked for later: %s", error)
                continue
            if untold:
                logger.warning("the watch did not tell of changes of %d resources; it begins anew", len(untold))
                for key in untold:
                    self._shown.pop(key, None)
                missed(untold)

    async def look(self) -> set[str]:
        """The keys of resources of which the informer has not shown, and does not show, what there is."""
        before = dict(self._shown)
        there = await self._listed()
        among = {key for key in before if self._is_served(key)} | there.keys()
        differing = {key for key in among if there.get(key) != before.get(key)}
        if differing:
            await asyncio.sleep(_SETTLE_SECONDS)
        return {key for key in differing if self._shown.get(key) == before.get(key)}

    async def _listed(self) -> Mapping[str, str]:
        versions: _Versions = {}
        ebooks = (paths.EBOOKS,) if self._scopes.ebooks else ()
        for path in (*ebooks, *(paths.integrations(scope) for scope in self._scopes.served)):
            async for items, _ in self._client.pages(path, metadata_only=True):
                versions |= (_version(item["metadata"]) for item in items)
        return versions

    def _is_served(self, key: str) -> bool:
        scope: Scope = key.split("/", 1)[0] or None
        if scope is None:
            return self._scopes.ebooks
        return scope in self._scopes.served or None in self._scopes.served


def _version(metadata: Mapping[str, Any]) -> tuple[str, str]:
    key = f"{metadata.get('namespace', '')}/{metadata['name']}"
    return key, _DELETING if "deletionTimestamp" in metadata else metadata["resourceVersion"]
