"""An invented market with gaps, splits, late listings and delistings, and every model run over it."""

import polars as pl
import pytest

from dbt_like_sql import project
from pipelines import ingest, sql_models, steps, synthetic
from warehouse.home import Home
from warehouse.intervals import DAILY
from warehouse.work import WorkStore

FAMILIES = {"daily.trend", "daily.momentum", "daily.volatility", "daily.volume"}  # those that the models read


def take_in(home: Home) -> WorkStore:
    """Take in what lies in landing, and do every step before the models."""
    store = WorkStore(home)
    ingest.take_in(home)
    steps.raw_bars(store)
    steps.raw_actions(store)
    steps.daily_bars(store)
    steps.bars_adjusted(store)
    for step in steps.families(DAILY):
        if step.table.name in FAMILIES:
            step.run(store)
    return store


def land(home: Home, bars: pl.DataFrame, name: str) -> None:
    home.landing.mkdir(parents=True, exist_ok=True)
    bars.write_parquet(home.landing / f"{name}.parquet")


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> WorkStore:
    """Twenty-four symbols over three years, five bars of which were delivered twice; read only."""
    home = Home(tmp_path_factory.mktemp("market"))
    synthetic.write(home.landing, symbols=24, sessions=756, seed=7)
    bars = pl.read_parquet(home.landing / "synthetic-bars.parquet")
    ingest.take_in(home)
    land(home, bars.tail(5).with_columns(close=(pl.col("high") + pl.col("low")) / 2), "revised")
    store = take_in(home)
    for model in project.load().models:
        _, checks = sql_models.build(store, model)
        assert [check for check in checks if not check.passed] == []
    return store


def frame(store: WorkStore, table: str) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(store.read(table))).with_columns(pl.col(pl.Categorical).cast(pl.String))
