"""A universe of many symbols, some of them delisted, halted or young: what screens are asked of."""

import pytest

from api.follow import Follower
from benchmarks import universe
from indicators import build
from warehouse.home import Home

STORED = [build("rsi", {}), build("sma", {"period": 50}), build("roc", {"period": 20}), build("macd", {})]


@pytest.fixture(scope="session")
def many(tmp_path_factory) -> Home:
    """A home with 70 symbols over 300 sessions; read only."""
    home = Home(tmp_path_factory.mktemp("many"))
    universe.publish(home, STORED, symbols=70, sessions=300, seed=5)
    return home


@pytest.fixture(scope="session")
def many_editions(many):
    follower = Follower(many)
    follower.look()
    return follower
