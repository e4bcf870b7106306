"""A district that speaks OneRoster 1.1 or 1.2, or both, in the way of one vendor.

A request passes these stages in order, and faults can act at each: intake, authorization, source (filter and sort),
paging, rows, dressing (envelope and headers), delivery.
"""

from __future__ import annotations

import asyncio
import json
from urllib.parse import quote, unquote

from district_simulator.authorization import Authorization
from district_simulator.directory import FAMILIES, UnknownObjectError, UnknownRouteError
from district_simulator.exchange import Call, Page, Reply, Route
from district_simulator.ids import Ids
from district_simulator.paging import Window, lenient_window_of, link_header
from district_simulator.profile import GENERIC, Profile
from district_simulator.query import project, record_of
from district_simulator.questions import read_question, wanted_fields, window
from district_simulator.roster import DistrictSettings
from district_simulator.selected import Collections
from district_simulator.service import AccessSettings, Service
from district_simulator.statusinfo import RefusedError, unknown_object, unknown_route
from district_simulator.styles import Version

_APPLICATIONS = "/applications"
_OWN_ROUTES = frozenset({"/administrators"})
"""Of one vendor or another, and not in the specification."""


class OneRosterService(Service):
    """A district behind OneRoster's REST binding."""

    def __init__(
        self,
        district: DistrictSettings,
        access: AccessSettings,
        prefix: str = "",
        profile: Profile = GENERIC,
        versions: tuple[Version, ...] = ("1.1",),
    ) -> None:
        super().__init__(district, access, prefix)
        self._profile = profile
        self._application = quote(access.client_id, safe="")
        self._paths = {
            version: profile.paths[version].replace("{application}", self._application) for version in versions
        }
        self.service_path = self._paths[versions[0]]
        self.issuer.versions = versions
        self.collections = Collections(self.directory, profile.style)
        self._authorization = Authorization(self, access, profile)

    def ids(self) -> Ids:
        """How ids are written in answers."""
        return self.collections.ids()

    def route_of(self, call: Call) -> Route:
        """The token endpoint, or what stands below the OneRoster base of a version."""
        path = call.path[len(self.prefix) :]
        if path == self._profile.token_path:
            return Route.token()
        if self._profile.applications and (path == _APPLICATIONS or path.startswith(f"{_APPLICATIONS}/")):
            return Route((), _APPLICATIONS, "applications")
        for version, base in self._paths.items():
            for spelling in {base, unquote(base)}:
                if path.startswith(f"{spelling}/"):
                    return Route.below(path[len(spelling) + 1 :], version)
        return Route.other()

    def page_of(self, call: Call, route: Route) -> int | None:
        """The page that limit and offset ask for."""
        if route.segments and call.method == "GET":
            return lenient_window_of(call.parameters, self._profile.default_limit).page
        return None

    def refusal(self, refused: RefusedError, route: Route) -> Reply:
        """OneRoster's status information."""
        body = refused.info.v1p2() if route.version == "1.2" else {"statusInfoSet": [refused.info.entry()]}
        reply = Reply.of_json(body, refused.status)
        reply.headers.update(refused.headers)
        return reply

    async def answer(self, call: Call, route: Route) -> Reply:
        """Answer a request that no fault of the intake has answered."""
        if route.label == "/token":
            return self._authorization.token(call)
        if call.method != "GET":
            raise RefusedError(405, "unsupported", "only GET is served", {"Allow": "GET"})
        self._authorization.check(call, route)
        if route.label == _APPLICATIONS:
            return self._applications(call)
        self._check_route(route)
        if len(route.segments) % 2 == 1:
            return await self._collection(call, route)
        return self._single(call, route)

    def _check_route(self, route: Route) -> None:
        missing = self._profile.missing_routes | (_OWN_ROUTES - self._profile.own_routes)
        if route.label in missing:
            raise unknown_route()

    def _applications(self, call: Call) -> Reply:
        """ClassLink's proxy says which districts a developer's token opens (developer.classlink.com)."""
        below = unquote(call.path[len(self.prefix) + len(_APPLICATIONS) :]).strip("/")
        if below == f"{self._application_number()}/server":
            server = {"client_id": self.access.client_id, "client_secret": "", "endpoint_url": self._base(call, "1.1")}
            return Reply.of_json({"status": 1, "server": server, "message": ""})
        if below:
            raise unknown_object()
        application = {
            "id": self._application_number(),
            "tenant_name": self.roster.org(0).name,
            "tenant_id": self.roster.settings.seed,
            "application_id": 4711,
            "bearer": self.access.client_secret,
            "name": "District Simulator",
            "oneroster_application_id": self._application,
        }
        return Reply.of_json({"status": 1, "applications": [application]})

    def _application_number(self) -> int:
        return 1000 + self.roster.settings.seed % 1000

    def _base(self, call: Call, version: Version) -> str:
        return json.dumps(f"{call.scheme}://{call.host}{self.prefix}{self._paths[version]}")[1:-1]

    def _single(self, call: Call, route: Route) -> Reply:
        if len(route.segments) != 2 or route.collection not in FAMILIES:
            raise unknown_route()
        try:
            row = self.collections.single(route, self._base(call, route.version))
        except UnknownObjectError:
            raise unknown_object() from None
        except UnknownRouteError:
            raise unknown_route() from None
        family = FAMILIES[route.collection]
        fields, warnings = wanted_fields(dict(call.parameters), record_of(family.record, route.version))
        page = Page(route, Window(1, 0), 0, 1, 1, family.single_key, [row], warnings)
        for fault, act in self.faults.striking("rows", route, None):
            act(fault, page)
        row = project(page.rows[0], fields) if fields else page.rows[0]
        status = f',"statusInfoSet":[{",".join(warnings)}]' if warnings and route.version == "1.1" else ""
        self.stats.rows += 1
        return Reply(200, f'{{"{family.single_key}":{row}{status}}}'.encode())

    async def _collection(self, call: Call, route: Route) -> Reply:
        family = FAMILIES.get(route.collection)
        if family is None:
            raise unknown_route()
        record = record_of(family.record, route.version)
        number = window(call, self._profile).page
        asked = read_question(call, record, self._profile, route.version)
        for fault, act in self.faults.striking("source", route, number):
            act(fault, route, asked.question)
        base = self._base(call, route.version)
        source = await self.collections.select(route, record, asked.question, base)
        limit = min(asked.window.limit, self._profile.largest_limit or asked.window.limit)
        start = asked.window.offset
        page = Page(
            route,
            Window(limit, start),
            start,
            min(len(source), start + limit),
            len(source),
            family.collection_key,
            warnings=asked.warnings,
        )
        for fault, act in self.faults.striking("paging", route, number):
            act(fault, page)
        page.rows = source.rows(page.start, page.stop, base)
        if page.backwards:
            page.rows.reverse()
        if asked.fields:
            page.rows = [project(row, asked.fields) for row in page.rows]
        for fault, act in self.faults.striking("rows", route, number):
            act(fault, page)
        return await self._show(call, page, number)

    async def _show(self, call: Call, page: Page, number: int) -> Reply:
        self.stats.rows += len(page.rows)
        reply = Reply(200, page.body())
        for name in self._profile.total_headers:
            reply.headers[name] = str(page.total)
        address = f"{call.scheme}://{call.host}{call.path}"
        link = link_header(address, call.parameters, page.window, page.total)
        if link and self._profile.links:
            reply.headers["Link"] = link
        await asyncio.sleep(0)
        for stage in ("dressing", "delivery"):
            for fault, act in self.faults.striking(stage, page.route, number):
                act(fault, page, reply)
        return reply
