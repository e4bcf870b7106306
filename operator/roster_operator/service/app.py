"""The service: a request names a verb and a district, Kubernetes says whether whoever sent it may, and it is answered.

    POST /v1/namespaces/NAMESPACE/districts/DISTRICT/VERB
    Authorization: Bearer TOKEN

The body is the rest of the request, as JSON, so that what names a person stands in no URL and in no log. Whether a
district exists is told to nobody who may not see it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Final, cast

from aiohttp import web

from roster_operator.api import names
from roster_operator.clock import Clock
from roster_operator.errors import InputError, LedgerError, RosterOperatorError, UnknownName
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.errors import KubernetesError
from roster_operator.kube.reviews import User, may, user_of
from roster_operator.ledger.people.interface import PeopleLedger
from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.ledger.undo.interface import UndoLedger
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.ports import Caller
from roster_operator.operations.requests import REQUESTS, Ports, Request
from roster_operator.operations.wire import plain, read
from roster_operator.ops.logs import describe
from roster_operator.service.scope import NamespaceQueries, NamespaceResources
from roster_operator.snapshot.key import SnapshotKey

logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LARGEST_BODY: Final = 64 * 1024
_TOKEN_LIMIT: Final = 16 * 1024
_AT_A_TIME: Final = 8
"""Questions that are being answered; each takes a thread and may take a connection to the ledger."""
_MAY_WAIT: Final = 64
"""Questions, those being answered among them; whoever comes beyond is to come again."""
_LONGEST: Final = 60.0
"""Seconds of one answer."""
_BEARER: Final = re.compile(r"[Bb]earer ([!-~]+)")
_NAMESPACE: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        """`message`: for who asked."""
        super().__init__(message)
        self.status = status
        self.message = message


class Service:
    """Answers requests of people whom Kubernetes knows."""

    def __init__(
        self,
        client: KubernetesClient,
        queries: LedgerQueries,
        people: PeopleLedger,
        undoing: UndoLedger,
        clock: Clock,
        *,
        audiences: Sequence[str] = (),
        find_key: Callable[[], SnapshotKey | None] = lambda: None,
    ) -> None:
        """`audiences`: for one of which a token must be; empty: for the API server.

        `find_key`: of roster snapshots; asked for each answer, as the operator may make it while this runs.
        """
        self._client = client
        self._queries = queries
        self._people = people
        self._undoing = undoing
        self._clock = clock
        self._audiences = tuple(audiences)
        self._find_key = find_key
        self._threads = ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="answer")
        self._waiting = 0

    def app(self) -> web.Application:
        """As aiohttp serves it."""
        app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[_as_json])
        app.router.add_get("/healthz", _healthy)
        app.router.add_get("/readyz", self._ready)
        app.router.add_post("/v1/namespaces/{namespace}/districts/{district}/{verb}", self._answer)
        app.on_cleanup.append(self._stop)
        return app

    async def _stop(self, _app: web.Application) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ready(self, _request: web.Request) -> web.Response:
        """Whether the ledger can be read, and the API server asked who somebody is."""
        faults = []
        try:
            await asyncio.wait_for(self._in_thread(self._queries.check), _LONGEST)
        except (RosterOperatorError, TimeoutError) as error:
            faults.append(f"ledger: {getattr(error, 'message', 'no answer')}")
        try:
            await user_of(self._client, "none", self._audiences)
        except KubernetesError as error:
            faults.append(f"cluster: {error}")
        return web.Response(text="\n".join(faults or ["ok"]) + "\n", status=503 if faults else 200)

    async def _answer(self, http: web.Request) -> web.Response:
        user = await self._user(http)
        request = await _request_of(http)
        await self._authorize(user, request)
        ports = self._ports(user, request.district.namespace)
        if self._waiting >= _MAY_WAIT:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "Too many questions are being answered. Try again.")
        self._waiting += 1
        try:
            found = await asyncio.wait_for(self._in_thread(lambda: request.answer(ports)), _LONGEST)
        except TimeoutError:
            raise Refused(HTTPStatus.GATEWAY_TIMEOUT, f"No answer within {_LONGEST:.0f} s.") from None
        finally:
            self._waiting -= 1
        return _json(HTTPStatus.OK, plain(found))

    async def _user(self, http: web.Request) -> User:
        given = _BEARER.fullmatch(http.headers.get("Authorization", ""))
        if given is None or len(given[1]) > _TOKEN_LIMIT:
            raise Refused(HTTPStatus.UNAUTHORIZED, "Sign in: send a Kubernetes token (Authorization: Bearer ...).")
        user = await user_of(self._client, given[1], self._audiences)
        if user is None:
            raise Refused(HTTPStatus.UNAUTHORIZED, "The cluster does not know this token, or it has ended. Sign in.")
        return user

    async def _authorize(self, user: User, request: Request[Any]) -> None:
        (verb, subresource), district = request.permission, request.district
        if not await may(
            self._client, user, verb, subresource=subresource, namespace=district.namespace, name=district.name
        ):
            raise Refused(
                HTTPStatus.FORBIDDEN,
                f"You may not do this with {district}. Platform: it takes the permission to {request.permission}.",
            )

    def _ports(self, user: User, namespace: str) -> Ports:
        queries = cast("LedgerQueries", NamespaceQueries(self._queries, namespace))
        caller = Caller(user.name, "kubernetes")
        return Ports(
            resources=NamespaceResources(self._client, asyncio.get_running_loop(), namespace),
            inquiry=Inquiry(queries, self._people, caller, self._clock.now(), self._find_key(), self._undoing),
            clock=self._clock,
        )

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


async def _request_of(http: web.Request) -> Request[Any]:
    """What is asked, from the path and the body; raises `Refused`, and `InputError` for a body that cannot be read."""
    path = http.match_info
    kind = REQUESTS.get(path["verb"])
    if kind is None:
        raise Refused(HTTPStatus.NOT_FOUND, f"There is nothing to ask by that name. There are: {', '.join(REQUESTS)}.")
    if _NAMESPACE.fullmatch(path["namespace"]) is None or re.fullmatch(names.NAME_PATTERN, path["district"]) is None:
        raise Refused(HTTPStatus.BAD_REQUEST, "Name a district as its RosterIntegration is called, and its namespace.")
    district = {"name": path["district"], "namespace": path["namespace"]}
    try:
        body = json.loads(await http.read() or b"{}")
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST, "The body must be JSON.") from None
    if not isinstance(body, dict) or "district" in body:
        raise Refused(HTTPStatus.BAD_REQUEST, "The body must be an object, without the district: the path names it.")
    return read(kind, {**body, "district": district})


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


@web.middleware
async def _as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error as JSON with one line, and nothing of what was asked in the log but its path."""
    try:
        return await handler(request)
    except Refused as refused:
        return _error(refused.status, refused.message)
    except web.HTTPException as error:
        return _error(HTTPStatus(error.status), error.reason)
    except UnknownName as error:
        return _error(HTTPStatus.NOT_FOUND, error.message)
    except InputError as error:
        return _error(HTTPStatus.BAD_REQUEST, error.message)
    except LedgerError as error:
        return _error(HTTPStatus.SERVICE_UNAVAILABLE, error.message)
    except RosterOperatorError as error:
        return _error(HTTPStatus.BAD_GATEWAY, error.message)
    except KubernetesError as error:
        logger.warning("the API server did not answer as it should: %s", error)
        return _error(HTTPStatus.SERVICE_UNAVAILABLE, "The API server does not answer as it should. Try again.")
    except Exception as error:  # noqa: BLE001 - the boundary of a request
        logger.error("a defect: path=%s %s", request.path, describe(error))  # noqa: TRY400 - the text may hold data
        return _error(HTTPStatus.INTERNAL_SERVER_ERROR, "The service failed. Platform: see its log.")


def _error(status: HTTPStatus, message: str) -> web.Response:
    headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else {}
    return _json(status, {"error": message}, headers)


def _json(status: HTTPStatus, body: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers={**_HEADERS, **(headers or {})})
