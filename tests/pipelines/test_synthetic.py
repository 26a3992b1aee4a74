"""The synthetic universe keeps the contract of real bars, has their troubles, and says that it is invented."""

import datetime as dt

import polars as pl
import pytest

from pipelines import synthetic, wiki_sample
from pipelines.adjust import adjust


@pytest.fixture(scope="module")
def world():
    return synthetic.universe(symbols=60, sessions=1000, seed=7)


def test_the_columns_are_those_of_the_real_sample(world):
    bars, actions = world
    assert bars.schema == pl.read_parquet_schema(wiki_sample.BARS)
    assert actions.schema == pl.read_parquet_schema(wiki_sample.ACTIONS)


def test_the_same_seed_gives_the_same_rows_and_another_gives_others(world):
    again = synthetic.universe(symbols=60, sessions=1000, seed=7)
    other = synthetic.universe(symbols=60, sessions=1000, seed=8)
    assert all(mine.equals(theirs) for mine, theirs in zip(world, again, strict=True))
    assert not world[0].equals(other[0])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("symbols", "sessions"), [(1, 1), (3, 2), (40, 300)])
def test_bars_keep_the_contract(symbols, sessions, seed):
    bars, actions = synthetic.universe(symbols=symbols, sessions=sessions, seed=seed)
    inside = pl.all_horizontal(pl.col("open", "close").is_between("low", "high"))
    assert bars.select((inside & (pl.col("low") > 0) & (pl.col("volume") >= 0)).all()).item()
    assert bars["symbol"].n_unique() == symbols
    assert bars.height == bars.unique(["symbol", "date"]).height
    assert bars.equals(bars.sort("symbol", "date"))
    assert bars["date"].dt.weekday().max() <= 5
    assert actions.equals(actions.unique(["symbol", "ex_date", "kind"]).sort("symbol", "ex_date", "kind"))
    assert (actions["value"] > 0).all()


def test_every_trouble_occurs(world):
    bars, actions = world
    lives = bars.group_by("symbol").agg(first=pl.col("date").min(), last=pl.col("date").max(), bars=pl.len())
    whole = bars["date"].n_unique()
    days = lives.select(pl.business_day_count("first", pl.col("last").dt.offset_by("1d")) - pl.col("bars")).to_series()
    flat = bars.filter(pl.all_horizontal(pl.col("open", "high", "low") == pl.col("close")))
    assert (lives["last"] < synthetic.LAST_SESSION).any()  # delisted
    assert (lives["first"] > bars["date"].min()).any()  # listed late
    assert (days > 0).any()  # sessions missing while halted
    assert (bars["volume"] == 0).any()
    assert bars.filter(volume=0).equals(flat)
    assert set(actions["kind"]) == {"split", "dividend"}
    assert {2.0, 0.1} <= set(actions.filter(kind="split")["value"])
    assert whole == 1000
    assert lives["bars"].max() == whole  # and many have no trouble at all


def test_splits_explain_the_steps_of_the_price(world):
    bars, actions = world
    adjusted = adjust(bars.with_columns(pl.col("volume").cast(pl.Float64)), actions)
    splits = actions.filter(kind="split").select("symbol", date="ex_date")
    factor, close = pl.col("split_factor"), pl.col("close")
    on_splits = adjusted.with_columns(
        move=close.log().diff().abs().over("symbol"),
        move_as_traded=(close / factor).log().diff().abs().over("symbol"),
    ).join(splits, on=["symbol", "date"])
    assert on_splits.height > 30
    assert on_splits["move_as_traded"].median() > 0.6
    assert on_splits["move"].median() < 0.03


def test_rows_say_that_they_are_invented(world):
    bars, actions = world
    assert bars["symbol"].str.contains(r"^SYN\d{4}$").all()
    assert set(actions["source"]) == {"synthetic"}
    assert not pl.read_parquet(wiki_sample.BARS)["symbol"].str.starts_with(synthetic.PREFIX).any()


def test_names_stay_sorted_past_ten_thousand_symbols():
    bars, _ = synthetic.universe(symbols=10_001, sessions=1, seed=1, last=dt.date(2025, 11, 30))  # a Sunday
    assert bars["symbol"].to_list()[-1] == "SYN10001"
    assert bars["symbol"].is_sorted()
    assert set(bars["date"]) == {dt.date(2025, 11, 28)}


@pytest.mark.parametrize(("symbols", "sessions"), [(0, 10), (10, 0), (-1, 1)])
def test_an_empty_universe_is_refused(symbols, sessions):
    with pytest.raises(ValueError, match="at least 1 of each"):
        synthetic.universe(symbols=symbols, sessions=sessions, seed=1)


def test_files_hold_the_universe(tmp_path):
    paths = synthetic.write(tmp_path / "new", symbols=2, sessions=20, seed=3)
    for path, frame in zip(paths, synthetic.universe(symbols=2, sessions=20, seed=3), strict=True):
        assert pl.read_parquet(path).equals(frame)
