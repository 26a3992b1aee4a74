"""What formulas are made of: TA-Lib's kernels under short names, and steps on whole arrays.

TA-Lib's kernels skip leading NaN and start after it, so warm-ups add up along a chain. A NaN further on would spoil
all that follows: `patched` puts a number there.
"""

from typing import Literal

import numpy as np

from indicators import library
from indicators.bars import Array

_average, _rank = library.function("MA"), library.function("PERCENTRANK")
sma, ema, rma, wma = (library.function(name) for name in ("SMA", "EMA", "RMA", "WMA"))
total, highest, lowest = (library.function(name) for name in ("SUM", "MAX", "MIN"))
deviation, regression, slope = (library.function(name) for name in ("STDDEV", "LINEARREG", "LINEARREG_SLOPE"))
true_range, average_range, rsi = (library.function(name) for name in ("TRANGE", "ATR", "RSI"))


def average(kind: str, values: Array, period: int, seed: str = "sma") -> Array:
    """Return an average of a chosen kind; with the seed "first", an EMA begins with the first value."""
    if kind != "ema" or seed == "sma":
        return _average(values, period, library.AVERAGES[kind])
    start = int(np.isfinite(values).argmax())
    # that the first value stood for a whole window makes its mean the seed, so TA-Lib's kernel will do
    padded = np.concatenate((np.full(period - 1, values[start]), values[start:]))
    return np.concatenate((np.full(start, np.nan), ema(padded, period)[period - 1 :]))


def average_lookback(kind: str, period: int, seed: str = "sma") -> int:
    """Return the leading bars without a value of such an average."""
    return 0 if kind == "ema" and seed == "first" else library.average_lookback(kind, period)


def ranges(high: Array, low: Array, close: Array, first_bar: str) -> Array:
    """Return the true ranges; the first bar, which has none before it, has its high less low if it has any."""
    given = true_range(high, low, close)
    if first_bar == "range":
        given[0] = high[0] - low[0]
    return given


def average_true_range(
    high: Array, low: Array, close: Array, period: int, *, kind: str = "rma", first_bar: str = "skip"
) -> Array:
    """Return the average true range, of a chosen kind."""
    if (kind, first_bar) == ("rma", "skip"):
        return average_range(high, low, close, period)
    return average(kind, ranges(high, low, close, first_bar), period)


def range_lookback(period: int, first_bar: str) -> int:
    """Return the leading bars without a value of an average true range; all its kinds need a whole window."""
    return period - (first_bar == "range")


def shift_of(period: int, shift: str) -> int:
    """Return by how many bars the two parts of a detrended price are apart."""
    return period // 2 + (shift == "half_plus_one")


def later(values: Array, bars: int) -> Array:
    """Return the values moved `bars` bars into the future, NaN before them."""
    if bars == 0:
        return values
    return np.concatenate((np.full(min(bars, len(values)), np.nan), values[:-bars]))


def earlier(values: Array, bars: int) -> Array:
    """Return the values moved `bars` bars into the past, NaN after them: what nobody knew on those bars."""
    return np.concatenate((values[bars:], np.full(min(bars, len(values)), np.nan)))


def change(values: Array, bars: int = 1) -> Array:
    """Return each value less the one `bars` bars before."""
    return values - later(values, bars)


def growth(values: Array, bars: int = 1) -> Array:
    """Return the relative change over `bars` bars, 0 where the earlier value is 0."""
    return patched(values / later(values, bars) - 1, bars)


def patched(values: Array, start: int, number: float = 0.0) -> Array:
    """Put a number wherever there is none from bar `start` on, in place."""
    tail = values[start:]
    tail[~np.isfinite(tail)] = number
    return values


def held(values: Array, start: int, first: float) -> Array:
    """Return the values from `start` on, the latest one carried on to where there is none, `first` before the first."""
    present = np.isfinite(values)
    latest = np.maximum.accumulate(np.where(present, np.arange(len(values)), -1))
    carried = np.where(latest < start, first, values[latest])
    carried[:start] = np.nan
    return carried


def run_starts(signs: Array) -> Array:
    """Return for each bar the position where its run of equal signs began."""
    begins = np.concatenate(([True], signs[1:] != signs[:-1]))
    return np.maximum.accumulate(np.where(begins, np.arange(len(signs)), 0))


def run_lengths(signs: Array) -> Array:
    """Return how many bars, itself included, each bar's run of equal signs has lasted."""
    return np.arange(len(signs)) - run_starts(signs) + 1.0


def whole(column: Array, terms: Array, period: int) -> Array:
    """Take out, in place, what was computed from a window in which one of the terms is missing."""
    missing = ~np.isfinite(terms)
    if missing.any():
        column[total(missing.astype(float), period) > 0] = np.nan
    return column


def weighted(values: Array, weights: Array) -> Array:
    """Return the sum of the last values times the weights, of which the first is the newest value's."""
    return sum((weight * later(values, back) for back, weight in enumerate(weights.tolist())), np.zeros(len(values)))


def residuals(values: Array, period: int) -> Array:
    """Return the sum of squared distances from the window's regression line, taken one by one to be exact."""
    end, step = regression(values, period), slope(values, period)
    return sum(((later(values, back) - end + step * back) ** 2 for back in range(period)), np.zeros(len(values)))


def percent_rank(values: Array, others: int, ties: str) -> Array:
    """Return the percentage of the values before it that each value exceeds, or with ties "at_or_below" also equals."""
    if others == 1:  # TA-Lib ranks among two at least
        last = later(values, 1)
        return np.where(np.isnan(last), last, 100.0 * (last <= values if ties == "at_or_below" else last < values))
    return _rank(values, others) if ties == "below" else 100 - _rank(-values, others)


def fading(values: Array, weights: Array, start: int) -> Array:
    """Return the average that begins with the value at `start` and moves by each bar's weight towards its value."""
    average = values[start]
    averages = np.empty(len(values))
    for at, (value, weight) in enumerate(zip(values[start:].tolist(), weights[start:].tolist(), strict=True), start):
        averages[at] = average = average + weight * (value - average)
    return averages


def moment(values: Array, period: int, power: Literal[2, 3, 4]) -> Array:
    """Return the mean power of the distances from the window's mean, NaN where the window is flat.

    Distances are taken one by one: a flat window must be told from rounding, and third powers are small differences.
    """
    mean, sums = sma(values, period), np.zeros(len(values))
    for back in range(period):
        distances = later(values, back) - mean
        squares = distances * distances  # PERF: a tenth of distances**3 and distances**4
        sums += squares if power == 2 else squares * (distances if power == 3 else squares)  # noqa: PLR2004 - powers
    sums[highest(values, period) == lowest(values, period)] = np.nan
    return sums / period
