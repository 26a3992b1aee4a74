"""Series made of one bar and the one before, and what a window says about its own make-up."""

from math import pi
from typing import Annotated, Literal

import numpy as np

from indicators.bars import Array
from indicators.formulas import Columns, bars, convention, formula
from indicators.indicator import Output
from indicators.own.steps import change, deviation, ema, later, patched, residuals, total, weighted

Period = Annotated[int, bars("Bars looked at.")]
COMMON = "common practice"


@formula(
    "Lag",
    "The value some bars ago.",
    rule="value `period` bars ago",
    source=COMMON,
    family="math",
    memory="window",
    warm_up=lambda p: p.period,
    outputs=(Output("lag", "price", "The earlier value."),),
)
def lag(on: Array, *, period: Annotated[int, bars("Bars back.", least=1)] = 1) -> Array:
    """Return the earlier values."""
    return later(on, period)


@formula(
    "Price Distance",
    "Way that the price walked from the last close to this one, at least.",
    rule="2 (high - low) + |open - last close| - |close - open|",
    source="Mladen Rakic, 2018",
    family="volatility",
    memory="window",
    warm_up=lambda _: 1,
    outputs=(Output("pdist", "price", "The way.", minimum=0),),
)
def pdist(open: Array, high: Array, low: Array, close: Array) -> Array:  # noqa: A002 - the series' name
    """Return the way."""
    return 2 * (high - low) + np.abs(open - later(close, 1)) - np.abs(close - open)


@formula(
    "Standard Error",
    "How far the window's mean may be from the true one, or its values are from their regression line.",
    rule="population deviation / sqrt(n); of the regression: sqrt(sum of squared distances from the line / (n - 2))",
    source="common statistics",
    family="statistics",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("stderr", "price", "Standard error.", minimum=0),),
)
def stderr(
    on: Array,
    *,
    period: Period = 14,
    of: Annotated[Literal["mean", "regression"], convention("What is estimated with that error.")] = "mean",
) -> Array:
    """Return the error; two values lie on their line."""
    if of == "regression":
        return np.sqrt(residuals(on, period) / max(period - 2, 1))
    return deviation(on, period) / period**0.5


@formula(
    "Entropy",
    "How evenly the window's sum is spread over its bars.",
    rule="-sum of p log2 p, p = value / sum of the window",
    source="Claude Shannon, Bell System Technical Journal, 1948",
    family="statistics",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(
        Output("entropy", "bits", "log2 of the period when all are alike; null where the sum is zero.", minimum=0),
    ),
    undefined_at_times=True,
)
def entropy(on: Array, *, period: Period = 10) -> Array:
    """Return the entropy: log2 S - (sum of x log2 x) / S, S the sum; nothing adds nothing."""
    sums = total(on, period)
    return np.log2(sums) - total(patched(on * np.log2(on), 0), period) / sums


@formula(
    "Mesa Sine Wave",
    "Sine of the phase of the wave as long as the window, and the same an eighth of a wave ahead.",
    rule="phase = atan(sum of x sin / sum of x cos) over one turn, newest first, + 90 degrees",
    source="John Ehlers, Technical Analysis of Stocks & Commodities, 1996",
    family="cycle",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(
        Output("sine", "ratio", "Sine of the phase.", minimum=-1, maximum=1),
        Output("lead", "ratio", "Sine of the phase plus 45 degrees.", minimum=-1, maximum=1),
    ),
)
def msw(on: Array, *, period: Annotated[int, bars("Bars of the wave.", least=3)] = 5) -> Columns:
    """Return both sines."""
    angles = 2 * pi * np.arange(period) / period
    phase = np.arctan2(weighted(on, np.sin(angles)), weighted(on, np.cos(angles))) + pi / 2
    return np.sin(phase), np.sin(phase + pi / 4)


@formula(
    "Price Volume Rank",
    "Which way price and volume went: 1 both up, 2 price only, 3 volume only, 4 neither.",
    rule="1 + (volume fell) + 2 * (close fell), unchanged counting as up",
    source="Anthony Macek, Technical Analysis of Stocks & Commodities, 1994",
    family="volume",
    memory="window",
    warm_up=lambda _: 1,
    outputs=(Output("pvr", "rank", "1 to 4.", minimum=1, maximum=4),),
)
def pvr(close: Array, volume: Array) -> Array:
    """Return the rank."""
    return 1.0 + (change(volume) < 0) + 2.0 * (change(close) < 0)


@formula(
    "Price Volume",
    "Worth of the shares traded, at the close.",
    rule="close * volume",
    source=COMMON,
    family="volume",
    memory="window",
    warm_up=lambda _: 0,
    outputs=(Output("pvol", "price x shares", "Worth of the shares traded.", minimum=0),),
)
def pvol(close: Array, volume: Array) -> Array:
    """Return the worth."""
    return close * volume


@formula(
    "Volume-Weighted MACD",
    "Fast less slow average, both exponential and weighted by volume, with signal and difference.",
    rule="EMA(close * volume, n) / EMA(volume, n), fast less slow; signal = its EMA",
    source="Buff Dormeier, Investing with Volume Analysis, 2011",
    family="momentum",
    memory="convergent",
    warm_up=lambda p: p.slow + p.signal - 2,
    outputs=(
        Output("vwmacd", "price", "Fast less slow."),
        Output("signal", "price", "EMA of it."),
        Output("hist", "price", "The line less its signal."),
    ),
    ascending=(("fast", "slow"),),
)
def vwmacd(
    close: Array,
    volume: Array,
    *,
    fast: Annotated[int, bars("Bars of the fast average.")] = 12,
    slow: Annotated[int, bars("Bars of the slow average.")] = 26,
    signal: Annotated[int, bars("Bars of the signal's average.")] = 9,
) -> Columns:
    """Return line, signal and difference; while nothing was ever traded, there is none."""
    worth = close * volume
    quick, calm = (ema(worth, period) / ema(volume, period) for period in (fast, slow))
    line = patched(quick - calm, slow - 1)
    averaged = ema(line, signal)
    return line, averaged, line - averaged


@formula(
    "Linear Decay",
    "The value, or the last result less a fixed step if that is higher.",
    rule="max(value, last result - 1 / period)",
    source="Lewis Van Winkle, Tulip Indicators, 2016",
    family="math",
    memory="anchored",
    warm_up=lambda _: 0,
    outputs=(Output("decay", "price", "The value, or what is left of an earlier one."),),
)
def decay(on: Array, *, period: Annotated[int, bars("Bars over which 1 fades to nothing.", least=1)] = 5) -> Array:
    """Return the decaying values: the highest of all earlier ones less their age."""
    ages = np.arange(len(on)) / period
    return np.maximum.accumulate(on + ages) - ages


FORMULAS = (decay, lag, pdist, stderr, entropy, msw, pvr, pvol, vwmacd)
