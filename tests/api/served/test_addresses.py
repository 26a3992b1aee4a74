"""One address is one, whatever its headers say, over all workers."""

import random

import pytest
import redis

from api.gate.rules import OPEN
from tests.api.load import ask
from tests.api.served.stage import ANYWHERE, leave_room, staged, statuses

pytestmark = [pytest.mark.slow, pytest.mark.check(29)]
CHANCE = random.Random(29)  # noqa: S311
PAGE = "/problems/no-bar"


def forged():
    """Make up what a client may write to be taken for somebody else."""
    address = ".".join(str(CHANCE.randrange(1, 255)) for _ in range(4))
    return {
        "X-Forwarded-For": CHANCE.choice([address, f"{address}, 10.0.0.1", f"127.0.0.1, {address}", "::1", "nonsense"]),
        "Forwarded": f"for={address};proto=https",
        "X-Real-IP": address,
    }


@pytest.fixture(params=["no proxy", "one proxy"])
def stage(world, postgres, shared_valkey, request):
    with redis.Redis.from_url(shared_valkey.unix_url) as client:
        client.flushall()
    proxied = {"KALPI_TRUSTED_PROXIES": "127.0.0.1", "KALPI_PROXY_HOPS": "1"} if request.param == "one proxy" else {}
    with staged(world, postgres, shared_valkey.unix_url, **proxied) as stage:
        stage.proxied = bool(proxied)
        yield stage


def test_a_thousand_forged_requests_are_one_client_s(stage, shared_valkey):
    leave_room(40)
    requests = []
    for _ in range(1000):
        headers = forged()
        if stage.proxied:  # the proxy appends whom it was asked by
            headers["X-Forwarded-For"] += ", 203.0.113.9"
        requests.append((PAGE, {**headers, **ANYWHERE}))
    assert statuses(ask(stage.client, requests)) == {200: OPEN.allowed, 429: 1000 - OPEN.allowed}
    client = "203.0.113.9" if stage.proxied else "127.0.0.1"
    with redis.Redis.from_url(shared_valkey.unix_url, decode_responses=True) as valkey:
        assert valkey.keys("kalpi:gate:*") == [f"kalpi:gate:{{{client}}}"]
    if stage.proxied:
        requests = [(PAGE, {"X-Forwarded-For": f"1.2.3.4, 2001:db8:1:2::{number:x}"}) for number in range(700)]
        assert statuses(ask(stage.client, requests)) == {200: OPEN.allowed, 429: 100}  # a /64 is one
    assert stage.row(ask(stage.client, requests[-1:])[0].name)["problem"] == "quota-exceeded"
    clients = {row["client"] for row in stage.sql("select distinct host(client) as client from requests")}
    assert client in clients
    assert all(one == client or one.startswith("2001:db8:1:2:") or one == "127.0.0.1" for one in clients)
