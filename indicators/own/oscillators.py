"""Oscillators made of averages and ranks."""

from typing import Annotated

import numpy as np

from indicators.bars import Array
from indicators.formulas import Columns, bars, formula
from indicators.indicator import Output
from indicators.own.conventions import Ties, Window
from indicators.own.steps import (
    ema,
    growth,
    moment,
    percent_rank,
    rsi,
    run_lengths,
    sma,
    weighted,
    wma,
)

SIGNAL = "Bars of the signal's average."


@formula(
    "Know Sure Thing",
    "Four smoothed rates of change, added with weights 1 to 4.",
    rule="sum of k * SMA(100 * growth over change k, smoothing k) for k = 1..4; signal = its SMA",
    source="Martin Pring, Technical Analysis of Stocks & Commodities, 1992",
    family="momentum",
    memory="window",
    warm_up=lambda p: (
        max(p.change1 + p.mean1, p.change2 + p.mean2, p.change3 + p.mean3, p.change4 + p.mean4) + p.signal - 2
    ),
    outputs=(Output("kst", "percent", "Weighted sum."), Output("signal", "percent", "Mean of it.")),
    ascending=(("change1", "change2", "change3", "change4"),),
)
def kst(
    on: Array,
    *,
    change1: Annotated[int, bars("Bars of the first change.", least=1)] = 10,
    change2: Annotated[int, bars("Bars of the second change.", least=1)] = 15,
    change3: Annotated[int, bars("Bars of the third change.", least=1)] = 20,
    change4: Annotated[int, bars("Bars of the fourth change.", least=1)] = 30,
    mean1: Annotated[int, bars("Bars that the first change is averaged over.", least=1)] = 10,
    mean2: Annotated[int, bars("Bars that the second change is averaged over.", least=1)] = 10,
    mean3: Annotated[int, bars("Bars that the third change is averaged over.", least=1)] = 10,
    mean4: Annotated[int, bars("Bars that the fourth change is averaged over.", least=1)] = 15,
    signal: Annotated[int, bars(SIGNAL, least=1)] = 9,
) -> Columns:
    """Return the sum and its signal."""
    parts = ((change1, mean1), (change2, mean2), (change3, mean3), (change4, mean4))
    line = sum(
        (100 * weight * sma(growth(on, over), mean) for weight, (over, mean) in enumerate(parts, 1)), np.zeros(len(on))
    )
    return line, sma(line, signal)


@formula(
    "Connors RSI",
    "Mean of three: RSI, RSI of the run of rises or falls, and the rank of the newest change.",
    rule="(RSI(value) + RSI(bars risen or -fallen in a row) + share of the last `rank` changes below the newest) / 3",
    source="Larry Connors, An Introduction to ConnorsRSI, 2012",
    family="momentum",
    memory="convergent",
    warm_up=lambda p: max(p.period, p.streak, p.rank + (p.window == "before")),
    outputs=(Output("crsi", "index", "0 to 100.", minimum=0, maximum=100),),
)
def crsi(
    on: Array,
    *,
    period: Annotated[int, bars("Bars of the RSI.")] = 3,
    streak: Annotated[int, bars("Bars of the run's RSI.")] = 2,
    rank: Annotated[int, bars("Changes that the newest one is ranked among.")] = 100,
    ties: Ties = "below",
    window: Window = "before",
) -> Array:
    """Return the mean of the three."""
    signs = np.sign(np.diff(on, prepend=on[0]))
    place = percent_rank(growth(on), rank - (window == "within"), ties)
    return (rsi(on, period) + rsi(signs * run_lengths(signs), streak) + place) / 3


@formula(
    "Price Momentum Oscillator",
    "Rate of change of one bar, smoothed twice, times ten.",
    rule="S(10 * S(100 * growth, first), second), S(n) an EMA of weight 2 / n; signal = its EMA",
    source="Carl Swenlin, DecisionPoint",
    family="momentum",
    memory="convergent",
    warm_up=lambda p: p.first + p.second + p.signal - 4,
    outputs=(Output("pmo", "index", "The oscillator."), Output("signal", "index", "EMA of it.")),
)
def pmo(
    on: Array,
    *,
    first: Annotated[int, bars("Bars of the first smoothing.")] = 35,
    second: Annotated[int, bars("Bars of the second smoothing.")] = 20,
    signal: Annotated[int, bars(SIGNAL)] = 10,
) -> Columns:
    """Return the oscillator and its signal; an EMA of n - 1 bars has weight 2 / n."""
    line = ema(1_000 * ema(growth(on), first - 1), second - 1)
    return line, ema(line, signal)


@formula(
    "Relative Vigor Index",
    "Moves from open to close as a share of the range, both smoothed.",
    rule="mean of W(close - open) / mean of W(high - low), W weighted 1 2 2 1 over four bars; signal = W of it",
    source="John Ehlers, Technical Analysis of Stocks & Commodities, 2002",
    family="momentum",
    memory="window",
    warm_up=lambda p: p.period + 5,
    outputs=(
        Output("rvgi", "ratio", "-1 when every bar closes at its low, 1 at its high.", minimum=-1, maximum=1),
        Output("signal", "ratio", "Weighted mean of the last four.", minimum=-1, maximum=1),
    ),
    undefined_at_times=True,
)
def rvgi(
    open: Array,  # noqa: A002 - the series' name
    high: Array,
    low: Array,
    close: Array,
    *,
    period: Annotated[int, bars("Bars that both are averaged over.")] = 10,
) -> Columns:
    """Return the index and its signal; sums are taken anew for each bar, so that a halt leaves nothing behind."""
    four, all_alike = np.array([1, 2, 2, 1]) / 6, np.ones(period)
    line = weighted(weighted(close - open, four), all_alike) / weighted(weighted(high - low, four), all_alike)
    return line, weighted(line, four)


@formula(
    "Centre of Gravity",
    "Mean age of the window's values, weighted by them: the nearer to zero, the heavier the newest.",
    rule="-(sum of (age + 1) * value) / (sum of values), age 0 for the newest",
    source="John Ehlers, Technical Analysis of Stocks & Commodities, 2002",
    family="momentum",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("cg", "bars", "From -period to -1.", maximum=0),),
    undefined_at_times=True,
)
def cg(on: Array, *, period: Annotated[int, bars("Bars looked at.")] = 10) -> Array:
    """Return the centre; a weighted average weighs with period - age, so the rest of the weight is the age."""
    return (period + 1) * (wma(on, period) / (2 * sma(on, period)) - 1)


@formula(
    "Correlation Trend Indicator",
    "Correlation of the values with time.",
    rule="covariance of value and bar / (deviation of value * deviation of bar)",
    source="John Ehlers, Technical Analysis of Stocks & Commodities, 2020",
    family="momentum",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("cti", "ratio", "1 on a rising line, -1 on a falling one.", minimum=-1, maximum=1),),
    undefined_at_times=True,
)
def cti(on: Array, *, period: Annotated[int, bars("Bars looked at.")] = 12) -> Array:
    """Return the correlation, of distances from the window's mean."""
    times = (period - 1) / 2 - np.arange(period, dtype=np.float64)
    spread = np.sqrt((times**2).sum() * period * moment(on, period, 2))
    return np.clip(weighted(on, times) / spread, -1, 1)


FORMULAS = (kst, crsi, pmo, rvgi, cg, cti)
