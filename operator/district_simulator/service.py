"""What every simulated district has, whichever protocol it speaks: a roster, clients, faults and counts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

from district_simulator import clock, truth
from district_simulator.directory import Directory
from district_simulator.exchange import Call, Reply, Route
from district_simulator.faults import FaultBoard
from district_simulator.ids import Ids
from district_simulator.people import Person
from district_simulator.roster import DistrictSettings, Roster
from district_simulator.statusinfo import RefusedError
from district_simulator.tokens import ClientAuth, Token, TokenIssuer, TokenRefusedError

Auth = Literal["oauth1", "oauth2", "bearer", "any"]


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Who may read the district, and how they prove it.

    With `auth` "bearer" the client secret is itself the token; `bearer` is a token that never expires beside others.
    """

    client_id: str = "demo-key"
    client_secret: str = "demo-secret"  # noqa: S105 - the demo's own, shown in its help
    auth: Auth = "any"
    token_client_auth: ClientAuth = "any"  # noqa: S105 - a way to authenticate, not a secret
    scope_required: bool = True
    expires_in: int = 3600
    bearer: str | None = None
    signatures: tuple[str, ...] = ("HMAC-SHA256", "HMAC-SHA1")


class Stats:
    """Counts of what was asked: requests by route, answers by status, rows sent, the most requests at once."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.rows = 0
        self.most_parallel = 0

    def as_dict(self) -> dict[str, Any]:
        """The counts as plain values."""
        return {
            "requests": dict(self.requests),
            "statuses": {str(status): count for status, count in self.statuses.items()},
            "rows": self.rows,
            "most_parallel": self.most_parallel,
        }


class Service(ABC):
    """A district as a service: from a request to its answer, with no HTTP library in sight.

    A protocol says which route a request means, how it is answered, and what a refusal looks like. Its endpoints stand
    below `service_path`, which stands below the prefix.
    """

    service_path = ""

    def __init__(self, district: DistrictSettings, access: AccessSettings, prefix: str = "") -> None:
        self.roster = Roster(district)
        self.directory = Directory(self.roster)
        self.access = access
        self.prefix = prefix
        self.faults = FaultBoard()
        self.stats = Stats()
        self.in_flight = 0
        self.token_uses: Counter[str] = Counter()
        self.issuer = TokenIssuer(
            access.client_id,
            access.client_secret,
            access.token_client_auth,
            access.scope_required,
            access.expires_in,
        )

    def now(self) -> float:
        """The district's own clock, in seconds since 1970; it may be wrong."""
        return clock.epoch_seconds() + self.faults.value("clock-skew")

    async def handle(self, call: Call) -> Reply:
        """Answer a request whose path starts with the district's prefix."""
        route = self.route_of(call)
        self.stats.requests[route.label] += 1
        self.in_flight += 1
        self.stats.most_parallel = max(self.stats.most_parallel, self.in_flight)
        try:
            reply = await self._answer(call, route)
        except RefusedError as refused:
            reply = self.refusal(refused, route)
        finally:
            self.in_flight -= 1
        self.stats.statuses[reply.status] += 1
        return reply

    async def _answer(self, call: Call, route: Route) -> Reply:
        page = self.page_of(call, route)
        for fault, act in self.faults.striking("intake", route, page):
            reply: Reply | None = await act(fault, call, self)
            if reply is not None:
                return reply
        return await self.answer(call, route)

    @abstractmethod
    def route_of(self, call: Call) -> Route:
        """Which route a request means."""

    @abstractmethod
    def page_of(self, call: Call, route: Route) -> int | None:
        """Which page a request asks for, counted from 1; None where it asks for no page."""

    @abstractmethod
    async def answer(self, call: Call, route: Route) -> Reply:
        """Answer a request that no fault of the intake has answered; may raise RefusedError."""

    @abstractmethod
    def refusal(self, refused: RefusedError, route: Route) -> Reply:
        """What a refused request is answered with."""

    def ids(self) -> Ids:
        """How ids are written in answers."""
        return Ids("plain")

    def persons(self) -> Iterator[Person]:
        """Everybody whose personal strings an answer may hold."""
        ids = self.ids()
        for person in truth.persons(self.roster):
            yield person._replace(sourced_id=ids.shown("user", person.sourced_id).strip())

    def issue_token(self, call: Call) -> Token:
        """A token for a token request; its parameters may stand in the query or in the body."""
        form = {**dict(call.parameters), **dict(parse_qsl(call.body.decode("utf-8", "replace")))}
        return self.issuer.issue(form, call.headers.get("Authorization"), self.now())


def token_refusal(refused: TokenRefusedError) -> Reply:
    """What a refused token request is answered with (RFC 6749 section 5.2)."""
    reply = Reply.of_json({"error": refused.code, "error_description": str(refused)}, refused.status)
    if refused.status == 401:
        reply.headers["WWW-Authenticate"] = 'Basic realm="district-simulator"'
    return reply
