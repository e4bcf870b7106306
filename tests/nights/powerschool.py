"""PowerSchool's own API as its server speaks it, out of the same tables; ids are their digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from tests.nights.events import LEAVING
from tests.nights.rows import Row, Tables, dcid
from tests.nights.sis import Answer, Asked

Listed = tuple[str, str, str, list[dict[str, Any]]]
"""The table it comes from, the keys around a list, and its rows."""

_STANDING = dict(zip(LEAVING, ("T", "G"), strict=True))
_PAGES = {f"{kind}_max_page_size": "40" for kind in ("student", "section", "section_enrollment", "staff", "course")}


def powerschool(tables: Tables, asked: Asked) -> tuple[str, Answer]:
    """A route."""
    path = asked.path.removesuffix("/count")
    if path == "/ws/v1/metadata":
        return "", Answer(json={"metadata": _PAGES})
    if single := re.fullmatch(r"/ws/v1/(student|staff)/(\d+)", path):
        return "users", _single(tables, *single.groups())
    for pattern, listed in _LISTS.items():
        if match := re.fullmatch(pattern, path):
            table, outer, inner, rows = listed(tables, *match.groups())
            return table, _list(asked, outer, inner, _searched(rows, asked.query.get("q", ""), tables))
    return "", Answer(404, json={})


def _list(asked: Asked, outer: str, inner: str, rows: list[dict[str, Any]]) -> Answer:
    if asked.path.endswith("/count"):
        return Answer(json={"resource": {"count": len(rows)}} if outer else {"count": len(rows)})
    size = int(asked.query.get("pagesize", 100))
    begin = (int(asked.query.get("page", 1)) - 1) * size
    page: Any = rows[begin : begin + size]
    inside = {inner: page[0] if len(page) == 1 and outer else page} if page else {}
    return Answer(json={outer: {"@expansions": "", **inside}} if outer else {"name": "query", **inside})


def _searched(rows: list[dict[str, Any]], search: str, tables: Tables) -> list[dict[str, Any]]:
    """By the year of a section's term, the one search that is asked for."""
    year = re.fullmatch(r"term\.start_year==(\d+)", search)
    if not year:
        return rows
    terms = {dcid(term["sourcedId"]) for term in tables["academicSessions"] if _year(term) == year[1]}
    return [row for row in rows if str(row["term_id"])[:-1] in terms]


def _year(term: Row) -> str:
    return term["sourcedId"][1:5]


def _single(tables: Tables, kind: str, wanted: str) -> Answer:
    number = wanted if kind == "student" else wanted[:-1]
    found = [row for row in tables["users"] if dcid(row["sourcedId"]) == number and _is_student(row, kind)]
    told = _student if kind == "student" else _staff_of(wanted[-1])
    return Answer(json={kind: told(found[0])}) if found else Answer(404, json={})


def _schools(tables: Tables) -> Listed:
    rows = [{"id": dcid(row["sourcedId"]), "name": row["name"]} for row in tables["orgs"]]
    return "orgs", "schools", "school", [{**row, "school_number": f"10{row['id']}"} for row in rows]


def _terms(tables: Tables, school: str) -> Listed:
    rows = [
        {
            "id": dcid(row["sourcedId"]) + school,
            "start_year": _year(row),
            "start_date": row["startDate"],
            "end_date": _last_day(row["endDate"]),
        }
        for row in tables["academicSessions"]
    ]
    return "academicSessions", "terms", "term", rows


def _courses(tables: Tables, _school: str) -> Listed:
    rows = [
        {"id": dcid(row["sourcedId"]), "course_number": row["courseCode"], "course_name": row["title"]}
        for row in tables["courses"]
    ]
    return "courses", "courses", "course", rows


def _sections(tables: Tables, school: str) -> Listed:
    leads = {name: dcid(row["userSourcedId"]) + school for name, row in _leads(tables).items()}
    rows = [
        {
            "id": dcid(row["sourcedId"]),
            "course_id": dcid(row["courseSourcedId"]),
            "staff_id": leads.get(row["sourcedId"], ""),
            "term_id": dcid(row["termSourcedIds"]) + school if row["termSourcedIds"] else "",
        }
        for row in tables["classes"]
        if dcid(row["schoolSourcedId"]) == school
    ]
    return "classes", "sections", "section", rows


def _attending(tables: Tables, section: str) -> Listed:
    rows = [
        {
            "id": dcid(row["sourcedId"]),
            "section_id": section,
            "student_id": dcid(row["userSourcedId"]),
            "entry_date": row["beginDate"],
            "exit_date": row["endDate"],
            "dropped": {"active": "false", "tobedeleted": "true"}.get(row["status"], row["status"]),
        }
        for row in tables["enrollments"]
        if dcid(row["classSourcedId"]) == section and row["role"] not in _TEACHING
    ]
    return "enrollments", "section_enrollments", "section_enrollment", rows


def _co_teaching(tables: Tables) -> Listed:
    leads = list(_leads(tables).values())
    rows = [
        {
            "id": dcid(row["sourcedId"]),
            "section_id": dcid(row["classSourcedId"]),
            "users_dcid": dcid(row["userSourcedId"]),
            "staff_id": dcid(row["userSourcedId"]) + "1",
            "start_date": row["beginDate"],
            "end_date": _last_day(row["endDate"]),
        }
        for row in tables["enrollments"]
        if row["role"] in _TEACHING and row not in leads and row["status"] != "tobedeleted"
    ]
    return "enrollments", "", "record", rows


def _staff(tables: Tables, school: str) -> Listed:
    told = _staff_of(school)
    return "users", "staffs", "staff", [told(row) for row in tables["users"] if _is_student(row, "staff")]


def _students(tables: Tables, school: str) -> Listed:
    rows = [row for row in tables["users"] if _is_student(row, "student") and dcid(row["orgSourcedIds"]) == school]
    return "users", "students", "student", [_student(row) for row in rows]


_TEACHING = ("teacher", "aide")
_LISTS: Mapping[str, Callable[..., Listed]] = {
    r"/ws/v1/district/school": _schools,
    r"/ws/v1/school/(\d+)/term": _terms,
    r"/ws/v1/school/(\d+)/course": _courses,
    r"/ws/v1/school/(\d+)/section": _sections,
    r"/ws/v1/school/(\d+)/staff": _staff,
    r"/ws/v1/school/(\d+)/student": _students,
    r"/ws/v1/section/(\d+)/section_enrollment": _attending,
    r"/ws/schema/query/[\w.]+": _co_teaching,
}


def _leads(tables: Tables) -> dict[str, Row]:
    """The part of the teacher who leads each section: PowerSchool has one, and no dates of it."""
    undated = [row for row in tables["enrollments"] if not row["beginDate"] and not row["endDate"]]
    rows = sorted((row for row in undated if row["role"] in _TEACHING), key=lambda row: row["sourcedId"], reverse=True)
    return {row["classSourcedId"]: row for row in rows if row["status"] != "tobedeleted"}


def _is_student(row: Row, kind: str) -> bool:
    return (row["role"] == "student") == (kind == "student")


def _student(row: Row) -> dict[str, Any]:
    standing = row["status"] if row["status"] != "active" else {"true": "A", "false": "G"}.get(row["enabledUser"])
    return {
        "id": dcid(row["sourcedId"]),
        "local_id": row["identifier"],
        "student_username": row["username"],
        "contact_info": {"email": row["email"]},
        "school_enrollment": {"enroll_status": _STANDING.get(standing or "", standing or row["enabledUser"])},
    }


def _staff_of(school: str) -> Callable[[Row], dict[str, Any]]:
    return lambda row: {
        "id": dcid(row["sourcedId"]) + school,
        "users_dcid": dcid(row["sourcedId"]),
        "local_id": row["identifier"],
        "teacher_username": row["username"],
        "emails": {"work_email": row["email"]},
    }


def _last_day(end: str) -> str:
    """What begins to be over on `end` has its last day before; what is no date stays as it is."""
    try:
        return (date.fromisoformat(end) - timedelta(days=1)).isoformat()
    except ValueError:
        return end
