"""Two snapshots of one home: bars with gaps, and what a second delivery adds to them and changes."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from api.app import create_app
from api.follow import Follower
from pipelines.calendar import sessions
from tests.api.conftest import Caller, deps
from tests.world import publish_world
from warehouse import snapshots
from warehouse.home import Home

ALL = sessions(date(2023, 1, 3), date(2024, 6, 28))
FIRST = ALL[:-5]
"""The sessions of the first delivery."""
MISSING = (date(2024, 3, 4), date(2024, 3, 5), date(2024, 3, 6), date(2024, 5, 3))
"""Those that nobody delivers of BBB."""
QUARANTINED = date(2024, 5, 6)
"""The one whose bar of BBB can't be right."""
RESTATED = date(2024, 6, 3)
"""The one whose bar of AAA the second delivery corrects."""


def bars(symbol, days, seed):
    """Return a walk of prices that no rule minds; the same for the first days, however many there are."""
    close = 50 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.008, len(ALL))))[: len(days)]
    high, low = close * 1.01, close * 0.99
    told = {"open": close, "high": high, "low": low, "close": close, "volume": np.full(len(days), 1e6)}
    return pl.DataFrame({"symbol": [symbol] * len(days), "date": list(days), **told})


def land(home, name, *frames):
    home.landing.mkdir(exist_ok=True)
    pl.concat(frames).write_parquet(home.landing / name)


@pytest.fixture(scope="session")
def delivered(tmp_path_factory):
    """A home with two snapshots, and their ids; read only."""
    home = Home(tmp_path_factory.mktemp("delivered"))
    gappy = bars("BBB", FIRST, 2).filter(~pl.col("date").is_in(MISSING))
    wrong = pl.when(pl.col("date") == QUARANTINED).then(-1.0).otherwise(pl.col("volume")).alias("volume")
    land(home, "first.parquet", bars("AAA", FIRST, 1), gappy.with_columns(wrong), bars("CCC", FIRST[-30:], 3))
    publish_world(home)
    restated = bars("AAA", FIRST, 1).filter(pl.col("date") == RESTATED).with_columns(pl.col("close") * 1.005)
    land(home, "second.parquet", restated, *(bars(one, ALL, seed)[-5:] for one, seed in (("AAA", 1), ("BBB", 2))))
    publish_world(home)
    return home, *snapshots.ids(home)


@pytest.fixture
def shop(delivered, accounts_url, redis_url):
    """An application that answers from these snapshots."""
    home, *_ = delivered
    follower = Follower(home)
    follower.look()
    with deps(home, follower, accounts_url, redis_url) as told:
        yield create_app(told)


@pytest.fixture
def customer(shop, keys):
    """Someone who may have all."""
    return Caller(shop, keys["premium"])


@pytest.fixture
def free_customer(shop, keys):
    """Someone who may have little."""
    return Caller(shop, keys["free"])
