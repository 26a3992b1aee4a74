import threading
import time
from statistics import median

import pytest

from api.accounts.tiers import seeded
from api.limits import Limiter
from tests.services import free_port, wait_for

FREE, PRO, PREMIUM = seeded()


@pytest.fixture(params=["unix_url", "tcp_url"])
def limiter(valkey, request):
    limiter = Limiter(getattr(valkey, request.param), workers=2, probe_every=0.2)
    yield limiter
    limiter.close()


def timed_take(limiter):
    started = time.monotonic()
    verdict = limiter.take("ada", PREMIUM)
    return verdict, time.monotonic() - started


@pytest.mark.check(17)
def test_a_killed_server_degrades_at_once_and_a_new_one_is_found(valkey, limiter):
    assert not limiter.take("ada", PREMIUM).degraded
    valkey.kill()
    for _ in range(5):
        verdict, seconds = timed_take(limiter)
        assert (verdict.allowed, verdict.degraded, verdict.day) == (True, True, None)
        assert seconds < 1
    assert limiter.degraded
    valkey.start()
    wait_for(lambda: not limiter.degraded, seconds=2)
    assert not limiter.take("ada", PREMIUM).degraded


def test_a_restart_between_two_requests_is_not_noticed(valkey, limiter):
    limiter.take("ada", PRO)
    valkey.kill()
    valkey.start()
    assert not limiter.take("ada", PRO).degraded


@pytest.mark.check(18)
def test_a_frozen_server_holds_no_request_long_and_full_function_returns(valkey, limiter):
    limiter.take("ada", PREMIUM)
    threads = threading.active_count()
    with valkey.frozen():
        until, took = time.monotonic() + 1.2, []
        while time.monotonic() < until:
            verdict, seconds = timed_take(limiter)
            assert verdict.degraded
            took.append(seconds)
            time.sleep(0.005)
        assert max(took) < 1
        assert median(took[3:]) < 0.05  # from the fourth on, the breaker answers
    wait_for(lambda: not limiter.degraded, seconds=2)
    assert not limiter.take("ada", PREMIUM).degraded
    wait_for(lambda: threading.active_count() == threads)


@pytest.mark.check(18)
def test_a_server_frozen_from_the_start_holds_no_request_long(valkey, limiter):
    with valkey.frozen():
        assert max(timed_take(limiter)[1] for _ in range(6)) < 1


def test_while_degraded_a_refund_changes_nothing(valkey, limiter):
    taken = limiter.take("ada", PRO)
    valkey.kill()
    degraded = limiter.take("ada", PRO)
    assert limiter.refund("ada", degraded) == degraded
    for _ in range(4):
        assert limiter.refund("ada", taken) == taken


def test_making_one_connects_nowhere():
    limiter = Limiter(f"redis://127.0.0.1:{free_port()}/0")
    assert not limiter.degraded
    assert limiter.take("ada", FREE).degraded
    limiter.close()


@pytest.mark.parametrize("bad", ["http://h", "", "localhost:6379"])
def test_a_bad_url_is_told_with_what_is_allowed(bad):
    with pytest.raises(ValueError, match="redis://"):
        Limiter(bad)
