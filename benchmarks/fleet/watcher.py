"""Sees every status that the operator writes, and when; and asks for syncs as a person would."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fleet.stage import KINDS

from roster_operator.kube.client import KubernetesClient, Object
from roster_operator.kube.connection import connect
from roster_operator.kube.errors import Gone, KubernetesError


@dataclass
class Seen:
    """Of one resource."""

    run: str = ""
    outcome: str = ""
    next_sync: str = ""
    rows: int = 0


@dataclass
class Watcher:
    """A thread with a watch of its own. `ends` are the moments at which syncs ended, by this machine's clock."""

    kubeconfig: Path
    ends: list[tuple[float, str, str]] = field(default_factory=list)
    """When, the resource, and what triggered the sync."""
    seen: dict[str, Seen] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    _waiting: dict[str, tuple[str, float]] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _ask_every: float = 0.0

    def start(self) -> None:
        """Begin to watch."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="watcher")
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        self._stop.set()
        self._thread.join()

    def ask_every(self, seconds: float) -> None:
        """From now on, ask for a sync of a district chosen at random; 0 to end that."""
        self._ask_every = seconds

    def unanswered(self) -> int:
        """Requests that wait."""
        return len(self._waiting)

    def settled(self, names: set[str]) -> int:
        """How many of these have ended a sync."""
        return sum(bool(seen.run) for name, seen in list(self.seen.items()) if name in names)

    async def _run(self) -> None:
        client = KubernetesClient(await connect(self.kubeconfig))
        tasks = [asyncio.create_task(self._watch(client)), asyncio.create_task(self._ask(client))]
        await asyncio.to_thread(self._stop.wait)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await client.close()

    async def _watch(self, client: KubernetesClient) -> None:
        since = ""
        while True:
            try:
                if not since:
                    items, since = await client.list(KINDS)
                    for item in items:
                        self._take(item)
                async for event in client.watch(KINDS, since):
                    since = event["object"]["metadata"]["resourceVersion"]
                    if event["type"] != "BOOKMARK":
                        self._take(event["object"])
            except Gone:
                since = ""
            except KubernetesError:
                await asyncio.sleep(0.5)

    def _take(self, item: Object) -> None:
        name, status = item["metadata"]["name"], item.get("status") or {}
        seen = self.seen.setdefault(name, Seen())
        last = status.get("lastSync") or {}
        seen.rows = (status.get("roster") or {}).get("rows") or seen.rows
        seen.next_sync = status.get("nextSyncTime") or ""
        if last.get("runID") and last["runID"] != seen.run:
            seen.run, seen.outcome = last["runID"], last["outcome"]
            self.ends.append((time.monotonic(), name, last["trigger"]))
        waits = self._waiting.get(name)
        if waits is not None and status.get("lastHandledRequestedAt") == waits[0]:
            self.latencies.append(time.monotonic() - waits[1])
            del self._waiting[name]

    async def _ask(self, client: KubernetesClient) -> None:
        while True:
            await asyncio.sleep(self._ask_every or 0.2)
            free = [name for name in self.seen if name not in self._waiting]
            if not self._ask_every or not free:
                continue
            name = random.choice(free)
            token = f"{time.time():.6f}"
            self._waiting[name] = (token, time.monotonic())
            self.asked[name] += 1
            try:
                await client.merge(
                    f"{KINDS}/{name}", {"metadata": {"annotations": {"rostering.cpm.org/requested-at": token}}}
                )
            except KubernetesError:
                del self._waiting[name]
                self.asked[name] -= 1
