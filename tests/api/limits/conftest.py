"""Limiters on a real Valkey."""

import pytest
import redis

from api.accounts.tiers import Tier
from api.limits import Limiter

FOREVER = 10**9  # a window that ends in 2033: no test straddles its edge
KEY = "kalpi:quota:{ada}"


def tier(per_minute=10**6, per_day=None):
    return Tier(name="t", rank=0, per_minute=per_minute, per_day=per_day)


@pytest.fixture
def limiters(redis_url):
    """Make limiters that are closed at the end."""
    made = []

    def make(**options):
        made.append(Limiter(redis_url, **{"minute_seconds": FOREVER, "day_seconds": FOREVER, "timeout": 2} | options))
        return made[-1]

    yield make
    for limiter in made:
        limiter.close()


@pytest.fixture
def client(redis_url):
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        yield client
