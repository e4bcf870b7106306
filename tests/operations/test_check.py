"""`check` says what an installation lacks, and who puts it right; what it cannot see is unknown."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, text
from tests.operations.conftest import LiveDistrict, call
from tests.operations.test_fleet import SOURCE
from tests.operations.test_standing import SYNCED, condition, district

from roster_operator.api.crd import KINDS, custom_resource_definition
from roster_operator.ledger.queries.records import LedgerHealth
from roster_operator.operations.check import ClusterFacts, Verdict, check, inside

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
SOUND = LedgerHealth("sqlite ledger", "0013", "0013", (), NOW)
DEFINITIONS = {each["metadata"]["name"]: each for each in [custom_resource_definition(kind) for kind in KINDS]}


def failed(cluster: ClusterFacts | str, ledger: LedgerHealth | str, **sis: str) -> dict[str, str]:
    report = check(cluster, ledger if isinstance(ledger, str) else inside(ledger, None, NOW), sis)
    found = {item.name: item.message for item in report.items if item.result is Verdict.FAIL}
    assert report.sound == (not found)
    assert all("Platform: " in message for message in found.values())
    return found


def test_a_sound_installation_is_sound() -> None:
    facts = ClusterFacts("v1.37.2", DEFINITIONS, {"list rosterintegrations in districts": True})
    assert failed(facts, SOUND, **{"sis.example:443": ""}) == {}


def test_what_is_missing_is_told() -> None:
    older: dict[str, Any] = copy.deepcopy(DEFINITIONS)
    name = "rosterintegrations.rostering.cpm.org"
    del older[name]["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["guard"]
    assert set(failed(ClusterFacts("v1.27.1", older, {}), SOUND)) == {"Kubernetes", name}
    assert "It lacks spec.guard, " in failed(ClusterFacts("v1.37.2", older, {}), SOUND)[name]
    absent = ClusterFacts("v1.37.2", dict.fromkeys(DEFINITIONS), {})
    assert set(failed(absent, SOUND)) == set(DEFINITIONS)
    unmigrated = LedgerHealth("sqlite ledger", "", "0013", (), NOW)
    assert "has no schema yet" in failed("no cluster", unmigrated)["Ledger"]
    poor = LedgerHealth("postgresql db", "0013", "0013", ("licenses",), NOW + timedelta(minutes=5))
    assert set(failed("no cluster", poor)) == {"Ledger rights", "Clock"}
    assert failed("no cluster", SOUND, **{"sis.example:443": "no such host is known here."}).keys() == {"SIS"}


def test_what_may_not_be_looked_at_is_unknown() -> None:
    report = check(ClusterFacts("v1.37.2", {}, {"patch rosterintegrations in x": False}), "not named", {})
    assert report.sound
    assert [item.result for item in report.items].count(Verdict.UNKNOWN) == len(DEFINITIONS) + 2


def test_a_ledger_and_a_way_to_the_sis_are_looked_at(live: LiveDistrict) -> None:
    result = call("check", live.ledger, "--file", live.folder, "--sis", "springfield")
    assert result.exit_code == 0, result.output
    lines = [line.split()[:2] for line in result.stdout.splitlines()[1:]]
    assert lines == [["Unknown", "Cluster"], ["Pass", "Ledger"], ["Pass", "Ledger"], ["Pass", "Clock"], ["Pass", "SIS"]]
    engine = create_engine(live.url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()
    result = call("check", live.ledger, "--file", live.folder)
    assert (result.exit_code, "has the schema 0001" in result.stdout) == (3, True)


def test_inside_a_cluster_the_way_to_the_sis_is_the_operators() -> None:
    unreachable = condition("Ready", "False", "SourceUnreachable", "No answer. District: look at the server.")
    found = {
        told: inside(SOUND, district(ready, spec={"source": SOURCE}, **status), NOW).items[-1]
        for told, ready, status in (
            ("never", SYNCED, {}),
            ("read", SYNCED, {"lastSyncTime": "2026-11-30T02:00:00Z"}),
            ("away", unreachable, {"lastSyncTime": "2026-11-29T02:00:00Z"}),
        )
    }
    assert {told: item.result for told, item in found.items()} == {
        "never": Verdict.UNKNOWN,
        "read": Verdict.PASS,
        "away": Verdict.FAIL,
    }
    assert found["read"].message == "sis.example answered the operator at 2026-11-30 02:00 UTC."
    assert found["away"].message == unreachable["message"]


@pytest.mark.usefixtures("crds_installed")
def test_a_cluster_is_looked_at_as_whoever_asks(
    admin_kubeconfig: Path, namespace: str, kubectl: Callable[..., str]
) -> None:
    result = call("check", "--kubeconfig", admin_kubeconfig, "-n", namespace, "-o", "yaml")
    told = yaml.safe_load(result.stdout)
    assert (result.exit_code, told["sound"]) == (0, True)
    assert {item["name"]: item["result"] for item in told["items"]} == {
        "Kubernetes": "Pass",
        **dict.fromkeys(DEFINITIONS, "Pass"),
        "Permission": "Pass",
        "Ledger": "Unknown",
    }
