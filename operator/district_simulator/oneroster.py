"""A district that speaks OneRoster 1.1.

A request passes these stages in order, and faults can act at each: intake, authorization, source (filter and sort),
paging, rows, dressing (envelope and headers), delivery.
"""

from __future__ import annotations

import asyncio
import json

from district_simulator.directory import FAMILIES, UnknownObjectError, UnknownRouteError
from district_simulator.exchange import SERVICE_PATH, Call, Page, Reply, Route
from district_simulator.faults.source import Question
from district_simulator.oauth1 import SignatureRefusedError, SignatureVerifier
from district_simulator.paging import link_header, window_of
from district_simulator.query import knows_field, project
from district_simulator.roster import DistrictSettings
from district_simulator.selected import Collections
from district_simulator.service import AccessSettings, Service, token_refusal
from district_simulator.statusinfo import RefusedError, StatusInfo, unauthorized, unknown_object, unknown_route
from district_simulator.tokens import DEMOGRAPHICS_SCOPE, SCOPE_PREFIX, TokenRefusedError


class OneRosterService(Service):
    """A district behind OneRoster's REST binding."""

    def __init__(self, district: DistrictSettings, access: AccessSettings, prefix: str = "") -> None:
        super().__init__(district, access, prefix)
        self.collections = Collections(self.directory)
        self._verifier = SignatureVerifier(access.client_id, access.client_secret)

    def route_of(self, call: Call) -> Route:
        """The token endpoint, or what stands below the OneRoster base."""
        return Route.of(call.path[len(self.prefix) :])

    def page_of(self, call: Call, route: Route) -> int | None:
        """The page that limit and offset ask for."""
        if route.segments and call.method == "GET":
            return window_of(call.parameters).page
        return None

    def refusal(self, refused: RefusedError) -> Reply:
        """OneRoster's status information."""
        return Reply.refusing(refused)

    async def answer(self, call: Call, route: Route) -> Reply:
        """Answer a request that no fault of the intake has answered."""
        if route.label == "/token":
            return self._token(call)
        if call.method != "GET":
            raise RefusedError(405, "unsupported", "only GET is served", {"Allow": "GET"})
        self._authorize(call, route)
        if len(route.segments) % 2 == 1:
            return await self._collection(call, route)
        return self._single(call, route)

    def _token(self, call: Call) -> Reply:
        if self.access.auth == "oauth1":
            raise unknown_route()
        if call.method != "POST":
            raise RefusedError(405, "unsupported", "tokens are issued by POST", {"Allow": "POST"})
        try:
            token = self.issue_token(call)
        except TokenRefusedError as refused:
            return token_refusal(refused)
        answer = {
            "access_token": token.value,
            "token_type": "bearer",
            "expires_in": self.access.expires_in,
            "scope": " ".join(sorted(token.scopes)),
        }
        reply = Reply.of_json(answer)
        reply.headers["Cache-Control"] = "no-store"
        return reply

    def _authorize(self, call: Call, route: Route) -> None:
        header = call.headers.get("Authorization", "")
        bearer = call.bearer
        if bearer is not None and self.access.auth != "oauth1":
            token = self.issuer.find(bearer, self.now())
            if token is None:
                raise unauthorized("the access token is unknown, expired or revoked")
            enough = {DEMOGRAPHICS_SCOPE, f"{SCOPE_PREFIX}roster.readonly"}
            if route.collection == "demographics" and token.scopes.isdisjoint(enough):
                raise RefusedError(403, "forbidden", "the token's scope does not cover demographics")
        elif header[:5].lower() == "oauth" and self.access.auth != "oauth2":
            try:
                self._verifier.verify(call.method, call.url, header, self.now())
            except SignatureRefusedError as refused:
                raise unauthorized(str(refused)) from None
        else:
            raise unauthorized("no credentials of an accepted kind")

    def _base(self, call: Call) -> str:
        return json.dumps(f"{call.scheme}://{call.host}{self.prefix}{SERVICE_PATH}")[1:-1]

    def _single(self, call: Call, route: Route) -> Reply:
        if len(route.segments) != 2:
            raise unknown_route()
        collection, sourced_id = route.segments
        try:
            row = self.directory.single(collection, sourced_id, self._base(call))
        except UnknownObjectError:
            raise unknown_object() from None
        except UnknownRouteError:
            raise unknown_route() from None
        family = FAMILIES[collection]
        fields, warnings = _wanted_fields(call, family.record)
        page = Page(route, window_of([]), 0, 1, 1, family.single_key, [row], warnings)
        for fault, act in self.faults.striking("rows", route, None):
            act(fault, page)
        row = project(page.rows[0], fields) if fields else page.rows[0]
        status = f',"statusInfoSet":[{",".join(warnings)}]' if warnings else ""
        self.stats.rows += 1
        return Reply(200, f'{{"{family.single_key}":{row}{status}}}'.encode())

    async def _collection(self, call: Call, route: Route) -> Reply:
        family = FAMILIES.get(route.collection)
        if family is None:
            raise unknown_route()
        parameters = dict(call.parameters)
        fields, warnings = _wanted_fields(call, family.record)
        descending = parameters.get("orderBy", "asc").lower() == "desc"
        question = Question(parameters.get("filter"), parameters.get("sort"), descending)
        for fault, act in self.faults.striking("source", route, window_of(call.parameters).page):
            act(fault, route, question)
        if question.sort and not knows_field(family.record, question.sort):
            warnings.append(_warning("invalid_sort_field", "unknown sort field, default order used"))
            question.sort = None
        base = self._base(call)
        source = await self.collections.select(route.segments, family.record, question, base)
        window = window_of(call.parameters)
        stop = min(len(source), window.offset + window.limit)
        page = Page(route, window, window.offset, stop, len(source), family.collection_key, warnings=warnings)
        asked = window.page
        for fault, act in self.faults.striking("paging", route, asked):
            act(fault, page)
        page.rows = source.rows(page.start, page.stop, base)
        if fields:
            page.rows = [project(row, fields) for row in page.rows]
        for fault, act in self.faults.striking("rows", route, asked):
            act(fault, page)
        return await self._show(call, page, asked)

    async def _show(self, call: Call, page: Page, asked: int) -> Reply:
        self.stats.rows += len(page.rows)
        reply = Reply(200, page.body())
        reply.headers["X-Total-Count"] = str(page.total)
        address = f"{call.scheme}://{call.host}{call.path}"
        link = link_header(address, call.parameters, page.window, page.total)
        if link:
            reply.headers["Link"] = link
        await asyncio.sleep(0)
        for stage in ("dressing", "delivery"):
            for fault, act in self.faults.striking(stage, page.route, asked):
                act(fault, page, reply)
        return reply


def _wanted_fields(call: Call, record: str) -> tuple[list[str], list[str]]:
    """The fields to show (none: all of them) and the warnings about them."""
    given = dict(call.parameters).get("fields")
    if given is None:
        return [], []
    names = [name.strip() for name in given.split(",") if name.strip()]
    if not names:
        raise RefusedError(400, "invalid_blank_selection_field", "fields must not be blank")
    if not all(knows_field(record, name) for name in names):
        return [], [_warning("invalid_selection_field", "unknown field in fields, all fields returned")]
    return names, []


def _warning(minor: str, description: str) -> str:
    return json.dumps(StatusInfo(minor, description, "success", "warning").entry())
