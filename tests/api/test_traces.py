"""Spans of requests, kept in memory."""

import json
import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from api.accounts.authenticator import Authenticator
from api.app import create_app
from api.audit.entry import ENTRY
from api.endpoint import Endpoint
from api.questions import Nothing
from api.resources.system import Health
from api.routes import ENDPOINTS
from api.store import open_engine
from api.traces import TracedApplication, trace_engine, traced
from tests.api.conftest import Caller
from tests.api.test_problems import fails

POINT = "/v1/symbols/AAPL/at/latest"
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
BROKEN = Endpoint("GET", "/v1/broken", lambda _question, _desk: fails(), Nothing, Health, 1, (), "Broken")


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exporter):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider.get_tracer("tests")


@pytest.fixture
def app(told, tracer):
    return TracedApplication(create_app(*traced(told, (BROKEN, *ENDPOINTS), tracer)), tracer)


@pytest.fixture
def spans(exporter):
    """The spans by name, and the names of what each is a part of."""

    def spans():
        ended = exporter.get_finished_spans()
        names = {span.context.span_id: span.name for span in ended}
        return {span.name: span for span in ended}, {
            span.name: names.get(span.parent.span_id) if span.parent else None for span in ended
        }

    return spans


def test_a_request_is_a_span_with_its_steps_in_it(app, keys, spans):
    assert Caller(app, keys["premium"])(POINT).status_code == 200
    by_name, parents = spans()
    request = "GET /v1/symbols/{symbol}/at/{date}"
    assert parents == {
        request: None,
        "auth": request,
        "limiter": request,
        "resolve point_point": request,
        "answer point_point": request,
    }
    told = by_name[request].attributes
    assert (told["http.response.status_code"], told["kalpi.tier"], told["kalpi.limiter"]) == (200, "premium", "allowed")
    assert len({span.context.trace_id for span in by_name.values()}) == 1


def test_it_goes_on_with_the_callers_trace_and_the_log_has_its_id(app, keys, spans, monkeypatch):
    seen = []
    inner = app._app
    monkeypatch.setattr(app, "_app", lambda environ, start: [seen.append(environ), inner(environ, start)][1])
    ask = Caller(app, keys["premium"])
    ask(POINT, headers={"traceparent": f"00-{TRACE}-{SPAN}-01"})
    ask(POINT, headers={"traceparent": "00-nonsense"})
    known, new = [environ[ENTRY].trace_id for environ in seen]
    assert known == TRACE
    assert new not in {None, TRACE}
    by_name, _ = spans()
    assert f"{by_name['auth'].context.trace_id:032x}" == new


def test_statements_are_spans_within_what_waits_for_them(told, tracer, spans, accounts, accounts_url):
    engine = open_engine(accounts_url)
    trace_engine(engine, tracer)
    told.keys._engine = engine
    issued = accounts.create_key("traced@example.org", "premium")
    app = TracedApplication(create_app(*traced(told, ENDPOINTS, tracer)), tracer)
    assert Caller(app, issued.key)(POINT).status_code == 200
    engine.dispose()
    by_name, parents = spans()
    assert parents["postgres"] == "auth"
    statement = by_name["postgres"].attributes["db.query.text"]
    assert "api_keys" in statement
    assert issued.id not in statement


def test_a_fault_of_ours_marks_the_request_and_tells_nothing_of_it(app, keys, spans):
    assert Caller(app, keys["premium"])("/v1/broken").status_code == 500
    by_name, _ = spans()
    request = by_name["GET /v1/broken"]
    assert (request.status.status_code, request.attributes["kalpi.problem"]) == (StatusCode.ERROR, "internal")
    assert not [event for span in by_name.values() for event in span.events]


@pytest.mark.check(24)
def test_no_span_holds_what_a_caller_writes(app, keys, exporter):
    canary = "kalpi_live_canarycanary_canary"
    ask = Caller(app, keys["premium"])
    ask(f"/v1/symbols/{canary}/at/latest", headers={"User-Agent": canary, "Referer": canary})
    ask(POINT, query_string=f"columns={canary}")
    Caller(app, canary)(POINT)
    told = [json.loads(span.to_json()) for span in exporter.get_finished_spans()]
    assert canary not in json.dumps(told)
    assert keys["premium"] not in json.dumps(told)


def test_without_them_nothing_of_it_is_loaded_and_with_them_missing_it_is_said():
    code = (
        "import sys, api.wsgi\n"
        "assert not {'api.traces', 'opentelemetry.sdk.trace'} & set(sys.modules)\n"  # redis loads a part of its own
        "sys.modules['opentelemetry.sdk.trace'] = None\n"
        "from warehouse import traces\n"
        "assert traces.wanted({'KALPI_TRACES': '1'}) and not traces.wanted({})\n"
        "try:\n    traces.tracer('x')\n"
        "except traces.TracesMissing as ex:\n    assert 'kalpi[traces]' in str(ex)\n"
        "else:\n    raise AssertionError\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={})


def test_the_wrapped_parts_answer_as_the_real_ones(told, tracer):
    around, endpoints = traced(told, ENDPOINTS, tracer)
    assert around.keys.available is told.keys.available
    assert isinstance(told.keys, Authenticator)
    assert around.quotas.degraded is False
    assert [(one.name, one.group) for one in endpoints] == [(one.name, one.group) for one in ENDPOINTS]
