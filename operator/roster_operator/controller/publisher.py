"""The one writer: a RosterIntegration's status, its catalog and its events.

Status is written by server-side apply and only if something in it is new, so an unchanged resource keeps its
resourceVersion. The spec, the labels and all annotations are never touched.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from roster_operator.api import names
from roster_operator.api.v1alpha1 import CatalogReference, RosterIntegrationStatus
from roster_operator.controller import catalog as catalogs
from roster_operator.controller.fetched import FetchedResource
from roster_operator.controller.transitions import events_between
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient, Object
from roster_operator.kube.errors import Forbidden, Invalid, NotFound
from roster_operator.kube.events import EventRecorder
from roster_operator.reconcile.contract import Catalog

logger = logging.getLogger(__name__)


class Publisher:
    """Writes what a reconcile found. Every method may raise `KubernetesError`."""

    def __init__(self, client: KubernetesClient, recorder: EventRecorder) -> None:
        """Writes by `client`, and events by `recorder`."""
        self._client = client
        self._recorder = recorder

    async def publish(
        self,
        resource: FetchedResource,
        status: RosterIntegrationStatus,
        catalog: Catalog | None,
        *,
        if_unchanged: bool = False,
    ) -> FetchedResource:
        """Write catalog, status and events of a RosterIntegration; returns it as it is then.

        `if_unchanged`: raise `Conflict` if it is no longer as it was fetched.
        """
        metadata = resource.metadata
        if catalog is not None and (name := await self._write_catalog(metadata, catalog)) is not None:
            status = status.model_copy(update={"catalog": CatalogReference(config_map=name)})
        written = await self.write_status(resource, status, if_unchanged=if_unchanged)
        for event in events_between(resource.status, status):
            await self._recorder.record(metadata, event)
        return written

    async def write_status(
        self, resource: FetchedResource, status: RosterIntegrationStatus, *, if_unchanged: bool = False
    ) -> FetchedResource:
        """Make `status` the status of a resource, unless it is; returns it as it is then.

        Raises `NotFound` or `Conflict` if the object is gone or another one by that name has taken its place; with
        `if_unchanged`, also if anything of it has changed.
        """
        status = resource.with_actor(status)
        if status == resource.status:
            return resource
        metadata = resource.metadata
        identity = ("name", "namespace", "uid", *(("resourceVersion",) if if_unchanged else ()))
        written = await self._client.apply(
            paths.integration_status(metadata["namespace"], metadata["name"]),
            {
                "apiVersion": names.API_VERSION,
                "kind": names.ROSTER_INTEGRATION_KIND,
                "metadata": {name: metadata[name] for name in identity},
                "status": status.to_wire(),
            },
        )
        return FetchedResource.of(written)

    async def _write_catalog(self, metadata: Mapping[str, Any], catalog: Catalog) -> str | None:
        """The name of the ConfigMap that holds `catalog` now; None if there can be none."""
        namespace, owner = metadata["namespace"], metadata["name"]
        name = f"{owner}{names.CATALOG_SUFFIX}"
        path = paths.config_map(namespace, name)
        data = catalogs.config_map_data(catalog)
        try:
            try:
                existing = await self._client.get(path)
            except NotFound:
                existing = None
            if existing is not None and not catalogs.belongs_to_us(existing):
                logger.warning("the ConfigMap %s is somebody else's; no catalog is written", name)
                return None
            if existing is None or existing.get("data") != data or not _owned(existing, metadata["uid"]):
                await self._client.apply(path, catalogs.config_map(name, namespace, owner, metadata["uid"], data))
        except (Forbidden, Invalid, NotFound) as error:
            logger.warning("the catalog %s was not written: %s", name, error)
            return None
        return name


def _owned(existing: Object, uid: str) -> bool:
    return any(owner.get("uid") == uid for owner in existing["metadata"].get("ownerReferences") or ())
