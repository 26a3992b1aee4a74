"""A Redis that loses its counts gets them back from who was told them."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.limits.conftest import FOREVER, KEY, tier
from tests.services import wait_for

DAILY = tier(per_day=1000)


@pytest.mark.check(19)
def test_a_lost_count_is_put_back_with_the_next_request(limiters, client):
    limiter = limiters()
    limiter.take("ada", DAILY, cost=900)
    client.flushall()
    assert limiter.take("ada", DAILY).day.left == 99
    client.flushall()
    refused = limiter.take("ada", DAILY, cost=100)
    assert (refused.violated, refused.day.left) == (("day",), 99)
    assert limiter.take("ada", DAILY, cost=99).day.left == 0


@pytest.mark.check(19)
def test_together_no_more_is_served_than_the_quota(limiters, client):
    several = [limiters() for _ in range(4)]

    def take(number):
        return several[number % 4].take("ada", DAILY).allowed

    served = sum(take(number) for number in range(900))
    client.flushall()
    with ThreadPoolExecutor(16) as pool:
        served += sum(pool.map(take, range(400)))
    assert 1000 <= served <= 1016  # what was under way while the first of each worker looked


@pytest.mark.check(19)
def test_of_what_workers_know_the_most_counts_once(limiters, client):
    first, second = limiters(), limiters()
    second.take("ada", DAILY, cost=300)
    first.take("ada", DAILY, cost=500)
    client.flushall()
    assert second.take("ada", DAILY).day.left == 699
    assert first.take("ada", DAILY).day.left == 198
    assert second.take("ada", DAILY).day.left == 197


@pytest.mark.check(19)
def test_a_worker_that_is_not_asked_puts_back_what_it_knows(limiters, client):
    knows, asked = limiters(look_every=0.05), limiters()
    knows.take("ada", DAILY, cost=900)
    wait_for(lambda: client.exists("kalpi:epoch"))
    client.flushall()
    asked.take("ada", DAILY)
    wait_for(lambda: int(client.hget(KEY, "day_used")) == 901)
    assert asked.take("ada", DAILY).day.left == 98


def test_what_a_request_has_put_back_is_not_put_back_again(limiters, client):
    limiter = limiters(look_every=0.05)
    limiter.take("ada", DAILY, cost=500)
    wait_for(lambda: client.exists("kalpi:epoch"))
    for used in (501, 502, 503):
        before = limiter._losses._counting_since
        client.flushall()
        assert limiter.take("ada", DAILY).day.left == 1000 - used
        wait_for(lambda before=before: limiter._losses._counting_since > before)
        time.sleep(0.1)
        assert client.hget(KEY, "day_used") == str(used)


def test_a_refund_is_no_loss(limiters):
    first, second = limiters(), limiters()
    taken = first.take("ada", DAILY, cost=400)
    second.take("ada", DAILY, cost=100)
    first.refund("ada", taken)
    assert second.take("ada", DAILY).day.left == 899
    assert first.take("ada", DAILY).day.left == 898


def test_what_was_given_back_stays_so_after_a_loss(limiters, client):
    limiter = limiters()
    limiter.refund("ada", limiter.take("ada", DAILY, cost=400))
    client.flushall()
    assert limiter.take("ada", DAILY).day.left == 999


def test_another_day_starts_at_nothing(limiters):
    limiter = limiters(day_seconds=1)
    limiter.take("ada", DAILY, cost=400)
    time.sleep(1)
    assert limiter.take("ada", DAILY).day.left == 999


def test_accounts_without_a_daily_quota_are_not_kept(limiters):
    limiter = limiters()
    limiter.take("ada", tier())
    assert limiter._losses.counts.known() == ()


def known_to_the_log(units, name="ada"):
    """Stand for the log: the last resort when nobody remembers."""
    return lambda day: {name: units} if day == FOREVER else {}


def counted(client):
    return int(client.hget(KEY, "day_used") or 0)


@pytest.mark.check(19)
def test_with_no_worker_left_that_remembers_the_log_does(limiters, client):
    before = limiters()
    before.take("ada", DAILY, cost=900)
    before.close()
    client.flushall()
    limiter = limiters(answered=known_to_the_log(900))
    limiter.take("ada", DAILY, cost=3)
    wait_for(lambda: counted(client) >= 900)
    assert counted(client) == 900  # the three are on their way into the log
    again = limiters(answered=known_to_the_log(903))
    again.take("ada", DAILY, cost=0)
    wait_for(lambda: counted(client) == 903)


def test_the_log_and_a_worker_that_remembers_count_a_loss_once(limiters, client):
    remembers = limiters()
    remembers.take("ada", DAILY, cost=900)
    client.flushall()
    limiter = limiters(answered=known_to_the_log(890))
    limiter.take("ada", DAILY, cost=5)
    wait_for(lambda: counted(client) >= 890)
    assert remembers.take("ada", DAILY, cost=1).day.left == 1000 - 906


def test_a_log_that_is_behind_takes_nothing_back_and_adds_nothing(limiters, client):
    first = limiters()
    first.take("ada", DAILY, cost=900)
    limiter = limiters(answered=known_to_the_log(850), look_every=0.05)
    limiter.take("ada", DAILY)
    time.sleep(0.3)
    assert counted(client) == 901
    assert client.hget(KEY, "restored") == "0"


def test_a_log_that_can_not_be_asked_is_asked_again(limiters, client, monkeypatch):
    monkeypatch.setattr("api.limits.losses._SETTLING", 0.1)
    answers = [None, None, None, {"ada": 700}]
    limiter = limiters(answered=lambda _: answers.pop(0) if answers else {}, look_every=0.08)
    limiter.take("ada", DAILY)
    wait_for(lambda: counted(client) == 700)


def test_a_settled_count_asks_the_log_no_more(limiters, monkeypatch):
    monkeypatch.setattr("api.limits.losses._SETTLING", 0.1)
    asked = []
    limiter = limiters(answered=lambda day: asked.append(day) or {}, look_every=0.02)
    limiter.take("ada", DAILY)
    time.sleep(0.3)
    seen = len(asked)
    assert seen
    time.sleep(0.2)
    assert len(asked) == seen
