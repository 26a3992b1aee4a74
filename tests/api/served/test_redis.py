"""Redis killed, frozen, emptied or full: data is answered, within bounds, and what was counted is not forgotten."""

import itertools
import time
from contextlib import suppress

import pytest
import redis

from api.accounts.tiers import seeded
from tests.api.served.stage import Load, leave_room, staged, statuses
from tests.services import valkey_server, wait_for

pytestmark = pytest.mark.slow
BYPASS = "kalpi; fwd=bypass; detail=redis-unavailable"
FREE, _, PREMIUM = seeded()
SLACK = 4
"""How much longer than on an idle machine a thing may take here."""


@pytest.fixture
def stage(world, postgres, valkey):
    tiers = {
        "free": {"per_minute": 100_000, "per_day": 1000, "concurrent_requests": None},
        "pro": {"per_minute": 400, "per_day": None, "concurrent_requests": None},
    }
    with staged(world, postgres, valkey.unix_url, tiers=tiers) as stage:
        yield stage


def p99(answers):
    return sorted(answer.seconds for answer in answers)[len(answers) * 99 // 100]


def threads(stage):
    return {worker.pid: worker.num_threads() for worker in stage.server.workers}


def bypassed(answer):
    return answer.headers.get("cache-status") == BYPASS


@pytest.mark.check(17)
def test_killed_data_goes_on_at_once_and_says_so(stage, valkey, record_property):
    load = Load(stage, stage.key("premium"))
    time.sleep(3)
    killed = time.time()
    valkey.kill()
    time.sleep(3)
    answers = load.stop()
    before = [answer for answer in answers if answer.asked + answer.seconds < killed]
    after = [answer for answer in answers if answer.asked > killed]
    slowest, usual = max(answer.seconds for answer in after), p99(before)
    record_property("slowest after the kill, ms", round(slowest * 1e3))
    record_property("p99 before and after it, ms", (round(usual * 1e3, 1), round(p99(after) * 1e3, 1)))
    assert statuses(answers) == {200: len(answers)}
    assert slowest < 0.15 * SLACK
    assert p99(after[100:]) < usual + 0.005 * SLACK
    for answer in filter(bypassed, answers):
        assert "ratelimit" not in answer.headers
        assert answer.headers["ratelimit-policy"] == f'"degraded";q={PREMIUM.per_minute};w=60'
    assert sum(map(bypassed, after)) > len(after) * 0.9  # at first what was leased is used up
    ready = stage.client.get("/readyz")
    assert (ready.status_code, ready.json()["redis"]) == (200, "lost")
    degraded = sum(map(bypassed, answers))
    wait_for(lambda: len(stage.rows("limiter = 'degraded'")) == degraded, seconds=20)
    assert stage.sql("select sum(units) as units from requests where limiter = 'degraded'") == [{"units": 0}]


@pytest.mark.check(17)
def test_without_it_all_workers_together_give_no_more_than_the_minute(stage, valkey):
    stage.ask(stage.key("premium"), 64)
    valkey.kill()
    leave_room(40)
    answers = stage.ask(stage.key("pro"), 1600)
    counted = statuses(answers)
    assert counted[200] <= 400
    assert counted[200] >= 100  # one worker's share at least
    assert counted[429] == 1600 - counted[200]
    workers = stage.sql("select count(distinct left(id::text, 18)) as workers from requests where limiter = 'degraded'")
    assert workers


@pytest.mark.check(18)
def test_frozen_no_request_waits_long_and_then_all_is_as_before(stage, valkey, record_property):
    issued = stage.key("premium")
    load = Load(stage, issued)
    time.sleep(1)
    before = threads(stage)
    with valkey.frozen():
        time.sleep(10)
        during = threads(stage)
    thawed = time.time()
    time.sleep(2.5 * SLACK / 2)
    answers = load.stop()
    slowest = max(answer.seconds for answer in answers)
    last = max(answer.asked for answer in answers if bypassed(answer))
    record_property("slowest, ms", round(slowest * 1e3))
    record_property("last answer without Redis after it went on, s", round(last - thawed, 2))
    assert statuses(answers) == {200: len(answers)}
    assert slowest < 0.25 * SLACK
    assert last - thawed < 2 * SLACK / 2
    assert any(map(bypassed, answers))
    probing = [worker for worker in before if during[worker] > before[worker]]
    assert probing
    wait_for(lambda: all(threads(stage)[worker] < during[worker] for worker in probing), seconds=10)


def used(valkey, issued):
    with redis.Redis.from_url(valkey.unix_url) as client:
        return int(client.hget(f"kalpi:quota:{{{issued.account_id}}}", "day_used") or 0)


@pytest.mark.check(19)
def test_emptied_at_nine_tenths_it_gives_no_more_than_the_day(stage, valkey):
    leave_room(120, window=86_400)
    issued = stage.key("free")
    assert statuses(stage.ask(issued, 900)) == {200: 900}
    with redis.Redis.from_url(valkey.unix_url) as client:
        client.flushall()
    answers = stage.ask(issued, 400)
    assert 100 <= statuses(answers)[200] <= 100 + 16  # beyond goes what was under way, one a thread
    assert used(valkey, issued) >= 1000


@pytest.mark.check(19)
def test_emptied_while_all_workers_are_restarted_the_log_knows(stage, valkey):
    leave_room(180, window=86_400)
    issued = stage.key("free")
    assert statuses(stage.ask(issued, 900)) == {200: 900}
    workers = stage.server.workers
    for worker in workers:
        worker.kill()
    with redis.Redis.from_url(valkey.unix_url) as client:
        client.flushall()
    wait_for(lambda: stage.server.serves(4, besides=workers), seconds=120)
    first = stage.ask(issued, 20, clients=4)
    wait_for(lambda: used(valkey, issued) >= 900, seconds=60, every=0.5)
    served = sum(answer.status == 200 for answer in first)
    served += statuses(stage.ask(issued, 400)).get(200, 0)
    assert 100 <= served <= 100 + 20


@pytest.mark.check(19)
def test_killed_with_its_append_only_file_it_loses_no_count(world, postgres):
    leave_room(120, window=86_400)
    tiers = {"free": {"per_minute": 100_000, "per_day": 1000, "concurrent_requests": None}}
    settings = {"appendonly": "yes", "appendfsync": "everysec"}
    with valkey_server(**settings) as valkey, staged(world, postgres, valkey.unix_url, tiers=tiers, workers=2) as stage:
        issued = stage.key("free")
        assert statuses(stage.ask(issued, 700)) == {200: 700}
        valkey.kill()
        valkey.start()
        assert used(valkey, issued) == 700
        answers = stage.ask(issued, 500)
        counted = [answer for answer in answers if not bypassed(answer)]
        assert sum(answer.status == 200 for answer in counted) == 300
        assert used(valkey, issued) == 1000


@pytest.mark.check(20)
def test_full_it_forgets_no_counter_and_fails_no_answer(world, postgres):
    settings = {"maxmemory": "8mb", "maxmemory-policy": "noeviction"}
    tiers = {"free": {"per_minute": 100_000, "per_day": 1000, "concurrent_requests": None}}
    with valkey_server(**settings) as valkey, staged(world, postgres, valkey.unix_url, tiers=tiers, workers=2) as stage:
        issued, premium = stage.key("free"), stage.key("premium")
        assert statuses(stage.ask(issued, 40)) == {200: 40}
        assert stage.client.get("/openapi.json").status_code == 200
        with redis.Redis.from_url(valkey.unix_url) as client:
            kept = set(client.scan_iter("kalpi:*"))
            _fill(client)
            answers = stage.ask(premium, 200) + stage.ask(issued, 200)
            assert statuses(answers) == {200: 400}
            assert all(client.exists(key) for key in kept)
            assert used(valkey, issued) >= 40
            for key in client.scan_iter("junk:*"):
                client.delete(key)
        wait_for(lambda: not bypassed_now(stage, issued), seconds=20)
        before = used(valkey, issued)
        assert statuses(stage.ask(issued, 10)) == {200: 10}
        assert used(valkey, issued) == before + 10


def bypassed_now(stage, issued):
    return any(bypassed(answer) for answer in stage.ask(issued, 8, path="/v1/me"))


def _fill(client):
    """Leave no room for anything."""
    for size in (10_000, 1):
        numbers = itertools.count()
        with suppress(redis.exceptions.OutOfMemoryError):
            while True:
                client.set(f"junk:{size}:{next(numbers)}", "x" * size)
