"""Costs: one of the minute always; of the day the price, and nothing for mistakes and repeats."""

import re

import pytest
import redis

from api.accounts.tiers import seeded
from tests.api.conftest import Caller

POINT = "/v1/symbols/AAPL/at/latest"
FREE, _, PREMIUM = seeded()
MINUTE, DAY = FREE.per_minute, FREE.per_day
_POLICY = re.compile(r'"(\w+)";q=(\d+);w=(\d+)')
_LEFT = re.compile(r'"(\w+)";r=(\d+);t=(\d+)')


def left(answer):
    """Read what is left of the quotas, in the form of the draft."""
    header = answer.headers["RateLimit"]
    assert re.fullmatch(rf"{_LEFT.pattern}(, {_LEFT.pattern})*", header)
    return {name: int(remaining) for name, remaining, _ in _LEFT.findall(header)}


def test_the_headers_tell_the_tiers_quotas(free, premium):
    answer = free(POINT)
    assert answer.headers["RateLimit-Policy"] == f'"minute";q={MINUTE};w=60, "day";q={DAY};w=86400'
    for name, remaining, seconds in _LEFT.findall(answer.headers["RateLimit"]):
        quota, window = {name: (int(q), int(w)) for name, q, w in _POLICY.findall(answer.headers["RateLimit-Policy"])}[
            name
        ]
        assert int(remaining) == quota - 1
        assert 0 <= int(seconds) <= window
    unlimited = premium(POINT)
    assert unlimited.headers["RateLimit-Policy"] == f'"minute";q={PREMIUM.per_minute};w=60'
    assert left(unlimited) == {"minute": PREMIUM.per_minute - 1}


@pytest.mark.parametrize(
    ("path", "status", "price"),
    [
        (POINT, 200, 1),
        ("/v1/symbols", 200, 1),
        ("/v1/symbols/AAPL", 200, 1),
        ("/v1/symbols/AAPL/bars", 200, 1),
        ("/v1/symbols/AAPL/indicators/sma", 200, 1),
        ("/v1/indicators", 200, 0),
        ("/v1/indicators/sma", 200, 0),
        ("/v1/snapshots", 200, 0),
        ("/v1/snapshots/current", 200, 0),
        ("/v1/me", 200, 0),
        ("/v1/symbols/NONE", 404, 0),
        ("/v1/symbols/AAPL/indicators/rsi", 403, 0),
        ("/v1/symbols/AAPL/indicators/sma?period=0", 422, 0),
    ],
)
@pytest.mark.check(16)
def test_prices(free, path, status, price):
    answer = free(path)
    assert answer.status_code == status
    assert left(answer) == {"minute": MINUTE - 1, "day": DAY - price}


@pytest.mark.check(16)
def test_head_costs_what_get_costs_and_options_nothing(free):
    assert left(free(POINT, method="HEAD")) == {"minute": MINUTE - 1, "day": DAY - 1}
    free(POINT, method="OPTIONS")
    assert left(free(POINT)) == {"minute": MINUTE - 2, "day": DAY - 2}


@pytest.mark.check(16)
def test_a_repeat_costs_nothing_of_the_day(free):
    tag = free(POINT).headers["ETag"]
    again = free(POINT, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert left(again) == {"minute": MINUTE - 2, "day": DAY - 1}


@pytest.mark.check(16)
def test_what_is_refused_before_we_know_who_asks_is_not_counted(free, anyone):
    for answer in (anyone(POINT), free("/nowhere"), free(POINT, query_string="api_key=x")):
        assert "RateLimit" not in answer.headers
    assert left(free("/v1/me")) == {"minute": MINUTE - 1, "day": DAY}


def test_a_used_up_day_still_answers_what_costs_nothing(free, redis_url):
    tag = free(POINT).headers["ETag"]
    with redis.Redis.from_url(redis_url) as client:
        (key,) = client.keys("kalpi:quota:*")
        client.hset(key, "day_used", DAY)
    refused = free(POINT)
    assert refused.status_code == 429
    assert refused.json["violated-policies"] == ["day"]
    assert int(refused.headers["Retry-After"]) <= 86_400
    assert left(refused)["day"] == 0
    assert free(POINT, headers={"If-None-Match": tag}).status_code == 304
    assert free("/v1/me").status_code == 200


def test_keys_of_one_account_share_its_quota(free, accounts, app):
    free(POINT)
    second = Caller(app, accounts.create_key("free@example.org").key)
    assert left(second(POINT)) == {"minute": MINUTE - 2, "day": DAY - 2}
