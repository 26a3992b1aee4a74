"""The lineage of indicator tables is true of the kernels: what a column is said not to read does not change it."""

import duckdb
import msgspec
import numpy as np
import polars as pl
import pytest

from indicators import Bars, build, stored, stored_columns
from pipelines import metadata
from pipelines.lineage import call, origins, read_by
from pipelines.steps import FAMILIES
from tests.pipelines.frames import bars, resampled_frame
from tests.world import world  # noqa: F401 - a fixture
from warehouse import snapshots
from warehouse.contracts import BARS
from warehouse.intervals import WEEKLY
from warehouse.work import WorkStore

COLUMNS = ("open", "high", "low", "close", "volume")


def made(seed=0):
    rng = np.random.default_rng(seed)
    close = 50 * np.exp(np.cumsum(rng.normal(0, 0.02, 400)))
    spread = np.abs(rng.normal(0, 0.01, (2, 400)))
    opening = close * (1 + rng.normal(0, 0.005, 400))
    high, low = np.maximum(close, opening) * (1 + spread[0]), np.minimum(close, opening) * (1 - spread[1])
    return Bars(opening, high, low, close, rng.integers(1_000, 9_000, 400).astype(float))


def shaken(bars, column):
    rng = np.random.default_rng(1)
    values = getattr(bars, column)
    return msgspec.structs.replace(bars, **{column: values * (1 + rng.uniform(0, 0.02, len(values)))})


@pytest.mark.parametrize("column", COLUMNS)
def test_an_indicator_reads_what_it_is_said_to_read(column):
    bars = made()
    other = shaken(bars, column)
    for indicator in stored():
        before, after = indicator.compute(bars), indicator.compute(other)
        moved = not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, after, strict=True))
        if column not in read_by(indicator):
            assert not moved, indicator
        elif indicator.family != "patterns":  # most of them are rare
            assert moved, indicator


@pytest.mark.parametrize("column", COLUMNS)
def test_a_period_is_made_of_what_it_is_said_to_be_made_of(column):
    frame = bars(9)
    other = frame.with_columns(pl.col(column) * 1.01)
    before, after = (resampled_frame(one, WEEKLY) for one in (frame, other))
    moved = {name for name in before.columns if not before[name].equals(after[name])}
    found = origins(BARS["1w"], [BARS["1d"]])
    assert {one.column for one in found if one.from_column == column} == moved
    assert [one.column for one in found] == list(BARS["1w"].column_names)


@pytest.fixture(scope="module")
def database(world):  # noqa: F811
    path = world.snapshots / snapshots.current_id(world) / snapshots.DATABASE
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def test_the_published_lineage_names_columns_that_there_are(database):
    missing = """
        with known as (select schema_name || '.' || table_name as table_name, column_name from duckdb_columns())
        select * from meta.lineage as l
        where not exists (from known where known.table_name = l.table_name and known.column_name = l.column_name)
            or not exists (from known where known.table_name = l.from_table and known.column_name = l.from_column)
    """
    assert database.execute(missing).fetchall() == []


def test_the_published_lineage_leads_from_a_mart_to_what_was_delivered(database):
    walk = """
        with recursive back as (
            select from_table, from_column from meta.lineage
            where table_name = 'mart.latest_values' and column_name = 'rsi_14'
            union
            select next.from_table, next.from_column
            from back inner join meta.lineage as next
                on next.table_name = back.from_table and next.column_name = back.from_column
        )
        select from_table || '.' || from_column from back
    """
    assert {name for (name,) in database.execute(walk).fetchall()} == {
        "daily.momentum.rsi_14",
        "daily.bars_adjusted.close",
        "daily.bars.close",
        "raw.bars.close",
        "raw.actions.value",
    }


def test_dagster_is_told(world):  # noqa: F811
    store = WorkStore(world)
    told = metadata.describe(store, store.version("mart.returns"))["dagster/column_lineage"].value
    (dep,) = told.deps_by_column["return_1m"]
    assert (dep.asset_key.path, dep.column_name) == (["staging", "stg_bars"], "close")
    told = metadata.describe(store, store.version("daily.volatility"))["dagster/column_lineage"].value
    assert {dep.column_name for dep in told.deps_by_column["atr_14"]} == {"high", "low", "close"}


def test_every_stored_column_is_traced_to_the_bars_and_told(database):
    traced = "select column_name from meta.lineage where table_name = ? and column_name not in ('symbol', 'date')"
    found = [
        name
        for family in FAMILIES
        for (name,) in database.execute(f"{traced} group by 1", [f"daily.{family}"]).fetchall()
    ]
    assert sorted(found) == sorted(stored_columns())
    (expression,) = database.execute(
        "select distinct expression from meta.lineage where table_name = 'daily.momentum' and column_name = 'rsi_14'"
    ).fetchone()
    assert expression == "rsi(close, 14)"


def test_a_call_names_the_conventions_that_are_not_the_defaults():
    assert call(build("bbands", {"ddof": 1, "period": 10})) == "bbands(close, 10, 2.0, ddof=1)"
    assert call(build("atr", {"type": "sma"})) == "atr(14, type=sma)"


def test_the_catalogue_is_a_table(database):
    first = "parameters->0->>'name', (parameters->0->>'maximum')::int"
    title, name, maximum, columns = database.execute(
        f"select title, {first}, columns from meta.indicators where id = 'rsi'"
    ).fetchone()
    assert (title, name) == ("Relative Strength Index", "period")
    assert maximum > 14
    assert "rsi_14" in msgspec.json.decode(columns)
    joined = """
        select count(*) from daily.momentum_long as values
        inner join meta.indicator_columns as told on values.indicator = told.column_name
        where told.indicator = 'rsi' and values.value not between told.minimum and told.maximum
    """
    assert database.execute(joined).fetchone() == (0,)
