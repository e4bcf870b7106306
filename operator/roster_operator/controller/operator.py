"""The operator: wires its parts, runs them until it is told to stop, and ends them in order.

The event loop belongs to the engine. kopf watches from a thread of its own; syncs, deletions and the ledger's checks
run in threads, so that nothing slow ever holds the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
import uuid
from collections.abc import Collection, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from roster_operator import __version__
from roster_operator.clock import Clock
from roster_operator.controller import handlers
from roster_operator.controller.awaited_secrets import AwaitedSecrets
from roster_operator.controller.census import Census
from roster_operator.controller.ebooks import EBooks
from roster_operator.controller.engine import Engine
from roster_operator.controller.engine_listener import EngineListener
from roster_operator.controller.finalize import Finalizer
from roster_operator.controller.heartbeat import Heartbeat
from roster_operator.controller.informer import Informer, Watch
from roster_operator.controller.inventory import Inventory
from roster_operator.controller.leadership import Alone, Leadership
from roster_operator.controller.ledger_health import LedgerHealth
from roster_operator.controller.monitoring import Monitoring
from roster_operator.controller.pruning import Pruning
from roster_operator.controller.publisher import Publisher
from roster_operator.controller.queue import WorkQueue
from roster_operator.controller.scopes import Scope, Scopes
from roster_operator.controller.settings import INSTANCE, OperatorSettings
from roster_operator.controller.snapshot_keys import AwaitedKey, key_in_cluster
from roster_operator.controller.syncing import Reconcile, Syncing
from roster_operator.controller.watching import Listener, Watching
from roster_operator.controller.worker import Worker
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import connect, renew
from roster_operator.kube.events import EventRecorder
from roster_operator.kube.lease import Election, LeaseLost
from roster_operator.kube.metadata_watch import SecretWatch
from roster_operator.ledger.ledger import Ledger
from roster_operator.ops.logs import describe
from roster_operator.ops.metrics import Metrics
from roster_operator.reconcile.contract import Environment, OpenSource
from roster_operator.snapshot.key import SnapshotKey

logger = logging.getLogger(__name__)

_FINALIZERS = 4
_FIRST_MIGRATION_SECONDS = 30.0
_INFORMER_STOP_SECONDS = 15.0


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
        look_every: float | None = None,
    ) -> None:
        """Nothing runs before `run`. `look_every`: seconds from look to look at namespaces and awaited Secrets."""
        self._settings = settings
        self._looks = {} if look_every is None else {"every": look_every}
        self._reconcile = reconcile
        self._environment = Environment(clock, ledger, open_source, lambda: str(uuid.uuid4()))
        self._clock = clock
        self._ledger = ledger
        self.metrics = Metrics(__version__)
        self._watches: dict[str | None, SecretWatch] = {}
        self.engine = Engine(
            WorkQueue(), Inventory(), clock, self._secret_version, limits=settings.limits(), caps=settings.caps()
        )
        self._stop = asyncio.Event()
        self._sync_threads = ThreadPoolExecutor(settings.workers, thread_name_prefix="sync")
        self._release_threads = ThreadPoolExecutor(_FINALIZERS, thread_name_prefix="release")
        self._ledger_thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._informer_thread = ThreadPoolExecutor(1, thread_name_prefix="informer")
        self.ledger_health = LedgerHealth(ledger, self._ledger_thread, self.engine.ledger_is_back)
        self.ops_port = 0

    def stop(self) -> None:
        """End `run`; what a signal does."""
        self._stop.set()

    async def run(self) -> int:
        """Run until told to stop; the exit code: 0 if it was told to, 1 if something ended it."""
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(ValueError, RuntimeError):  # not the main thread: `stop` is called instead
                asyncio.get_running_loop().add_signal_handler(number, self.stop)
        api = await connect(self._settings.kubeconfig)
        signing_in = lambda: renew(api, self._settings.kubeconfig)  # noqa: E731
        leadership = self._leadership(KubernetesClient(api, self.metrics.requested, signing_in))
        client = KubernetesClient(api, self.metrics.requested, signing_in, may_write=leadership.holds)
        try:
            return await self._run_parts(client, leadership)
        finally:
            await leadership.release()
            await client.close()
            self._ledger.close()

    def _leadership(self, client: KubernetesClient) -> Leadership:
        settings = self._settings
        if not settings.lease:
            return Alone()
        namespace, _, name = settings.lease.partition("/")
        return Election(
            client, namespace, name, me=settings.identity, seconds=settings.lease_seconds, clock=self._clock
        )

    async def _run_parts(self, client: KubernetesClient, leadership: Leadership) -> int:
        recorder = EventRecorder(client, self._clock, INSTANCE)
        finalizer = self._finalizer(client, recorder)
        ebooks = EBooks(client, self._clock)
        scopes = Scopes(client, self._settings.namespaces, self.engine.on_namespace_left, **self._looks)
        census = Census(client, scopes, interval=self._settings.heartbeat)
        eyes = EngineListener(self.engine, finalizer, ebooks, census)
        informer = Informer(self._watch(eyes), scopes, self._informer_thread)

        def missed(keys: Collection[str]) -> None:
            ebooks.changed()
            self.engine.missed(keys)
            informer.begin_anew()

        monitoring = Monitoring(
            engine=self.engine,
            scopes=scopes,
            informer=informer,
            ledger_health=self.ledger_health,
            leadership=leadership,
            sole=self._settings.sole,
            metrics=self.metrics,
            clock=self._clock,
        )
        ops = monitoring.server()
        self.ops_port = await ops.start(self._settings.ops_host, self._settings.ops_port)
        stopped = asyncio.create_task(self._stop.wait())
        helpers = [asyncio.create_task(monitoring.measure_lag())]
        try:
            if not await _done_before(stopped, leadership.acquire()):
                return 0
            monitoring.lead()
            leading = asyncio.create_task(leadership.keep())
            helpers += [leading, asyncio.create_task(scopes.run())]
            if not await _done_before(stopped, self._prepare(client, scopes), leading):
                return self._exit_code(stopped, helpers)
            helpers += [asyncio.create_task(watch.run()) for watch in self._secret_watches(client)]
            helpers.append(asyncio.create_task(Heartbeat(self.engine, interval=self._settings.heartbeat).run()))
            helpers.append(asyncio.create_task(AwaitedSecrets(self.engine, **self._looks).run()))
            helpers += [asyncio.create_task(self.ledger_health.run()), asyncio.create_task(census.run(missed))]
            pruning = Pruning(self._ledger, self._ledger_thread, self._settings.retention(), self._clock)
            helpers.append(asyncio.create_task(pruning.run()))
            syncing = self._syncing(client, ebooks)
            if self._environment.snapshot_key is None and self._settings.snapshot_secret:
                awaited = AwaitedKey(client, self._settings.snapshot_secret, syncing.adopt, **self._looks)
                helpers.append(asyncio.create_task(awaited.run()))
            worker = self._worker(client, recorder, syncing)
            workers = [asyncio.create_task(worker.run()) for _ in range(self._settings.workers)]
            workers += [asyncio.create_task(finalizer.run()) for _ in range(_FINALIZERS)]
            informing = asyncio.create_task(informer.run())
            logger.info("serving %s", ", ".join(self._settings.namespaces) or "all namespaces")
            parts = [informing, *workers, *helpers]
            everything: list[asyncio.Task[Any]] = [stopped, *parts]
            await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
            code = self._exit_code(stopped, parts)
            informer.stop()
            await self._drain(finalizer, workers, informing, 0.0 if leading.done() else self._settings.grace)
            return code
        finally:
            for task in (stopped, *helpers):
                task.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            await ops.stop()

    async def _prepare(self, client: KubernetesClient, scopes: Scopes) -> None:
        """Wait for what nothing can begin without; a ledger that is away is reported by each resource instead."""
        await scopes.some()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.ledger_health.check(), _FIRST_MIGRATION_SECONDS)
        key = await self._snapshot_key(client)
        self._environment = replace(self._environment, snapshot_key=key)

    async def _snapshot_key(self, client: KubernetesClient) -> SnapshotKey | None:
        """By which people are found in roster snapshots."""
        settings = self._settings
        if settings.snapshot_key is not None:
            return SnapshotKey.read(settings.snapshot_key.get_secret_value(), "its file")
        return await key_in_cluster(client, settings.snapshot_secret) if settings.snapshot_secret else None

    def _secret_watches(self, client: KubernetesClient) -> Iterable[SecretWatch]:
        if self._settings.watch_secrets:
            for name in self._settings.namespaces or (None,):
                self._watches[name] = SecretWatch(
                    client, self.engine.secret_changed, name, relist=self._settings.heartbeat
                )
        return self._watches.values()

    def _watch(self, eyes: Listener) -> Watch:
        loop, settings = asyncio.get_running_loop(), self._settings

        def watch(scopes: Sequence[Scope], *, ebooks: bool, stop: threading.Event, ready: threading.Event) -> None:
            watching = Watching(
                identity=INSTANCE,
                kubeconfig=settings.kubeconfig,
                scopes=scopes,
                ebooks=ebooks,
                patience=settings.patience,
            )
            asyncio.run(handlers.watch(watching, eyes, loop, stop=stop, ready=ready))

        return watch

    def _exit_code(self, stopped: asyncio.Task[bool], parts: list[asyncio.Task[None]]) -> int:
        if stopped.done():
            logger.info("stopping")
            return 0
        for part in parts:
            if part.done():
                error = part.exception()
                if isinstance(error, LeaseLost):
                    logger.error("the operator ends, because it leads no longer: %s", error)
                    continue
                told = describe(error) if error else "without an error"
                logger.error("the operator ends, because a part of it ended: %s", told)
        return 1

    async def _drain(
        self, finalizer: Finalizer, workers: list[asyncio.Task[None]], informing: asyncio.Task[None], grace: float
    ) -> None:
        """Take no more work, let what is being applied end, and leave what hangs behind: at once, without grace."""
        finalizer.queue.close()
        self.engine.stop_all()
        _, hanging = await asyncio.wait(workers, timeout=grace)
        if hanging:
            logger.warning("%d workers did not end within %.0f s", len(hanging), grace)
        for task in hanging:
            task.cancel()
        await asyncio.wait({informing}, timeout=min(_INFORMER_STOP_SECONDS, grace))
        informing.cancel()
        for executor in (self._sync_threads, self._release_threads, self._ledger_thread, self._informer_thread):
            executor.shutdown(wait=False, cancel_futures=True)

    def _secret_version(self, namespace: str, name: str) -> str | None:
        watch = self._watches.get(namespace) or self._watches.get(None)
        return watch.version(namespace, name) if watch is not None else None

    def _syncing(self, client: KubernetesClient, ebooks: EBooks) -> Syncing:
        return Syncing(
            client=client,
            ebooks=ebooks,
            reconcile=self._reconcile,
            environment=self._environment,
            executor=self._sync_threads,
            clock=self._clock,
            metrics=self.metrics,
        )

    def _worker(self, client: KubernetesClient, recorder: EventRecorder, syncing: Syncing) -> Worker:
        return Worker(
            engine=self.engine,
            client=client,
            publisher=Publisher(client, recorder),
            recorder=recorder,
            syncing=syncing,
            clock=self._clock,
            metrics=self.metrics,
            new_run_id=self._environment.new_run_id,
            caps=self._settings.caps(),
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


async def _done_before(
    stopped: asyncio.Task[bool], wanted: Coroutine[Any, Any, None], *others: asyncio.Task[Any]
) -> bool:
    """Whether something was done before the operator was told to stop, or something else ended."""
    task = asyncio.create_task(wanted)
    await asyncio.wait({stopped, task, *others}, return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        return False
    task.result()
    return True
