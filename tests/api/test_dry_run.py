"""`dry_run=1` tells the price and takes nothing."""

import json

import pytest
import redis

from api.accounts.tiers import seeded
from api.endpoint import PUBLIC
from api.routes import ENDPOINTS
from tests.api.test_metering import left
from tests.api.test_problems import checked

POINT = "/v1/symbols/AAPL/at/latest"
FREE, _, PREMIUM = seeded()
MINUTE, DAY = FREE.per_minute, FREE.per_day
DRY = {"query_string": "dry_run=1"}
NAMES = {"symbol": "AAPL", "id": "sma", "date": "latest", "slug": "no-bar", "indicator": "sma"}
METERED = [one for one in ENDPOINTS if one.price is not PUBLIC and not one.acts and one.group != "sql"]  # not for Free
DATED = {"symbol": "AAPL", "interval": "1day"}
BATCH = {"symbols": ["AAPL", "NONE", "IBM"], "indicators": [{"id": "sma"}, {"id": "ema"}]}
QUERIES = {
    "at_at": {"symbols": "AAPL,NONE,IBM", "columns": "close,sma_20"},
    "alphavantage_query": {"function": "SMA", "symbol": "AAPL", "interval": "daily", "time_period": "9"},
    "twelvedata_time_series": DATED,
    "twelvedata_indicator": DATED,
    **{f"twelvedata_{name}": {"symbol": "AAPL"} for name in ("quote", "price", "eod", "symbol_search", "stocks")},
}
BODIES = {
    "/v1/screen": {"where": "close > sma_20 and close > ema(hl2, 9)"},
    "/v1/batch": BATCH,
    "/v1/expressions": {"symbols": ["AAPL", "NONE", "IBM"], "expressions": {"x": "sma(close, 9) / ema(hl2, 5)"}},
}


@pytest.mark.parametrize("endpoint", METERED, ids=lambda endpoint: endpoint.name)
def test_every_metered_route_tells_what_it_then_costs(endpoint, free, anyone):
    told = anyone.json("/openapi.json")["paths"][endpoint.path][endpoint.method.lower()]
    assert "dry_run" in [one["name"] for one in told["parameters"]]
    path, query = endpoint.path.format_map(NAMES), QUERIES.get(endpoint.name, {})
    body = json.dumps(BODIES[endpoint.path]) if endpoint.has_body else None
    dry = free(path, method=endpoint.method, body=body, params=query | {"dry_run": "1"})
    cost = dry.json["cost"]
    assert dry.json == {
        "cost": {"minute": 1, "day": cost["day"]},
        "left": {"minute": MINUTE - 1, "day": DAY - cost["day"]},
        "allowed": True,
        "retry_after": None,
    }
    assert left(dry) == {"minute": MINUTE, "day": DAY}
    assert left(free(path, method=endpoint.method, body=body, params=query)) == dry.json["left"]


def test_a_batch_is_priced_by_what_it_would_answer(free):
    dry = free("/v1/batch", method="POST", body=json.dumps(BATCH), **DRY)
    assert dry.json["cost"] == {"minute": 1, "day": 4}


def test_a_repeat_is_known_to_be_free(free):
    tag = free(POINT).headers["ETag"]
    assert free(POINT, headers={"If-None-Match": tag}, **DRY).json["cost"]["day"] == 0


def test_a_mistake_is_told_and_costs_nothing_at_all(free):
    checked(free("/v1/symbols/AAPL/indicators/rsi", **DRY), "indicator-above-tier")
    checked(free("/v1/symbols/NONE", **DRY), "unknown-symbol")
    assert left(free(POINT)) == {"minute": MINUTE - 1, "day": DAY - 1}


def test_what_is_used_up_is_told_with_when_there_is_more(free, redis_url):
    free(POINT)
    with redis.Redis.from_url(redis_url) as client:
        (key,) = client.keys("kalpi:quota:*")
        client.hset(key, "day_used", DAY - 1)
    body = json.dumps({"symbols": ["AAPL", "IBM"], "indicators": [{"id": "sma"}]})
    dry = free("/v1/batch", method="POST", body=body, **DRY).json
    assert (dry["allowed"], dry["left"]["day"]) == (False, 1)
    assert 0 < dry["retry_after"] <= 86_400
    assert free(POINT, **DRY).json["left"]["day"] == 0
    assert free(POINT).status_code == 200


def test_without_a_daily_quota_there_is_no_day(premium):
    for _ in range(8):  # so that a lease is held
        premium(POINT)
    dry = premium(POINT, **DRY).json
    assert dry["left"] == {"minute": PREMIUM.per_minute - 9, "day": None}


@pytest.mark.parametrize("word", ["2", "yes", "true"])
def test_another_word_is_refused(free, word):
    members = checked(free(POINT, query_string=f"dry_run={word}"), "parameter-out-of-bounds")
    assert (members["parameter"], members["allowed"]) == ("dry_run", ["0", "1"])


def test_zero_is_the_question_itself(free):
    assert free(POINT, query_string="dry_run=0").json["symbol"] == "AAPL"
    checked(free(POINT, query_string="dry_run=1&dry_run=1"), "repeated-parameter")


def test_open_routes_know_no_dry_run(anyone):
    checked(anyone("/openapi.json", **DRY), "unknown-parameter")
