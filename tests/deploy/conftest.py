"""A published world to serve, and a key that no quota holds up."""

import pytest

from api.accounts.service import Accounts
from api.store import open_engine
from tests.api.conftest import SECRET
from tests.api.served.stage import Stage
from tests.world import world  # noqa: F401 - a fixture

BOUNDLESS = {"per_minute": 1_000_000, "per_day": None, "concurrent_requests": None}


@pytest.fixture
def boundless(postgres):
    """A database of the test's own, and a key in it."""
    with postgres.database() as url:
        engine = open_engine(url)
        stage = Stage(None, url, Accounts(engine, SECRET))
        stage.tier("premium", **BOUNDLESS)
        yield url, stage.key("premium").key
        engine.dispose()
