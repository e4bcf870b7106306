"""A district that speaks PowerSchool's own API.

A request passes these stages, and faults can act at each: intake, powerschool (habits), authorization, paging, rows,
dressing, delivery.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from district_simulator import clock
from district_simulator.exchange import JSON_TYPE, Call, Page, Reply, Route, segments_of
from district_simulator.faults.powerschool import Habits
from district_simulator.paging import Window
from district_simulator.people import Person
from district_simulator.powerschool.lists import EXPANSIONS, Lists, expansions_of, shown
from district_simulator.powerschool.tables import Tables
from district_simulator.roster import DistrictSettings
from district_simulator.service import AccessSettings, Service, token_refusal
from district_simulator.statusinfo import RefusedError
from district_simulator.tokens import TokenRefusedError

API = "/ws/v1"
TOKEN_PATH = "/oauth/access_token"  # noqa: S105 - a path, not a secret
POWERSCHOOL_ACCESS = AccessSettings(
    auth="oauth2",
    token_client_auth="basic",  # noqa: S106 - a way to authenticate, not a secret
    scope_required=False,
    expires_in=2_504_956,
)
_QUERY = "/ws/schema/query/"
_DENIED = {
    "message": "Validation Failed",
    "errors": [
        {"resource": "sectionteacher", "field": "sectionteacher.sectionid", "code": "No access to the field"},
    ],
}
_XML = b'<?xml version="1.0" encoding="UTF-8"?><error><message>Unsupported response format</message></error>'


class PowerSchoolService(Service):
    """A district behind /ws/v1 and one PowerQuery, whose name ends in `coteachers`."""

    service_path = API

    def __init__(self, district: DistrictSettings, access: AccessSettings, prefix: str = "") -> None:
        super().__init__(district, access, prefix)
        self.tables = Tables(self.directory)
        self._lists = Lists(self.tables, self.roster)

    def persons(self) -> Iterator[Person]:
        """Everybody whom OneRoster would list, and the students whom it would not."""
        yield from super().persons()
        for number in self.tables.students(None).numbers:
            if number >= self.roster.students:
                yield self.roster.people.person("S", number)

    def route_of(self, call: Call) -> Route:
        """The token endpoint, /ws/v1/... without its base, or a PowerQuery."""
        path = call.path[len(self.prefix) :]
        if path.rstrip("/") == TOKEN_PATH:
            return Route.token()
        if path.startswith(_QUERY):
            return Route(segments_of(path[len(_QUERY) :]), "/query", "query")
        if not path.startswith(f"{API}/"):
            return Route.other()
        segments = segments_of(path[len(API) + 1 :])
        names = ["{id}" if part.isdigit() else part for part in segments]
        named = [part for part in segments if not part.isdigit() and part != "count"]
        return Route(segments, "/" + "/".join(names), named[-1] if named else "")

    def page_of(self, call: Call, route: Route) -> int | None:
        """The page that `page` names."""
        text = dict(call.parameters).get("page", "1")
        return int(text) if route.segments and text.isascii() and text.isdigit() else None

    def refusal(self, refused: RefusedError, route: Route) -> Reply:  # noqa: ARG002 - as every service has it
        """A message, or for a refused token the challenge that goes with it."""
        body: dict[str, Any] = {"message": str(refused)}
        if refused.status in (400, 403):
            body = {"errorMessage": body}
        if refused.status == 401:
            reply = Reply.of_json(body, 401)
            reply.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            return reply
        reply = Reply.of_json(body, refused.status)
        reply.headers.update(refused.headers)
        return reply

    async def answer(self, call: Call, route: Route) -> Reply:
        """Answer a request that no fault of the intake has answered."""
        if route.label == "/token":
            return self._token(call)
        if not route.segments:
            raise RefusedError(404, "unsupported", "Not Found")
        habits = Habits()
        for fault, act in self.faults.striking("powerschool", route, self.page_of(call, route)):
            act(fault, habits)
        if "application/json" not in call.headers.get("Accept", ""):
            return Reply(200 if habits.without_json == "xml" else 500, _XML, {"Content-Type": "application/xml"})
        if route.segments == ("time",):
            return Reply.of_json({"time": {"time": clock.stamp()}})
        if call.bearer is None or self.issuer.find(call.bearer, self.now()) is None:
            raise RefusedError(401, "unauthorized", "The access token is missing, unknown or expired")
        if route.label == "/query":
            return self._query(call, route, habits)
        if call.method != "GET":
            raise RefusedError(405, "unsupported", "Method Not Allowed", {"Allow": "GET"})
        if route.segments == ("metadata",):
            return Reply.of_json({"metadata": self._metadata(habits)})
        if habits.api != "granted":
            status = int(habits.api)
            message = "Plugin is missing required accessLevelV1Api READ permission"
            return Reply.of_json({"errorMessage": {"message": message}}, status)
        return self._read(call, route, habits)

    def _token(self, call: Call) -> Reply:
        if call.method != "POST":
            raise RefusedError(405, "unsupported", "Method Not Allowed", {"Allow": "POST"})
        try:
            token = self.issue_token(call)
        except TokenRefusedError as refused:
            if refused.status == 401:
                return Reply.of_json({"error": "invalid_client"}, 401)
            return token_refusal(refused)
        return Reply.of_json(
            {"access_token": token.value, "token_type": "Bearer", "expires_in": str(self.access.expires_in)}
        )

    def _metadata(self, habits: Habits) -> dict[str, Any]:
        kinds = ("course", "school", "section", "section_enrollment", "staff", "student", "term", "schema_table_query")
        return {
            **{f"{kind}_max_page_size": habits.page_size for kind in kinds},
            "plugin_id": 42,
            "powerschool_version": "25.7.0.0",
            "state": "CA",
            "district_timezone": "America/Los_Angeles",
            "district_uuid": f"00000000-0000-4000-8000-{self.roster.settings.seed % 16**12:012x}",
        }

    def _read(self, call: Call, route: Route, habits: Habits) -> Reply:
        parameters = dict(call.parameters)
        segments = route.segments
        if segments == ("district",):
            facts = self.roster.org(0)
            return Reply.of_json(
                {"district": {"name": facts.name, "district_number": int(facts.sourced_id),
                              "uuid": self._metadata(habits)["district_uuid"]}}
            )  # fmt: skip
        if segments[-1] == "count":
            count = len(self._lists.find(segments[:-1], parameters.get("q"), counting=True))
            return Reply.of_json({"count": count} if habits.count == "bare" else {"resource": {"count": count}})
        if len(segments) == 2 and segments[1].isdigit():
            return self._single(segments[0], int(segments[1]), parameters)
        return self._list(route, habits, parameters)

    def _single(self, kind: str, dcid: int, parameters: Mapping[str, str]) -> Reply:
        row = self._lists.single(kind, dcid)
        if row is None:
            raise RefusedError(404, "unknown object", "Not Found")
        self.stats.rows += 1
        return Reply.of_json({kind: shown(kind, row, expansions_of(kind, parameters.get("expansions")))})

    def _list(self, route: Route, habits: Habits, parameters: Mapping[str, str]) -> Reply:
        found = self._lists.find(route.segments, parameters.get("q"))
        size = self._page_size(parameters, habits)
        number = _whole(parameters, "page", 1)
        start = (number - 1) * size
        kind = found.kind
        expansions = expansions_of(kind, parameters.get("expansions"))

        def wrap(page: Page) -> bytes:
            return _wrapped(kind, page.rows, page.envelope, habits)

        plural = f"{kind}s"
        page = Page(route, Window(size, start), start, min(len(found), start + size), len(found), plural, wrapper=wrap)
        for fault, act in self.faults.striking("paging", route, number):
            act(fault, page)
        page.rows = [json.dumps(shown(kind, row, expansions)) for row in found.rows(page.start, page.stop)]
        for fault, act in self.faults.striking("rows", route, number):
            act(fault, page)
        self.stats.rows += len(page.rows)
        reply = Reply(200, page.body(), {"Content-Type": JSON_TYPE})
        for stage in ("dressing", "delivery"):
            for fault, act in self.faults.striking(stage, route, number):
                act(fault, page, reply)
        return reply

    def _page_size(self, parameters: Mapping[str, str], habits: Habits) -> int:
        size = _whole(parameters, "pagesize", habits.page_size)
        if size > habits.page_size and habits.beyond_page_size == "error":
            raise RefusedError(400, "invalid data", f"pagesize must not be greater than {habits.page_size}")
        return min(size, habits.page_size)

    def _query(self, call: Call, route: Route, habits: Habits) -> Reply:
        name, *rest = route.segments
        if habits.query == "absent" or not name.endswith("coteachers") or rest not in ([], ["count"]):
            raise RefusedError(404, "unknown object", "Not Found")
        if call.method != "POST":
            raise RefusedError(405, "unsupported", "Method Not Allowed", {"Allow": "POST"})
        if not _is_object(call.body):
            return Reply.of_json({"message": "Validation Failed", "errors": [{"code": "A JSON body is needed"}]}, 400)
        if habits.query == "denied":
            return Reply.of_json(_DENIED, 403)
        parameters = dict(call.parameters)
        records = list(self.tables.rolls.co_teachers())
        if rest:
            return Reply.of_json({"count": len(records)})
        size = _whole(parameters, "pagesize", habits.page_size, least=0)
        if size:
            size = self._page_size(parameters, habits)
            start = (_whole(parameters, "page", 1) - 1) * size
            records = records[start : start + size]
        self.stats.rows += len(records)
        return Reply.of_json({"name": name, **({"record": records} if records else {}), "@extensions": ""})


def _wrapped(kind: str, rows: list[str], envelope: str, habits: Habits) -> bytes:
    """A list as PowerSchool writes it: one row stands alone, no row is no key at all."""
    inner = f'"{kind}":[{",".join(rows)}]'
    if len(rows) == 1 and habits.single == "object":
        inner = f'"{kind}":{rows[0]}'
    if not rows and habits.empty != "list":
        if habits.empty in ("blank", "null"):
            return f'{{"{envelope}":{"null" if habits.empty == "null" else chr(34) * 2}}}'.encode()
        inner = ""
    expansions = ", ".join(EXPANSIONS[kind])
    head = f'"@expansions":{json.dumps(expansions)},"@extensions":""'
    return f'{{"{envelope}":{{{head}{"," if inner else ""}{inner}}}}}'.encode()


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


def _whole(parameters: Mapping[str, str], name: str, default: int, least: int = 1) -> int:
    text = parameters.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise RefusedError(400, "invalid data", f"{name} must be a positive whole number")
    return int(text)
