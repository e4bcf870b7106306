"""Traces by OpenTelemetry, sent by OTLP over HTTP. Imported only where somebody collects them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

from roster_operator import __version__
from roster_operator.tracing import Value

_LAST_MOMENT: Final = 3.0
"""Seconds in which the last spans are sent at the end; a collector may be away."""


class _Span:
    """`tracing.Span`."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @property
    def trace_id(self) -> str:
        """As collectors write it; empty if this one is not sampled."""
        context = self._span.get_span_context()
        return trace.format_trace_id(context.trace_id) if context.trace_flags.sampled else ""

    def add(self, attributes: Mapping[str, Value]) -> None:
        """To the span."""
        self._span.set_attributes(dict(attributes))


class Tracing:
    """`tracing.Tracer` that gives spans to a processor of OpenTelemetry's."""

    def __init__(self, processor: SpanProcessor, environ: Mapping[str, str]) -> None:
        """The sampler and the limits come from the process's own OTEL_* variables, as the SDK reads them."""
        provider = TracerProvider(resource=_resource(environ), shutdown_on_exit=False)
        provider.add_span_processor(processor)
        self._tracer = provider.get_tracer("roster_operator", __version__)

    @contextlib.contextmanager
    def span(self, name: str, attributes: Mapping[str, Value], *, request: bool) -> Iterator[_Span]:
        """Of an exception only the type is told: its text and its stack may hold what must not leave."""
        with self._tracer.start_as_current_span(
            name,
            kind=SpanKind.CLIENT if request else SpanKind.INTERNAL,
            attributes=dict(attributes),
            record_exception=False,
            set_status_on_exception=False,
        ) as begun:
            try:
                yield _Span(begun)
            except BaseException as error:
                begun.set_attribute("error.type", type(error).__name__)
                begun.set_status(StatusCode.ERROR)
                raise


class Exporting(Tracing):
    """Sends them, in batches, from a thread of its own."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Where to, and how, the process's own OTEL_* variables say, as the exporter reads them."""
        self._processor = BatchSpanProcessor(OTLPSpanExporter())
        super().__init__(self._processor, environ)

    def end(self) -> None:
        """Send what is left, and send no more. The SDK alone would wait for half a minute."""
        sending = threading.Thread(target=self._processor.shutdown, daemon=True)
        sending.start()
        sending.join(_LAST_MOMENT)


def _resource(environ: Mapping[str, str]) -> Resource:
    """What the variables say of this process; its name, unless they do."""
    named = "OTEL_SERVICE_NAME" in environ or "service.name=" in environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    ours = {"service.version": __version__} | ({} if named else {"service.name": "roster-operator"})
    return Resource.create(ours)
