"""Adjusting bars for splits and dividends: factors that count from each symbol's last bar back."""

import numpy as np
import numpy.typing as npt
import polars as pl

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
    placed = _place(bars, actions).filter(pl.col("kind") == "dividend")
    return placed.filter(pl.col("value") >= pl.col("previous_close")).select(actions.columns)


def _steps(bars: pl.DataFrame, actions: pl.DataFrame) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return, for each bar, the factor of the splits and of the dividends whose ex-date is the next bar's day."""
    placed = _place(bars, actions)
    split = placed.filter(pl.col("kind") == "split")
    ratio_at = np.ones(bars.height)
    np.multiply.at(ratio_at, split["row"].to_numpy(), split["value"].to_numpy())
    dividend = placed.filter((pl.col("kind") == "dividend") & (pl.col("value") < pl.col("previous_close")))
    rows = dividend["row"].to_numpy()
    # Cash is paid on the new shares where both happen on one day.
    basis = dividend["previous_close"].to_numpy() / ratio_at[rows]
    dividend_at = np.ones(bars.height)
    np.multiply.at(dividend_at, rows, 1 - dividend["value"].to_numpy() / basis)
    return 1 / ratio_at, dividend_at


def _place(bars: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """Return the actions that fall between two bars, with the `row` of the bar before them and its close."""
    rows = bars.select("symbol", "date", pl.col("close").alias("previous_close")).with_row_index("row")
    before = actions.sort("ex_date").with_columns(eve=pl.col("ex_date").dt.offset_by("-1d"))
    placed = before.join_asof(rows.sort("date"), left_on="eve", right_on="date", by="symbol", check_sortedness=False)
    last = bars.group_by("symbol").agg(last=pl.col("date").max())
    return placed.join(last, on="symbol").filter(pl.col("row").is_not_null() & (pl.col("ex_date") <= pl.col("last")))


def _starts(bars: pl.DataFrame) -> npt.NDArray[np.int64]:
    runs = bars["symbol"].rle_id().to_numpy()
    return np.concatenate(([0], np.flatnonzero(np.diff(runs)) + 1)) if len(runs) else np.zeros(0, np.int64)


def _backward_product(steps: npt.NDArray[np.float64], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    product = np.ones_like(steps)
    for start, end in zip(starts, [*starts[1:], len(steps)], strict=True):
        product[start:end] = np.cumprod(steps[start:end][::-1])[::-1]
    return product
