"""kopf as the informer and the finalizer's plumbing; the one module that imports it.

kopf runs in a thread and an event loop of its own, because it treats every task of its loop as its own when it stops.
Its handlers hand over what they saw and do nothing else: they never fail, never return a value and never touch kopf's
patch. docs/decisions/0002-kopf-as-informer.md says why.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import aiohttp
import kopf
from kopf._cogs.clients.errors import APIError
from kopf._core.engines.peering import Identity

from roster_operator.api import names
from roster_operator.controller.inventory import observe, sight_ebook
from roster_operator.controller.watching import Backoffs, Listener, ListingExpired, WatchEnded, Watching, await_exit
from roster_operator.kube.connection import connect

_INTEGRATIONS = (names.GROUP, names.VERSION, names.ROSTER_INTEGRATION_PLURAL)
_EBOOKS = (names.GROUP, names.VERSION, names.EBOOK_PLURAL)
_KEPT_METADATA = ("name", "namespace", "uid", "resourceVersion", "generation", "deletionTimestamp", "finalizers")
_SIGN_IN_WINDOW = 60.0
"""Seconds within which each further sign-in waits twice as long: kopf itself repeats them without pause."""


class _NoDiffBase(kopf.DiffBaseStorage):
    """Keeps no copy of the spec in an annotation, and makes none: nothing here asks what exactly changed."""

    def build(self, *, body: kopf.Body, extra_fields: Any = None) -> kopf.BodyEssence:  # noqa: ARG002
        return kopf.BodyEssence()

    def fetch(self, *, body: kopf.Body) -> kopf.BodyEssence | None:  # noqa: ARG002
        return None

    def store(self, *, body: kopf.Body, patch: kopf.Patch, essence: kopf.BodyEssence) -> None:
        pass


async def watch(
    watching: Watching,
    listener: Listener,
    loop: asyncio.AbstractEventLoop,
    *,
    stop: threading.Event,
    ready: threading.Event,
) -> None:
    """Watch until `stop`, in an event loop of its own; the listener is called in `loop`.

    Raises `WatchEnded` if something else ended it, and `ListingExpired` if another one may well come further.
    """
    ending = asyncio.Event()
    ended = asyncio.create_task(ending.wait())
    ours = asyncio.all_tasks()  # from before kopf begins, so that it leaves them alone
    tasks = await kopf.spawn_tasks(
        registry=_registry(watching, listener, loop, ending),
        settings=_settings(watching),
        identity=Identity(watching.identity),
        standalone=True,
        clusterwide=None in watching.scopes,
        namespaces=[scope for scope in watching.scopes if scope is not None],
        stop_flag=stop,
        ready_flag=ready,
    )
    operator = asyncio.create_task(kopf.run_tasks(tasks, ignored=ours))
    await asyncio.wait({operator, ended}, return_when=asyncio.FIRST_COMPLETED)
    told = stop.is_set()
    stop.set()  # a thread of kopf waits for it, and this loop for that thread
    await await_exit(operator)
    if not told:
        failures = (each.exception() for each in tasks if each.done() and not each.cancelled())
        failure = next(filter(None, failures), None)
        expired = isinstance(failure, APIError) and failure.status == HTTPStatus.GONE
        raise (ListingExpired if expired else WatchEnded) from failure


def _registry(
    watching: Watching, listener: Listener, loop: asyncio.AbstractEventLoop, ending: asyncio.Event
) -> kopf.OperatorRegistry:
    registry = kopf.OperatorRegistry()
    tell = loop.call_soon_threadsafe

    @kopf.on.event(*_INTEGRATIONS, registry=registry)
    async def integration_seen(event: kopf.RawEvent, **_: Any) -> None:
        sighting = observe(event["object"])
        _strip(event["object"])
        if event["type"] == "DELETED":
            tell(listener.on_delete, sighting.key, sighting.uid)
        else:
            tell(listener.on_change, sighting)

    async def ebook_seen(event: kopf.RawEvent, **_: Any) -> None:
        ebook = sight_ebook(event["object"])
        if event["type"] == "DELETED":
            tell(listener.on_ebook_delete, ebook.name)
        else:
            tell(lambda: listener.on_ebook_change(ebook, live=event["type"] is not None))

    if watching.ebooks:
        kopf.on.event(*_EBOOKS, registry=registry)(ebook_seen)

    @kopf.on.delete(*_INTEGRATIONS, registry=registry)
    async def deleted(body: kopf.Body, **_: Any) -> None:
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(listener.finalize(observe(body)), loop))

    @kopf.on.cleanup(registry=registry)
    async def cleaned_up(**_: Any) -> None:
        ending.set()

    sign_ins: list[float] = []

    @kopf.on.login(registry=registry)
    async def login(**_: Any) -> kopf.AiohttpSession:
        now = asyncio.get_running_loop().time()
        sign_ins[:] = [*(moment for moment in sign_ins if moment > now - _SIGN_IN_WINDOW), now]
        await asyncio.sleep(min(2 ** len(sign_ins) - 2, _SIGN_IN_WINDOW))  # none before the first
        return await _sign_in(watching)

    return registry


async def _sign_in(watching: Watching) -> kopf.AiohttpSession:
    api = await connect(watching.kubeconfig)
    token = await api.configuration.get_api_key_with_prefix("BearerToken")
    headers = {"Authorization": token} if token else {}
    connector = aiohttp.TCPConnector(limit=16 + 4 * len(watching.scopes), ssl=api.rest_client.ssl_context)
    session = aiohttp.ClientSession(connector=connector, headers=headers, proxy=api.configuration.proxy)
    return kopf.AiohttpSession(server=api.configuration.host, aiohttp_session=session)


def _strip(body: Any) -> None:
    """Leave of a RosterIntegration what its deletion needs: kopf describes all of it for its debug log, at each event.

    Annotations of ours are among it, as kopf may note there how far a deletion is.
    """
    metadata, spec = body["metadata"], body.get("spec") or {}
    kept = {key: metadata[key] for key in _KEPT_METADATA if key in metadata}
    annotations = metadata.get("annotations") or {}
    if ours := {name: text for name, text in annotations.items() if name.startswith(f"{names.GROUP}/")}:
        kept["annotations"] = ours
    body.clear()
    body["apiVersion"], body["kind"] = names.API_VERSION, names.ROSTER_INTEGRATION_KIND
    body["metadata"] = kept
    body["spec"] = {key: spec[key] for key in ("deletionPolicy",) if key in spec}


def _settings(watching: Watching) -> kopf.OperatorSettings:
    settings = kopf.OperatorSettings()
    settings.persistence.finalizer = names.CLEANUP_FINALIZER
    settings.persistence.progress_storage = kopf.AnnotationsProgressStorage(prefix=names.GROUP, v1=False)
    settings.persistence.diffbase_storage = _NoDiffBase()
    settings.posting.enabled = False
    settings.scanning.disabled = True
    settings.networking.request_timeout = 60
    settings.networking.connect_timeout = 10
    settings.networking.error_backoffs = Backoffs(watching.patience)
    # At the start all objects are handled; what that takes at once, the process keeps.
    settings.watching.chunk_size = 100
    settings.queueing.idle_timeout = 0.2
    settings.queueing.worker_limit = None
    settings.execution.executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kopf")
    settings.process.ultimate_exiting_timeout = None
    return settings
