"""The operator: wires its parts, runs them until it is told to stop, and ends them in order.

The event loop belongs to the engine. kopf watches from a thread of its own; syncs, deletions and the ledger's checks
run in threads, so that nothing slow ever holds the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from roster_operator import __version__
from roster_operator.clock import Clock
from roster_operator.controller import handlers
from roster_operator.controller.ebooks import EBooks
from roster_operator.controller.engine import Engine
from roster_operator.controller.finalize import Finalizer
from roster_operator.controller.inventory import EBookSighting, Inventory, Sighting
from roster_operator.controller.ledger_health import LedgerHealth
from roster_operator.controller.places import Limits, large_places
from roster_operator.controller.preflight import await_kinds
from roster_operator.controller.publisher import Publisher
from roster_operator.controller.queue import WorkQueue
from roster_operator.controller.reconcile.contract import Environment, OpenSource
from roster_operator.controller.settings import OperatorSettings
from roster_operator.controller.syncing import Reconcile, Syncing
from roster_operator.controller.watching import Watching
from roster_operator.controller.worker import Worker
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import connect, renew
from roster_operator.kube.events import EventRecorder
from roster_operator.kube.metadata_watch import SecretWatch
from roster_operator.ledger.ledger import Ledger
from roster_operator.ops.logs import describe
from roster_operator.ops.metrics import Metrics, Observed
from roster_operator.ops.server import OpsServer

logger = logging.getLogger(__name__)

_INSTANCE = socket.gethostname()
"""In a cluster, the name of the pod."""
_FINALIZERS = 4
_FIRST_MIGRATION_SECONDS = 30.0
_INFORMER_STOP_SECONDS = 15.0
_HANGING_AFTER_SECONDS = 600.0
_LAG_PROBE_SECONDS = 1.0


class Operator:
    """One operator process."""

    def __init__(
        self,
        settings: OperatorSettings,
        *,
        reconcile: Reconcile,
        ledger: Ledger,
        open_source: OpenSource,
        clock: Clock,
    ) -> None:
        """Nothing runs before `run`."""
        self._settings = settings
        self._reconcile = reconcile
        self._environment = Environment(clock, ledger, open_source, lambda: str(uuid.uuid4()))
        self._clock = clock
        self._ledger = ledger
        self.metrics = Metrics(__version__)
        self._watches: dict[str | None, SecretWatch] = {}
        self.engine = Engine(WorkQueue(), Inventory(), clock, self._secret_version, limits=_limits(settings))
        self._stop = asyncio.Event()
        self._informer_ready = threading.Event()
        self._informer_stop = threading.Event()
        self._sync_threads = ThreadPoolExecutor(settings.workers, thread_name_prefix="sync")
        self._release_threads = ThreadPoolExecutor(_FINALIZERS, thread_name_prefix="release")
        self._ledger_thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._informer_thread = ThreadPoolExecutor(1, thread_name_prefix="informer")
        self.ledger_health = LedgerHealth(ledger, self._ledger_thread, self.engine.ledger_is_back)
        self.ops_port = 0
        self._lag = 0.0
        self._kinds_fault: str | None = "not looked for yet"

    def stop(self) -> None:
        """End `run`; what a signal does."""
        self._stop.set()

    async def run(self) -> int:
        """Run until told to stop; the exit code: 0 if it was told to, 1 if something ended it."""
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(ValueError, RuntimeError):  # not the main thread: `stop` is called instead
                asyncio.get_running_loop().add_signal_handler(number, self.stop)
        ops = self._ops_server()
        self.ops_port = await ops.start(self._settings.ops_host, self._settings.ops_port)
        api = await connect(self._settings.kubeconfig)
        client = KubernetesClient(api, self.metrics.requested, lambda: renew(api, self._settings.kubeconfig))
        try:
            return await self._serve(client)
        finally:
            await client.close()
            await ops.stop()
            self._ledger.close()

    async def _serve(self, client: KubernetesClient) -> int:
        stopped = asyncio.create_task(self._stop.wait())
        prepared = asyncio.create_task(self._prepare(client))
        await asyncio.wait({stopped, prepared}, return_when=asyncio.FIRST_COMPLETED)
        if not prepared.done():
            prepared.cancel()
            return 0
        prepared.result()
        recorder = EventRecorder(client, self._clock, _INSTANCE)
        finalizer = self._finalizer(client, recorder)
        ebooks = EBooks(client, self._clock)
        worker = self._worker(client, recorder, ebooks)
        workers = [asyncio.create_task(worker.run()) for _ in range(self._settings.workers)]
        workers += [asyncio.create_task(finalizer.run()) for _ in range(_FINALIZERS)]
        helpers = [asyncio.create_task(watch.run()) for watch in self._watches.values()]
        helpers += [asyncio.create_task(self.ledger_health.run()), asyncio.create_task(self._measure_lag())]
        informer = self._start_informer(finalizer, ebooks)
        logger.info("serving %s", ", ".join(self._settings.namespaces) or "all namespaces")
        parts: list[asyncio.Future[None]] = [informer, *workers, *helpers]
        everything: list[asyncio.Future[Any]] = [stopped, *parts]
        await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
        code = self._exit_code(stopped, parts)
        stopped.cancel()
        await self._drain(finalizer, workers, informer)
        for task in helpers:
            task.cancel()
        await asyncio.gather(*helpers, return_exceptions=True)
        return code

    async def _prepare(self, client: KubernetesClient) -> None:
        """Wait for what nothing can begin without; a ledger that is away is reported by each resource instead."""
        namespace = self._settings.namespaces[0] if self._settings.namespaces else None
        async for fault in await_kinds(client, namespace):
            self._kinds_fault = fault
        self._kinds_fault = None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.ledger_health.check(), _FIRST_MIGRATION_SECONDS)
        if self._settings.watch_secrets:
            for name in self._settings.namespaces or (None,):
                self._watches[name] = SecretWatch(client, self.engine.secret_changed, name)

    def _start_informer(self, finalizer: Finalizer, ebooks: EBooks) -> asyncio.Future[None]:
        watching = Watching(
            identity=_INSTANCE,
            kubeconfig=self._settings.kubeconfig,
            namespaces=self._settings.namespaces,
            heartbeat=self._settings.heartbeat,
            patience=self._settings.patience,
        )
        loop = asyncio.get_running_loop()

        eyes = _Eyes(self.engine, finalizer, ebooks)

        def watch() -> None:
            asyncio.run(handlers.watch(watching, eyes, loop, stop=self._informer_stop, ready=self._informer_ready))

        return loop.run_in_executor(self._informer_thread, watch)

    def _exit_code(self, stopped: asyncio.Task[bool], parts: list[asyncio.Future[None]]) -> int:
        if stopped.done():
            logger.info("stopping")
            return 0
        for part in parts:
            if part.done():
                error = part.exception()
                told = describe(error) if error else "without an error"
                logger.error("the operator ends, because a part of it ended: %s", told)
        return 1

    async def _drain(
        self, finalizer: Finalizer, workers: list[asyncio.Task[None]], informer: asyncio.Future[None]
    ) -> None:
        """Take no more work, let what is being applied end, and what hangs behind."""
        self._informer_stop.set()
        finalizer.queue.close()
        self.engine.stop_all()
        _, hanging = await asyncio.wait(workers, timeout=self._settings.grace)
        if hanging:
            logger.warning("%d workers did not end within %.0f s", len(hanging), self._settings.grace)
        for task in hanging:
            task.cancel()
        await asyncio.wait({informer}, timeout=_INFORMER_STOP_SECONDS)
        for executor in (self._sync_threads, self._release_threads, self._ledger_thread, self._informer_thread):
            executor.shutdown(wait=False, cancel_futures=True)

    def _secret_version(self, namespace: str, name: str) -> str | None:
        watch = self._watches.get(namespace) or self._watches.get(None)
        return watch.version(namespace, name) if watch is not None else None

    def _worker(self, client: KubernetesClient, recorder: EventRecorder, ebooks: EBooks) -> Worker:
        syncing = Syncing(
            client=client,
            ebooks=ebooks,
            reconcile=self._reconcile,
            environment=self._environment,
            executor=self._sync_threads,
            clock=self._clock,
            metrics=self.metrics,
        )
        return Worker(
            engine=self.engine,
            client=client,
            publisher=Publisher(client, recorder),
            recorder=recorder,
            syncing=syncing,
            clock=self._clock,
            metrics=self.metrics,
            new_run_id=self._environment.new_run_id,
        )

    def _finalizer(self, client: KubernetesClient, recorder: EventRecorder) -> Finalizer:
        return Finalizer(
            engine=self.engine,
            client=client,
            recorder=recorder,
            ledger=self._ledger,
            executor=self._release_threads,
            clock=self._clock,
            new_run_id=self._environment.new_run_id,
            metrics=self.metrics,
        )

    def _ops_server(self) -> OpsServer:
        queue = self.engine.queue
        gauges: dict[str, tuple[str, Callable[[], float]]] = {
            "workqueue_depth": ("Due resources that wait for a worker.", lambda: queue.depth),
            "workers_busy": ("Workers that have a turn.", lambda: len(queue.working)),
            "syncs_running": ("Syncs that run.", lambda: len(self.engine.syncs)),
            "integrations": ("RosterIntegrations that are served.", lambda: len(self.engine.inventory)),
            "event_loop_lag_seconds": ("How late the event loop is.", lambda: self._lag),
            "ledger_available": ("Whether the license store can be used.", lambda: self.ledger_health.fault is None),
        }
        for name, (description, value) in gauges.items():
            self.metrics.gauge(name, description, value)
        self.metrics.integrations(self._observed)
        return OpsServer(
            health={"syncs": self._hanging},
            readiness={"kinds": lambda: self._kinds_fault, "watch": self._watching, "ledger": self._ledger_fault},
            metrics=self.metrics.exposition,
        )

    def _hanging(self) -> str | None:
        hanging = self.engine.overdue_syncs(_HANGING_AFTER_SECONDS)
        return f"{hanging} hang beyond their timeout" if hanging else None

    def _watching(self) -> str | None:
        return None if self._informer_ready.is_set() else "not watching yet"

    def _ledger_fault(self) -> str | None:
        return self.ledger_health.fault

    def _observed(self) -> Iterator[Observed]:
        for each in self.engine.inventory:
            yield Observed(each.namespace, each.name, each.ready, each.last_success, each.standing.suspended)

    async def _measure_lag(self) -> None:
        while True:
            before = self._clock.monotonic()
            await asyncio.sleep(_LAG_PROBE_SECONDS)
            self._lag = max(0.0, self._clock.monotonic() - before - _LAG_PROBE_SECONDS)


def _limits(settings: OperatorSettings) -> Limits:
    large = large_places(settings.workers, settings.memory)
    if large < 1:
        logger.warning("the memory is too little for %d workers: large districts may exceed it", settings.workers)
    return Limits(large=large, on_server=settings.per_server, retries=settings.workers // 2)


class _Eyes:
    """What the informer sees goes to the engine; deletions to the finalizer."""

    def __init__(self, engine: Engine, finalizer: Finalizer, ebooks: EBooks) -> None:
        self.saw = engine.saw
        self.lost = engine.lost
        self.beat = engine.beat
        self._engine = engine
        self._finalizer = finalizer
        self._ebooks = ebooks

    def lost_ebook(self, name: str) -> None:
        self._ebooks.changed()
        self._engine.lost_ebook(name)

    def saw_ebook(self, ebook: EBookSighting, *, live: bool) -> None:
        self._ebooks.changed()
        self._engine.saw_ebook(ebook, live=live)

    async def finalize(self, sighting: Sighting) -> None:
        await self._finalizer.finalize(sighting)
