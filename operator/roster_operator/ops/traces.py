"""Whether traces are collected, by the OTEL_* variables that OpenTelemetry has for every program.

What they need is imported only then: it is an extra of the package, `roster-operator[tracing]`, which the image holds.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
from collections.abc import Iterator, Mapping
from typing import Final

from roster_operator.tracing import Untraced, trace_by

logger = logging.getLogger(__name__)

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_HTTP: Final = "http/protobuf"


@contextlib.contextmanager
def collected(environ: Mapping[str, str]) -> Iterator[None]:
    """What happens inside is traced if the variables ask for it; at the end, what is still there is sent."""
    if not _wanted(environ):
        yield
        return
    try:
        otlp = importlib.import_module("roster_operator.ops.otlp")
    except ModuleNotFoundError:
        logger.warning("no traces are sent: OpenTelemetry is missing. Platform: install roster-operator[tracing]")
        yield
        return
    exporting = otlp.Exporting(environ)
    trace_by(exporting)
    try:
        yield
    finally:
        trace_by(Untraced())
        exporting.end()


def _wanted(environ: Mapping[str, str]) -> bool:
    """An endpoint is named, or the exporter, whose endpoint is then this machine's."""
    exporter = environ.get("OTEL_TRACES_EXPORTER", "").strip()
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true" or exporter == "none":
        return False
    if not exporter and not any(environ.get(name) for name in _ENDPOINTS):
        return False
    protocol = next((environ[name].strip() for name in _PROTOCOLS if environ.get(name)), _HTTP)
    if exporter in ("", "otlp") and protocol == _HTTP:
        return True
    logger.warning(
        "no traces are sent: OTEL_TRACES_EXPORTER and OTEL_EXPORTER_OTLP_PROTOCOL ask for %s. "
        "Platform: the operator knows otlp by http/protobuf",
        f"{exporter or 'otlp'} by {protocol}",
    )
    return False
