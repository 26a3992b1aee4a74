"""Quotas over several workers and many clients: exact, and told as the draft says."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import http_sf
import pytest
import redis

from tests.api.load import ask
from tests.api.served.stage import POINT, leave_room, staged, statuses

pytestmark = pytest.mark.slow
_LEFT = re.compile(r'"day";r=(\d+)')
DOCUMENTED = {"minute", "day"}


@pytest.fixture(scope="module")
def stage(world, postgres, shared_valkey):
    with redis.Redis.from_url(shared_valkey.unix_url) as client:
        client.flushall()
    tiers = {
        "free": {"per_minute": 100_000, "per_day": 1000, "concurrent_requests": None},
        "pro": {"per_minute": 300, "per_day": 1000, "concurrent_requests": None},
    }
    with staged(world, postgres, shared_valkey.unix_url, tiers=tiers) as stage:
        yield stage


def left_of_day(answer):
    return int(_LEFT.search(answer.headers["ratelimit"])[1])


@pytest.mark.check(12)
@pytest.mark.parametrize("repeat", range(3))
def test_sixteen_clients_on_four_workers_get_exactly_the_quota(stage, repeat):  # noqa: ARG001
    leave_room(120, window=86_400)
    answers = stage.ask(stage.key("free"), 1600)
    assert statuses(answers) == {200: 1000, 429: 600}
    assert sorted(left_of_day(one) for one in answers if one.status == 200) == list(range(1000))


@pytest.mark.check(13)
def test_of_two_quotas_a_refusal_burns_neither(stage, shared_valkey):
    leave_room(40)
    issued = stage.key("pro")
    answers = stage.ask(issued, 1600)
    assert statuses(answers) == {200: 300, 429: 1300}
    assert {tuple(json.loads(one.body)["violated-policies"]) for one in answers if one.status == 429} == {("minute",)}
    with redis.Redis.from_url(shared_valkey.unix_url) as client:
        assert client.hget(f"kalpi:quota:{{{issued.account_id}}}", "day_used") == b"300"


@pytest.mark.check(12)
def test_an_account_without_a_daily_quota_gets_exactly_its_minute(stage):
    stage.tier("premium", per_minute=1000)
    leave_room(40)
    answers = stage.ask(stage.key("premium"), 1600)
    assert statuses(answers) == {200: 1000, 429: 600}
    assert min(int(re.search(r"r=(\d+)", one.headers["ratelimit"])[1]) for one in answers if one.status == 200) == 0


def windows_of(header, parameters):
    """Read a list of strings with parameters, as structured fields (RFC 9651)."""
    read = http_sf.parse(header.encode(), tltype="list")
    assert all(type(name) is str and set(told) <= parameters for name, told in read)
    return dict(read)


@pytest.mark.check(15)
def test_a_thousand_answers_tell_their_quotas_as_the_draft_has_it(stage):
    stage.tier("premium", per_minute=120_000)
    issued = {tier: stage.key(tier) for tier in ("free", "pro", "premium")}
    paths = (POINT, "/v1/me", "/v1/symbols/NONE", "/v1/symbols/AAPL/indicators/rsi?period=1", f"{POINT}?dry_run=1")
    requests = [
        (paths[turn % 5], {"X-API-Key": issued[("free", "pro", "premium")[turn % 3]].key}) for turn in range(1000)
    ]
    answers = ask(stage.client, requests)
    assert len(answers) == 1000
    assert {429, 200, 404, 422} >= set(statuses(answers)) >= {200, 404, 422}
    for answer in answers:
        policy = windows_of(answer.headers["ratelimit-policy"], {"q", "w"})
        left = windows_of(answer.headers["ratelimit"], {"r", "t"})
        assert policy.keys() == left.keys() <= DOCUMENTED
        for name, told in left.items():
            assert {type(number) for number in (*told.values(), *policy[name].values())} == {int}
            assert 0 <= told["r"] <= policy[name]["q"]
            assert 0 <= told["t"] <= policy[name]["w"]
            assert policy[name]["w"] >= 1
        if answer.status == 429:
            members = json.loads(answer.body)
            assert members["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
            violated = [left[name]["t"] for name in members["violated-policies"]]
            assert int(answer.headers["retry-after"]) >= max(violated)


@pytest.mark.check(12)
def test_keys_of_one_account_on_all_workers_share_one_quota(stage):
    leave_room(60, window=86_400)
    keys = [stage.key("free", "shared") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        several = pool.map(lambda issued: stage.ask(issued, 300, clients=4), keys)
    assert statuses(chain(*several)) == {200: 1000, 429: 200}
