"""Who is told what the informer sees."""

from __future__ import annotations

from roster_operator.controller.census import Census
from roster_operator.controller.ebooks import EBooks
from roster_operator.controller.engine import Engine
from roster_operator.controller.finalize import Finalizer
from roster_operator.controller.inventory import ObservedEBook, ObservedResource


class EngineListener:
    """What the informer sees goes to the engine, deletions to the finalizer; the census keeps the books."""

    def __init__(self, engine: Engine, finalizer: Finalizer, ebooks: EBooks, census: Census) -> None:
        """Each is told what concerns it."""
        self._engine = engine
        self._finalizer = finalizer
        self._ebooks = ebooks
        self._census = census

    def on_change(self, sighting: ObservedResource) -> None:
        """See `Listener`."""
        self._census.showed(sighting.key, sighting.version, deleting=sighting.deleting)
        self._engine.on_change(sighting)

    def on_delete(self, key: str, uid: str) -> None:
        """See `Listener`."""
        self._census.on_delete(key)
        self._engine.on_delete(key, uid)

    def on_ebook_change(self, ebook: ObservedEBook, *, live: bool) -> None:
        """See `Listener`."""
        self._census.showed(f"/{ebook.name}", ebook.resource_version)
        self._ebooks.changed()
        self._engine.on_ebook_change(ebook, live=live)

    def on_ebook_delete(self, name: str) -> None:
        """See `Listener`."""
        self._census.on_delete(f"/{name}")
        self._ebooks.changed()
        self._engine.on_ebook_delete(name)

    async def finalize(self, sighting: ObservedResource) -> None:
        """See `Listener`."""
        await self._finalizer.finalize(sighting)
