"""A OneRoster 1.1 server by somebody else: written from the specification alone, its signatures and tokens checked by
oauthlib. It shares no line with the simulated district, so that a misreading there is not confirmed here.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from oauthlib import oauth1, oauth2
from tests.sources.independent_servers.authorization import Grants, Signatures
from tests.sources.independent_servers.serving import LocalServer, Reply, Row

CLIENT, SECRET = "strangerConsumerKey", "stranger consumer+secret/%"
CLAMP = 20
"""Rows a page at most: the specification lets a server send fewer than it is asked for."""

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


@dataclass(frozen=True)
class Question:
    """One authorized request for rows."""

    route: str
    offset: int
    limit: int
    number: int
    """How often these rows were asked for since answers are spoilt, this time included."""


Twist = Callable[[Question, Reply], Reply]


class Stranger(LocalServer):
    """Serves a small district; change `users`, `enrollments` and so on at will. `spoil` spoils answers."""

    api = "/ims/oneroster/v1p1"
    scope = "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly"
    """The one that a publisher has a business with."""

    def __init__(self, *, speaks: str = "oauth2", students: int = 70, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self.speaks = speaks
        self.client_id, self.client_secret = CLIENT, SECRET
        self._twist: Twist | None = None
        self.refusals = 0
        self.questions: list[Question] = []
        self.school_ids = ["s 1/north", "s-2"]
        self._fill(students)
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, int], int] = {}
        self._signatures = oauth1.SignatureOnlyEndpoint(Signatures(self))
        self.tokens: set[str] = set()
        self._grants = oauth2.BackendApplicationServer(Grants(self))

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
            {**base, "sourcedId": f"course-{code}", "title": f"Course {code}", "courseCode": code, "org": ref("d")}
            for code in ("MA101", "MA104", "PE1")
        ]
        self.classes: list[Row] = [
            {
                **base,
                "sourcedId": f"class-{number}",
                "title": f"Class {number}",
                "classType": "scheduled",
                "course": ref(self.courses[number % 3]["sourcedId"]),
                "school": ref(self.school_ids[number % 2]),
                "terms": [ref("year")],
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
                "orgs": [ref(self.school_ids[0])],
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
                    "user": ref(name),
                    "class": ref(f"class-{number}"),
                    "school": ref(self.classes[number]["school"]["sourcedId"]),
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
        if not path.startswith(f"{self.api}/"):
            return self.failure(404, "unknownobject")
        if not self._authorized(method, uri, body, headers):
            self.refusals += 1
            return self.failure(401, "unauthorisedrequest")
        return self._rows(path.removeprefix(f"{self.api}/"), parse_qs(urlsplit(uri).query))

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
            return self.failure(404, "unknownobject")
        offset, limit = int(query.get("offset", ["0"])[0]), min(int(query.get("limit", ["100"])[0]), CLAMP)
        with self._lock:
            number = self._counts[route, offset] = self._counts.get((route, offset), 0) + 1
        question = Question(route, offset, limit, number)
        self.questions.append(question)
        rows = self._section(route)
        headers = {"X-Total-Count": str(len(rows))}
        if offset + limit < len(rows):
            headers["Link"] = f'<{self.origin}{self.api}/{route}?limit={limit}&offset={offset + limit}>; rel="next"'
        window = rows[offset : offset + limit]
        written = list(map(self.user, window)) if FAMILIES[route] == "users" else window
        reply = Reply.of({FAMILIES[route]: written}, headers=headers)
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
        found = [row for row in self.users if row["sourcedId"] == unquote(route.removeprefix("users/"))]
        if not found:
            return self.failure(404, "unknownobject")
        return Reply.of({"user": self.user(found[0])})

    def user(self, row: Row) -> Row:
        """How a user is written."""
        return row

    def failure(self, status: int, minor: str) -> Reply:
        """How a refusal is written."""
        said = {"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_codeMinor": minor}
        return Reply.of({"statusInfoSet": [said]}, status)


def ref(identifier: str) -> Row:
    """A GUIDRef, whose address leads elsewhere."""
    return {"href": f"https://elsewhere.example.org/{identifier}", "sourcedId": identifier, "type": "x"}
