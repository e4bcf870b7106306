"""The fleet table, kept up to date by a watch: a row of each RosterIntegration, so that no question lists thousands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from pydantic import ValidationError

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import NoCluster
from roster_operator.kube.errors import Gone, KubernetesError
from roster_operator.operations.fleet import FleetRow, row_in_time, unreadable_row
from roster_operator.ops.logs import describe
from roster_operator.service.refusals import Refused

logger = logging.getLogger(__name__)

_LONGEST_BACKOFF: Final = 30.0
_STALE: Final = 15 * 60.0
"""Seconds without a word of the API server; a watch of it ends, and is begun anew, every 5 minutes."""
_Key = tuple[str, str]


class FleetWatch:
    """Rows of all districts in some namespaces, or in the cluster."""

    def __init__(self, client: KubernetesClient, namespaces: Sequence[str] = ()) -> None:
        """No namespaces: the cluster."""
        self._scopes = [_Scope(client, namespace) for namespace in namespaces or (None,)]
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Watch, until `end`."""
        self._tasks = [asyncio.create_task(scope.run()) for scope in self._scopes]

    async def end(self) -> None:
        """Watch no longer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def rows(self) -> list[FleetRow]:
        """Each as long as no sync is late (see `as_of`); raises `Refused` while they are not known."""
        now = asyncio.get_running_loop().time()
        found: list[FleetRow] = []
        for scope in self._scopes:
            if scope.rows is None or now - scope.heard > _STALE:
                raise Refused(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    "The districts are still being read. Try again. Platform: if this stays, see the console's log.",
                )
            found += scope.rows.values()
        return found


class _Scope:
    def __init__(self, client: KubernetesClient, namespace: str | None) -> None:
        self._client = client
        self._path = paths.integrations(namespace)
        self.rows: dict[_Key, FleetRow] | None = None
        self.heard = 0.0
        self._fault = ""

    async def run(self) -> None:
        """Until cancelled; errors are waited out."""
        backoff = 1.0
        while True:
            try:
                since = await self._list()
                backoff = 1.0
                while True:
                    async for event in self._client.watch(self._path, since):
                        since = self._take(event)
                    self._hear()
            except Gone:
                continue
            except (KubernetesError, NoCluster) as error:
                await self._wait_out(str(error), backoff)
                backoff = min(backoff * 2, _LONGEST_BACKOFF)
            except Exception as error:  # noqa: BLE001 - the boundary of a task that nobody waits for
                await self._wait_out(f"a defect: {describe(error)}", backoff)
                backoff = min(backoff * 2, _LONGEST_BACKOFF)

    async def _wait_out(self, fault: str, seconds: float) -> None:
        """Said once, as long as it is the same."""
        if fault != self._fault:
            self._fault = fault
            logger.warning("cannot watch RosterIntegrations; tried again until it can be done: %s", fault)
        await asyncio.sleep(seconds)

    async def _list(self) -> str:
        """Page by page, each read beside the event loop: of thousands of resources only the rows stay."""
        rows: dict[_Key, FleetRow] = {}
        since = ""
        async for items, version in self._client.pages(self._path):
            since = version
            rows |= await asyncio.to_thread(_rows_of, items)
        self.rows, self._fault = rows, ""
        self._hear()
        return since

    def _take(self, event: Mapping[str, Any]) -> str:
        body = event["object"]
        if event["type"] == "DELETED" and self.rows is not None:
            self.rows.pop(_key(body), None)
        elif event["type"] != "BOOKMARK" and self.rows is not None:
            self.rows |= _rows_of([body])
        self._hear()
        return str(body["metadata"]["resourceVersion"])

    def _hear(self) -> None:
        self.heard = asyncio.get_running_loop().time()


def _rows_of(bodies: Sequence[Mapping[str, Any]]) -> dict[_Key, FleetRow]:
    return {_key(body): _row_of(body) for body in bodies}


def _row_of(body: Mapping[str, Any]) -> FleetRow:
    try:
        return row_in_time(RosterIntegration.model_validate(body))
    except ValidationError:
        return unreadable_row(*_key(body))


def _key(body: Mapping[str, Any]) -> _Key:
    return body["metadata"]["namespace"], body["metadata"]["name"]
