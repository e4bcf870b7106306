"""The metrics in docs/reference/metrics.md are those of a running operator, with their types."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import httpx2
import pytest
from hack.processes import free_ports
from pydantic import SecretStr
from tests.docs.pages import PAGES, rows, section, text_of

from roster_operator.clock import SystemClock
from roster_operator.controller.operator import Operator
from roster_operator.controller.settings import OperatorSettings
from roster_operator.ledger import open_ledger
from roster_operator.reconcile.steps import reconcile
from roster_operator.sources.registry import open_source

LEDGER = "sqlite://"
PAGE = text_of("docs/reference/metrics.md")


async def exposed(kubeconfig: Path, port: int) -> str:
    """What /metrics says; an operator serves it from its first moment, before it has reached any cluster."""
    settings = OperatorSettings(
        ledger=SecretStr(LEDGER), kubeconfig=kubeconfig, ops_host="127.0.0.1", ops_port=port, watch_secrets=True
    )
    operator = Operator(
        settings, reconcile=reconcile, ledger=open_ledger(LEDGER), open_source=open_source, clock=SystemClock()
    )
    running = asyncio.create_task(operator.run())
    transport = httpx2.AsyncHTTPTransport(retries=5)
    async with httpx2.AsyncClient(transport=transport, trust_env=False) as client:
        response = await client.get(f"http://127.0.0.1:{port}/metrics")
    operator.stop()
    assert await running == 0
    return response.text


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Names and types."""
    ops, nobody = free_ports(2)
    nowhere = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "nowhere", "cluster": {"server": f"http://127.0.0.1:{nobody}"}}],
        "contexts": [{"name": "nowhere", "context": {"cluster": "nowhere", "user": ""}}],
        "current-context": "nowhere",
    }
    kubeconfig = tmp_path_factory.mktemp("nowhere") / "kubeconfig"
    kubeconfig.write_text(json.dumps(nowhere))
    types = re.findall(r"^# TYPE (\S+) (\S+)$", asyncio.run(exposed(kubeconfig, ops)), re.MULTILINE)
    return {name: kind for name, kind in types if not name.endswith("_created")}


def test_every_metric_is_described_with_its_type(metrics: dict[str, str]) -> None:
    described = {row[0].strip("`").partition("{")[0]: row[1] for row in rows(section(PAGE, "Metrics"))}

    assert described == metrics


def test_alerts_and_advice_ask_for_metrics_that_there_are(metrics: dict[str, str]) -> None:
    parts = {"how-to", "support", "reference"}
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES if page.parent.name in parts)

    pages += "".join(text_of(f"charts/roster-operator/{name}") for name in ("alerts.yaml", "dashboard.json"))

    named = {name.removesuffix("_bucket") for name in re.findall(r"roster_operator_[a-z_]+", pages)}
    assert named <= metrics.keys()
