"""The operator as it is installed: the command, its environment, its signals, a real SIS and a real ledger."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hack.controlplane.cluster import write_kubeconfig
from hack.processes import Child, free_ports
from tests.controller.conftest import Districts
from tests.controller.fakes import wait_until
from tests.support.otlp import collecting

from district_simulator.library import SimulatedDistrict
from roster_operator.cli.main import cli

COMMAND = [sys.executable, "-c", "from roster_operator.cli.main import main; main()", "run"]
SOURCES = Path(__file__).resolve().parents[2] / "operator"


@pytest.fixture
def district() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=60, schools=2, seed=3) as district:
        yield district


Launch = Callable[..., Child]


@pytest.fixture
def launch(identity: Path, namespace: str, tmp_path: Path) -> Iterator[Launch]:
    """Starts the command with the environment that the chart sets, and more; the ledger is the same for each start."""
    launched: list[Child] = []

    def launch(**more: str) -> Child:
        temporary = tmp_path / "tmp"
        temporary.mkdir(exist_ok=True)
        environment = {
            "TMPDIR": str(temporary),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCES),
            "ROSTER_OPERATOR_LEDGER_URL": f"sqlite:///{tmp_path / 'ledger.sqlite'}",
            "ROSTER_OPERATOR_NAMESPACES": namespace,
            "ROSTER_OPERATOR_WATCH_SECRETS": "true",
            "ROSTER_OPERATOR_WORKERS": "2",
            "ROSTER_OPERATOR_LOG_LEVEL": "INFO",
            "ROSTER_OPERATOR_GRACE": "10s",
            "ROSTER_OPERATOR_ALLOW_ADDRESSES": "127.0.0.1",
            "ROSTER_OPERATOR_SHORTEST_INTERVAL": "10s",
            "ROSTER_OPERATOR_OPS_PORT": str(free_ports(1)[0]),
            "ROSTER_OPERATOR_KUBECONFIG": str(identity),
        }
        log = tmp_path / f"operator-{len(launched)}.log"
        child = Child(COMMAND, log, environment=environment | more, folder=tmp_path)
        launched.append(child)
        wait_until(lambda: "serving" in log.read_text() or not child.running, seconds=60)
        assert child.running, child.last_words()
        return child

    yield launch
    for child in launched:
        child.stop(signal.SIGKILL)


def springfield(districts: Districts, district: SimulatedDistrict, **spec: Any) -> None:
    """A live district."""
    ebook = f"algebra-{districts.namespace}"
    districts.create_ebook(ebook)
    districts.create_secret("springfield-sis", clientID=district.client_id, clientSecret=district.client_secret)
    source = {"baseURL": district.base_url, "secretRef": {"name": "springfield-sis"}, "requestTimeout": "60s"}
    districts.create(
        "springfield",
        secret=False,
        source=source,
        live=True,
        schools=[{"id": school} for school in district.school_ids],
        courses=[{"code": "MA101", "ebooks": [ebook]}],
        **spec,
    )


def test_a_roster_becomes_licenses_and_a_stop_is_clean(
    districts: Districts, district: SimulatedDistrict, launch: Launch
) -> None:
    operator = launch()
    springfield(districts, district)

    districts.await_condition("springfield", "True", "Synced", seconds=60)
    status = districts.status("springfield")
    assert status["licenses"]["active"] > 0
    assert districts.core.read_namespaced_config_map("springfield-catalog", districts.namespace).data["schools"]

    operator.stop(signal.SIGTERM, patience=30)
    assert operator.wait(0) == 0
    lines = [json.loads(line) for line in operator.log.read_text().splitlines()]
    synced = next(line for line in lines if line["message"].startswith("sync ended"))
    assert (synced["namespace"], synced["name"]) == (districts.namespace, "springfield")
    logged = operator.log.read_text() + json.dumps(districts.get("springfield"))
    assert not [text for text in district.personal_strings() if len(text) > 5 and text in logged]


def test_traces_arrive_at_a_collector_and_the_log_names_them(
    districts: Districts, district: SimulatedDistrict, launch: Launch
) -> None:
    with collecting() as collector:
        operator = launch(OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint)
        springfield(districts, district)
        districts.await_condition("springfield", "True", "Synced", seconds=60)
        operator.stop(signal.SIGTERM, patience=30)

    lines = [json.loads(line) for line in operator.log.read_text().splitlines()]
    synced = next(line for line in lines if line["message"].startswith("sync ended"))
    spans = {span.name: span for span in collector.spans if span.trace_id.hex() == synced["trace_id"]}
    assert {"sync", "reconcile", "read people", "GET", "ledger transaction"} <= spans.keys()
    assert spans["reconcile"].parent_span_id == spans["sync"].span_id
    assert (set(collector.paths), collector.services) == ({"/v1/traces"}, {"roster-operator"})
    private = {*district.personal_strings(), district.client_secret}
    assert not [text for text in private if len(text) > 5 and text in collector.raw()]


def test_a_collector_that_is_away_holds_up_neither_syncs_nor_the_end(
    districts: Districts, district: SimulatedDistrict, launch: Launch
) -> None:
    operator = launch(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{free_ports(1)[0]}")
    springfield(districts, district)

    districts.await_condition("springfield", "True", "Synced", seconds=60)

    operator.stop(signal.SIGTERM, patience=20)
    assert operator.wait(0) == 0


def test_a_stop_ends_a_sync_that_hangs_and_the_next_start_makes_up_for_it(
    districts: Districts, district: SimulatedDistrict, launch: Launch
) -> None:
    district.fault("hang,on=enrollments")
    operator = launch()
    springfield(districts, district)
    districts.await_condition("springfield", "True", "Progressing", "Reconciling", seconds=30)
    wait_until(lambda: _asked_for(district, "enrollments"), seconds=30)

    operator.stop(signal.SIGTERM, patience=30)

    assert operator.wait(0) == 0
    assert "observedGeneration" not in districts.status("springfield")
    district.clear_faults()
    launch()
    districts.await_condition("springfield", "True", "Synced", seconds=60)


def test_a_killed_operator_leaves_nothing_that_the_next_one_cannot_put_right(
    districts: Districts, district: SimulatedDistrict, launch: Launch, tmp_path: Path
) -> None:
    district.fault("hang,on=enrollments,times=1")
    operator = launch()
    springfield(districts, district)
    wait_until(lambda: _asked_for(district, "enrollments"), seconds=30)

    operator.stop(signal.SIGKILL)
    assert list((tmp_path / "tmp").iterdir()) == []
    launch()

    districts.await_condition("springfield", "True", "Synced", seconds=60)
    assert districts.condition("springfield", "Reconciling") == ("", "")


def _asked_for(district: SimulatedDistrict, collection: str) -> bool:
    return any(collection in str(route) for route in district.stats()["requests"])


def test_what_ends_the_program_is_told_by_type_number_and_place(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        nowhere = write_kubeconfig(tmp_path / "kubeconfig", cluster={"server": "https://127.0.0.1:1"}, token="none")
        options = ["--ledger", "sqlite://", "--kubeconfig", str(nowhere)]
        options += ["--ops-host", "127.0.0.1", "--ops-port", str(taken.getsockname()[1])]
        operator = Child([*COMMAND, *options], tmp_path / "log", environment={"PYTHONPATH": str(SOURCES)})
        assert operator.wait(30) == 1

    (line,) = operator.log.read_text().splitlines()
    told = json.loads(line)["message"]
    assert re.match(r"the operator ends: OSError \[Errno \d+] at .*controller/operator.py:\d+ ", told)


def test_a_ledger_must_be_named() -> None:
    result = CliRunner().invoke(cli, ["run"], env={"ROSTER_OPERATOR_LEDGER_URL": ""})

    assert result.exit_code == 2
    assert "--ledger" in result.output


def test_a_url_that_is_no_ledger_is_told_without_quoting_it() -> None:
    result = CliRunner().invoke(cli, ["run", "--ledger", "mysql://someone:hunter2@host/db"])

    assert result.exit_code == 2
    assert "hunter2" not in result.output
    assert "postgresql://" in result.output


def test_durations_are_written_as_in_resources() -> None:
    result = CliRunner().invoke(cli, ["run", "--ledger", "sqlite://", "--grace", "soon"])

    assert result.exit_code == 2
    assert "24h" in result.output


def test_the_version_can_be_asked_for() -> None:
    assert CliRunner().invoke(cli, ["--version"]).output.startswith("roster-operator, version ")
