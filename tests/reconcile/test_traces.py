"""The spans of a sync: its steps and exchanges in one trace, and nothing of a person, a query or an id in any."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from tests.reconcile.district_harness import Scene

from roster_operator.ops.otlp import Tracing
from roster_operator.sources.url_template import template_of
from roster_operator.tracing import Untraced, span, trace_by

NAMES = {
    "reconcile", "probe", "compare with the last roster", "read classes", "read changes", "read people",
    "ledger transaction", "apply", "GET", "POST",
}  # fmt: skip
ATTRIBUTES = {
    "k8s.namespace.name", "roster.integration", "roster.run_id", "roster.outcome", "roster.grants",
    "roster.revocations", "error.type", "http.request.method", "http.response.status_code", "server.address",
    "server.port", "url.template",
}  # fmt: skip
FAULTS = ["", "bad-rows=nulls", "truncate,on=students", "login-page,on=students", "roster-empty", "error=500,on=orgs"]


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    trace_by(Tracing(SimpleSpanProcessor(exporter), {}))
    yield exporter
    trace_by(Untraced())


def named(exported: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [each for each in exported.get_finished_spans() if each.name == name]


def test_steps_and_exchanges_of_a_sync_are_one_trace(scene: Scene, exported: InMemorySpanExporter) -> None:
    scene.reconcile()

    (whole,) = named(exported, "reconcile")
    spans = exported.get_finished_spans()
    assert {each.context.trace_id for each in spans if each.context} == {whole.context.trace_id if whole.context else 0}
    assert {"probe", "read classes", "read people", "ledger transaction", "apply", "GET"} <= {
        each.name for each in spans
    }
    assert whole.attributes is not None
    assert (whole.attributes["roster.run_id"], whole.attributes["roster.outcome"]) == ("run-1", "Synced")
    (transaction,) = named(exported, "ledger transaction")
    assert transaction.attributes is not None
    assert transaction.attributes["roster.grants"] == len(scene.licenses())


def test_an_exchange_tells_server_and_path_and_no_query(scene: Scene, exported: InMemorySpanExporter) -> None:
    scene.reconcile()

    exchanges = named(exported, "GET")
    templates = {str(each.attributes["url.template"]) for each in exchanges if each.attributes}
    assert "/ims/oneroster/v1p1/enrollments" in templates
    assert not [template for template in templates if "?" in template or "=" in template]
    assert {each.kind for each in exchanges} == {SpanKind.CLIENT}
    assert {each.attributes["server.address"] for each in exchanges if each.attributes} == {"127.0.0.1"}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_no_span_holds_a_person_or_a_secret(scene: Scene, exported: InMemorySpanExporter, fault: str) -> None:
    for faults in ((), (fault,)):
        scene.district.fault(*[text for text in faults if text])
        scene.reconcile()

    spans = exported.get_finished_spans()
    text = "\n".join(each.to_json() for each in spans)
    private = {one for one in scene.district.personal_strings() if len(one) > 3}
    assert len(private) > 300
    assert [one for one in {*private, scene.district.client_secret} if one in text] == []
    assert {each.name for each in spans} <= NAMES
    assert {name for each in spans for name in each.attributes or {}} <= ATTRIBUTES
    assert not [each for each in spans if each.events]


def test_an_exception_is_told_by_its_type_alone(exported: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="Ada Lovelace"), span("apply"):
        raise ValueError("Ada Lovelace")

    (failed,) = exported.get_finished_spans()
    assert failed.attributes == {"error.type": "ValueError"}
    assert "Ada" not in failed.to_json()


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/ims/oneroster/v1p1/classes/c-17/students", "/ims/oneroster/v1p1/classes/{}/students"),
        ("/springfield/ws/v1/school/12/section", "/{}/ws/v1/school/{}/section"),
        ("/rosters/jane.doe@example.org/ROSTER.zip", "/{}/{}/{}"),
        ("/", "/"),
    ],
)
def test_ids_and_names_of_files_are_left_out_of_paths(path: str, template: str) -> None:
    assert template_of(path) == template
