"""Spans of a request: who asks, the quota, the answer, its rendering, and each statement in Postgres.

What makes them is put around what works: without traces none of this is loaded, and no request meets it. No span holds
what a caller writes, but for the id of the trace that it belongs to.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import falcon
import msgspec
from opentelemetry import context, trace
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import Connection, Engine, event

from api.audit.entry import ENTRY, Entry
from api.desk import Deps, Desk
from api.endpoint import Endpoint
from api.reply import Reply

_HEADER = "HTTP_TRACEPARENT"
_FAULT = 500
_SPAN = "kalpi_span"
Start = Callable[..., Any]
P = ParamSpec("P")
R = TypeVar("R")


class TracedApplication:
    """The application with a span around each request, a part of the caller's trace where that is told."""

    def __init__(self, app: falcon.App, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer
        self._propagator = TraceContextTextMapPropagator()

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer a request; its lines in the log bear the trace's id."""
        came_from = self._propagator.extract({"traceparent": environ.get(_HEADER, "")})
        span = self._tracer.start_span("request", came_from, kind=SpanKind.SERVER)
        within = trace.set_span_in_context(span)
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier, within)
        environ[_HEADER] = carrier["traceparent"]
        token = context.attach(within)
        try:
            body = self._app(environ, start_response)
        finally:
            context.detach(token)
            if ENTRY in environ:
                _describe(span, environ[ENTRY])
        if isinstance(body, list):
            span.end()
            return body
        return _ended(body, span)


def traced(deps: Deps, endpoints: tuple[Endpoint, ...], tracer: Tracer) -> tuple[Deps, tuple[Endpoint, ...]]:
    """Return what the application works with, each part with a span around what requests wait for."""
    told = {
        "keys": _Around(deps.keys, tracer, {"principal": "auth"}),
        "tokens": _Around(deps.tokens, tracer, {"principal": "auth"}),
        "quotas": _Around(deps.quotas, tracer, {"take": "limiter", "refund": "limiter"}),
    }
    return msgspec.structs.replace(deps, **told), tuple(_answering(one, tracer) for one in endpoints)


def trace_engine(engine: Engine, tracer: Tracer) -> None:
    """Have a span around each statement of a request. SEC its text has no values in it, and they are not told."""

    @event.listens_for(engine, "before_cursor_execute", named=True)
    def begin(conn: Connection, statement: str, **_: object) -> None:
        if trace.get_current_span().is_recording():
            span = conn.info[_SPAN] = tracer.start_span("postgres", kind=SpanKind.CLIENT)
            span.set_attributes({"db.system.name": "postgresql", "db.query.text": statement})

    @event.listens_for(engine, "after_cursor_execute", named=True)
    def end(conn: Connection, **_: object) -> None:
        if span := conn.info.pop(_SPAN, None):
            span.end()

    @event.listens_for(engine, "handle_error", named=True)
    def failed(exception_context: Any, **_: object) -> None:  # noqa: ANN401 - SQLAlchemy's own
        connection = exception_context.connection
        if connection is not None and (span := connection.info.pop(_SPAN, None)):
            span.set_status(StatusCode.ERROR, type(exception_context.original_exception).__name__)
            span.end()


class _Around:
    """Another object, some of whose methods have a span around them."""

    def __init__(self, inner: object, tracer: Tracer, names: dict[str, str]) -> None:
        self._inner = inner
        for method, name in names.items():
            setattr(self, method, _spanned(getattr(inner, method), tracer, name))

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


def _answering(endpoint: Endpoint, tracer: Tracer) -> Endpoint:
    answers = endpoint.answers

    @wraps(answers)  # by its name and module an endpoint has its own
    def around(question: msgspec.Struct, desk: Desk) -> Reply:
        with _span(tracer, f"resolve {endpoint.name}"):
            reply = answers(question, desk)
        return msgspec.structs.replace(reply, render=_spanned(reply.render, tracer, f"answer {endpoint.name}"))

    return msgspec.structs.replace(endpoint, answers=around)


def _spanned(call: Callable[P, R], tracer: Tracer, name: str) -> Callable[P, R]:
    def around(*args: P.args, **kwargs: P.kwargs) -> R:
        with _span(tracer, name):
            return call(*args, **kwargs)

    return around


def _span(tracer: Tracer, name: str) -> AbstractContextManager[Span]:
    # SEC an exception's words may be its sender's; what becomes of it, the request's span tells
    return tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False)


def _describe(span: Span, entry: Entry) -> None:
    caller = entry.caller
    told = {
        "http.request.method": entry.known_method,
        "http.route": entry.route,
        "http.response.status_code": entry.status,
        "kalpi.request_id": entry.request_id,
        "kalpi.problem": entry.problem,
        "kalpi.limiter": entry.limited,
        "kalpi.cache": entry.cache,
        "kalpi.snapshot": entry.snapshot,
        "kalpi.tier": caller.tier.name if caller else None,
    }
    span.update_name(f"{entry.known_method} {entry.route or 'none'}")
    span.set_attributes({name: value for name, value in told.items() if value is not None})
    if entry.status >= _FAULT:
        span.set_status(StatusCode.ERROR, entry.problem)


def _ended(body: Iterable[bytes], span: Span) -> Generator[bytes]:
    try:
        yield from body
    finally:
        if end := getattr(body, "close", None):
            end()
        span.end()
