"""A district that offers its OneRoster CSV set as files over HTTP.

/files/roster.zip is the whole set, /files/delta.zip what changed since the district was generated. Both are made when
they are asked for, of the roster as it is then, and kept until it changes.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import tempfile
import weakref
from dataclasses import asdict
from pathlib import Path

from district_simulator.csv_set.columns import CsvVersion
from district_simulator.csv_set.rows import CsvMode
from district_simulator.csv_set.writer import write_set
from district_simulator.exchange import Call, File, Page, Reply, Route
from district_simulator.faults import FaultBoard
from district_simulator.faults.csv_set import CsvHabits
from district_simulator.paging import window_of
from district_simulator.roster import DistrictSettings
from district_simulator.service import AccessSettings, Service, token_refusal
from district_simulator.statusinfo import RefusedError
from district_simulator.tokens import TokenRefusedError

FILES_PATH = "/files/roster.zip"
_MODES: dict[str, CsvMode] = {"roster.zip": "bulk", "delta.zip": "delta"}


class CsvService(Service):
    """A district behind two files; HTTP Basic and bearer tokens are accepted."""

    service_path = FILES_PATH

    def __init__(
        self, district: DistrictSettings, access: AccessSettings, prefix: str = "", version: CsvVersion = "1.1"
    ) -> None:
        super().__init__(district, access, prefix)
        self._version = version
        self._folder = Path(tempfile.mkdtemp(prefix="district-simulator-"))
        weakref.finalize(self, _remove, self._folder)
        self._made: dict[str, Path] = {}
        self._making = asyncio.Lock()

    def route_of(self, call: Call) -> Route:
        """The token endpoint or one of the files."""
        path = call.path[len(self.prefix) :]
        if path == "/token":
            return Route.token()
        name = path.removeprefix("/files/")
        return Route((name,), path, name) if path.startswith("/files/") and name in _MODES else Route.other()

    def page_of(self, call: Call, route: Route) -> int | None:  # noqa: ARG002 - as every service has it
        """Files have no pages."""
        return None

    def refusal(self, refused: RefusedError, route: Route) -> Reply:  # noqa: ARG002 - as every service has it
        """A line of text, as file servers answer."""
        reply = Reply(refused.status, f"{refused}\n".encode(), {"Content-Type": "text/plain; charset=utf-8"})
        if refused.status == 401:
            reply.headers["WWW-Authenticate"] = 'Basic realm="district-simulator"'
        reply.headers.update(refused.headers)
        return reply

    async def answer(self, call: Call, route: Route) -> Reply:
        """Answer a request that no fault of the intake has answered."""
        if route.label == "/token":
            try:
                token = self.issue_token(call)
            except TokenRefusedError as refused:
                return token_refusal(refused)
            return Reply.of_json({"access_token": token.value, "token_type": "bearer", "expires_in": 3600})
        if not route.segments:
            raise RefusedError(404, "unknown object", "no such file")
        if call.method not in ("GET", "HEAD"):
            raise RefusedError(405, "unsupported", "only GET is served", {"Allow": "GET, HEAD"})
        self._authorize(call)
        path = await self._file(route)
        reply = Reply(200, b"", {"Content-Type": "application/zip"}, File(path))
        page = Page(route, window_of([]), 0, 1, 1, route.collection)
        for stage in ("dressing", "delivery"):
            for fault, act in self.faults.striking(stage, route, None):
                if isinstance(reply.delivery, File):
                    reply.body, reply.delivery = path.read_bytes(), None
                act(fault, page, reply)
        return reply

    def _authorize(self, call: Call) -> None:
        if call.bearer is not None:
            if call.bearer == self.access.bearer or self.issuer.find(call.bearer, self.now()):
                return
        elif _basic(call.headers.get("Authorization", "")) is not None:
            name, secret = _basic(call.headers["Authorization"]) or ("", "")
            if name == self.access.client_id and hmac.compare_digest(secret, self.access.client_secret):
                return
        raise RefusedError(401, "unauthorized", "credentials are missing or wrong")

    async def _file(self, route: Route) -> Path:
        habits = habits_of(self.faults, route)
        name = f"{self.roster.overlay.revision}-{abs(hash(str(asdict(habits))))}-{route.collection}"
        async with self._making:
            if name not in self._made:
                for old in self._made.values():
                    old.unlink()
                self._made.clear()
                path = self._folder / name
                await asyncio.to_thread(write_set, self.roster, path, self._version, _MODES[route.collection], habits)
                self._made[name] = path
            return self._made[name]


def habits_of(faults: FaultBoard, route: Route) -> CsvHabits:
    """How the faults that are switched on have a set written."""
    habits = CsvHabits()
    for fault, act in faults.striking("csv", route, None):
        act(fault, habits)
    return habits


def _basic(header: str) -> tuple[str, str] | None:
    kind, _, value = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
