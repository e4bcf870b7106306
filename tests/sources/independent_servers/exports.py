"""OneRoster CSV sets of somebody else, from the column tables of the specification (OneRoster 1.1 and 1.2 CSV)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

from tests.reconcile.district_harness import COURSES, Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.sources.from_secret import NOBODY
from roster_operator.sources.reach import Reach
from roster_operator.sources.registry import open_source
from roster_operator.sources.roster_files import RosterFiles

Row = dict[str, str]
Files = dict[str, bytes]
License = tuple[str, str, str]

COLUMNS = {
    "academicSessions": "sourcedId status dateLastModified title type startDate endDate parentSourcedId schoolYear",
    "orgs": "sourcedId status dateLastModified name type identifier parentSourcedId",
    "courses": "sourcedId status dateLastModified schoolYearSourcedId title courseCode grades orgSourcedId subjects "
    "subjectCodes",
    "classes": "sourcedId status dateLastModified title grades courseSourcedId classCode classType location "
    "schoolSourcedId termSourcedIds subjects subjectCodes periods",
    "users": "sourcedId status dateLastModified enabledUser orgSourcedIds role username userIds givenName familyName "
    "middleName identifier email sms phone agentSourcedIds grades password",
    "enrollments": "sourcedId status dateLastModified classSourcedId schoolSourcedId userSourcedId role primary "
    "beginDate endDate",
}
USERS_1_2 = (
    "sourcedId status dateLastModified enabledUser username userIds givenName familyName middleName identifier email "
    "sms phone agentSourcedIds grades password userMasterIdentifier preferredGivenName primaryOrgSourcedId pronouns"
)
ROLES_1_2 = "sourcedId status dateLastModified userSourcedId roleType role beginDate endDate orgSourcedId"


@dataclass
class Export:
    """A small district; change its tables at will."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    school_ids: list[str] = field(default_factory=lambda: ["s/1", "s-2"])
    client_id: str = ""
    client_secret: str = ""
    base_url: str = "file:///nowhere"

    def __post_init__(self) -> None:
        self.tables = {name: [] for name in COLUMNS}
        for n, school in enumerate(self.school_ids):
            self._add("orgs", sourcedId=school, name=f"School {n}", type="school", identifier=f"90{n}")
        self._add(
            "academicSessions",
            sourcedId="y",
            title="Year",
            type="schoolYear",
            startDate="2020-08-01",
            endDate="2035-07-31",
        )
        for code in ("MA101", "MA104", "PE1"):
            self._add(
                "courses", sourcedId=f"c-{code}", title=f'"{code}", the course', courseCode=code, orgSourcedId="s/1"
            )
        codes = ("MA101", "MA104", "PE1")
        for n in range(18):
            self._add(
                "classes",
                sourcedId=f"k{n}",
                title=f"Class {n}",
                courseSourcedId=f"c-{codes[n % 3]}",
                classType="scheduled",
                schoolSourcedId=self.school_ids[n % 2],
                termSourcedIds="y",
            )
        for n in range(18):
            self.add_person(f"teacher{n}", "teacher", [n])
        for n in range(50):
            self.add_person(f"student{n}", "student", [n % 18, (n * 7 + 1) % 18])

    def _add(self, table: str, **cells: str) -> None:
        self.tables[table].append(dict.fromkeys(COLUMNS[table].split(), "") | cells)

    def add_person(self, name: str, role: str, classes: Iterable[int]) -> None:
        """One more person, enrolled in classes by their numbers."""
        self._add(
            "users",
            sourcedId=name,
            enabledUser="true",
            orgSourcedIds="s/1,s-2",
            role=role,
            username=f"login.{name}",
            userIds="{SIS:1},{LDAP:2}",
            givenName=f"Given{name}",
            familyName=f"Family{name}, Jr.",
            identifier=f"number-{name}",
            email=f"{name}@persons.example.org",
        )
        for number in dict.fromkeys(classes):
            self._add(
                "enrollments",
                sourcedId=f"e-{name}-{number}",
                classSourcedId=f"k{number}",
                schoolSourcedId=self.school_ids[number % 2],
                userSourcedId=name,
                role=role,
                primary="false",
                beginDate="2025-08-01",
                endDate="2034-06-01",
            )

    def remove_person(self, name: str) -> None:
        """Gone without a trace, as in a bulk set."""
        for table, column in (("users", "sourcedId"), ("enrollments", "userSourcedId")):
            self.tables[table] = [row for row in self.tables[table] if row[column] != name]

    def expected_licenses(self, schools: list[str], codes: list[str], day: object = None) -> set[License]:
        """Person, edition and course code of everybody who is due a book; the same on any day."""
        del day
        code = {row["sourcedId"]: row["courseCode"] for row in self.tables["courses"]}
        taught = {row["sourcedId"]: row for row in self.tables["classes"] if row["schoolSourcedId"] in schools}
        found = ((row, taught.get(row["classSourcedId"])) for row in self.tables["enrollments"])
        return {
            (row["userSourcedId"], row["role"].title(), code[section["courseSourcedId"]])
            for row, section in found
            if section and code[section["courseSourcedId"]] in codes
        }

    def personal_strings(self) -> set[str]:
        """All that may not be seen outside."""
        columns = ("sourcedId", "username", "givenName", "familyName", "identifier", "email")
        return {row[column] for row in self.tables["users"] for column in columns}

    def files(self, *, newer: bool = False, modes: Mapping[str, str] | None = None) -> Files:
        """The set as bytes, by names of files; `newer`: as OneRoster 1.2 has it. `modes`: others than bulk."""
        tables = {name: (columns.split(), self.tables[name]) for name, columns in COLUMNS.items()}
        if newer:
            tables["users"] = (USERS_1_2.split(), self.tables["users"])
            tables["roles"] = (ROLES_1_2.split(), [_role(row) for row in self.tables["users"]])
        said = {f"file.{name}": (modes or {}).get(name, "bulk") for name in tables}
        manifest = {"manifest.version": "1.0", "oneroster.version": "1.2" if newer else "1.1", **said}
        lines = [{"propertyName": name, "value": value} for name, value in manifest.items()]
        written = {f"{name}.csv": written_as(columns, rows) for name, (columns, rows) in tables.items()}
        return {"manifest.csv": written_as(["propertyName", "value"], lines), **written}


def written_as(columns: list[str], rows: Iterable[Row], **dialect: str) -> bytes:
    """A file as RFC 4180 has it."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, restval="", extrasaction="ignore", **dialect)  # type: ignore[arg-type]
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def zipped(files: Mapping[str, bytes], folder: str = "") -> bytes:
    """These files in a ZIP."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(folder + name, content)
    return stream.getvalue()


def deliver(path: Path, content: Mapping[str, bytes] | bytes) -> None:
    """Put a ZIP, or files of a folder, where the operator looks, in the place of what is there."""
    if isinstance(content, bytes):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return
    path.mkdir(exist_ok=True)
    for name, written in content.items():
        (path / name).write_bytes(written)


def scene_of(export: Export, folder: Path) -> Scene:
    """The district, live, with guards that hold nothing back, and with a ZIP below `folder`."""
    scene = Scene(cast(SimulatedDistrict, export), f"sqlite:///{folder / 'ledger.sqlite'}")
    scene.credentials = NOBODY
    scene.open_source = partial(open_source, reach=Reach(RosterFiles(folder, shared=True)))
    scene.change_spec(
        source={"type": "OneRosterCSV", "baseURL": f"file://{folder}/in/roster.zip", "settleTime": "0s"},
        guard={"districtPercent": 100, "schoolPercent": 100, "absentReads": 1},
        courses=[course for course in COURSES if course["code"] in {"MA101", "MA104"}],
    )
    return scene


def _role(row: Row) -> Row:
    return {
        "sourcedId": f"r-{row['sourcedId']}",
        "userSourcedId": row["sourcedId"],
        "roleType": "primary",
        "role": row["role"],
        "orgSourcedId": "s/1",
    }
