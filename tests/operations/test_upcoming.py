"""`upcoming` tells what ends or begins by itself: syncs, credentials, certificates, licenses with an end."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import create_engine, text
from tests.cli.folders import SECRET, write
from tests.operations.conftest import LiveDistrict, call
from tests.operations.test_fleet import SOURCE, manifest
from tests.operations.test_standing import SYNCED

from roster_operator.api import conditions
from roster_operator.reconcile.findings import credentials_expiring

TODAY = date(2026, 11, 30)
NOW = datetime.now(UTC).replace(microsecond=0)


def certificate(name: str, end: datetime) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=400))
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.parametrize(
    ("expire", "holds", "word"),
    [
        (None, False, ""),
        (TODAY + timedelta(days=31), False, ""),
        (TODAY + timedelta(days=30), True, "expire on 2026-12-30"),
        (TODAY, True, "have expired on 2026-11-30"),
        (TODAY - timedelta(days=400), True, "have expired on 2025-10-26"),
    ],
)
def test_credentials_are_a_condition_a_month_ahead(expire: date | None, holds: bool, word: str) -> None:
    finding = credentials_expiring(expire, TODAY)
    assert (finding.type, finding.holds) == (conditions.CREDENTIALS_EXPIRING, holds)
    assert word in finding.message


def test_what_comes_is_told_in_its_order(tmp_path: Path) -> None:
    soon, late = NOW + timedelta(days=5), NOW + timedelta(days=500)
    secret = {**SECRET, "stringData": {"ca.crt": certificate("sis.example", soon) + certificate("late", late)}}
    source = {**SOURCE, "credentialsExpire": (NOW + timedelta(days=20)).date()}
    following = (NOW + timedelta(hours=2)).isoformat()
    written = manifest("ames", SYNCED, spec={"source": source}, nextSyncTime=following)
    write(tmp_path / "all.yaml", written, secret)
    ask = ("upcoming", "ames", "--file", tmp_path / "all.yaml")
    told = yaml.safe_load(call(*ask, "-o", "yaml").stdout)
    assert [(event["kind"], event.get("acts"), event["past"]) for event in told["events"]] == [
        ("NextSync", None, False),
        ("CertificateExpires", "District", False),
        ("CredentialsExpire", "District", False),
    ]
    result = call(*ask, "--days", "1")
    heading, _, not_known = result.stdout.splitlines()
    assert (result.exit_code, heading.split()[0], not_known.split(",")[0]) == (0, "AT", "Terms")


def test_blackouts_and_why_the_next_sync_is_then_are_told(tmp_path: Path) -> None:
    first, last = (NOW + timedelta(days=3)).date(), (NOW + timedelta(days=9)).date()
    over = {"firstDay": NOW.date() - timedelta(days=9), "lastDay": NOW.date() - timedelta(days=2)}
    spec = {"source": SOURCE, "schedule": {"blackouts": [over, {"firstDay": first, "lastDay": last}]}}
    following = {"nextSyncTime": (NOW + timedelta(hours=2)).isoformat()}
    why = {"nextSync": {"reason": "Window", "message": "By spec.schedule: Monday at 02:12, UTC."}}
    write(tmp_path / "all.yaml", manifest("ames", SYNCED, spec=spec, **following, **why))
    told = yaml.safe_load(call("upcoming", "ames", "--file", tmp_path / "all.yaml", "-o", "yaml").stdout)
    assert [(event["kind"], event["at"][:10]) for event in told["events"][1:]] == [
        ("BlackoutBegins", f"{first}"),
        ("BlackoutEnds", f"{last + timedelta(days=1)}"),
    ]
    assert told["events"][0]["message"] == "The next sync. By spec.schedule: Monday at 02:12, UTC."
    assert why["nextSync"]["message"] in call("status", "ames", "--file", tmp_path / "all.yaml").stdout


def test_seasons_are_told_and_status_says_which_is_on(tmp_path: Path) -> None:
    today = NOW.astimezone(ZoneInfo("America/Chicago")).date()
    days = [today + timedelta(days=ahead) for ahead in (-3, 4, 10, 20)]
    frozen = {"season": "Frozen", "firstDay": days[0], "lastDay": days[1], "addsFrom": ["SU27"]}
    preview = {"season": "Preview", "firstDay": days[2], "lastDay": days[3]}
    over = {"season": "InSession", "firstDay": today - timedelta(days=90), "lastDay": today - timedelta(days=9)}
    spec = {"source": SOURCE, "timeZone": "America/Chicago", "terms": {"seasons": [preview, frozen, over]}}
    write(tmp_path / "all.yaml", manifest("ames", SYNCED, spec=spec))
    told = yaml.safe_load(call("upcoming", "ames", "--file", tmp_path / "all.yaml", "-o", "yaml").stdout)
    assert [(event["kind"], event["at"][:10]) for event in told["events"]] == [
        ("SeasonEnds", f"{days[1] + timedelta(days=1)}"),
        ("SeasonBegins", f"{days[2]}"),
        ("SeasonEnds", f"{days[3] + timedelta(days=1)}"),
    ]
    assert f"Preview. Until {days[3]}, terms that begin by" in told["events"][1]["message"]
    shown = call("status", "ames", "--file", tmp_path / "all.yaml").stdout
    assert f"Frozen. Until {days[1]}, nobody loses a license because a term is over" in shown
    assert "Of other terms, only SU27 may begin meanwhile." in shown


def test_a_time_zone_that_is_none_stops_nothing(live: LiveDistrict) -> None:
    season = {"season": "Frozen", "firstDay": TODAY - timedelta(days=9), "lastDay": TODAY + timedelta(days=99)}
    live.sync(timeZone="America/Chigaco", schedule={"paused": True}, terms={"seasons": [season]})
    told = live.ask("upcoming", "--file", live.folder)
    assert (told.exit_code, told.stderr) == (0, ""), told.output
    assert live.ask("calendar").exit_code in {0, 2}, "there may be no reading"
    assert "SchedulePaused" in live.ask("status", "--file", live.folder).stdout


def test_what_has_ended_waits_for_somebody(tmp_path: Path) -> None:
    source = {**SOURCE, "credentialsExpire": (NOW - timedelta(days=2)).date()}
    write(tmp_path / "all.yaml", manifest("ames", SYNCED, spec={"source": source}))
    result = call("upcoming", "ames", "--file", tmp_path / "all.yaml")
    assert (result.exit_code, "CredentialsExpire" in result.stdout) == (3, True)


def test_licenses_that_end_are_counted_by_day_and_ebook(live: LiveDistrict) -> None:
    engine = create_engine(live.url.replace("postgresql://", "postgresql+psycopg://"))
    end = f"{NOW + timedelta(days=9):%Y-%m-%d} 00:00:00"
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE licenses SET until = '{end}' WHERE id IN (SELECT min(id) FROM licenses)"))
    engine.dispose()
    told = live.asked("upcoming", "--file", live.folder)
    (ending,) = [event for event in told["events"] if event["kind"] == "LicensesEnd"]
    assert ending["message"].startswith("1 license ends: algebra, ")


def test_a_sync_reminds_of_credentials_in_the_status(live: LiveDistrict) -> None:
    source = {"baseURL": live.simulated.base_url, "secretRef": {"name": "sis"}}
    status = live.sync(source={**source, "credentialsExpire": (NOW + timedelta(days=3)).date()})
    (reminded,) = [each for each in status["conditions"] if each["type"] == "CredentialsExpiring"]
    assert (reminded["status"], reminded["reason"]) == ("True", "CredentialsExpire")
    assert "District acts first: CredentialsExpire" in live.ask("status", "--file", live.folder).stdout
    status = live.sync(source=source)
    assert not [each for each in status["conditions"] if each["type"] == "CredentialsExpiring"]


@pytest.mark.usefixtures("crds_installed")
def test_the_secret_is_read_where_one_may(namespace: str, kubectl: Callable[..., str], admin_kubeconfig: Path) -> None:
    found: dict[str, Any] = manifest("ames", spec={"source": {**SOURCE, "credentialsExpire": "2020-02-29"}})
    found["metadata"]["namespace"] = namespace
    pem = base64.b64encode(certificate("sis.example", NOW + timedelta(days=5)).encode()).decode()
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "sis", "namespace": namespace}}
    kubectl("apply", "-f", "-", input=yaml.safe_dump_all([found, {**secret, "data": {"ca.crt": pem}}]))
    result = call("upcoming", "ames", "-n", namespace, "--kubeconfig", admin_kubeconfig, "-o", "yaml")
    assert result.exit_code == 3, result.output
    events = yaml.safe_load(result.stdout)["events"]
    assert [event["kind"] for event in events] == ["CredentialsExpire", "CertificateExpires"]
