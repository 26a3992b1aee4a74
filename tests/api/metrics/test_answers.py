"""What is counted of answers, in process."""

import msgspec
import pytest

from api.app import create_app
from api.metrics.answers import AnswerMetrics
from api.metrics.instruments import Instruments
from tests.api.conftest import Caller
from tests.api.metrics.scrapes import total

SERIES = "/v1/symbols/AAPL/indicators/{}"


@pytest.fixture
def instruments():
    return Instruments()


@pytest.fixture
def ask(told, instruments, keys):
    return Caller(create_app(msgspec.structs.replace(told, requests=AnswerMetrics(instruments))), keys["premium"])


@pytest.fixture
def counted(instruments):
    return lambda name, **labels: total(instruments.scrape().octets.decode(), name, **labels)


def test_indicators_are_counted_by_where_their_values_come_from(ask, counted):
    for path, times in (("rsi", 2), ("rsi?period=15", 1), ("nothing", 1), ("rsi?period=0", 1)):
        for _ in range(times):
            ask(SERIES.format(path.partition("?")[0]), query_string=path.partition("?")[2])
    batch = {"symbols": ["AAPL", "IBM", "NONE"], "indicators": [{"id": "rsi"}, {"id": "sma", "params": {"period": 7}}]}
    assert ask("/v1/batch", method="POST", json=batch).status_code == 200
    name = "kalpi_indicator_answers_total"
    assert counted(name, indicator="rsi", source="stored") == 4
    assert counted(name, indicator="rsi", source="computed") == 1
    assert counted(name, indicator="sma", source="computed") == 2
    assert counted(name) == 7


def test_what_still_holds_is_counted_as_such_and_costs_nothing(ask, counted):
    tag = ask(SERIES.format("rsi")).headers["ETag"]
    assert counted("kalpi_quota_units_total", tier="premium") == 1
    assert ask(SERIES.format("rsi"), headers={"If-None-Match": tag}).status_code == 304
    assert counted("kalpi_cache_answers_total", verdict="revalidated") == 1
    assert counted("kalpi_requests_total", status="304") == 1
    assert counted("kalpi_quota_units_total", tier="premium") == 1


def test_refusals_are_counted_by_quota(told, instruments, counted, accounts):
    app = create_app(msgspec.structs.replace(told, requests=AnswerMetrics(instruments)))
    ask = Caller(app, accounts.create_key("metrics-refused@example.org", "free").key)
    answers = [ask("/v1/symbols/AAPL/at/latest", query_string="columns=close").status_code for _ in range(52)]
    assert answers == [200] * 50 + [429] * 2
    assert counted("kalpi_quota_refusals_total", tier="free", quota="day") == 2
    assert counted("kalpi_problems_total", problem="quota-exceeded") == 2
    assert counted("kalpi_quota_units_total", tier="free") == 50


def test_what_is_answered_uncounted_is_counted(told, instruments, counted, keys, monkeypatch):
    monkeypatch.setattr(told.quotas._breaker, "_open", True)
    ask = Caller(create_app(msgspec.structs.replace(told, requests=AnswerMetrics(instruments))), keys["premium"])
    assert ask("/v1/symbols/AAPL/at/latest").status_code == 200
    assert counted("kalpi_quota_bypasses_total", tier="premium") == 1
    assert counted("kalpi_quota_units_total") == 0


@pytest.mark.parametrize(("method", "shown"), [("TRACE", "other"), ("DELETE", "DELETE")])
def test_methods_are_a_closed_set(ask, counted, method, shown):
    assert ask("/v1/me", method=method).status_code in {400, 405}
    assert counted("kalpi_requests_total", method=shown) == 1
    assert counted("kalpi_requests_total") == 1
