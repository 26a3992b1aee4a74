"""Addresses that come too often without being known are held up; keys that are known go on."""

import pytest
import redis

from api.accounts.keys import issue
from api.app import create_app
from api.gate.address import Proxies
from api.gate.rules import MISTAKES, OPEN
from tests.api.conftest import Caller, deps
from tests.api.test_problems import checked

POINT = "/v1/symbols/AAPL/at/latest"
HERE, THERE = "203.0.113.1", "203.0.113.2"


@pytest.fixture
def used_up(redis_url):
    """Make an address use up what a rule allows, or get blocked, as if it had come here."""

    def use(address, rule, **fields):
        with redis.Redis.from_url(redis_url, decode_responses=True) as client:
            key = f"kalpi:gate:{{{address}}}"
            now, _ = client.time()
            window = now - now % rule.seconds
            counted = {f"{rule.name}:window": window, f"{rule.name}:count": rule.allowed}
            client.hset(key, mapping=counted | {name: value + now * 1000 for name, value in fields.items()})

    return use


def test_open_routes_are_counted_by_address_and_probes_are_not(anyone, used_up):
    assert anyone("/openapi.json", remote_addr=HERE).status_code == 200
    used_up(HERE, OPEN)
    refused = anyone("/openapi.json", remote_addr=HERE)
    members = checked(refused, "quota-exceeded")
    assert members["violated-policies"] == ["open"]
    assert 1 <= int(refused.headers["Retry-After"]) <= OPEN.seconds
    assert anyone("/v1/auth/token", method="POST", remote_addr=HERE).status_code == 429
    assert anyone("/openapi.json", remote_addr=THERE).status_code == 200
    assert {anyone(path, remote_addr=HERE).status_code for path in ("/healthz", "/readyz")} == {200}


def test_mistakes_are_counted_and_a_known_key_goes_on(anyone, premium, pro, used_up):
    assert premium(POINT, remote_addr=HERE).status_code == 200
    used_up(HERE, MISTAKES)
    bearer = {"Authorization": "Bearer abc"}
    assert anyone(POINT, remote_addr=HERE).status_code == 429
    assert anyone(POINT, remote_addr=HERE, headers=bearer).status_code == 429
    for key in (issue().text, "x"):
        checked(Caller(premium.app, key)(POINT, remote_addr=HERE), "quota-exceeded")
    assert premium(POINT, remote_addr=HERE).status_code == 200
    assert pro(POINT, remote_addr=HERE).status_code == 429  # nothing is looked up for this address now
    assert pro(POINT, remote_addr=THERE).status_code == 200


def test_every_kind_of_mistake_counts_and_a_good_key_does_not(anyone, premium, redis_url):
    premium(POINT, remote_addr=HERE)
    unknown = Caller(premium.app, issue().text)
    anyone(POINT, remote_addr=HERE)
    unknown(POINT, remote_addr=HERE)
    anyone(POINT, remote_addr=HERE, headers={"X-API-Key": "x"})
    anyone(POINT, remote_addr=HERE, headers={"Authorization": "Bearer abc"})
    premium(POINT, remote_addr=HERE, headers={"Authorization": "Bearer abc"})
    form = f"grant_type=client_credentials&client_id=abcdefghijkl&client_secret={issue().text}"
    asked = {"body": form, "headers": {"Content-Type": "application/x-www-form-urlencoded"}, "host": "127.0.0.1"}
    assert anyone("/v1/auth/token", method="POST", remote_addr=HERE, **asked).status_code == 401
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        assert client.hget(f"kalpi:gate:{{{HERE}}}", f"{MISTAKES.name}:count") == "6"


def test_a_blocked_address_is_told_so(anyone, used_up):
    used_up(HERE, OPEN, blocked=900_000)
    for path in ("/openapi.json", POINT):
        refused = anyone(path, remote_addr=HERE)
        checked(refused, "abnormal-usage-detected")
        assert 890 < int(refused.headers["Retry-After"]) <= 901
    assert anyone("/healthz", remote_addr=HERE).status_code == 200


@pytest.mark.check(29)
def test_forged_headers_make_no_other_address(anyone, used_up):
    used_up(HERE, OPEN)
    for number in range(20):
        forged = dict.fromkeys(("X-Forwarded-For", "X-Real-IP"), f"192.0.2.{number}")
        forged["Forwarded"] = f"for=192.0.2.{number}"
        assert anyone("/openapi.json", remote_addr=HERE, headers=forged).status_code == 429


@pytest.mark.check(29)
def test_behind_a_proxy_each_client_is_counted_alone(world, follower, accounts_url, redis_url, used_up):
    proxies = Proxies.parse("10.0.0.0/8", None)
    used_up(HERE, OPEN)
    with deps(world, follower, accounts_url, redis_url, proxies=proxies) as told:
        ask = Caller(create_app(told), None)
        for forged in ("", "192.0.2.1, ", "10.0.0.9, 192.0.2.1, "):
            headers = {"X-Forwarded-For": f"{forged}{HERE}"}
            assert ask("/openapi.json", remote_addr="10.0.0.1", headers=headers).status_code == 429
        headers = {"X-Forwarded-For": f"{HERE}, {THERE}"}
        assert ask("/openapi.json", remote_addr="10.0.0.1", headers=headers).status_code == 200
