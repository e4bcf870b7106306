"""Election by a Lease of coordination.k8s.io: of several processes one holds it, and only as long as it renews it.

As client-go has it. Whether a holder is alive is judged by when this process saw the record change, by its own
monotonic clock; so clocks that differ between nodes do not matter. A holder that could not renew knows it before
anybody else may begin. docs/decisions/0044-one-operator-leads.md says why the official client's election is not used.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from roster_operator.clock import Clock
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient, Object
from roster_operator.kube.errors import Conflict, Forbidden, KubernetesError, NotFound

logger = logging.getLogger(__name__)

_DEADLINE: Final = 2 / 3
"""Of the Lease's duration: without a renewal for so long, it is not sure any more who holds it."""
_RETRY: Final = 2 / 15
"""Of the Lease's duration: from one try to the next."""
_PATIENCE: Final = 1 / 3
"""Of the Lease's duration: for one try."""
_RELEASE_SECONDS: Final = 5.0
_TIME: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


class LeaseLost(Exception):
    """The Lease is another one's, or nobody's."""


@dataclass(frozen=True, slots=True)
class _Record:
    """A Lease as it was read."""

    version: str
    spec: Object

    @property
    def holder(self) -> str:
        return str(self.spec.get("holderIdentity") or "")

    @property
    def seconds(self) -> float:
        return float(self.spec.get("leaseDurationSeconds") or 0)


class Election:
    """One process's part in it. Belongs to the event loop's thread, but for `holds`."""

    def __init__(
        self, client: KubernetesClient, namespace: str, name: str, *, me: str, seconds: int, clock: Clock
    ) -> None:
        """`me`: a name that no other process has, ever. `seconds`: for which the Lease is good without a renewal."""
        self._client = client
        self._namespace = namespace
        self._name = name
        self._me = me
        self._seconds = seconds
        self._clock = clock
        self._record: _Record | None = None
        self._seen = 0.0
        self._renewed: float | None = None
        self.fault: str | None = "not looked for yet"
        """Why nobody can tell who holds the Lease, in words."""

    @property
    def holder(self) -> str:
        """Who holds it, as of the last look; empty: nobody."""
        return self._record.holder if self._record else ""

    def holds(self) -> bool:
        """Whether this process holds it, and surely: others believe it gone a third of its duration later."""
        return self._left() > 0

    async def acquire(self) -> None:
        """Return when this process holds it. Whoever waits looks every few seconds."""
        told = ""
        while True:
            if await self._take():
                logger.info("this operator leads: it holds the Lease %s/%s", self._namespace, self._name)
                return
            if told != (told := self.fault or f"{self.holder} leads"):
                logger.info("standing by: %s", told)
            await asyncio.sleep(self._seconds * _RETRY)

    async def keep(self) -> None:
        """Renew it again and again, until cancelled; raises `LeaseLost` once it is another one's, or nobody's.

        While it cannot be renewed, as when the API server is away, `holds` says so.
        """
        late = False
        while True:
            await asyncio.sleep(self._seconds * _RETRY)
            if await self._prolong() and self.holder != self._me:
                self._renewed = None
                raise LeaseLost(f"the Lease {self._namespace}/{self._name} is held by {self.holder or 'nobody'}")
            if late != (late := not self.holds()):
                if late:
                    told = "the Lease could not be renewed in time: %s. Until it is, nothing is written to the cluster"
                    logger.warning(told, self.fault)
                else:
                    logger.info("the Lease is renewed again")

    async def release(self) -> None:
        """Give it back, so that nobody has to wait; does nothing if it was lost."""
        if self.holder != self._me:
            return
        self._renewed = None
        try:
            async with asyncio.timeout(_RELEASE_SECONDS):
                await self._write({"holderIdentity": None, "leaseDurationSeconds": 1})
        except (KubernetesError, TimeoutError):
            logger.warning("the Lease could not be released; others wait until it ends by itself")
        else:
            logger.info("released the Lease %s/%s", self._namespace, self._name)

    def _left(self) -> float:
        """Seconds for which this process may act without another renewal."""
        if self._renewed is None:
            return 0.0
        return self._renewed + self._seconds * _DEADLINE - self._clock.monotonic()

    async def _take(self) -> bool:
        """Take the Lease if it is free; whether it is this process's now."""
        try:
            async with asyncio.timeout(self._seconds * _PATIENCE):
                await self._look()
                free = self._is_free()
                if free:
                    await self._claim()
        except Conflict:
            free = False  # somebody was quicker
        except (KubernetesError, TimeoutError) as error:
            self.fault = _told(error)
            return False
        self.fault = None
        return free

    def _is_free(self) -> bool:
        found = self._record
        if found is None or found.holder in {"", self._me}:
            return True
        return self._clock.monotonic() >= self._seen + found.seconds

    async def _prolong(self) -> bool:
        """Whether it is known who holds the Lease: this process, which renewed it, or another one."""
        try:
            async with asyncio.timeout(self._seconds * _PATIENCE):
                await self._look()
                if self.holder == self._me:
                    await self._claim()
        except Conflict:
            return False  # somebody wrote it meanwhile: the next look tells who
        except (KubernetesError, TimeoutError) as error:
            self.fault = _told(error)
            return False
        self.fault = None
        return True

    async def _look(self) -> None:
        try:
            self._note(await self._client.get(paths.lease(self._namespace, self._name)))
        except NotFound:
            self._record = None

    def _note(self, found: Object) -> None:
        record = _Record(found["metadata"]["resourceVersion"], found.get("spec") or {})
        if self._record is None or self._record.spec != record.spec:
            self._seen = self._clock.monotonic()
        self._record = record

    async def _claim(self) -> None:
        """Write this process down as the holder, from now on."""
        asked, now = self._clock.monotonic(), self._clock.now().strftime(_TIME)
        found = self._record
        spec: Object = {"holderIdentity": self._me, "leaseDurationSeconds": self._seconds, "renewTime": now}
        if self.holder != self._me:
            spec["acquireTime"] = now
            spec["leaseTransitions"] = (found.spec.get("leaseTransitions") or 0) + 1 if found else 0
        if found is not None:
            await self._write(spec)
        else:
            metadata = {"name": self._name, "namespace": self._namespace}
            body = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec}
            self._note(await self._client.create(paths.leases(self._namespace), body))
        self._renewed = asked

    async def _write(self, spec: Object) -> None:
        """Only if nobody else has written it since it was read."""
        assert self._record is not None
        body = {"metadata": {"resourceVersion": self._record.version}, "spec": spec}
        self._note(await self._client.merge(paths.lease(self._namespace, self._name), body))


def _told(error: KubernetesError | TimeoutError) -> str:
    if isinstance(error, TimeoutError):
        return "the API server does not answer"
    if isinstance(error, Forbidden):
        return f"the operator lacks permissions on its Lease. Platform: grant what the chart grants. {error}"
    return f"the API server cannot be used: {error}"
