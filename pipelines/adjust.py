"""Adjusting bars for splits and dividends: factors that count from each symbol's last bar back."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
PRICES = ("open", "high", "low", "close")


def adjust(bars: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """Return the bars adjusted for splits, with `split_factor` and `split_div_factor`.

    A price as traded on day t, times a factor, is comparable with the last bar's. With `ratio` new shares for one
    old and a dividend of D a share:

        split_factor(t)     = product over splits with ex-date > t of 1 / ratio
        split_div_factor(t) = split_factor(t) * product over dividends with ex-date > t of 1 - D / close before it

    (the method of CRSP and Yahoo). Volume is divided by `split_factor`. Actions after the last bar, or before the
    second, change nothing. A dividend not below the price before it can't be right: see `unusable`.

    Args:
        bars: symbol, date, open, high, low, close, volume; sorted by symbol and date.
        actions: symbol, ex_date, kind, value; at most one row for each symbol, ex-date and kind.
    """
    splits, dividends = _steps(bars, actions)
    starts = _starts(bars)
    split_factor = _backward_product(splits, starts)
    factors = bars.with_columns(
        split_factor=pl.Series(split_factor),
        split_div_factor=pl.Series(split_factor * _backward_product(dividends, starts)),
    )
    return factors.with_columns(
        *(pl.col(name) * pl.col("split_factor") for name in PRICES), pl.col("volume") / pl.col("split_factor")
    )


def unusable(bars: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """Return the dividends that are not below the price before their ex-date, and hence were left out."""
    return _place(bars, actions).filter(_IS_DIVIDEND & (pl.col("value") >= pl.col("basis"))).select(actions.columns)


_IS_SPLIT = pl.col("kind") == "split"
_IS_DIVIDEND = pl.col("kind") == "dividend"


def _steps(bars: pl.DataFrame, actions: pl.DataFrame) -> tuple[Floats, Floats]:
    """Return, for each bar, the factor of the splits and of the dividends that fall between it and the next."""
    placed = _place(bars, actions)
    splits = placed.filter(_IS_SPLIT)
    dividends = placed.filter(_IS_DIVIDEND & (pl.col("value") < pl.col("basis")))
    return (
        _scatter(bars.height, splits["row"], 1 / splits["value"]),
        _scatter(bars.height, dividends["row"], 1 - dividends["value"] / dividends["basis"]),
    )


def _scatter(height: int, rows: pl.Series, factors: pl.Series) -> Floats:
    steps = np.ones(height)
    np.multiply.at(steps, rows.to_numpy(), factors.to_numpy())
    return steps


def _place(bars: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """Return the actions that fall between two bars: the `row` of the bar before, and its close on the new shares."""
    days = bars["date"].to_physical().to_numpy()
    spans = dict(zip(_symbols(bars), pairwise([*_starts(bars).tolist(), bars.height]), strict=True))
    found = []
    for (symbol,), mine in actions.sort("ex_date", maintain_order=True).group_by("symbol", maintain_order=True):
        start, end = spans.get(symbol, (0, 0))
        before = np.searchsorted(days[start:end], mine["ex_date"].to_physical().to_numpy())
        placed = mine.with_columns(row=pl.Series(start + before - 1, dtype=pl.Int64))
        found.append(placed.filter(pl.Series((before > 0) & (before < end - start))))
    placed = pl.concat(found) if found else actions.with_columns(row=pl.lit(0, pl.Int64))
    # Cash is paid on the new shares where a split falls on the same day.
    ratio = pl.when(_IS_SPLIT).then("value").otherwise(1.0).product().over("row")
    closes = bars["close"].gather(placed["row"])
    return placed.with_columns(basis=closes / placed.select(ratio).to_series())


def _starts(bars: pl.DataFrame) -> npt.NDArray[np.int64]:
    runs = bars["symbol"].rle_id().to_numpy()
    return np.concatenate(([0], np.flatnonzero(np.diff(runs)) + 1)) if len(runs) else np.zeros(0, np.int64)


def _symbols(bars: pl.DataFrame) -> list[str]:
    return bars["symbol"].rle().struct.field("value").cast(pl.String).to_list()


def _backward_product(steps: Floats, starts: npt.NDArray[np.int64]) -> Floats:
    product = np.ones_like(steps)
    for start, end in pairwise([*starts, len(steps)]):
        product[start:end] = np.cumprod(steps[start:end][::-1])[::-1]
    return product
