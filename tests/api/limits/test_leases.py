"""Leases: most requests without a round trip, and never one beyond the quota."""

import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.limits import Limiter, leases
from tests.api.limits.conftest import KEY, tier
from tests.services import wait_for

UNTIL = 40
AHEAD = 1 + 2 + 4 + 8 + 16 + 32 - UNTIL
"""What is taken ahead and unused after `UNTIL` requests at once."""
TAKER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from api.accounts.tiers import Tier
from api.limits import Limiter

tier = Tier(name="t", rank=0, per_minute=int(sys.argv[2]))
limiter = Limiter(sys.argv[1], minute_seconds=10**9, day_seconds=10**9, timeout=2)
with ThreadPoolExecutor(8) as pool:
    print(sum(pool.map(lambda _: limiter.take("ada", tier).allowed, range(int(sys.argv[3])))))
"""  # it never closes its limiter: its end has to


def taken(redis_url, quota, tries):
    command = [sys.executable, "-c", TAKER, redis_url, str(quota), str(tries)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def take(limiter, times=1, quota=10**6, **options):
    return [limiter.take("ada", tier(quota), **options) for _ in range(times)]


def used(client):
    return int(client.hget(KEY, "minute_used"))


def expire(limiter):
    limiter._leases._leases["ada"].expires = 0.0


def sleep_until(fraction, seconds):
    """Sleep until this part of a window of so many seconds."""
    time.sleep((fraction * seconds - time.time()) % seconds)


def script_calls(client):
    return client.info("commandstats").get("cmdstat_evalsha", {"calls": 0})["calls"]


@pytest.mark.check(12)
def test_threads_and_limiters_together_get_exactly_the_quota(limiters):
    several = [limiters() for _ in range(4)]
    with ThreadPoolExecutor(16) as pool:
        verdicts = list(pool.map(lambda number: take(several[number % 4], quota=1000)[0], range(1600)))
    assert sum(verdict.allowed for verdict in verdicts) == 1000
    assert {verdict.violated for verdict in verdicts if not verdict.allowed} == {("minute",)}


@pytest.mark.check(12)
def test_processes_together_get_exactly_the_quota_and_their_end_gives_back(redis_url, limiters, client):
    takers = [taken(redis_url, 3000, 1200) for _ in range(2)]
    allowed = sum(int(taker.communicate(timeout=60)[0]) for taker in takers)
    assert used(client) == allowed == 2400
    takers = [taken(redis_url, 3000, 500) for _ in range(2)]
    allowed += sum(int(taker.communicate(timeout=60)[0]) for taker in takers)
    assert used(client) == allowed
    assert allowed + sum(verdict.allowed for verdict in take(limiters(), 100, quota=3000)) == 3000


def test_a_busy_account_seldom_asks_redis_and_a_slow_one_has_nothing_ahead(limiters, client, monkeypatch):
    limiter = limiters()
    take(limiter)  # loads the script
    before = script_calls(client)
    take(limiter, 1000)
    assert script_calls(client) - before < 60
    limiter.close()
    before = used(client)
    monkeypatch.setattr(leases, "_SECONDS", 0.01)
    slow = limiters()
    for number in range(1, 6):
        take(slow)
        assert used(client) == before + number
        time.sleep(0.015)


def test_an_account_with_a_daily_quota_asks_for_each_request(limiters, client):
    limiter = limiters()
    limiter.take("ada", tier(per_day=10**6))
    before = script_calls(client)
    lefts = [limiter.take("ada", tier(per_day=10**6)).day.left for _ in range(50)]
    assert script_calls(client) - before == 50
    assert lefts == list(range(10**6 - 2, 10**6 - 52, -1))
    assert "lease-returner" not in {thread.name for thread in threading.enumerate()}


def test_leftovers_come_back_within_a_second(limiters, client):
    limiter = limiters()
    take(limiter, UNTIL, cost=2)
    assert used(client) == UNTIL + AHEAD
    wait_for(lambda: used(client) == UNTIL, seconds=1)
    assert client.hget(KEY, "day_used") == str(2 * UNTIL)
    assert limiter._leases._leases == {}


def test_closing_gives_leftovers_back(limiters, client):
    limiter = limiters()
    take(limiter, UNTIL)
    limiter.close()
    assert used(client) == UNTIL


def test_the_next_order_takes_leftovers_along(limiters, client):
    limiter = limiters()
    take(limiter, UNTIL)
    expire(limiter)
    before = script_calls(client)
    (verdict,) = take(limiter)
    assert script_calls(client) - before == 1
    assert used(client) - limiter._leases._leases["ada"].left == UNTIL + 1
    assert verdict.minute.left == 10**6 - UNTIL - 1


def test_what_may_have_come_back_is_not_given_back_again(limiters, client):
    limiter = limiters()
    take(limiter, UNTIL)
    expire(limiter)
    client.client_kill_filter(_type="normal", skipme=True)
    (verdict,) = take(limiter)
    assert not verdict.degraded
    assert used(client) - limiter._leases._leases["ada"].left == UNTIL + AHEAD + 1


def test_a_lease_ends_with_its_minute(limiters, client):
    limiter = limiters(minute_seconds=2)
    take(limiter)
    sleep_until(0.93, 2)
    assert [verdict.minute.reset_seconds for verdict in take(limiter, 20)] == [1] * 20
    sleep_until(0.01, 2)
    (verdict,) = take(limiter)
    assert (verdict.minute.left, verdict.minute.reset_seconds) == (10**6 - 1, 2)
    assert used(client) - limiter._leases._leases["ada"].left == 1


def test_leftovers_of_a_minute_that_is_over_are_not_given_to_the_next(limiters, client):
    late, next_one = limiters(minute_seconds=2), limiters(minute_seconds=2)
    sleep_until(0.95, 2)
    take(late, UNTIL)
    sleep_until(0.01, 2)
    take(next_one, 100)
    time.sleep(0.8)
    assert used(client) == 100


def test_a_new_minute_voids_what_is_left_of_the_old():
    returned = []
    some = leases.Leases(lambda _, order: returned.append(order) or True)
    late = time.monotonic()  # the minute is over when the answer comes
    filling = some.spend("ada", 100, 1)
    assert some.fill(filling, leases.Supply(given=10, left=50, minute=0, day=0, sent=late, minute_ends=late)) == 59
    beside = some.spend("ada", 100, 1)
    assert (filling.fills, beside.fills, beside.most, beside.back) == (True, False, 1, 0)
    assert some.fill(beside, leases.Supply(1, 99, minute=60, day=0, sent=late, minute_ends=late + 60)) == 99
    filling.lease.asking = False
    some.close()
    assert [order.back for order in returned if order.minute == 60] in ([], [0])


@pytest.mark.check(14)
def test_no_window_gives_more_than_its_quota(limiters):
    """Every other window is asked for too little, so that leases are out at its end, and the next for too much."""

    def load(limiter):
        given = Counter()
        while (started := time.time()) < end:
            (verdict,) = take(limiter, quota=3000)
            if int(started) == int(time.time()):
                given[int(started)] += verdict.allowed
            if int(started) % 2:
                time.sleep(0.003)
        return given

    end = int(time.time()) + 6.5
    several = [limiters(minute_seconds=1) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        given = sum(pool.map(load, several), Counter())
    whole = {window: count for window, count in given.items() if window + 1 < end and window != min(given)}
    assert len(whole) >= 5
    assert 2900 < max(whole.values()) <= 3000


def test_what_is_told_to_be_left_never_rises_within_a_window(limiters):
    limiter, other = limiters(), limiters()
    take(other, UNTIL)
    time.sleep(1)  # it gives back meanwhile: what others give back later may truthfully be told
    told = []
    for _ in range(15):
        told += [verdict.minute.left for verdict in take(limiter, 3)]
        time.sleep(0.05)
    with ThreadPoolExecutor(2) as pool:
        noise = pool.submit(take, other, 2000, 5000)
        told += [verdict.minute.left for verdict in take(limiter, 4000, 5000)]
        noise.result()
    assert told == sorted(told, reverse=True)
    assert told[-1] == 0


def test_accounts_beyond_the_bound_are_served_one_by_one(limiters, monkeypatch):
    monkeypatch.setattr(leases, "_ACCOUNTS", 3)
    limiter = limiters()
    for _ in range(4):
        assert all(limiter.take(f"user{number}", tier()).allowed for number in range(6))
    assert len(limiter._leases._leases) == 3
    wait_for(lambda: not limiter._leases._leases, seconds=1)


@pytest.mark.check(17)
def test_a_server_killed_under_a_lease_degrades_when_it_is_spent(valkey):
    limiter = Limiter(valkey.unix_url, probe_every=0.2)
    take(limiter, UNTIL)
    valkey.kill()
    lost, took = [], []
    for _ in range(UNTIL):
        started = time.monotonic()
        lost += [verdict.degraded for verdict in take(limiter)]
        took.append(time.monotonic() - started)
    served = lost.index(True)
    assert 0 < served <= AHEAD
    assert all(lost[served:])
    assert max(took) < 1
    valkey.start()
    wait_for(lambda: not limiter.degraded)
    assert not any(verdict.degraded for verdict in take(limiter, UNTIL))
    valkey.kill()
    started = time.monotonic()
    limiter.close()
    assert time.monotonic() - started < 2
