"""The program: command line, administration, many districts, TLS, written pages."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from district_simulator import AccessSettings, Binding, DistrictSettings, SimulatedDistrict
from district_simulator.app import is_this_machine
from district_simulator.changes import CHANGES
from district_simulator.cli import main
from district_simulator.exchange import Call
from district_simulator.faults import KINDS
from district_simulator.fleet import Fleet

SOURCE = Path(__file__).parents[2] / "operator"
CORE = "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly"


@contextmanager
def program(*arguments: str) -> Iterator[str]:
    """Run the program; gives the address that it listens on, and sees that it stops when told to."""
    process = subprocess.Popen(
        [sys.executable, "-m", "district_simulator", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening on ")
        assert process.stdout.readline().startswith("base URL http")
        yield line.removeprefix("listening on ").strip()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def bearer(base: str, key: str = "demo-key", secret: str = "demo-secret") -> dict[str, str]:
    form = {"grant_type": "client_credentials", "scope": CORE}
    token = httpx2.post(f"{base}/token", data=form, auth=(key, secret)).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_the_program_serves_until_it_is_told_to_stop() -> None:
    options = ["--students", "90", "--seed", "3", "--prefix", "aeries", "--client-id", "k", "--client-secret", "s"]
    with program(*options, "--fault", "clamp=10", "--change", "school-empty:995") as origin:
        base = f"{origin}/aeries"
        answer = httpx2.get(f"{base}/ims/oneroster/v1p1/students", headers=bearer(base, "k", "s"))
        assert len(answer.json()["users"]) == 10
        assert answer.headers["X-Total-Count"] == "45"
        assert httpx2.get(f"{origin}/healthz").json() == {"status": "ok"}
        assert httpx2.get(f"{origin}/ims/oneroster/v1p1/students").status_code == 404


def test_a_running_district_is_administered_over_http(reader: Any) -> None:
    admin = f"{reader.district.base_url}/_simulator"
    changes = {"changes": ["student-leaves:S1000003,how=gone", "percent:1"]}
    assert reader.client.post(f"{admin}/changes", json=changes).json() == {"changes": 2}
    assert len(reader.rows("students")) == 119
    assert reader.client.post(f"{admin}/faults", json={"faults": ["clamp=5"]}).status_code == 200
    assert len(reader.get("students").json()["users"]) == 5
    assert reader.client.delete(f"{admin}/faults").status_code == 200
    assert len(reader.get("students").json()["users"]) == 100
    assert reader.client.get(f"{admin}/stats").json()["requests"]["/students"] == 3
    reader.client.post(f"{admin}/stats")
    assert reader.client.get(f"{admin}/stats").json()["requests"] == {}
    reader.client.post(f"{admin}/tokens/revoke")
    assert reader.get("orgs").status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("changes", {"changes": ["explode"]}, 400),
        ("changes", {"changes": "percent:1"}, 400),
        ("changes", ["percent:1"], 400),
        ("faults", {"faults": ["explode"]}, 400),
        ("explosions", {}, 404),
    ],
)
def test_a_wrong_administrative_request_is_refused(reader: Any, path: str, body: Any, status: int) -> None:
    answer = reader.client.post(f"{reader.district.base_url}/_simulator/{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["message"]


def test_another_system_is_one_option_away() -> None:
    with program("--vendor", "PowerSchoolNative", "--students", "40") as origin:
        form = {"grant_type": "client_credentials"}
        token = httpx2.post(f"{origin}/oauth/access_token", data=form, auth=("demo-key", "demo-secret")).json()
        headers = {"Authorization": f"Bearer {token['access_token']}", "Accept": "application/json"}
        answer = httpx2.get(f"{origin}/ws/v1/district/school/count", headers=headers)
        assert answer.json() == {"resource": {"count": 1}}


@pytest.mark.parametrize(
    ("vendor", "base", "token"),
    [
        ("Aeries", "/aeries", None),
        ("infinitecampus", "/campus/oneroster/cpm", "/campus/oauth2/token?appName=cpm"),
        ("Skyward", "/api", "/api/oauth/token"),
        ("OneRosterCSV", "/files/roster.zip", None),
    ],
)
def test_what_a_district_would_paste_is_printed(vendor: str, base: str, token: str | None) -> None:
    command = [sys.executable, "-m", "district_simulator", "--vendor", vendor, "--prefix", "x"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        origin = process.stdout.readline().removeprefix("listening on ").strip()
        assert process.stdout.readline() == f"base URL {origin}/x{base}\n"
        if token is not None:
            assert process.stdout.readline() == f"token URL {origin}/x{token}\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == ""


def test_many_districts_are_served_by_one_process() -> None:
    with program("--districts", "50", "--students", "40") as origin:
        names = set()
        for number in (0, 7, 49):
            base = f"{origin}/d/{number}"
            answer = httpx2.get(f"{base}/ims/oneroster/v1p1/users?limit=1", headers=bearer(base))
            row = answer.json()["users"][0]
            names.add(row["username"])
            assert row["orgs"][0]["href"].startswith(f"{base}/ims/oneroster/v1p1/orgs/")
        assert len(names) == 3
        assert httpx2.get(f"{origin}/d/50/ims/oneroster/v1p1/orgs").status_code == 404
        changed = httpx2.post(f"{origin}/d/7/_simulator/changes", json={"changes": ["roster-empty"]})
        assert changed.status_code == 200
        totals = []
        for number in (7, 8):
            base = f"{origin}/d/{number}"
            answer = httpx2.get(f"{base}/ims/oneroster/v1p1/users?limit=1", headers=bearer(base))
            totals.append(answer.headers["X-Total-Count"])
        assert totals == ["0", "43"]


def test_a_fleet_of_hundreds_of_districts_is_small() -> None:
    settings = DistrictSettings(date(2026, 11, 24), students=120)
    tracemalloc.start()
    try:
        fleet = Fleet(settings, AccessSettings(), 300)
        for number in range(300):
            assert fleet.find(f"/d/{number}/token") is fleet.district(number)
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size < 300 * 12_000


def test_pages_are_written_for_a_static_file_server(tmp_path: Path) -> None:
    arguments = [
        "--students",
        "150",
        "--write-pages",
        str(tmp_path),
        "--page-size",
        "200",
        "--base-url",
        "http://files",
    ]
    result = CliRunner().invoke(main, [*arguments, "--today", "2026-11-24", "--change", "student-arrives"])
    assert result.exit_code == 0, result.output
    assert "enrollments: " in result.output
    manifest = json.loads((tmp_path / "pages.json").read_text())
    assert manifest["enrollments"]["pages"][:2] == ["enrollments/0.json", "enrollments/200.json"]
    rows = [
        row
        for page in manifest["enrollments"]["pages"]
        for row in json.loads((tmp_path / page).read_text())["enrollments"]
    ]
    assert len(rows) == manifest["enrollments"]["total"] > 1_050
    assert rows[0]["user"]["href"].startswith("http://files/ims/oneroster/v1p1/users/")


def test_the_program_lists_what_it_can_do() -> None:
    listed = CliRunner().invoke(main, ["--list"]).output
    assert all(f"  {name} " in listed for name in [*KINDS, *CHANGES])
    shown = CliRunner().invoke(main, ["--help"]).output
    assert "--write-pages" in shown
    assert "demo-secret" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["--fault", "explode"],
        ["--change", "explode"],
        ["--tls-cert", __file__],
        ["--students", "0"],
        ["--auth", "none"],
    ],
)
def test_a_wrong_command_line_is_refused_with_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, arguments).exit_code == 2


def test_a_district_can_speak_tls(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (tmp_path / "cert.pem").write_bytes(certificate.public_bytes(pem))
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, *plain))
    binding = Binding("localhost", 0, tmp_path / "cert.pem", tmp_path / "key.pem")
    with SimulatedDistrict(students=10, binding=binding) as district:
        trust = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        with httpx2.Client(verify=trust) as client:
            assert client.get(f"{district.base_url}/healthz").status_code == 200
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{district.base_url}/healthz")


def test_only_this_machine_administers() -> None:
    assert [is_this_machine(remote) for remote in ("127.0.0.1", "::1", "10.1.2.3", None)] == [True, True, False, False]


def test_the_personal_strings_are_those_that_are_served(reader: Any) -> None:
    strings = reader.district.personal_strings()
    for user in reader.rows("users"):
        for field in ("sourcedId", "username", "givenName", "familyName", "email", "identifier"):
            assert user[field] in strings
    assert len(reader.district.persons()) == 129


def test_a_path_outside_a_district_is_no_district(simulate: Callable[..., Any]) -> None:
    district = simulate(students=10, prefix="/aeries").district
    origin = district.base_url.removesuffix("/aeries")
    assert httpx2.get(f"{origin}/elsewhere").status_code == 404
    assert httpx2.get(f"{origin}/aeries/elsewhere", headers=bearer(district.base_url)).status_code == 404
    assert Call("GET", "http", "h", "/a?x=1&y=%20", {}).parameters == [("x", "1"), ("y", " ")]
