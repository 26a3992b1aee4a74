import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests.api.limits.conftest import KEY, tier

TAKER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from api.accounts.tiers import Tier
from api.limits import Limiter

tier = Tier(name="t", rank=0, per_minute=10**6, per_day=1000)
limiter = Limiter(sys.argv[1], minute_seconds=10**9, day_seconds=10**9, timeout=2)
with ThreadPoolExecutor(8) as pool:
    verdicts = list(pool.map(lambda _: limiter.take("ada", tier), range(800)))
print(*(verdict.day.left for verdict in verdicts if verdict.allowed), sep="\\n")
limiter.close()
"""


def test_the_windows_are_the_clocks_minute_and_utc_day(limiters, client):
    before = datetime.now(UTC)
    verdict = limiters(minute_seconds=60, day_seconds=86_400).take("ada", tier(10, 50))
    after = datetime.now(UTC) + timedelta(seconds=1)
    assert (verdict.allowed, verdict.violated, verdict.degraded) == (True, (), False)
    assert (verdict.minute.quota, verdict.minute.left, verdict.day.quota, verdict.day.left) == (10, 9, 50, 49)
    if before.minute == after.minute:
        assert 60 - after.second <= verdict.minute.reset_seconds <= 60 - before.second
        midnight = before.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        assert (
            midnight - after <= timedelta(seconds=verdict.day.reset_seconds) <= midnight - before + timedelta(seconds=1)
        )
        assert client.expiretime(KEY) == midnight.timestamp()


@pytest.mark.check(12)
def test_threads_and_limiters_together_get_exactly_the_quota_and_each_unit_once(limiters):
    several = [limiters() for _ in range(4)]

    def take(number):
        return several[number % 4].take("ada", tier(per_day=1000))

    with ThreadPoolExecutor(16) as pool:
        verdicts = list(pool.map(take, range(1600)))
    allowed = [verdict.day.left for verdict in verdicts if verdict.allowed]
    assert sorted(allowed) == list(range(1000))
    assert {verdict.violated for verdict in verdicts if not verdict.allowed} == {("day",)}


@pytest.mark.check(12)
def test_processes_together_get_exactly_the_quota_and_each_unit_once(redis_url):
    takers = [subprocess.Popen([sys.executable, "-c", TAKER, redis_url], stdout=subprocess.PIPE) for _ in range(2)]
    printed = b"".join(taker.communicate(timeout=60)[0] for taker in takers)
    assert [taker.returncode for taker in takers] == [0, 0]
    assert sorted(int(left) for left in printed.split()) == list(range(1000))


@pytest.mark.check(14)
def test_a_clock_that_is_an_hour_ahead_changes_nothing(redis_url):
    ahead = "import time; now = time.time; time.time = lambda: now() + 3600\n"
    commands = [[sys.executable, "-c", code, redis_url] for code in (TAKER, ahead + TAKER)]
    takers = [subprocess.Popen(command, stdout=subprocess.PIPE) for command in commands]
    printed = b"".join(taker.communicate(timeout=60)[0] for taker in takers)
    assert sorted(int(left) for left in printed.split()) == list(range(1000))


@pytest.mark.check(13)
def test_a_refusal_burns_nothing(limiters, client):
    limiter = limiters()
    verdicts = [limiter.take("ada", tier(per_minute=300, per_day=1000)) for _ in range(400)]
    assert [verdict.allowed for verdict in verdicts] == [True] * 300 + [False] * 100
    assert verdicts[-1].violated == ("minute",)
    assert (verdicts[-1].minute.left, verdicts[-1].day.left) == (0, 700)
    assert client.hmget(KEY, "minute_used", "day_used") == ["300", "300"]


def test_both_quotas_can_be_violated_and_the_longer_wait_counts(limiters):
    limiter = limiters(minute_seconds=60)
    limiter.take("ada", tier(1, 1))
    verdict = limiter.take("ada", tier(1, 1))
    if "minute" in verdict.violated:  # or the minute has turned between the two
        assert verdict.violated == ("minute", "day")
    assert verdict.retry_after == verdict.day.reset_seconds > 60


def test_the_cost_goes_to_the_day_and_one_to_the_minute(limiters):
    limiter = limiters()
    assert limiter.take("ada", tier(10, 10), cost=7).day.left == 3
    refused = limiter.take("ada", tier(10, 10), cost=4)
    assert (refused.violated, refused.day.left, refused.minute.left) == (("day",), 3, 9)
    free = limiter.take("ada", tier(10, 10), cost=0)
    assert (free.allowed, free.day.left, free.minute.left) == (True, 3, 8)
    assert limiter.take("ada", tier(10, 10), cost=3).day.left == 0
    assert limiter.take("ada", tier(10, 10), cost=0).allowed


def test_accounts_do_not_share(limiters):
    limiter = limiters()
    assert limiter.take("ada", tier(per_day=1)).allowed
    assert limiter.take("bob", tier(per_day=1)).allowed
    assert not limiter.take("ada", tier(per_day=1)).allowed


def test_without_a_daily_quota_there_is_no_day_but_it_is_counted(limiters, client):
    limiter = limiters()
    assert limiter.take("ada", tier(), cost=5).day is None
    assert client.hget(KEY, "day_used") == "5"


def test_a_tier_changed_within_the_day_counts_what_was_used(limiters):
    limiter = limiters()
    limiter.take("ada", tier(per_day=500), cost=60)
    lowered = limiter.take("ada", tier(per_day=50))
    assert (lowered.violated, lowered.day.left) == (("day",), 0)
    assert limiter.take("ada", tier(per_day=500)).day.left == 439


@pytest.mark.check(14)
def test_no_window_gives_more_than_its_quota_and_every_whole_one_gives_it(limiters):
    limiter = limiters(minute_seconds=1, day_seconds=1)
    given = {}
    until = time.monotonic() + 2.1
    while time.monotonic() < until:
        verdict = limiter.take("ada", tier(per_day=20))
        given[verdict.day_start] = given.get(verdict.day_start, 0) + verdict.allowed
        assert 0 < verdict.day.reset_seconds <= 1
    whole = sorted(given)[1:-1]
    assert whole
    assert {given[start] for start in whole} == {20}
    assert max(given.values()) == 20


SPOILERS = {
    "persisted": lambda client, key: client.persist(key),
    "a string": lambda client, key: client.set(key, "word"),
    "a list": lambda client, key: client.delete(key) and client.rpush(key, "word"),
    "words": lambda client, key: client.hset(key, mapping={"minute_used": "many", "day_used": "x", "minute": "?"}),
    "the future": lambda client, key: client.hset(key, mapping={"day": 10**10, "day_used": 10**6}),
    "holes": lambda client, key: client.hdel(key, "day_used", "minute"),
}


@pytest.mark.check(14)
def test_a_spoilt_key_heals_within_a_window(limiters, client):
    limiter = limiters(minute_seconds=1, day_seconds=1)
    for name, spoil in SPOILERS.items():
        limiter.take(name, tier(per_day=3), cost=3)
        spoil(client, f"kalpi:quota:{{{name}}}")
    time.sleep(1)
    for name in SPOILERS:
        verdict = limiter.take(name, tier(per_day=3))
        assert (name, verdict.allowed, verdict.day.left, verdict.degraded) == (name, True, 2, False)
        assert client.expiretime(f"kalpi:quota:{{{name}}}") == verdict.day_start + 1


def test_a_script_the_server_forgot_is_sent_again(limiters, client):
    limiter = limiters()
    for left in (9, 8, 7):
        client.script_flush()
        assert limiter.take("ada", tier(per_day=10)).day.left == left


def test_a_refund_gives_the_days_units_back_once(limiters):
    limiter = limiters()
    taken = limiter.take("ada", tier(10, 10), cost=4)
    refunded = limiter.refund("ada", taken)
    assert (refunded.allowed, refunded.day.left, refunded.minute.left) == (True, 10, 9)
    assert limiter.refund("ada", refunded) == refunded
    assert limiter.take("ada", tier(10, 10)).day.left == 9


def test_a_refund_of_a_refusal_a_free_request_or_an_unlimited_tier_changes_no_quota(limiters):
    limiter = limiters()
    limiter.take("ada", tier(per_day=5), cost=5)
    for verdict in (limiter.take("ada", tier(per_day=5)), limiter.take("ada", tier(per_day=5), cost=0)):
        assert limiter.refund("ada", verdict) == verdict
    assert not limiter.take("ada", tier(per_day=5)).allowed
    assert limiter.refund("bob", limiter.take("bob", tier())).day is None


def test_a_refund_after_the_days_end_leaves_the_new_day_alone(limiters, client):
    limiter = limiters()
    taken = limiter.take("ada", tier(per_day=5), cost=2)
    client.hset(KEY, "day", taken.day_start + 1)
    limiter.refund("ada", taken)
    assert client.hget(KEY, "day_used") == "2"


def test_refunds_under_threads_lose_no_unit(limiters):
    limiter = limiters()

    def take_and_refund(_try):
        limiter.refund("ada", limiter.take("ada", tier(per_day=100), cost=2))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(take_and_refund, range(400)))
    assert limiter.take("ada", tier(per_day=100), cost=0).day.left == 100
