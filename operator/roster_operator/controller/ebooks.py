"""The publisher's catalogue as syncs need it: read from the API server, and kept for a short time.

A night of thousands of syncs would else list the same few eBooks for each of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import Final

from pydantic import ValidationError

from roster_operator.api.v1alpha1 import EBook
from roster_operator.clock import Clock
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient

logger = logging.getLogger(__name__)

_KEPT_SECONDS: Final = 60.0
"""What the watch misses, such as an EBook that is deleted while it reconnects, is noticed after this time."""


class EBooks:
    """Belongs to the event loop's thread."""

    def __init__(self, client: KubernetesClient, clock: Clock) -> None:
        """Nothing is read yet."""
        self._client = client
        self._clock = clock
        self._kept: Mapping[str, EBook] | None = None
        self._until = 0.0
        self._changes = 0
        self._reading = asyncio.Lock()

    def changed(self) -> None:
        """An EBook came, changed or went: what is kept is out of date."""
        self._changes += 1
        self._kept = None

    async def read(self, wanted: Collection[str]) -> Mapping[str, EBook]:
        """All EBooks by name; read afresh if one of `wanted` is not among those that are kept.

        An EBook that cannot be read counts as missing. May raise `KubernetesError`.
        """
        if (kept := self._usable(wanted)) is not None:
            return kept
        async with self._reading:
            if (kept := self._usable(wanted)) is not None:
                return kept
            changes = self._changes
            found = await self._list()
            if changes == self._changes:
                self._kept, self._until = found, self._clock.monotonic() + _KEPT_SECONDS
            return found

    def _usable(self, wanted: Collection[str]) -> Mapping[str, EBook] | None:
        kept = self._kept
        if kept is None or self._clock.monotonic() >= self._until or not kept.keys() >= set(wanted):
            return None
        return kept

    async def _list(self) -> dict[str, EBook]:
        items, _ = await self._client.list(paths.EBOOKS)
        found = {}
        for item in items:
            try:
                found[item["metadata"]["name"]] = EBook.model_validate(item)
            except ValidationError:
                logger.warning("the EBook %s cannot be read by this version of the operator", item["metadata"]["name"])
        return found
