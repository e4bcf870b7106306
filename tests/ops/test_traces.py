"""Whether traces are collected, by OpenTelemetry's own variables; what that needs is loaded only then."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from roster_operator.ops.traces import collected
from roster_operator.tracing import span

ROOT = Path(__file__).parents[2]
ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
PROGRAM = """
import json, sys
import roster_operator.cli.main, roster_operator.cli.run, roster_operator.cli.console
from roster_operator.ops.traces import collected
from roster_operator.tracing import span
for _ in range({blocked}):
    sys.modules["opentelemetry"] = None
with collected(json.loads(sys.argv[1])), span("sync") as it:
    print(json.dumps([it.trace_id, any(name.startswith("opentelemetry.sdk") for name in sys.modules)]))
"""


def started(environ: dict[str, str], *, blocked: bool = False) -> tuple[str, bool, str]:
    """The id of a trace in a process of its own, whether OpenTelemetry was loaded, and what was said."""
    words = [sys.executable, "-c", PROGRAM.format(blocked=int(blocked)), json.dumps(environ)]
    whole = {"PYTHONPATH": str(ROOT / "operator"), "PATH": os.environ["PATH"], **environ}
    ended = subprocess.run(words, capture_output=True, check=False, text=True, env=whole, timeout=60)
    assert ended.returncode == 0, ended.stderr
    trace_id, loaded = json.loads(ended.stdout)
    return trace_id, loaded, ended.stderr


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_SERVICE_NAME": "rosters"},
        {**ENDPOINT, "OTEL_SDK_DISABLED": "true"},
        {**ENDPOINT, "OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_nothing_is_loaded_while_nobody_asks(environ: dict[str, str]) -> None:
    assert started(environ)[:2] == ("", False)


@pytest.mark.parametrize(
    "environ",
    [
        ENDPOINT,
        {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:9/v1/traces"},
        {"OTEL_TRACES_EXPORTER": "otlp"},
    ],
)
def test_an_endpoint_or_an_exporter_asks(environ: dict[str, str]) -> None:
    trace_id, loaded, _ = started(environ)
    assert (len(trace_id), loaded) == (32, True)


def test_what_is_not_sampled_has_no_id_in_the_log() -> None:
    assert started({**ENDPOINT, "OTEL_TRACES_SAMPLER": "always_off"})[:2] == ("", True)


@pytest.mark.parametrize(
    "wanted", [{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, {"OTEL_TRACES_EXPORTER": "zipkin"}], ids=["grpc", "zipkin"]
)
def test_what_the_operator_does_not_know_is_told(wanted: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), collected({**ENDPOINT, **wanted}), span("sync") as it:
        assert it.trace_id == ""
    assert "Platform: the operator knows otlp by http/protobuf" in caplog.text
    assert next(iter(wanted.values())) in caplog.text


def test_without_the_extra_the_operator_runs_and_says_what_to_install() -> None:
    trace_id, loaded, said = started(ENDPOINT, blocked=True)
    assert (trace_id, loaded) == ("", False)
    assert "Platform: install roster-operator[tracing]" in said
