"""Models become tables and views of the work store; what is brought up to date is what would be made from nothing."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dbt_like_sql import project
from pipelines import sql_models, steps
from warehouse import sql
from warehouse.contracts import DAILY_BARS_ADJUSTED
from warehouse.home import Home
from warehouse.work import WorkStore

MODELS = {model.name: model for model in project.load().models}
RANKS = MODELS["ranks"]
KEY = ["symbol", "date"]


def scores(*, symbols=6, days=40, seed=1):
    """What the ranks are made of, as one frame."""
    rng = np.random.default_rng(seed)
    dates = pl.date_range(dt.date(2024, 1, 1), dt.date(2024, 1, 1) + dt.timedelta(days=days - 1), eager=True)
    keys = pl.DataFrame({"symbol": [f"S{n}" for n in range(symbols)]}).join(pl.DataFrame({"date": dates}), how="cross")
    names = (*(column.name for column in MODELS["returns"].columns[2:]), "rsi_14", "natr_14")
    values = {name: rng.normal(0, 0.1, keys.height).round(2) for name in names}
    return keys.with_columns(**(values | {"session": pl.lit(1)}))


def put(store, frame):
    """Write the frame's columns to the three tables that the ranks read."""
    frame = frame.sort(KEY)
    store.write(sql_models.table_of(MODELS["returns"]), frame.drop("rsi_14", "natr_14").to_arrow())
    for family in ("momentum", "volatility"):
        table = steps.family_table(family)
        rest = (pl.lit(None, pl.Float64).alias(name) for name in table.column_names if name not in frame.columns)
        store.write(table, frame.with_columns(*rest).select(table.column_names).to_arrow())


@pytest.fixture
def store(tmp_path):
    made = WorkStore(Home(tmp_path))
    put(made, scores())
    sql_models.build(made, RANKS)
    return made


def added_session(frame):
    return pl.concat([frame, scores(days=41, seed=2).filter(pl.col("date") == dt.date(2024, 2, 10))])


def restated_in_the_past(frame):
    hit = (pl.col("symbol") == "S2") & (pl.col("date") == dt.date(2024, 1, 9))
    return frame.with_columns(rsi_14=pl.when(hit).then(99.0).otherwise("rsi_14"))


def listed_late(frame):
    return pl.concat([frame, scores(symbols=8, seed=3).filter(pl.col("symbol") == "S7")])


def late_bar(frame):
    return pl.concat([frame, scores(symbols=7, seed=3).filter(pl.col("symbol") == "S6").head(1)])


def value_gone(frame):
    hit = (pl.col("symbol") == "S2") & (pl.col("date") == dt.date(2024, 1, 9))
    return frame.with_columns(natr_14=pl.when(~hit).then("natr_14"))


def symbol_gone(frame):
    return frame.filter(pl.col("symbol") != "S3")


def session_gone(frame):
    return frame.filter(pl.col("date") != dt.date(2024, 1, 20))


def one_session_gone_and_another_new(frame):
    return added_session(session_gone(frame))


def nothing(frame):
    return frame


CHANGES = [
    added_session,
    restated_in_the_past,
    listed_late,
    late_bar,
    value_gone,
    symbol_gone,
    session_gone,
    one_session_gone_and_another_new,
    nothing,
]


@pytest.mark.parametrize("change", CHANGES)
def test_brought_up_to_date_is_made_from_nothing(store, change):
    put(store, change(scores()))
    version, checks = sql_models.build(store, RANKS)
    assert all(check.passed for check in checks)
    assert version.version == sql_models.run(store, RANKS, whole=True).version


def poison(store):
    """Falsify one rank of the stored table: what is made from nothing has lost it."""
    known = pl.DataFrame(pl.from_arrow(store.read(RANKS.relation))).with_columns(pl.col("symbol").cast(pl.String))
    hit = (pl.col("symbol") == "S0") & (pl.col("date") == dt.date(2024, 1, 2))
    wrong = known.with_columns(rsi_14_rank=pl.when(hit).then(0.123).otherwise("rsi_14_rank"))
    recipe = store.version(RANKS.relation).recipe
    store.write(sql_models.table_of(RANKS), wrong.to_arrow(), inputs=RANKS.depends_on, recipe=recipe)


def is_poisoned(store):
    return 0.123 in store.read(RANKS.relation).column("rsi_14_rank").to_pylist()


def restated_twice(frame):
    hit = pl.col("date").is_in([dt.date(2024, 1, 9), dt.date(2024, 2, 1)])
    return frame.with_columns(rsi_14=pl.when(hit).then(-pl.col("rsi_14")).otherwise("rsi_14"))


@pytest.mark.parametrize("change", [added_session, restated_twice])
def test_only_the_sessions_that_changed_are_made_again(store, change):
    poison(store)
    put(store, change(scores()))
    sql_models.build(store, RANKS)
    assert is_poisoned(store)
    assert store.version(RANKS.relation).rows == change(scores()).height


def test_what_vanished_makes_the_table_anew(store):
    poison(store)
    put(store, session_gone(scores()))
    _, checks = sql_models.build(store, RANKS)
    assert not is_poisoned(store)
    assert all(check.passed for check in checks)


def test_another_recipe_makes_the_table_anew(store):
    poison(store)
    known = store.version(RANKS.relation)
    contract = sql_models.table_of(RANKS)
    store.write(contract, store.read(contract.name), inputs=RANKS.depends_on, recipe="older")
    assert known.recipe != "older"
    sql_models.build(store, RANKS)
    assert not is_poisoned(store)


def test_a_view_is_stored_as_its_select(market_store):
    bars = MODELS["stg_bars"]
    version, checks = sql_models.build(market_store, bars)
    assert version.rows == 0
    assert market_store.contract(bars.relation).view == bars.sql
    assert len(checks) == len(bars.tests) > 0
    found = sql.query(market_store, f"select count(*) as n from {bars.relation}", [bars.relation])
    assert found.to_pylist() == [{"n": market_store.version("daily.bars_adjusted").rows}]


def test_what_reads_a_view_is_derived_from_what_the_view_reads(market_store):
    sql_models.build(market_store, MODELS["stg_bars"])
    version, _ = sql_models.build(market_store, MODELS["returns"])
    assert version.inputs["daily.bars_adjusted"] == market_store.version("daily.bars_adjusted").version


def test_a_failed_data_test_says_which_row(market_store):
    sql_models.build(market_store, MODELS["stg_bars"])
    bars = pl.DataFrame(pl.from_arrow(market_store.read("daily.bars_adjusted"))).with_columns(volume=pl.lit(-1.0))
    market_store.write(market_store.contract("daily.bars_adjusted"), bars.to_arrow())
    _, checks = sql_models.build(market_store, MODELS["stg_bars"])
    (failed,) = [check for check in checks if not check.passed]
    assert failed.blocking
    assert failed.name == "accepted_range_staging_stg_bars_volume_min_value_0"
    assert "rows fail, such as [{'symbol'" in failed.detail


@pytest.fixture
def market_store(tmp_path):
    """Two symbols' adjusted bars."""
    made = WorkStore(Home(tmp_path / "market"))
    rows = {
        "symbol": ["A", "A", "B"],
        "date": [dt.date(2024, 1, 2), dt.date(2024, 1, 3), dt.date(2024, 1, 3)],
        **{name: [1.0, 2.0, 3.0] for name in ("open", "high", "low", "close", "volume", "split_factor")},
        "split_div_factor": [1.0, 1.0, 1.0],
    }
    made.write(DAILY_BARS_ADJUSTED, pl.DataFrame(rows).to_arrow())
    return made


def test_a_sum_does_not_depend_on_the_order_of_its_rows(tmp_path):
    """A sum of doubles does, and equal input would give other bytes."""
    shuffled = []
    for seed in (1, 2):
        made = WorkStore(Home(tmp_path / str(seed)))
        frame = scores(symbols=200, days=5).with_columns(log_return_1d=pl.col("log_return_1d") / 3)
        frame = frame.sample(fraction=1, shuffle=True, seed=seed)
        made.write(sql_models.table_of(MODELS["returns"]), frame.drop("rsi_14", "natr_14").to_arrow())
        sql_models.build(made, MODELS["int_universe"])
        shuffled.append(pl.DataFrame(pl.from_arrow(made.read("intermediate.int_universe"))))
    assert_frame_equal(*shuffled, check_exact=True)
