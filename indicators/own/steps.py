"""What formulas are made of: TA-Lib's kernels under short names, and steps on whole arrays.

TA-Lib's kernels skip leading NaN and start after it, so warm-ups add up along a chain. A NaN further on would spoil
all that follows: `patched` puts a number there.
"""

from typing import Literal

import numpy as np

from indicators import library
from indicators.bars import Array

sma, ema, rma, wma = (library.function(name) for name in ("SMA", "EMA", "RMA", "WMA"))
total, highest, lowest = (library.function(name) for name in ("SUM", "MAX", "MIN"))
deviation, regression, slope = (library.function(name) for name in ("STDDEV", "LINEARREG", "LINEARREG_SLOPE"))
true_range, average_range, rsi = (library.function(name) for name in ("TRANGE", "ATR", "RSI"))


def later(values: Array, bars: int) -> Array:
    """Return the values moved `bars` bars into the future, NaN before them."""
    if bars == 0:
        return values
    return np.concatenate((np.full(min(bars, len(values)), np.nan), values[:-bars]))


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
