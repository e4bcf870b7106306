"""A OneRoster 1.1 server by somebody else: written from the specification alone, its signatures and tokens checked by
oauthlib. It shares no line with the simulated district, so that a misreading there is not confirmed here.
"""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from oauthlib import oauth1, oauth2

CLIENT, SECRET = "strangerConsumerKey", "stranger consumer+secret/%"
API = "/ims/oneroster/v1p1"
CLAMP = 20
"""Rows a page at most: the specification lets a server send fewer than it is asked for."""

Row = dict[str, Any]
License = tuple[str, str, str]

FAMILIES = {
    "orgs": "orgs",
    "schools": "orgs",
    "academicSessions": "academicSessions",
    "terms": "academicSessions",
    "courses": "courses",
    "classes": "classes",
    "users": "users",
    "teachers": "users",
    "students": "users",
    "enrollments": "enrollments",
}
"""Routes to the member that holds their rows (OneRoster 1.1, section 3.3 and the models of section 4)."""


@dataclass
class Reply:
    """What goes over the wire."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None
    """The connection breaks after so many bytes of the body, though Content-Length promised all of it."""
    drip: float = 0.0
    """Seconds between two bytes."""

    def but(self, **changes: Any) -> Reply:
        """The same with other values."""
        return replace(self, **changes)

    def rows(self) -> list[Row]:
        """The rows of a good answer."""
        found: list[Row] = next(iter(json.loads(self.body).values()))
        return found

    def with_rows(self, rows: Iterable[Any]) -> Reply:
        """The same with other rows."""
        key = next(iter(json.loads(self.body)))
        return self.but(body=json.dumps({key: list(rows)}).encode())


@dataclass(frozen=True)
class Question:
    """One authorized request for rows."""

    route: str
    offset: int
    limit: int
    number: int
    """How often these rows were asked for since answers are spoilt, this time included."""


Twist = Callable[[Question, Reply], Reply]


class Stranger:
    """Serves a small district; change `users`, `enrollments` and so on at will. `spoil` spoils answers."""

    def __init__(self, *, speaks: str = "oauth2", students: int = 70, tls: ssl.SSLContext | None = None) -> None:
        self.speaks = speaks
        self.client_id, self.client_secret = CLIENT, SECRET
        self._twist: Twist | None = None
        self.refusals = 0
        self.questions: list[Question] = []
        self.skew = 0.0
        """Seconds by which this server's clock is ahead."""
        self.school_ids = ["s 1/north", "s-2"]
        self._fill(students)
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, int], int] = {}
        self._signatures = oauth1.SignatureOnlyEndpoint(_Signatures(self))
        self.tokens: set[str] = set()
        self._grants = oauth2.BackendApplicationServer(_Grants(self))
        handler = type("Handler", (_Handler,), {"stranger": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.origin = f"{'https' if tls else 'http'}://localhost:{self._server.server_port}"
        self.base_url = self.origin
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _fill(self, students: int) -> None:
        base = {"status": "active", "dateLastModified": "2026-08-01T00:00:00.000Z"}
        self.orgs: list[Row] = [
            {**base, "sourcedId": "d", "name": "Stranger Unified", "type": "district", "identifier": "0"},
            *(
                {**base, "sourcedId": school, "name": f"School {n}", "type": "school", "identifier": f"90{n}"}
                for n, school in enumerate(self.school_ids)
            ),
        ]
        self.sessions: list[Row] = [
            {
                **base,
                "sourcedId": "year",
                "title": "Year",
                "type": "schoolYear",
                "startDate": "2020-08-01",
                "endDate": "2035-07-31",
                "schoolYear": "2035",
            }
        ]
        self.courses: list[Row] = [
            {**base, "sourcedId": f"course-{code}", "title": f"Course {code}", "courseCode": code, "org": _ref("d")}
            for code in ("MA101", "MA104", "PE1")
        ]
        self.classes: list[Row] = [
            {
                **base,
                "sourcedId": f"class-{number}",
                "title": f"Class {number}",
                "classType": "scheduled",
                "course": _ref(self.courses[number % 3]["sourcedId"]),
                "school": _ref(self.school_ids[number % 2]),
                "terms": [_ref("year")],
            }
            for number in range(24)
        ]
        self.users: list[Row] = []
        self.enrollments: list[Row] = []
        for number in range(24):
            self.add_person(f"teacher-{number}", "teacher", [number])
        for number in range(students):
            self.add_person(f"student-{number}", "student", [number % 24, (number * 7 + 1) % 24])

    def add_person(self, name: str, role: str, classes: Iterable[int]) -> None:
        """One more person, enrolled in classes."""
        self.users.append(
            {
                "sourcedId": name,
                "status": "active",
                "dateLastModified": "2026-08-01T00:00:00.000Z",
                "username": f"login.{name}",
                "enabledUser": "true",
                "givenName": f"Given{name}",
                "familyName": f"Family{name}",
                "role": role,
                "identifier": f"number-{name}",
                "email": f"{name}@persons.example.org",
                "orgs": [_ref(self.school_ids[0])],
                "userIds": [],
                "agents": [],
                "grades": ["09"],
            }
        )
        for number in dict.fromkeys(classes):
            self.enrollments.append(
                {
                    "sourcedId": f"enrollment-{name}-{number}",
                    "status": "active",
                    "user": _ref(name),
                    "class": _ref(f"class-{number}"),
                    "school": _ref(self.classes[number]["school"]["sourcedId"]),
                    "role": role,
                    "primary": "false",
                    "beginDate": "2025-08-01",
                    "endDate": "2034-06-01",
                }
            )

    def remove_person(self, name: str) -> None:
        """Gone without a trace, as physical deletion leaves none."""
        self.users = [row for row in self.users if row["sourcedId"] != name]
        self.enrollments = [row for row in self.enrollments if row["user"]["sourcedId"] != name]

    def expected_licenses(self, schools: list[str], codes: list[str], day: object = None) -> set[License]:
        """Person, edition and course code of everybody who is due a book; the same on any day."""
        del day
        course = {row["sourcedId"]: row["courseCode"] for row in self.courses}
        due: set[License] = set()
        classes = {row["sourcedId"]: row for row in self.classes if row["school"]["sourcedId"] in schools}
        for row in self.enrollments:
            section = classes.get(row["class"]["sourcedId"])
            if section and course[section["course"]["sourcedId"]] in codes:
                due.add((row["user"]["sourcedId"], row["role"].title(), course[section["course"]["sourcedId"]]))
        return due

    def personal_strings(self) -> set[str]:
        """All that may not be seen outside."""
        members = ("sourcedId", "username", "givenName", "familyName", "identifier", "email")
        return {str(row[member]) for row in self.users for member in members}

    def spoil(self, twist: Twist | None) -> None:
        """From now on, answers are as `twist` makes them."""
        self._counts.clear()
        self._twist = twist

    # What the specification says.

    def answer(self, method: str, uri: str, body: str, headers: dict[str, str]) -> Reply:
        """The reply to one request."""
        path = urlsplit(uri).path
        if path == "/token" and self.speaks == "oauth2" and method == "POST":
            with self._lock:
                given, text, status = self._grants.create_token_response(uri, method, body, headers)
            return Reply(status, {**given, "Content-Type": "application/json"}, str(text or "").encode())
        if not path.startswith(f"{API}/"):
            return _failure(404, "unknownobject")
        if not self._authorized(method, uri, body, headers):
            self.refusals += 1
            return _failure(401, "unauthorisedrequest")
        return self._rows(path.removeprefix(f"{API}/"), parse_qs(urlsplit(uri).query))

    def _authorized(self, method: str, uri: str, body: str, headers: dict[str, str]) -> bool:
        if self.speaks == "oauth2":
            good, _ = self._grants.verify_request(uri, method, body, headers, scopes=[])
        else:
            good, _ = self._signatures.validate_request(uri, method, body, headers)
        return bool(good)

    def _rows(self, route: str, query: dict[str, list[str]]) -> Reply:
        if route.startswith("users/"):
            return self._single(route)
        if route not in FAMILIES:
            return _failure(404, "unknownobject")
        offset, limit = int(query.get("offset", ["0"])[0]), min(int(query.get("limit", ["100"])[0]), CLAMP)
        with self._lock:
            number = self._counts[route, offset] = self._counts.get((route, offset), 0) + 1
        question = Question(route, offset, limit, number)
        self.questions.append(question)
        rows = self._section(route)
        headers = {"Content-Type": "application/json; charset=utf-8", "X-Total-Count": str(len(rows))}
        if offset + limit < len(rows):
            headers["Link"] = f'<{self.origin}{API}/{route}?limit={limit}&offset={offset + limit}>; rel="next"'
        reply = Reply(200, headers, json.dumps({FAMILIES[route]: rows[offset : offset + limit]}).encode())
        return self._twist(question, reply) if self._twist else reply

    def _section(self, route: str) -> list[Row]:
        match route:
            case "orgs":
                return list(self.orgs)
            case "schools":
                return [row for row in self.orgs if row["type"] == "school"]
            case "academicSessions":
                return list(self.sessions)
            case "terms":
                return [row for row in self.sessions if row["type"] == "term"]
            case "teachers" | "students":
                return [row for row in self.users if row["role"] == route[:-1]]
            case _:
                rows: list[Row] = getattr(self, route)
                return list(rows)

    def _single(self, route: str) -> Reply:
        found = [row for row in self.users if row["sourcedId"] == route.removeprefix("users/")]
        if not found:
            return _failure(404, "unknownobject")
        return Reply(200, {"Content-Type": "application/json"}, json.dumps({"user": found[0]}).encode())


def _ref(identifier: str) -> Row:
    return {"href": f"https://elsewhere.example.org/{identifier}", "sourcedId": identifier, "type": "x"}


def _failure(status: int, minor: str) -> Reply:
    said = {"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_codeMinor": minor}
    return Reply(status, {"Content-Type": "application/json"}, json.dumps({"statusInfoSet": [said]}).encode())


class _Signatures(oauth1.RequestValidator):  # type: ignore[misc]
    """Two-legged OAuth 1.0a with one consumer; a signature may be used once."""

    enforce_ssl = False
    client_key_length = nonce_length = (3, 100)
    dummy_client = "nobody"

    def __init__(self, stranger: Stranger) -> None:
        super().__init__()
        self._stranger = stranger
        self._used: set[tuple[str, str]] = set()

    @property
    def allowed_signature_methods(self) -> list[str]:
        """One, by what the server speaks."""
        return ["HMAC-SHA1"] if self._stranger.speaks == "oauth1-sha1" else ["HMAC-SHA256"]

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        """Whether the key is known."""
        return client_key == self._stranger.client_id

    def get_client_secret(self, client_key: str, request: Any) -> str:
        """Its secret."""
        return self._stranger.client_secret

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, **tokens: Any
    ) -> bool:
        """Ten minutes are tolerated."""
        fresh = (timestamp, nonce) not in self._used
        self._used.add((timestamp, nonce))
        return fresh and abs(int(timestamp) - time.time() - self._stranger.skew) < 600

    @property
    def timestamp_lifetime(self) -> int:
        """Judged above, by this server's clock."""
        return 10**9


class _Grants(oauth2.RequestValidator):  # type: ignore[misc]
    """OAuth 2 client credentials with one client, which may present them as Basic."""

    def __init__(self, stranger: Stranger) -> None:
        self._stranger = stranger

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """By HTTP Basic."""
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        request.client = type("Client", (), {"client_id": CLIENT})()
        expected = base64.b64encode(f"{self._stranger.client_id}:{self._stranger.client_secret}".encode()).decode()
        return bool(kind == "Basic" and given == expected)

    def validate_grant_type(self, client_id: str, grant_type: str, client: Any, *rest: Any, **more: Any) -> bool:
        """Client credentials."""
        return grant_type == "client_credentials"

    def validate_scopes(self, client_id: str, scopes: list[str], client: Any, *rest: Any, **more: Any) -> bool:
        """The one scope that a publisher has a business with."""
        return scopes == ["https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly"]

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        """None: a scope must be asked for."""
        return []

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Keep it."""
        self._stranger.tokens.add(token["access_token"])

    def validate_bearer_token(self, token: str, scopes: list[str], request: Any) -> bool:
        """Whether it was given out and is still good."""
        return token in self._stranger.tokens


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one go: in two, the second waits for an acknowledgement of the first
    stranger: Stranger

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def _answer(self, body: str) -> None:
        uri = f"{self.stranger.origin}{self.path}"
        reply = self.stranger.answer(self.command, uri, body, dict(self.headers))
        self.send_response_only(reply.status)
        self.send_header("Date", self.date_time_string(time.time() + self.stranger.skew))
        headers = {"Content-Length": str(len(reply.body)), **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.drip:
            for byte in reply.body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(reply.drip)
        else:
            self.wfile.write(reply.body[: reply.cut])
        self.wfile.flush()
        self.close_connection = self.close_connection or reply.cut is not None

    def handle_one_request(self) -> None:
        """A client that gives up is no error of ours."""
        try:
            super().handle_one_request()
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Nothing: it holds what is asked for."""
