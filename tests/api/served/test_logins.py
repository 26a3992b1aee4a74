"""Passwords that are guessed over HTTP: who guesses waits, and the owner does not."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from api.gate.rules import PASSWORDS, TRIES
from tests.api.people import PASSWORD
from tests.api.served.stage import staged
from tests.services import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.check(25)]
OWNERS, WRONG = "198.51.100.7", "not the right password"
PROXIED = {"KALPI_TRUSTED_PROXIES": "127.0.0.1", "KALPI_PROXY_HOPS": "1"}


@pytest.fixture(scope="module")
def stage(world, postgres, shared_valkey):
    with redis.Redis.from_url(shared_valkey.unix_url) as client:
        client.flushall()
    with staged(world, postgres, shared_valkey.unix_url, **PROXIED) as stage:
        yield stage


@pytest.fixture
def owner(stage, request):
    """Somebody who has an account, and has logged in from home."""
    email = f"{request.node.name[:30]}@example.org".replace("_", "-")
    answer = stage.client.post("/v1/users", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 202
    assert login(stage, email, OWNERS, PASSWORD).status_code == 200
    return email


def login(stage, email, address, password=WRONG):
    body = {"email": email, "password": password}
    return stage.client.post("/v1/auth/login", json=body, headers={"X-Forwarded-For": address})


def statuses(answers):
    return Counter(answer.status_code for answer in answers)


def waits(answers):
    return [int(answer.headers.get("Retry-After", 0)) for answer in answers]


def test_twenty_wrong_ones_from_ten_addresses_wait_longer_and_longer(stage, owner):
    begun = time.monotonic()
    answers = [login(stage, owner, f"203.0.113.{number}") for number in range(10)]
    assert waits(answers) == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60]
    assert statuses(answers) == {401: 10}
    again = [login(stage, owner, f"203.0.113.{number}") for number in range(10)]
    assert time.monotonic() - begun < sum(waits(answers))  # so no thread has slept for them
    assert statuses(again[:3]) == {401: 3}  # who was not told to wait need not
    assert waits(again[:3]) == [60] * 3
    assert statuses(again[6:]) == {429: 4}
    assert all(answer.json()["violated-policies"] == ["tries"] for answer in again[6:])
    assert login(stage, owner, OWNERS, PASSWORD).status_code == 200
    assert login(stage, owner, "203.0.113.99", PASSWORD).status_code == 200  # nobody told this one to wait


def patiently(stage, email, client):
    """Log in as soon as a worker has a place to hash."""
    while (answer := login(stage, email, client)).status_code == 503:
        time.sleep(0.01)
    return answer


def test_an_account_is_tried_a_hundred_times_an_hour_by_strangers_and_its_owner_comes_in(stage, owner):
    with ThreadPoolExecutor(4) as pool:
        tries = pool.map(lambda number: patiently(stage, owner, f"10.1.0.{number}"), range(160))
        assert statuses(tries) == {401: TRIES.allowed, 429: 160 - TRIES.allowed}
    refused = login(stage, owner, "10.2.0.1", PASSWORD)
    assert refused.status_code == 429
    assert 60 < waits([refused])[0] <= TRIES.seconds
    assert login(stage, owner, OWNERS, PASSWORD).status_code == 200


def test_an_address_with_a_list_of_accounts_is_blocked_in_every_worker_and_nobody_else_is(stage, owner):
    thief = "192.0.2.66"
    answers = [patiently(stage, f"user{number}@example.org", thief) for number in range(200)]
    assert statuses(answers) == {401: PASSWORDS.allowed, 429: 200 - PASSWORDS.allowed}
    blocked = answers[PASSWORDS.allowed :]
    assert all(answer.json()["type"].endswith("#abnormal-usage-detected") for answer in blocked)
    assert PASSWORDS.blocks - 1 <= waits(blocked)[0] <= PASSWORDS.blocks
    assert all(PASSWORDS.blocks - 60 <= wait <= PASSWORDS.blocks for wait in waits(blocked))
    anywhere = {"X-Forwarded-For": thief, "Connection": "close"}
    assert {stage.client.get("/openapi.json", headers=anywhere).status_code for _ in range(20)} == {429}
    assert login(stage, owner, OWNERS, PASSWORD).status_code == 200
    told = "select host(client) as client from security_events where kind = 'address-blocked'"
    wait_for(lambda: stage.sql(told))
    assert stage.sql(told) == [{"client": thief}]
    (failed,) = stage.sql(
        "select count(*) as times from security_events where kind = 'login-failed' and client = %(c)s", c=thief
    )
    assert failed["times"] >= PASSWORDS.allowed
