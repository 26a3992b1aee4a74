"""Traces by OpenTelemetry, where KALPI_TRACES=1 asks for them and the extra `traces` is installed.

Where nobody asks, nothing of OpenTelemetry is imported. Where they go, its own variables say (OTEL_EXPORTER_OTLP_...).
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

SWITCH = "KALPI_TRACES"


class TracesMissing(RuntimeError):
    """Traces are asked for, and what makes them is not installed."""


def wanted(environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether traces are asked for."""
    return environ.get(SWITCH) == "1"


def tracer(service: str) -> "Tracer":
    """Return what makes spans, and begin to send them from a thread of its own: after a fork, not before.

    Raises:
        TracesMissing: with what to install.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as ex:
        raise TracesMissing(f"{SWITCH}=1 needs the extra: pip install 'kalpi[traces]'") from ex
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer("kalpi")
