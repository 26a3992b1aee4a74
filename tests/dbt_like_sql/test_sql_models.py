"""The models, run by DuckDB over small source tables, give the columns they declare and the numbers they mean."""

import datetime as dt

import duckdb
import numpy as np
import polars as pl
import pytest

from dbt_like_sql import project
from dbt_like_sql.rendering import Names
from dbt_like_sql.tests import Kinds
from indicators import stored_columns

PROJECT = project.load()
BY_NAME = {model.name: model for model in PROJECT.models}
YEAR = 252


def history(symbol, sessions, *, seed, start=dt.date(2020, 1, 1)):
    """A symbol's adjusted bars; the days are not the point, so every one is a session."""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, sessions)))
    spike = np.ones(sessions)
    if sessions > 301 + YEAR:  # only a window of exactly a year sees the first spike at the second and not at the third
        spike[[300, 300 + YEAR, 301 + YEAR]] = 10, 5, 7
    return pl.DataFrame(
        {
            "symbol": [symbol] * sessions,
            "date": pl.date_range(start, start + dt.timedelta(days=sessions - 1), eager=True),
            "open": close * 1.001,
            "high": close * 1.01 * spike,
            "low": close * 0.99 / spike,
            "close": close,
            "volume": rng.integers(1, 1000, sessions).astype(float),
            "split_factor": np.where(np.arange(sessions) < 8, 0.5, 1.0),
            "split_div_factor": np.where(np.arange(sessions) < 5, 0.45, np.where(np.arange(sessions) < 8, 0.5, 1.0)),
        }
    )


def indicators_of(bars, family):
    """The columns of a family that the models read: means where they are compared, and else no more than a number."""
    wanted = [name for name in BY_NAME["latest_values"].columns if name.name in stored_columns()]
    mine = [name.name for name in wanted if stored_columns()[name.name][0].family == family]
    mean = {f"sma_{n}": pl.col("close").rolling_mean(n).over("symbol") for n in (20, 50, 200)}
    return bars.select("symbol", "date", *(mean.get(name, pl.lit(50.0)).alias(name) for name in mine))


def sources():
    """LONG lives to the end, GONE is delisted after 40 sessions, and NEW has one bar and no indicators yet."""
    bars = pl.concat(
        [
            history("GONE", 40, seed=1),
            history("LONG", 600, seed=41),
            history("NEW", 1, seed=3, start=dt.date(2021, 8, 22)),
        ]
    )
    old = bars.filter(pl.col("symbol") != "NEW")
    actions = {"symbol": ["LONG"], "ex_date": [dt.date(2020, 1, 9)], "kind": ["split"], "value": [2.0], "batch": ["1"]}
    return {
        "raw.bars": pl.concat([bars, bars.head(3)]).select("symbol", "date"),
        "raw.actions": pl.DataFrame(actions),
        "daily.bars_adjusted": bars.with_columns(pl.col("symbol").cast(pl.Categorical)),
        **{f"daily.{family}": indicators_of(old, family) for family in ("trend", "momentum", "volatility", "volume")},
    }


def build(tables):
    """Run every model over `tables`, in the project's order."""
    connection = duckdb.connect()
    for name, frame in tables.items():
        schema, table = name.split(".")
        connection.register("given", frame.sample(fraction=1, shuffle=True, seed=1).to_arrow())
        connection.execute(f"create schema if not exists {schema}; create table {schema}.{table} as from given")
    for model in PROJECT.models:
        connection.execute(f"create schema if not exists {model.schema}")
        kind = "view" if model.materialized == "view" else "table"
        connection.execute(f"create {kind} {model.schema}.{model.name} as {model.sql}")
    return connection


@pytest.fixture(scope="module")
def warehouse():
    with build(sources()) as connection:
        yield connection


@pytest.fixture(scope="module")
def bars():
    return sources()["daily.bars_adjusted"].with_columns(pl.col("symbol").cast(pl.String)).sort("symbol", "date")


@pytest.mark.parametrize("model", PROJECT.models, ids=lambda model: model.relation)
def test_a_model_gives_the_columns_that_it_declares_in_the_types_of_its_casts(warehouse, model):
    found = warehouse.execute(f"describe {model.relation}").fetchall()
    assert [(name, kind.lower()) for name, kind, *_ in found] == [(one.name, one.type) for one in model.columns]


@pytest.mark.parametrize("model", PROJECT.models, ids=lambda model: model.relation)
def test_a_number_has_a_unit(model):
    assert [one.name for one in model.columns if one.type in {"double", "bigint"} and not one.unit] == []


@pytest.mark.parametrize("model", PROJECT.models, ids=lambda model: model.relation)
def test_a_model_is_written_as_the_house_writes_sql(model):
    code = "\n".join(line.split("--")[0] for line in model.sql.splitlines())
    assert code == code.lower()
    assert "select *" not in code
    assert max(map(len, model.sql.splitlines())) <= 140
    # the rows' order, and so the table's bytes, are settled; a view's are its reader's
    assert set(model.order) == (set() if model.materialized == "view" else set(model.key))


@pytest.mark.parametrize("model", PROJECT.models, ids=lambda model: model.relation)
def test_data_tests_pass(warehouse, model):
    assert model.tests
    failing = {test.name: rows for test in model.tests if (rows := warehouse.execute(test.sql).fetchall())}
    assert failing == {}


def frame(warehouse, relation):
    return warehouse.execute(f"from {relation}").pl()


def test_rows_are_sorted_and_each_source_bar_is_there_once(warehouse, bars):
    for relation in ("mart.year_ranges", "mart.returns"):
        assert frame(warehouse, relation).select("symbol", "date").equals(bars.select("symbol", "date")), relation


def test_sessions_count_each_symbols_bars(warehouse):
    found = frame(warehouse, "mart.returns")["session"]
    assert found.to_list() == [*range(1, 41), *range(1, 601), 1]


def test_returns_are_those_of_polars(warehouse, bars):
    close = pl.col("close")
    total = close / pl.col("split_factor") * pl.col("split_div_factor")
    over = {"return_1d": 1, "return_1m": 21, "return_3m": 63, "return_1y": YEAR}
    expected = bars.select(
        *((close / close.shift(n).over("symbol") - 1).alias(name) for name, n in over.items()),
        log_return_1d=close.log().diff().over("symbol"),
        total_return_1d=(total / total.shift(1).over("symbol") - 1),
        drawdown=(close / close.cum_max().over("symbol") - 1),
    )
    found = frame(warehouse, "mart.returns")
    for name in expected.columns:
        assert found[name].is_null().equals(expected[name].is_null()), name
        assert found[name].drop_nulls().to_numpy() == pytest.approx(expected[name].drop_nulls().to_numpy(), abs=1e-12)
    assert found["return_1y"].null_count() == YEAR + 40 + 1
    dividend = found.filter(symbol="LONG").row(5, named=True)
    assert dividend["total_return_1d"] > dividend["return_1d"] + 0.1


def test_the_latest_values_are_each_symbols_own_last(warehouse, bars):
    found = frame(warehouse, "mart.latest_values")
    last = bars.group_by("symbol", maintain_order=True).last()
    assert found.select("symbol", "date", "close", "volume").equals(last.select("symbol", "date", "close", "volume"))
    assert found["is_current"].to_list() == [False, True, True]
    assert found.filter(symbol="LONG")["sma_200"].item() == pytest.approx(
        bars.filter(symbol="LONG")["close"][-200:].mean()
    )
    assert (
        found.filter(symbol="NEW").select("return_1d", "sma_20", "return_1y").null_count().sum_horizontal().item() == 3
    )


def test_a_summary_tells_a_symbols_life_and_range(warehouse, bars):
    found = frame(warehouse, "mart.symbol_summary").filter(symbol="LONG").row(0, named=True)
    life = bars.filter(symbol="LONG")
    year = life.tail(YEAR)
    assert (found["first_date"], found["last_date"], found["bars"]) == (life["date"][0], life["date"][-1], 600)
    assert (found["high_1y"], found["low_1y"]) == (year["high"].max(), year["low"].min())
    assert (found["high_1y"], found["low_1y"]) != (life["high"].max(), life["low"].min())  # not the whole life's
    assert found["below_high_1y"] == pytest.approx(life["close"][-1] / year["high"].max() - 1)
    assert found["median_volume_1m"] == life["volume"].tail(21).median()
    assert found["max_drawdown"] == pytest.approx((life["close"] / life["close"].cum_max() - 1).min())


def test_breadth_counts_each_day(warehouse, bars):
    found = frame(warehouse, "mart.market_breadth")
    change = bars.with_columns(move=pl.col("close").diff().over("symbol"))
    by_day = (
        change.group_by("date", maintain_order=False)
        .agg(up=(pl.col("move") > 0).sum(), down=(pl.col("move") < 0).sum(), symbols=pl.len())
        .sort("date")
    )
    assert found["date"].equals(by_day["date"])
    assert found["advancers"].to_list() == by_day["up"].to_list()
    assert found["decliners"].to_list() == by_day["down"].to_list()
    assert found["symbols"].to_list() == by_day["symbols"].to_list()
    assert (
        found["advance_decline_line"].to_list()
        == (by_day["up"].cast(int) - by_day["down"].cast(int)).cum_sum().to_list()
    )
    life = bars.filter(symbol="LONG")["close"]  # the only symbol that is old enough
    above = (life > life.rolling_mean(200)).cast(pl.Float64)
    assert found["share_above_sma_200"].to_list() == above.to_list()


def test_the_years_range_has_252_sessions(warehouse, bars):
    expected = bars.select(
        high_1y=pl.col("high").rolling_max(YEAR, min_samples=1).over("symbol"),
        low_1y=pl.col("low").rolling_min(YEAR, min_samples=1).over("symbol"),
    )
    assert frame(warehouse, "mart.year_ranges").select("high_1y", "low_1y").equals(expected)


def test_new_highs_and_lows_need_a_whole_year_before_them(warehouse, bars):
    high, low = pl.col("high"), pl.col("low")
    life = bars.filter(symbol="LONG")
    highs = life.filter(high > high.rolling_max(YEAR).shift(1))["date"]
    lows = life.filter(low < low.rolling_min(YEAR).shift(1))["date"]
    found = frame(warehouse, "mart.market_breadth")
    assert min(len(highs), len(lows)) > 0
    assert found.filter(pl.col("new_highs_1y") > 0)["date"].equals(highs)
    assert found.filter(pl.col("new_lows_1y") > 0)["date"].equals(lows)


PLANTED = [
    ("not_null mart.returns.close", "update mart.returns set close = null where symbol = 'NEW'"),
    ("unique mart.latest_values.symbol", "insert into mart.latest_values from mart.latest_values limit 1"),
    ("unique_key mart.returns (columns ['symbol', 'date'])", "insert into mart.returns from mart.returns limit 1"),
    ("accepted_range mart.returns.drawdown (min_value -1, max_value 0)", "update mart.returns set drawdown = 0.01"),
    ("accepted_range mart.returns.drawdown (min_value -1, max_value 0)", "update mart.returns set drawdown = -1.01"),
    ("accepted_range mart.latest_values.atr_14 (min_value 0)", "update mart.latest_values set atr_14 = 'nan'"),
    ("accepted_range mart.latest_values.atr_14 (min_value 0)", "update mart.latest_values set atr_14 = 'inf'"),
    (
        "relationships mart.drawdowns.symbol (to ref('returns'), field symbol)",
        "delete from mart.returns where symbol = 'LONG'",
    ),
    (
        "equal_rowcount mart.ranks (compare_model ref('returns'))",
        "delete from mart.ranks where symbol = 'NEW'",
    ),
]


@pytest.fixture
def undone(warehouse):
    """The warehouse, in a transaction that is rolled back."""
    warehouse.execute("begin")
    yield warehouse
    warehouse.execute("rollback")


@pytest.mark.parametrize(("name", "fault"), PLANTED)
def test_a_planted_fault_fails_its_data_test(undone, name, fault):
    tests = {test.name: test for model in PROJECT.models for test in model.tests}
    assert undone.execute(tests[name].sql).fetchall() == []
    undone.execute(fault)
    assert undone.execute(tests[name].sql).fetchall() != []


def test_a_null_is_in_every_range(undone):
    test = next(test for test in BY_NAME["latest_values"].tests if test.column == "rsi_14")
    undone.execute("update mart.latest_values set rsi_14 = null")
    assert undone.execute(test.sql).fetchall() == []


def test_accepted_values_names_the_strangers(undone):
    kinds = Kinds(project.ROOT / "data_tests" / "generic")
    declared = {"accepted_values": {"arguments": {"values": ["LONG", "NEW"]}}}
    test = kinds.test(declared, "mart.latest_values", "symbol", Names({}, {}, {}))
    assert [symbol for symbol, *_ in undone.execute(test.sql).fetchall()] == ["GONE"]
