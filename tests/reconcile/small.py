"""A district of one school, one course with an eBook and one class, as CSV files whose cells a test may write."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from tests.reconcile.district_harness import License, Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Result
from roster_operator.sources.from_secret import NOBODY
from roster_operator.sources.reach import Reach
from roster_operator.sources.registry import open_source
from roster_operator.sources.roster_files import RosterFiles

Row = dict[str, str]
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
STUDENTS = ("s1", "s2", "s3", "s4")


def _person(key: str, role: str) -> Row:
    return {
        "sourcedId": key,
        "status": "active",
        "enabledUser": "true",
        "role": role,
        "username": f"user.{key}",
        "email": f"{key}@example.org",
        "identifier": f"n-{key}",
    }


def _enrollment(person: str, role: str) -> Row:
    return {
        "sourcedId": f"e-{person}",
        "status": "active",
        "classSourcedId": "c1",
        "userSourcedId": person,
        "role": role,
        "beginDate": "2026-08-12",
        "endDate": "2027-06-05",
    }


class SmallDistrict(Scene):
    """Change rows, reconcile, look at licenses and status."""

    def __init__(self, folder: Path, ledger_url: str, **spec: Any) -> None:
        """Live; nothing is delivered before the first reconcile."""
        nowhere = SimpleNamespace(client_id="", client_secret="", base_url="", school_ids=["n"])
        super().__init__(cast("SimulatedDistrict", nowhere), ledger_url, clock=FixedClock(NOW))
        self.folder = folder
        self.credentials = NOBODY
        self.open_source = partial(open_source, reach=Reach(RosterFiles(folder.parent, shared=True)))
        self.ebooks = {"algebra": {"title": "Algebra"}}
        self.spec = {
            "live": True,
            "timeZone": "America/Chicago",
            "source": {"type": "OneRosterCSV", "baseURL": f"file://{folder}", "settleTime": "0s"},
            "schools": [{"id": "n"}],
            "courses": [{"code": "MA1", "ebooks": ["algebra"]}],
            **spec,
        }
        self.headers: dict[str, list[str]] = {}
        """Of files whose rows do not tell their columns."""
        self.files: dict[str, dict[str, Row]] = {
            "orgs": {"n": {"sourcedId": "n", "status": "active", "name": "North", "type": "school"}},
            "academicSessions": {
                "t1": {"sourcedId": "t1", "status": "active", "startDate": "2026-08-12", "endDate": "2027-06-05"}
            },
            "courses": {"ma": {"sourcedId": "ma", "status": "active", "title": "Algebra", "courseCode": "MA1"}},
            "classes": {
                "c1": {
                    "sourcedId": "c1",
                    "status": "active",
                    "courseSourcedId": "ma",
                    "schoolSourcedId": "n",
                    "termSourcedIds": "t1",
                }
            },
            "users": {key: _person(key, "student") for key in STUDENTS} | {"t": _person("t", "teacher")},
            "enrollments": {key: _enrollment(key, "student") for key in STUDENTS} | {"t": _enrollment("t", "teacher")},
        }

    def rows_of(self, file: str) -> dict[str, Row]:
        """By a short key: an id, or for enrollments the person's."""
        return self.files[file]

    def enroll(self, person: str, **cells: str) -> None:
        """Add somebody to the class, or change their enrollment."""
        self.files["users"].setdefault(person, _person(person, cells.get("role", "student")))
        known = self.files["enrollments"].get(person, _enrollment(person, "student"))
        self.files["enrollments"][person] = {**known, **cells}

    def night(self, **how: Any) -> Result:
        """Deliver what the rows are now, and reconcile, a day later."""
        self.clock = FixedClock(self.clock.now() + timedelta(days=1))
        self.deliver()
        return self.reconcile(**how)

    def deliver(self) -> None:
        """Write the files."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for name, rows in self.files.items():
            columns = self.headers.get(name) or list(dict.fromkeys(column for row in rows.values() for column in row))
            with (self.folder / f"{name}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, columns, restval="")
                writer.writeheader()
                writer.writerows(rows.values())

    def served(self) -> set[str]:
        """Who has a license."""
        return {person for person, _, _ in self.licenses()}

    def counted(self, item: str) -> int | None:
        """The count of an item of the checklist; None if it is not there."""
        return next((check.get("count") for check in self.status["checklist"] if check["name"] == item), None)


EVERYBODY: set[License] = {(key, "Student", "algebra") for key in STUDENTS} | {("t", "Teacher", "algebra")}
