"""OneRoster CSV sets: written, served, complete or not, and the same roster as over REST."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from district_simulator import AccessSettings, SimulatedDistrict
from district_simulator.cli import main
from district_simulator.csv_set.columns import COLUMNS, CsvVersion
from district_simulator.csv_set.writer import SPOILERS

TODAY = date(2026, 11, 24)
MATHEMATICS = ["MA101", "MA102", "MA103", "MA104", "MA105", "MA106", "MA107"]
Tables = dict[str, list[dict[str, str]]]


def write(target: Path, *arguments: str) -> Path:
    result = CliRunner().invoke(main, ["--today", "2026-11-24", "--seed", "7", "--write-csv", str(target), *arguments])
    assert result.exit_code == 0, result.output
    return target


def folder(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir()}


def tables(files: dict[str, bytes]) -> Tables:
    return {
        name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        for name, content in files.items()
    }


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def manifest(found: Tables) -> dict[str, str]:
    return {row["propertyName"]: row["value"] for row in found["manifest"]}


def licenses(found: Tables) -> set[tuple[str, str, str]]:
    codes = {row["sourcedId"]: row["courseCode"] for row in found["courses"]}
    classes = {row["sourcedId"]: codes[row["courseSourcedId"]] for row in found["classes"]}
    users = {row["sourcedId"] for row in found["users"]}
    return {
        (row["userSourcedId"], row["role"].capitalize(), classes[row["classSourcedId"]])
        for row in found["enrollments"]
        if row["beginDate"] <= TODAY.isoformat() < row["endDate"]
        and row["userSourcedId"] in users
        and classes.get(row["classSourcedId"]) in MATHEMATICS
    }


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize(
    "changes", [[], ["percent:20"], ["student-leaves:S1000003", "school-empty:995"], ["class-ends:994_1001,how=gone"]]
)
def test_a_bulk_set_holds_the_whole_roster(tmp_path: Path, version: CsvVersion, changes: list[str]) -> None:
    options = [part for change in changes for part in ("--change", change)]
    found = tables(folder(write(tmp_path / "set", "--csv-version", version, *options)))
    district = SimulatedDistrict(120, seed=7, today=TODAY, changes=changes)
    assert licenses(found) == district.expected_licenses(district.school_ids, MATHEMATICS)
    assert {row["status"] for rows in found.values() for row in rows if "status" in row} == {""}
    said = manifest(found)
    assert said["oneroster.version"] == version
    assert {name for name, value in said.items() if value == "bulk"} == {f"file.{name}" for name in COLUMNS[version]}
    assert list(found["orgs"][0]) == list(COLUMNS[version]["orgs"])


def test_version_1_2_has_roles_in_a_file_of_their_own(tmp_path: Path) -> None:
    found = tables(folder(write(tmp_path / "set", "--csv-version", "1.2")))
    assert "role" not in found["users"][0]
    roles = {row["userSourcedId"]: (row["role"], row["orgSourcedId"]) for row in found["roles"]}
    assert roles["S1000001"] == ("student", "994")
    assert {role for role, _ in roles.values()} == {"student", "teacher", "siteAdministrator"}
    assert found["userProfiles"] == []


def test_a_zip_holds_what_a_folder_holds(tmp_path: Path) -> None:
    packed = write(tmp_path / "set.zip").read_bytes()
    assert unzipped(packed) == folder(write(tmp_path / "set"))
    assert write(tmp_path / "again.zip").read_bytes() == packed


def test_a_delta_set_holds_what_changed(tmp_path: Path) -> None:
    changes = ["student-leaves:S1000003", "student-leaves:S1000004,how=gone", "student-arrives:995"]
    options = [part for change in changes for part in ("--change", f"{change},at=2026-11-24T10:00:00Z")]
    found = tables(folder(write(tmp_path / "set", "--csv-mode", "delta", *options)))
    assert manifest(found)["file.users"] == "delta"
    assert {row["sourcedId"]: row["status"] for row in found["users"]} == {
        "S1000003": "tobedeleted",
        "S1000004": "tobedeleted",
        "S1000121": "active",
    }
    assert len(found["enrollments"]) == 21
    assert found["classes"] == []
    assert {row["dateLastModified"] for row in found["enrollments"]} == {"2026-11-24T10:00:00.000Z"}


def test_a_delta_set_takes_the_old_ids_of_reminted_sections_away(tmp_path: Path) -> None:
    found = tables(folder(write(tmp_path / "set", "--csv-mode", "delta", "--change", "sections-reminted:994")))
    status = {row["sourcedId"]: row["status"] for row in found["classes"]}
    assert (status["994_1001"], status["994_1_1001"]) == ("tobedeleted", "active")


def test_habits_change_the_bytes_and_not_the_rows(tmp_path: Path) -> None:
    plain = tables(folder(write(tmp_path / "plain")))
    faults = ["csv-bom", "csv-lf", "csv-columns=shuffled", "csv-extra-columns"]
    odd = folder(write(tmp_path / "odd", *[part for fault in faults for part in ("--fault", fault)]))
    assert odd["users.csv"].startswith(b"\xef\xbb\xbf")
    assert b"\r" not in odd["users.csv"]
    found = tables(odd)
    assert list(found["orgs"][0]) != list(plain["orgs"][0])
    extra = {"metadata.note": "note", "ext_note": "note"}
    assert found["users"] == [{**row, **extra} for row in plain["users"]]


def test_headers_can_be_old_or_in_lower_case(tmp_path: Path) -> None:
    lower = tables(folder(write(tmp_path / "lower", "--fault", "csv-columns=lower-case")))
    assert "sourcedid" in lower["users"][0]
    old = tables(folder(write(tmp_path / "old", "--fault", "csv-columns=old-names")))
    assert {"grade", "agents", "userId"} <= set(old["users"][0])


def test_files_can_be_missing_undeclared_empty_or_cut(tmp_path: Path) -> None:
    plain = folder(write(tmp_path / "plain"))
    faults = ["csv-without=courses", "csv-undeclared=classes", "csv-header-only=users", "csv-cut=enrollments"]
    odd = folder(write(tmp_path / "odd", *[part for fault in faults for part in ("--fault", fault)]))
    said = manifest(tables({"manifest.csv": odd["manifest.csv"]}))
    assert "courses.csv" not in odd
    assert said["file.courses"] == "bulk"
    assert "classes.csv" in odd
    assert said["file.classes"] == "absent"
    assert odd["users.csv"].count(b"\n") == 1
    assert plain["enrollments.csv"].startswith(odd["enrollments.csv"])
    assert not odd["enrollments.csv"].endswith(b"\n")


def test_the_manifest_can_be_missing_unreadable_or_last(tmp_path: Path) -> None:
    assert "manifest.csv" not in folder(write(tmp_path / "missing", "--fault", "csv-manifest=missing"))
    assert b"\x00" in folder(write(tmp_path / "bad", "--fault", "csv-manifest=unreadable"))["manifest.csv"]
    names = list(unzipped(write(tmp_path / "last.zip", "--fault", "csv-manifest=last").read_bytes()))
    assert names[-1] == "manifest.csv"
    inside = unzipped(write(tmp_path / "in.zip", "--fault", "csv-in-folder").read_bytes())
    assert "export/users.csv" in inside


@pytest.mark.parametrize("way", sorted(SPOILERS))
def test_bad_rows_are_spoilt_and_the_others_left_alone(tmp_path: Path, way: str) -> None:
    plain = folder(write(tmp_path / "plain"))["enrollments.csv"].decode().splitlines()
    odd = folder(write(tmp_path / "odd", "--fault", f"csv-bad-rows={way},every=4"))["enrollments.csv"].decode()
    kept = [line for number, line in enumerate(plain[1:]) if number % 4 != 3]
    assert set(kept) <= set(odd.splitlines())
    if way != "line-breaks":
        assert odd.splitlines() != plain


@contextmanager
def served(**more: Any) -> Iterator[tuple[SimulatedDistrict, httpx2.Client]]:
    district = SimulatedDistrict(120, seed=7, today=TODAY, vendor="OneRosterCSV", **more)
    with district, httpx2.Client(timeout=20, auth=("demo-key", "demo-secret"), verify=False) as client:
        yield district, client


def test_a_set_is_served_as_a_file_and_follows_the_roster() -> None:
    with served() as (district, client):
        answer = client.get(district.base_url)
        assert answer.headers["Content-Type"] == "application/zip"
        assert licenses(tables(unzipped(answer.content))) == district.expected_licenses(
            district.school_ids, MATHEMATICS
        )
        again = client.get(district.base_url, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        district.change("percent:10")
        changed = client.get(district.base_url)
        assert changed.content != answer.content
        delta = tables(unzipped(client.get(district.base_url.replace("roster.zip", "delta.zip")).content))
        assert 0 < len(delta["enrollments"]) < 200


def test_a_served_set_needs_credentials() -> None:
    with served(access=AccessSettings(bearer="a-fixed-token")) as (district, client):
        for auth in [("demo-key", "wrong"), ("x", "demo-secret")]:
            assert client.get(district.base_url, auth=auth).status_code == 401
        assert httpx2.get(district.base_url).headers["WWW-Authenticate"].startswith("Basic")
        for header in ("Basic !!", "Bearer wrong", "Digest x"):
            assert httpx2.get(district.base_url, headers={"Authorization": header}).status_code == 401
        fixed = httpx2.get(district.base_url, headers={"Authorization": "Bearer a-fixed-token"})
        assert fixed.status_code == 200
        scope = "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly"
        form = {"grant_type": "client_credentials", "scope": scope}
        token = client.post(district.token_url, data=form).json()["access_token"]
        assert httpx2.get(district.base_url, headers={"Authorization": f"Bearer {token}"}).status_code == 200
        assert client.get(f"{district.root_url}/files/other.zip").status_code == 404
        assert client.put(district.base_url).status_code == 405


def test_a_served_set_has_faults() -> None:
    with served(faults=["csv-cut=users,times=1", "short-body,after=1,times=1"], version="1.2") as (district, client):
        first = unzipped(client.get(district.base_url).content)
        assert not first["users.csv"].endswith(b"\n")
        assert "roles.csv" in first
        with pytest.raises(zipfile.BadZipFile):
            unzipped(client.get(district.base_url).content)
        assert unzipped(client.get(district.base_url).content)["users.csv"].endswith(b"\n")
        district.fault("login-page")
        assert client.get(district.base_url).headers["Content-Type"].startswith("text/html")
