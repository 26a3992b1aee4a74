"""Gates on a real Valkey."""

import pytest
import redis

from api.gate import Gate

SECRET = b"a secret of the tests"


@pytest.fixture
def gates(redis_url):
    """Make gates that are closed at the end."""
    made = []

    def make(**options):
        made.append(Gate(redis_url, SECRET, **{"timeout": 2} | options))
        return made[-1]

    yield make
    for gate in made:
        gate.close()


@pytest.fixture
def gate(gates):
    return gates()


@pytest.fixture
def client(redis_url):
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


def at(address):
    return {"REMOTE_ADDR": address}
