import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.limits.fallback import Fallback

FOREVER = 10**9


@pytest.mark.check(17)
def test_the_workers_together_give_no_more_than_the_minutes_quota():
    workers = [Fallback(workers=4, minute_seconds=FOREVER) for _ in range(4)]

    def take(number):
        return workers[number % 4].take("ada", 60).allowed

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(take, range(400))) == 60


def test_a_share_is_at_least_one_request():
    fallback = Fallback(workers=16, minute_seconds=FOREVER)
    assert fallback.take("ada", 10).allowed
    refused = fallback.take("ada", 10)
    assert (refused.allowed, refused.violated, refused.minute.left) == (False, ("minute",), 0)
    assert fallback.take("bob", 10).allowed


def test_a_new_window_gives_again_and_forgets_the_old_one():
    fallback = Fallback(workers=1, minute_seconds=1)
    while fallback.take("ada", 3).allowed:
        pass
    time.sleep(1)
    verdict = fallback.take("bob", 3)
    assert (verdict.degraded, verdict.minute.quota, verdict.minute.left) == (True, 3, 2)
    assert fallback._used == {"bob": 1}
