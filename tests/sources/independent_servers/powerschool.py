"""A PowerSchool server by somebody else, from what PowerSchool's API explorer and users of the API say of it.

One row comes without a list around it, no row without its key, numbers as texts where PowerSchool writes them so.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.sources.independent_servers.serving import LocalServer, Reply, Row

QUERY = "org.cpm.rostering.section.coteachers"
MAX_PAGE = 15
TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
YEAR = {"start_year": 2026, "portion": 1, "start_date": "2026-08-01", "end_date": "2027-06-01"}
License = tuple[str, str, str]


@dataclass(frozen=True)
class Asked:
    """One request for a page of a list, or for how many rows it has."""

    path: str
    """Without /ws/v1/ and /ws/schema/query/."""
    page: int
    """0 for a count."""
    query: str
    number: int
    """How often this was asked for since answers are spoilt, this time included."""

    @property
    def kind(self) -> str:
        """What is listed."""
        return self.path.removesuffix("/count").rpartition("/")[2]


Twist = Callable[[Asked, Reply], Reply]


class Native(LocalServer):
    """Serves a small district; change its rows at will. `spoil` spoils answers."""

    def __init__(self, students: int = 50) -> None:
        super().__init__()
        self.client_id, self.client_secret = "plugin-client-id", "plugin secret+/%"
        self.school_ids = ["10", "20"]
        self.asked: list[Asked] = []
        self.tokens: dict[str, int] = {}
        """How often each may still be used."""
        self.uses_of_a_token = 1_000_000
        self.year = "2026"
        """The year of all sections, as searches have to name it."""
        self._twist: Twist | None = None
        self._counts: dict[tuple[str, int], int] = {}
        self._lock = threading.Lock()
        self.schools: list[Row] = [
            {"id": 10, "name": "North High", "school_number": 910},
            {"id": "20", "name": "South High", "school_number": "920"},
            {"id": 77, "name": "Graduated Students", "school_number": 999999},
        ]
        self.terms: dict[str, list[Row]] = {"10": [{"id": 501, **YEAR}], "20": [{"id": "502", **YEAR}]}
        courses = [
            {"id": 7000 + n, "course_number": code, "course_name": code}
            for n, code in enumerate(("MA101", "MA104", "PE1"))
        ]
        self.courses: dict[str, list[Row]] = {"10": courses, "20": [dict(row) for row in courses]}
        self.sections: dict[str, list[Row]] = {"10": [], "20": []}
        self.staff: dict[str, list[Row]] = {"10": [], "20": []}
        self.students: dict[str, list[Row]] = {"10": [], "20": []}
        self.attendances: dict[str, list[Row]] = {}
        self.co_teachers: list[Row] = []
        for number in range(18):
            self._add_section(number)
        for number in range(students):
            self.add_student(9000 + number, [number % 18, (number * 7 + 1) % 18])

    def _add_section(self, number: int) -> None:
        school = self.school_ids[number % 2]
        teacher = {
            "id": 300 + number,
            "users_dcid": 3000 + number,
            "local_id": f"T{number}",
            "teacher_username": f"teacher.login{number}",
            "name": {"first_name": f"Givent{number}", "last_name": f"Familyt{number}"},
            "emails": {"work_email": f"teacher{number}@persons.example.org"} if number % 3 else "",
        }
        self.staff[school].append(teacher)
        self.sections[school].append(
            {
                "id": 100 + number,
                "school_id": int(school),
                "course_id": 7000 + number % 3,
                "staff_id": 300 + number,
                "term_id": self.terms[school][0]["id"],
                "section_number": str(number),
                "expression": "1(A)",
            }
        )
        self.attendances[str(100 + number)] = []

    def add_student(self, dcid: int, sections: Iterable[int]) -> None:
        """One more student, enrolled in sections by their numbers."""
        wanted = list(dict.fromkeys(sections))
        self.students[self.school_ids[wanted[0] % 2]].append(
            {
                "id": dcid,
                "local_id": dcid * 10,
                "student_username": f"student.login{dcid}",
                "name": {"first_name": f"Given{dcid}", "last_name": f"Family{dcid}"},
                "contact_info": {"email": f"student{dcid}@persons.example.org"},
                "school_enrollment": {"enroll_status": "A", "enroll_status_code": 0},
            }
        )
        for number in wanted:
            rows = self.attendances[str(100 + number)]
            rows.append(
                {
                    "id": dcid * 100 + number,
                    "section_id": 100 + number,
                    "student_id": dcid,
                    "entry_date": "2026-08-01",
                    "exit_date": "2027-06-02",
                    "dropped": False,
                }
            )

    def remove_student(self, dcid: int) -> None:
        """Gone from every list."""
        for lists in (self.students, self.attendances):
            for school, rows in lists.items():
                lists[school] = [row for row in rows if dcid not in {row["id"], row.get("student_id")}]

    def expected_licenses(self, schools: list[str], codes: list[str], day: object = None) -> set[License]:
        """Person, edition and course number of everybody who is due a book; the same on any day."""
        del day
        due: set[License] = set()
        for school in schools:
            numbers = {row["id"]: row["course_number"] for row in self.courses[school]}
            people = {row["id"]: row["users_dcid"] for rows in self.staff.values() for row in rows}
            for row in self.sections[school]:
                code = numbers[row["course_id"]]
                if code in codes:
                    due.add((f"T{people[row['staff_id']]}", "Teacher", code))
                    due |= {(f"S{one['student_id']}", "Student", code) for one in self.attendances[str(row["id"])]}
        return due

    def personal_strings(self) -> set[str]:
        """All that may not be seen outside."""
        rows = [row for lists in (self.staff, self.students) for rows in lists.values() for row in rows]
        names = {str(name) for row in rows for name in row["name"].values()}
        return names | {str(row.get("student_username") or row.get("teacher_username")) for row in rows}

    def spoil(self, twist: Twist | None) -> None:
        """From now on, answers are as `twist` makes them."""
        self._counts.clear()
        self._twist = twist

    def answer(self, method: str, uri: str, body: str, headers: dict[str, str]) -> Reply:
        """The reply to one request."""
        path, query = urlsplit(uri).path, parse_qs(urlsplit(uri).query)
        if path.rstrip("/") == "/oauth/access_token" and method == "POST":
            return self._token(headers, body)
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token, 0) < 1:
            return Reply.of({"error": "invalid_token"}, 401)
        self.tokens[token] -= 1
        if headers.get("Accept") != "application/json":
            return Reply(200, {"Content-Type": "text/xml"}, b"<?xml version='1.0'?><results/>")
        if path == "/ws/v1/metadata":
            kinds = (
                "school",
                "term",
                "course",
                "section",
                "section_enrollment",
                "staff",
                "student",
                "schema_table_query",
            )
            sizes = {f"{kind}_max_page_size": str(MAX_PAGE) for kind in kinds}
            return Reply.of({"metadata": {**sizes, "powerschool_version": "23.7.0.0", "district_timezone": "UTC"}})
        return self._list(path, query, method)

    def _token(self, headers: dict[str, str], body: str) -> Reply:
        given = headers.get("Authorization", "").removeprefix("Basic ")
        good = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if given != good or "grant_type=client_credentials" not in body:
            return Reply.of({"error": "invalid_client"}, 401)
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = self.uses_of_a_token
        return Reply.of({"access_token": token, "token_type": "Bearer", "expires_in": "2504956"})

    def _list(self, path: str, query: dict[str, list[str]], method: str) -> Reply:
        known = path.removeprefix("/ws/v1/").removeprefix("/ws/schema/query/")
        single = known.split("/")
        if len(single) == 2 and single[0] in {"staff", "student"}:
            return self._single(*single)
        rows = self._rows(known.removesuffix("/count"), query)
        if rows is None or (method == "POST") != path.startswith("/ws/schema/"):
            return Reply.of({"message": "Not found"}, 404)
        page = 0 if known.endswith("/count") else int(query.get("page", ["1"])[0])
        size = min(int(query.get("pagesize", [str(MAX_PAGE)])[0]) or len(rows), MAX_PAGE)
        with self._lock:
            number = self._counts[known, page] = self._counts.get((known, page), 0) + 1
        asked = Asked(known, page, query.get("q", [""])[0], number)
        self.asked.append(asked)
        if page == 0:
            count = sum(row.get("school_number") != 999999 for row in rows)
            reply = Reply.of(
                {"resource": {"count": count}} if "/" in asked.path.removesuffix("/count") else {"count": count}
            )
        else:
            reply = self.page(asked.kind, rows[(page - 1) * size : page * size])
        return self._twist(asked, reply) if self._twist else reply

    @staticmethod
    def page(kind: str, rows: list[Row]) -> Reply:
        """Some rows as PowerSchool wraps them."""
        name = "record" if kind == QUERY else kind
        inner = {} if not rows else {name: rows[0] if len(rows) == 1 else rows}
        if kind == QUERY:
            return Reply.of({"name": QUERY, **inner, "@extensions": ""})
        return Reply.of({f"{name}s": {"@expansions": "x, y", "@extensions": "", **inner}})

    def _rows(self, path: str, query: dict[str, list[str]]) -> list[Row] | None:
        parts = path.split("/")
        lists = {
            "term": self.terms,
            "course": self.courses,
            "section": self.sections,
            "staff": self.staff,
            "student": self.students,
        }
        match parts:
            case ["district", "school"]:
                return self.schools
            case ["school", school, kind] if kind in lists and school in lists[kind]:
                rows = lists[kind][school]
                wanted = query.get("q", [""])[0].removeprefix("term.start_year==")
                # The server knows the years of its sections, whatever it tells of its terms.
                return [] if kind == "section" and wanted not in {"", self.year} else rows
            case ["section", section, "section_enrollment"]:
                return self.attendances.get(section)
            case [name] if name == QUERY:
                return self.co_teachers
        return None

    def _single(self, kind: str, dcid: str) -> Reply:
        lists = self.staff if kind == "staff" else self.students
        found = [row for rows in lists.values() for row in rows if str(row["id"]) == dcid]
        return Reply.of({kind: found[0]}) if found else Reply.of({"message": "Not found"}, 404)


def rows_of(reply: Reply) -> list[Row]:
    """The rows of a page."""
    inner = next(iter(json.loads(reply.body).values()))
    found: Any = next((value for name, value in inner.items() if not name.startswith("@")), [])
    return [found] if isinstance(found, dict) else list(found)
