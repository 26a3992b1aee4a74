"""Every mart over an invented market, against the same question asked of Polars or NumPy."""

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.dbt_like_sql.conftest import frame

KEY = ["symbol", "date"]
MEASURES = ("return_1m", "return_3m", "momentum_12_1", "rsi_14", "natr_14")


@pytest.fixture(scope="module")
def bars(market):
    return frame(market, "daily.bars_adjusted").sort(KEY)


@pytest.fixture(scope="module")
def returns(bars):
    """Each bar's logarithmic return, and its number in the symbol's life."""
    return bars.select(
        *KEY,
        "close",
        session=pl.int_range(1, pl.len() + 1).over("symbol"),
        move=pl.col("close").log().diff().over("symbol"),
    )


def same(found, expected, *, key=KEY):
    assert_frame_equal(
        found.select(expected.columns).sort(key), expected.sort(key), check_dtypes=False, rel_tol=1e-9, abs_tol=1e-12
    )


def test_breadth_counts_what_stands_above_its_means(market, bars):
    trend = frame(market, "daily.trend")
    joined = bars.join(trend, on=KEY)
    share = {
        f"share_above_sma_{n}": (pl.col("close") > pl.col(f"sma_{n}")).filter(pl.col(f"sma_{n}").is_not_null()).mean()
        for n in (50, 200)
    }
    up = pl.col("close").diff().over("symbol")
    days = bars.with_columns(sign=up.sign()).group_by("date").agg(line=pl.col("sign").sum()).sort("date")
    expected = joined.group_by("date").agg(**share).join(days, on="date").sort("date")
    expected = expected.with_columns(advance_decline_line=pl.col("line").cum_sum()).drop("line")
    same(frame(market, "mart.market_breadth"), expected, key=["date"])


def test_ranks_are_shares_of_the_sessions_symbols(market, bars):
    close = pl.col("close")
    scores = (
        bars.select(
            *KEY,
            return_1m=(close / close.shift(21)).over("symbol") - 1,
            return_3m=(close / close.shift(63)).over("symbol") - 1,
            momentum_12_1=(close.shift(21) / close.shift(252)).over("symbol") - 1,
        )
        .join(frame(market, "daily.momentum").select(*KEY, "rsi_14"), on=KEY)
        .join(frame(market, "daily.volatility").select(*KEY, "natr_14"), on=KEY)
    )
    ranked = scores.with_columns(
        ((pl.col(name).rank("min") - 1) / (pl.col(name).count() - 1)).over("date").fill_nan(None).alias(f"{name}_rank")
        for name in MEASURES
    )
    found = frame(market, "mart.ranks")
    same(found, ranked)
    assert found.select("date", "symbol").equals(found.select("date", "symbol").sort("date", "symbol"))
    assert {found[f"{name}_rank"].min() for name in MEASURES} == {0.0}
    assert {found[f"{name}_rank"].max() for name in MEASURES} == {1.0}


def test_correlations_are_numpys_over_twelve_months(market, returns):
    found = frame(market, "mart.universe_correlation")
    moves = returns.drop_nulls("move")
    day = moves.group_by("date").agg(total=pl.col("move").sum(), symbols=pl.len())
    pairs = moves.join(day, on="date").filter(pl.col("symbols") > 1)
    pairs = pairs.with_columns(others=(pl.col("total") - pl.col("move")) / (pl.col("symbols") - 1))
    rows = found.sample(60, seed=1).rows(named=True)
    for row in rows:
        first, last = pl.lit(row["month"]).dt.offset_by("-11mo"), pl.lit(row["month"]).dt.month_end()
        mine = pairs.filter(pl.col("symbol") == row["symbol"], pl.col("date").is_between(first, last))
        own, others = mine["move"].to_numpy(), mine["others"].to_numpy()
        assert row["sessions"] == len(own)
        assert row["correlation_1y"] == pytest.approx(np.corrcoef(own, others)[0, 1], abs=1e-9)
        assert row["beta_1y"] == pytest.approx(np.cov(own, others)[0, 1] / np.var(others, ddof=1), rel=1e-8)
        assert row["volatility_1y"] == pytest.approx(np.std(own, ddof=1) * np.sqrt(252), rel=1e-9)
    counted = pairs.with_columns(month=pl.col("date").dt.truncate("1mo")).select("symbol", "month").unique()
    assert 0 < counted.height - found.height < counted.height  # the first months have too few sessions


def falls(symbol, days, close):
    """Walk along the closes of one symbol, as a person would."""
    found, peak = [], 0
    for at in range(1, len(close) + 1):
        if at == len(close) or close[at] >= close[peak]:
            trough = peak + int(np.argmin(close[peak:at]))
            depth = close[trough] / close[peak] - 1
            if depth <= -0.1:
                end = None if at == len(close) else days[at]
                found.append((symbol, days[peak], close[peak], days[trough], close[trough], end, depth, at - peak - 1))
            peak = at
    return found


def test_drawdowns_are_those_of_a_walk_along_the_closes(market, bars):
    walked = [
        fall
        for (symbol,), life in bars.group_by("symbol", maintain_order=True)
        for fall in falls(symbol, life["date"].to_list(), life["close"].to_numpy())
    ]
    found = frame(market, "mart.drawdowns")
    assert len(walked) > 40
    same(found, pl.DataFrame(walked, schema=found.schema, orient="row"), key=["symbol", "peak_date"])
    assert 0 < found["recovery_date"].null_count() <= 24


def test_crosses_are_changes_of_side(market, bars, returns):
    trend = frame(market, "daily.trend").drop_nulls("sma_200").sort(KEY)
    side = (pl.col("sma_50") > pl.col("sma_200")).cast(pl.Int8)
    close = pl.col("close")
    after = bars.select(
        *KEY,
        "close",
        return_1m_after=(close.shift(-21) / close).over("symbol") - 1,
        return_3m_after=(close.shift(-63) / close).over("symbol") - 1,
    )
    turned = trend.select(*KEY, "sma_50", "sma_200", turn=side.diff().over("symbol")).filter(pl.col("turn") != 0)
    expected = (
        turned.join(after, on=KEY)
        .join(returns.select(*KEY, "session"), on=KEY)
        .sort(KEY)
        .select(
            *KEY,
            "close",
            "sma_50",
            "sma_200",
            "return_1m_after",
            "return_3m_after",
            kind=pl.when(pl.col("turn") > 0).then(pl.lit("golden")).otherwise(pl.lit("death")),
            sessions_since_last=pl.col("session").diff().over("symbol"),
        )
    )
    found = frame(market, "mart.crosses")
    assert {"golden", "death"} == set(found["kind"])
    same(found, expected)


def test_year_ranges_tell_the_place_in_the_range(market, bars):
    high, low = (
        pl.col(name).rolling_max(252, min_samples=1) if name == "high" else pl.col(name).rolling_min(252, min_samples=1)
        for name in ("high", "low")
    )
    ranges = bars.with_columns(high_1y=high.over("symbol"), low_1y=low.over("symbol"))
    width = pl.col("high_1y") - pl.col("low_1y")
    place = pl.when(width != 0).then((pl.col("close") - pl.col("low_1y")) / width)
    same(frame(market, "mart.year_ranges"), ranges.select(*KEY, "close", "high_1y", "low_1y", position_1y=place))


def test_quality_counts_what_is_missing_and_odd(market, bars, returns):
    found = frame(market, "mart.data_quality")
    sessions = bars.select("date").unique().sort("date").with_row_index("number")
    placed = bars.join(sessions, on="date").sort(KEY).join(returns.select(*KEY, "move"), on=KEY)
    gap = (pl.col("number").cast(pl.Int64).diff() - 1).over("symbol")
    expected = (
        placed.with_columns(gap=gap)
        .group_by("symbol")
        .agg(
            bars=pl.len(),
            missing_sessions=pl.col("gap").sum(),
            longest_gap=pl.col("gap").max().fill_null(0),
            sessions_behind=sessions.height - 1 - pl.col("number").max().cast(pl.Int64),
            silent_bars=(pl.col("volume") == 0).sum(),
            flat_bars=(pl.col("high") == pl.col("low")).sum(),
            unchanged_closes=(pl.col("close").diff() == 0).sum(),
            jumps=(pl.col("move").abs() >= 0.4).sum(),
            largest_move=pl.col("move").abs().max(),
        )
    )
    same(found, expected, key=["symbol"])
    assert found["missing_sessions"].sum() > 0
    assert found["sessions_behind"].max() > 0
    assert found["silent_bars"].sum() > 0
    assert found["superseded_bars"].sum() == 5
    actions = frame(market, "raw.actions")
    assert found["splits"].sum() == actions.filter(kind="split").height > 0
    assert found["dividends"].sum() == actions.filter(kind="dividend").height > 0


def test_a_summary_tells_growth_and_risk(market, bars):
    found = frame(market, "mart.symbol_summary")
    total = pl.col("close") / pl.col("split_factor") * pl.col("split_div_factor")
    years = (pl.col("date").last() - pl.col("date").first()).dt.total_days() / 365.25
    growth = (
        bars.sort(KEY)
        .group_by("symbol")
        .agg(total_return_per_year=pl.when(pl.len() > 252).then((total.last() / total.first()) ** (1 / years) - 1))
    )
    same(found, growth, key=["symbol"])
    newest = frame(market, "mart.universe_correlation").sort("symbol", "month").group_by("symbol").last()
    known = found.drop_nulls("volatility_1y").select("symbol", "volatility_1y", "correlation_1y")
    same(known, newest.select("symbol", "volatility_1y", "correlation_1y"), key=["symbol"])
