"""The service: a request names a verb and a district, Kubernetes says whether whoever sent it may, and it is answered.

    POST /v1/namespaces/NAMESPACE/districts/DISTRICT/VERB
    POST /v1/namespaces/NAMESPACE/VERB
    POST /v1/VERB
    Authorization: Bearer TOKEN

The first is about one district, the others are about all of a namespace, and of all namespaces. The body is the rest of
the request, as JSON, so that what names a person stands in no URL and in no log. Whether a district exists is told to
nobody who may not see it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

from aiohttp import web

from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.clock import Clock
from roster_operator.errors import InputError, RosterOperatorError, UnknownName
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.ebooks import ebooks_among
from roster_operator.kube.errors import Forbidden, KubernetesError
from roster_operator.kube.reviews import User
from roster_operator.ledger.by_hand.interface import ByHandLedger
from roster_operator.ledger.cleanup.interface import CleanupLedger
from roster_operator.ledger.imports.interface import ImportLedger
from roster_operator.ledger.ledger import Ledger
from roster_operator.ledger.people.interface import PeopleLedger
from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.ledger.undo.interface import UndoLedger
from roster_operator.operations.fleet import FleetRow
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.ports import Caller, DistrictName
from roster_operator.operations.request import FleetRequest, Ports, Question, Request
from roster_operator.operations.wire import plain
from roster_operator.ops.logs import describe
from roster_operator.service.acting import Acting
from roster_operator.service.admission import Admission
from roster_operator.service.asked import LARGEST_HEAVY, question_of, refuse_other_sites
from roster_operator.service.fleet_watch import FleetWatch
from roster_operator.service.readiness import Readiness
from roster_operator.service.refusals import Refused, allowed, refusal_of
from roster_operator.service.rights import Rights
from roster_operator.service.scope import NamespaceQueries, NamespaceResources
from roster_operator.service.threads import FairThreads
from roster_operator.service.troubles import Troubles
from roster_operator.snapshot.key import SnapshotKey

logger = logging.getLogger(__name__)

ResultT = TypeVar("ResultT")
MadeT = TypeVar("MadeT")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_AT_A_TIME: Final = 8
"""Questions that are being answered; each takes a thread and may take a connection to the ledger."""
_OF_ONE: Final = 4
"""Of one person, so that others need not wait for somebody's slow questions."""
_LONGEST: Final = 60.0
"""Seconds of one answer, and of one body."""
_ENDS_ITSELF: Final = 50.0
"""Seconds after which a heavy answer gives up, as nobody waits for it any more."""
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Stores:
    """The ledger, as each kind of answer needs it."""

    queries: LedgerQueries
    people: PeopleLedger
    undoing: UndoLedger
    importing: ImportLedger
    planning: Ledger
    by_hand: ByHandLedger
    cleaning: CleanupLedger

    def close(self) -> None:
        """Give back connections."""
        ordered = self.undoing, self.importing, self.planning, self.by_hand, self.cleaning
        for store in (self.queries, self.people, *ordered):
            store.close()


class Service:
    """Answers requests of people whom Kubernetes knows."""

    def __init__(
        self,
        client: KubernetesClient,
        stores: Stores,
        clock: Clock,
        *,
        audiences: Sequence[str] = (),
        namespaces: Sequence[str] = (),
        find_key: Callable[[], SnapshotKey | None] = lambda: None,
        applies: bool = False,
        apply_groups: Collection[str] = (),
    ) -> None:
        """`audiences`: for one of which a token must be; empty: for the API server.

        `namespaces`: whose districts are listed; empty: all. `find_key`: of roster snapshots; asked for each answer, as
        the operator may make it while this runs. `applies`: whether objects of the cluster are changed, as who asks;
        `apply_groups`: with those of their groups; empty: all.
        """
        self._client = client
        self._stores = stores
        self._clock = clock
        self.rights = Rights(client, audiences)
        self.admission = Admission()
        self.acting = Acting(client, apply_groups) if applies else None
        self._fleet = FleetWatch(client, namespaces)
        self._find_key = find_key
        self.troubles = Troubles(stores.queries, self._fleet, clock)
        self._threads = FairThreads("answer", _AT_A_TIME, _OF_ONE)
        self._heavy = FairThreads("heavy", 1, 1)
        self._readiness = Readiness(stores.queries.check, self.rights)

    def app(self) -> web.Application:
        """As aiohttp serves it."""
        verbs = web.Application(middlewares=[_as_json])
        verbs.router.add_post("/{verb}", self._answer)
        verbs.router.add_post("/namespaces/{namespace}/{verb}", self._answer)
        verbs.router.add_post("/namespaces/{namespace}/districts/{district}/{verb}", self._answer)
        app = web.Application(client_max_size=LARGEST_HEAVY)
        app.add_subapp("/v1", verbs)
        app.router.add_get("/healthz", _healthy)
        app.router.add_get("/readyz", self._ready)
        app.on_startup.append(self._begin)
        app.on_cleanup.append(self._stop)
        return app

    async def _begin(self, _app: web.Application) -> None:
        self._fleet.begin()

    async def _stop(self, _app: web.Application) -> None:
        await self._fleet.end()
        self.troubles.close()
        for threads in (self._threads, self._heavy, self._readiness):
            threads.close()

    async def _ready(self, _request: web.Request) -> web.Response:
        """Whether the ledger can be read, and the API server asked who somebody is."""
        faults = await self._readiness.faults()
        return web.Response(text="\n".join(faults or ["ok"]) + "\n", status=503 if faults else 200)

    async def _answer(self, http: web.Request) -> web.Response:
        refuse_other_sites(http)
        with self.admission.of_anybody():
            user = await self.rights.user(http.headers.get("Authorization", ""))
            with self.admission.of(user.name):
                question = await question_of(http, patience=_LONGEST)
                return _json(HTTPStatus.OK, await self._made(user, question, plain))

    @property
    def clock(self) -> Clock:
        """By which answers are given."""
        return self._clock

    @property
    def planning(self) -> Ledger:
        """The ledger as a sync has it, to plan and not to write."""
        return self._stores.planning

    async def existing(self, user: User, district: DistrictName) -> RosterIntegration | None:
        """As it is now, for whoever may see it; raises `UnreadableSpec`."""
        resources = NamespaceResources(self._client, asyncio.get_running_loop(), district.namespace)
        try:
            return await self._threads.run(user.name, lambda: resources.one(district))
        except UnknownName:
            return None

    async def in_thread(self, user: User, work: Callable[[], MadeT]) -> MadeT:
        """What `work` gives, in a thread that counts as this person's; raises `Refused`."""
        try:
            return await asyncio.wait_for(self._threads.run(user.name, work), _LONGEST)
        except TimeoutError:
            raise Refused(HTTPStatus.GATEWAY_TIMEOUT, f"No answer within {_LONGEST:.0f} s. Try again.") from None

    async def ebooks(self) -> Mapping[str, EBook]:
        """The publisher's, to choose from; raises `InputError` if the console may not list them."""
        try:
            items, _ = await self._client.list(paths.EBOOKS)
        except Forbidden:
            raise InputError("The console may not list EBooks. Platform: give its account that permission.") from None
        return ebooks_among(items)

    async def answer(self, user: User, question: Question[ResultT], *, with_ledger: bool = True) -> ResultT:
        """What is found, for somebody who may ask it; raises `Refused`, `RosterOperatorError`.

        `with_ledger`: else by the RosterIntegration alone, as where the ledger does not answer.
        """
        return await self._made(user, question, lambda result: result, with_ledger=with_ledger)

    async def _made(
        self, user: User, question: Question[ResultT], make: Callable[[ResultT], MadeT], *, with_ledger: bool = True
    ) -> MadeT:
        """What `make` makes of an answer, in the thread that gives it."""
        ports = await self._ports(user, question)
        ports = ports if with_ledger else replace(ports, inquiry=None)
        threads = self._heavy if question.heavy else self._threads
        try:
            answered = threads.run(user.name, lambda: make(question.answer(ports)))
            return await asyncio.wait_for(answered, _LONGEST)
        except TimeoutError:
            raise Refused(HTTPStatus.GATEWAY_TIMEOUT, f"No answer within {_LONGEST:.0f} s. Try again.") from None

    async def _ports(self, user: User, question: Question[Any]) -> Ports:
        """What the answer is made from: nothing that they may not see. Raises `Refused`."""
        namespace, rows = "", list[FleetRow]()
        if isinstance(question, Request):
            namespace = question.district.namespace
            await self.rights.authorize(user, question)
        elif isinstance(question, FleetRequest):
            namespace = question.namespace
            rows = await self._listed(user, question)
        stores = self._stores
        queries = cast("LedgerQueries", NamespaceQueries(stores.queries, namespace))
        caller, now, key = Caller(user.name, "kubernetes"), self._clock.now(), self._find_key()
        return Ports(
            resources=NamespaceResources(self._client, asyncio.get_running_loop(), namespace, rows),
            inquiry=Inquiry(
                queries,
                stores.people,
                caller,
                now,
                key,
                stores.undoing,
                stores.importing,
                stores.planning,
                stores.by_hand,
                stores.cleaning,
            ),
            clock=self._clock,
            patience=_ENDS_ITSELF,
        )

    async def _listed(self, user: User, question: FleetRequest[Any]) -> list[FleetRow]:
        """The rows that they may list, of those that the question is about."""
        if question.namespace:
            await self.rights.authorize(user, question)
            return [row for row in self._fleet.rows() if row.namespace == question.namespace]

        def there() -> Collection[str]:
            return {row.namespace for row in self._fleet.rows()}

        allowed = await self.rights.namespaces(user, question.permission, there)
        return [row for row in self._fleet.rows() if allowed is None or row.namespace in allowed]


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


@web.middleware
async def _as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error as JSON with one line, and nothing of what was asked in the log but its path."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return _error(HTTPStatus(error.status), error.reason, allowed(error))
    except (Refused, RosterOperatorError, KubernetesError) as error:
        refused = refusal_of(error)
        return _error(refused.status, refused.message)
    except Exception as error:  # noqa: BLE001 - the boundary of a request
        logger.error("a defect: path=%s %s", request.path, describe(error))  # noqa: TRY400 - the text may hold data
        return _error(HTTPStatus.INTERNAL_SERVER_ERROR, "The service failed. Platform: see its log.")


def _error(status: HTTPStatus, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    asked = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else {}
    return _json(status, {"error": message}, {**asked, **(headers or {})})


def _json(status: HTTPStatus, body: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers={**_HEADERS, **(headers or {})})
