import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.gate import Gate
from api.gate.rules import Rule
from api.problems import Refusal
from tests.api.gate.conftest import SECRET, at

FOREVER = 10**9  # a window that ends in 2033: no test straddles its edge
THREE = Rule("three", 3, FOREVER)
BLOCKING = Rule("blocking", 3, FOREVER, blocks=900)
HERE, THERE = at("203.0.113.1"), at("203.0.113.2")


def problem(call, *args):
    with pytest.raises(Refusal) as refused:
        call(*args)
    return refused.value.problem.slug, refused.value.retry_after


def test_so_many_are_let_through_and_no_more(gate):
    for _ in range(3):
        gate.count(HERE, THREE)
    slug, wait = problem(gate.count, HERE, THREE)
    assert slug == "quota-exceeded"
    assert 0 < wait <= FOREVER
    gate.count(THERE, THREE)
    gate.count(HERE, BLOCKING)


def test_workers_count_together(gates):
    several = [gates() for _ in range(4)]
    rule = Rule("hundred", 100, FOREVER)

    def allowed(number):
        try:
            several[number % 4].count(HERE, rule)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(allowed, range(400))) == 100


@pytest.mark.check(25)
def test_a_block_is_of_the_whole_address_and_as_long_as_told(gates, client):
    gate = gates()
    for _ in range(3):
        gate.count(HERE, BLOCKING)
    assert not gate.alert
    slug, wait = problem(gate.count, HERE, BLOCKING)
    assert slug == "abnormal-usage-detected"
    assert 899 <= wait <= 900
    assert gate.alert
    for other in (gate, gates()):
        assert problem(other.count, HERE, THREE)[0] == "abnormal-usage-detected"
        assert problem(other.look, HERE)[0] == "abnormal-usage-detected"
        other.count(THERE, THREE)
    until = float(client.hget("kalpi:gate:{203.0.113.1}", "blocked"))
    assert 899_000 <= until - time.time() * 1000 <= 900_000


@pytest.mark.check(25)
def test_a_block_ends(gate):
    rule = Rule("short", 1, FOREVER, blocks=1)
    gate.count(HERE, rule)
    assert problem(gate.count, HERE, rule) == ("abnormal-usage-detected", 1)
    time.sleep(1.05)
    gate.look(HERE, rule)
    gate.count(HERE, rule)


@pytest.mark.check(29)
def test_neighbours_of_a_64_are_one_client(gate):
    for last in range(3):
        gate.count(at(f"2001:db8:1:2::{last}"), THREE)
    assert problem(gate.count, at("2001:db8:1:2:ffff::"), THREE)[0] == "quota-exceeded"
    gate.count(at("2001:db8:1:3::"), THREE)


SPOILERS = {
    "persisted": lambda client, key: client.persist(key),
    "a string": lambda client, key: client.set(key, "word"),
    "a list": lambda client, key: client.delete(key) and client.rpush(key, "word"),
    "words": lambda client, key: client.hset(key, mapping={"blocked": "x", "second:window": "y", "second:count": "z"}),
    "the future": lambda client, key: client.hset(key, mapping={"blocked": 10**15, "second:count": 10**6}),
}


@pytest.mark.parametrize("spoil", SPOILERS.values(), ids=SPOILERS.keys())
def test_a_spoilt_key_heals_within_a_window(gate, client, spoil):
    rule = Rule("second", 2, 1)
    gate.count(HERE, rule)
    spoil(client, "kalpi:gate:{203.0.113.1}")
    time.sleep(1)
    gate.count(HERE, rule)
    assert client.ttl("kalpi:gate:{203.0.113.1}") <= 1


@pytest.mark.check(17)
def test_without_redis_a_worker_counts_its_share_and_nobody_logs_in(valkey):
    gate = Gate(valkey.unix_url, SECRET, workers=2, probe_every=0.05)
    rule = Rule("ten", 10, FOREVER)
    try:
        gate.count(HERE, rule)
        valkey.kill()
        for _ in range(5):
            gate.count(HERE, rule)
        assert problem(gate.count, HERE, rule)[0] == "quota-exceeded"
        assert gate.degraded
        assert problem(gate.login, THERE, "ada@example.org") == ("temporary-reduced-capacity", 2)
        assert problem(gate.require_counting)[0] == "temporary-reduced-capacity"
    finally:
        gate.close()
