"""Shape, middle and memory of the values in a window."""

from math import floor, log
from typing import Annotated

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from indicators import library
from indicators.bars import Array
from indicators.formulas import bars, formula, number
from indicators.indicator import Output
from indicators.own.conventions import Ddof
from indicators.own.steps import deviation, later, moment, sma, weighted

_ranked = library.function("PERCENTILE")
_SHORTEST = 8  # bars of the shortest piece that a rescaled range is taken of
COMMON = "common statistics"
NULL = "null where the window is flat."


@formula(
    "Skewness",
    "Whether the window's values lean to one side (sample skewness).",
    rule="sqrt(n (n - 1)) / (n - 2) * m3 / m2^1.5, m the mean powers of distances from the mean",
    source=COMMON,
    family="statistics",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("skew", "ratio", f"Above 0 when the high values are the far ones; {NULL}"),),
    undefined_at_times=True,
)
def skew(on: Array, *, period: Annotated[int, bars("Bars looked at.", least=3)] = 30) -> Array:
    """Return the skewness, as pandas and spreadsheets do."""
    sample = (period * (period - 1)) ** 0.5 / (period - 2)
    return sample * moment(on, period, 3) / moment(on, period, 2) ** 1.5


@formula(
    "Kurtosis",
    "How heavy the tails of the window's values are (sample excess kurtosis).",
    rule="(n - 1) / ((n - 2) (n - 3)) * ((n + 1) m4 / m2^2 - 3 (n - 1)), m the mean powers of distances from the mean",
    source=COMMON,
    family="statistics",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("kurtosis", "ratio", f"0 for a normal distribution; {NULL}"),),
    undefined_at_times=True,
)
def kurtosis(on: Array, *, period: Annotated[int, bars("Bars looked at.", least=4)] = 30) -> Array:
    """Return the excess kurtosis, as pandas and spreadsheets do."""
    n = period
    tails = moment(on, period, 4) / moment(on, period, 2) ** 2
    return (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * tails - 3 * (n - 1))


def _quantile(values: Array, period: int, share: float) -> Array:
    """Return the value at a share of the way through the sorted window, between its neighbours if need be."""
    place = share * (period - 1)
    below = floor(place)
    lower = _ranked(values, period, 100 * (below + 0.5) / period)  # the middle of the percentiles of that rank
    if place == below:
        return lower
    return lower + (place - below) * (_ranked(values, period, 100 * (below + 1.5) / period) - lower)


@formula(
    "Rolling Quantile",
    "Value at a share of the way through the sorted window, interpolated.",
    rule="sorted[k] + (h - k) (sorted[k + 1] - sorted[k]), h = share (n - 1), k its whole part",
    source="Rob Hyndman and Yanan Fan, The American Statistician, 1996, definition 7",
    family="statistics",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("quantile", "price", "Value at the share."),),
)
def quantile(
    on: Array,
    *,
    period: Annotated[int, bars("Bars looked at.")] = 30,
    share: Annotated[float, number("Share of the window at or below: 0.5 for the median.", 0.0, 1.0)] = 0.5,
) -> Array:
    """Return the quantile."""
    return _quantile(on, period, share)


@formula(
    "Rolling Median",
    "Middle value of the window, or the mean of the two in the middle.",
    rule="the quantile at 1/2",
    source=COMMON,
    family="statistics",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("median", "price", "Middle value of the window."),),
)
def median(on: Array, *, period: Annotated[int, bars("Bars looked at.")] = 30) -> Array:
    """Return the median."""
    return _quantile(on, period, 0.5)


def _rescaled(returns: Array, size: int) -> Array:
    """Return each bar's R / S: the range of the summed distances of returns from their mean, over their spread."""
    pieces = sliding_window_view(returns, size)
    walks = np.cumsum(pieces - pieces.mean(axis=1, keepdims=True), axis=1)
    ranges = np.maximum(walks.max(axis=1), 0) - np.minimum(walks.min(axis=1), 0)
    return np.concatenate((np.full(size - 1, np.nan), ranges / pieces.std(axis=1)))


@formula(
    "Hurst Exponent",
    "How the rescaled range of returns grows with time: above 0.5 moves tend to go on, below to turn back.",
    rule="slope of ln(mean R / S of the pieces) over ln(returns in a piece), of n, n / 2, n / 4 ... and at least 8",
    source="Harold Hurst, 1951; Benoit Mandelbrot and James Wallis, Water Resources Research, 1969",
    family="statistics",
    memory="window",
    warm_up=lambda p: p.period,
    outputs=(Output("hurst", "ratio", "Null where a piece of the window is flat or a value is not positive."),),
    undefined_at_times=True,
)
def hurst(on: Array, *, period: Annotated[int, bars("Log returns looked at.", least=2 * _SHORTEST)] = 100) -> Array:
    """Return the exponent."""
    returns = np.log(on / later(on, 1))
    sizes = [period >> halved for halved in range(period.bit_length()) if period >> halved >= _SHORTEST]
    logs = []
    for size in sizes:
        rescaled, pieces = _rescaled(returns, size), period // size
        logs.append(np.log(sum((later(rescaled, size * piece) for piece in range(pieces)), np.zeros(len(on))) / pieces))
    lengths = np.array([log(size) for size in sizes])
    shares = (lengths - lengths.mean()) / ((lengths - lengths.mean()) ** 2).sum()
    return sum((share * line for share, line in zip(shares.tolist(), logs, strict=True)), np.zeros(len(on)))


@formula(
    "R-Squared",
    "How much of the values' variance their regression line explains.",
    rule="square of the correlation of value and bar",
    source=COMMON,
    family="statistics",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("rsquared", "ratio", f"1 on a straight line; {NULL}", minimum=0, maximum=1),),
    undefined_at_times=True,
)
def rsquared(on: Array, *, period: Annotated[int, bars("Bars looked at.")] = 14) -> Array:
    """Return the share."""
    times = (period - 1) / 2 - np.arange(period, dtype=np.float64)
    return np.minimum(weighted(on, times) ** 2 / ((times**2).sum() * period * moment(on, period, 2)), 1)


@formula(
    "Z-Score",
    "Distance from the window's mean, in standard deviations (population).",
    rule="(value - mean) / population deviation",
    source=COMMON,
    family="statistics",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(
        Output(
            "zscore", "standard deviations", "Distance from the window's mean, in standard deviations (population)."
        ),
    ),
    undefined_at_times=True,
)
def zscore(on: Array, *, period: Annotated[int, bars("Bars looked at.")] = 30, ddof: Ddof = 0) -> Array:
    """Return the distance; TA-Lib's deviation of a flat window is 0 exactly."""
    return (on - sma(on, period)) / deviation(on, period, (period / (period - ddof)) ** 0.5)


FORMULAS = (skew, kurtosis, quantile, median, hurst, rsquared, zscore)
