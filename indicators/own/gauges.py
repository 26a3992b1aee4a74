"""Small gauges of momentum: distances from averages, shares of rising bars, strength against another symbol."""

from typing import Annotated

import numpy as np

from indicators import library
from indicators.bars import Array
from indicators.formulas import Columns, bars, formula, number
from indicators.indicator import Output
from indicators.own.steps import ema, later, patched, regression, sma, true_range, weighted

_relative_volatility = library.function("RVI")
Period = Annotated[int, bars("Bars looked at.")]


@formula(
    "Bias",
    "Distance of the value from its mean, in percent of the mean.",
    rule="100 * (value / SMA - 1)",
    source="common practice",
    family="momentum",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("bias", "percent", "Null where the mean is zero.", minimum=-100),),
    undefined_at_times=True,
)
def bias(on: Array, *, period: Period = 26) -> Array:
    """Return the distance."""
    return 100 * (on / sma(on, period) - 1)


@formula(
    "Psychological Line",
    "Share of rising bars, in percent.",
    rule="100 * bars of the period with value > the one before / period",
    source="common practice",
    family="momentum",
    memory="window",
    warm_up=lambda p: p.period,
    outputs=(Output("psl", "index", "0 to 100.", minimum=0, maximum=100),),
)
def psl(on: Array, *, period: Period = 12) -> Array:
    """Return the share."""
    rose = 100.0 * (on > later(on, 1))
    rose[0] = np.nan
    return sma(rose, period)


@formula(
    "BRAR",
    "Strength of buyers against sellers, measured from the open (AR) and from the last close (BR).",
    rule="AR = 100 * sum of (high - open) / sum of (open - low); BR = 100 * sum of max(0, high - last close)"
    " / sum of max(0, last close - low)",
    source="common practice in Asian markets",
    family="momentum",
    memory="window",
    warm_up=lambda p: p.period,
    outputs=(
        Output("ar", "percent", "From the open; null where sellers did nothing.", minimum=0),
        Output("br", "percent", "From the last close; null where sellers did nothing.", minimum=0),
    ),
    undefined_at_times=True,
)
def brar(
    open: Array,  # noqa: A002 - the series' name
    high: Array,
    low: Array,
    close: Array,
    *,
    period: Period = 26,
) -> Columns:
    """Return both; sums are taken anew for each bar, so that a halt leaves nothing behind."""
    last, alike = later(close, 1), np.ones(period)
    ar = weighted(high - open, alike) / weighted(open - low, alike)
    br = weighted(np.maximum(high - last, 0), alike) / weighted(np.maximum(last - low, 0), alike)
    return 100 * ar, 100 * br


@formula(
    "Pretty Good Oscillator",
    "Distance of the close from its mean, in average true ranges.",
    rule="(close - SMA(close)) / EMA(true range)",
    source="Mark Johnson, 2000s",
    family="momentum",
    memory="convergent",
    warm_up=lambda p: p.period,
    outputs=(Output("pgo", "true ranges", "Null where nothing ever moved."),),
    undefined_at_times=True,
)
def pgo(high: Array, low: Array, close: Array, *, period: Period = 14) -> Array:
    """Return the distance."""
    return (close - sma(close, period)) / ema(true_range(high, low, close), period)


@formula(
    "Inertia",
    "End of the regression line through the relative volatility index.",
    rule="LINEARREG(RVI(value, rvi, deviation), period)",
    source="Donald Dorsey, Technical Analysis of Stocks & Commodities, 1995",
    family="momentum",
    memory="convergent",
    warm_up=lambda p: p.rvi + p.deviation + p.period - 3,
    outputs=(Output("inertia", "index", "Above 50 while moves carry on upwards."),),
)
def inertia(
    on: Array,
    *,
    period: Annotated[int, bars("Bars of the regression.")] = 20,
    rvi: Annotated[int, bars("Bars of the index's averages.")] = 14,
    deviation: Annotated[int, bars("Bars of the index's deviations.")] = 10,
) -> Array:
    """Return the line's end."""
    return regression(_relative_volatility(on, rvi, deviation), period)


@formula(
    "Laguerre RSI",
    "RSI of the stages of a Laguerre filter: smooth with few bars.",
    rule="L0 = (1 - g) value + g L0[1], Lk = -g L(k-1) + L(k-1)[1] + g Lk[1]; 100 * sum of max(0, d) / sum of |d|,"
    " d = L(k) - L(k+1)",
    source="John Ehlers, Cybernetic Analysis for Stocks and Futures, 2004",
    family="momentum",
    memory="convergent",
    warm_up=lambda _: 3,
    outputs=(Output("lrsi", "index", "0 to 100; null where the stages are equal.", minimum=0, maximum=100),),
    undefined_at_times=True,
)
def lrsi(on: Array, *, damping: Annotated[float, number("Weight of the past, g.", 0.0, 0.99)] = 0.5) -> Array:
    """Return the index."""
    keep, first = 1 - damping, float(on[0])
    l0 = l1 = l2 = l3 = first  # as if the first value had stood for ever
    values = []
    for value in on.tolist():
        k0, k1, k2 = l0, l1, l2
        l0 = keep * value + damping * l0
        l1 = k0 + damping * (l1 - l0)
        l2 = k1 + damping * (l2 - l1)
        l3 = k2 + damping * (l3 - l2)
        values.append((l0 - l1, l1 - l2, l2 - l3))
    steps = np.array(values)
    return 100 * np.maximum(steps, 0).sum(axis=1) / np.abs(steps).sum(axis=1)


@formula(
    "Clenow Momentum",
    "Yearly growth of the exponential regression line, times how well it fits.",
    rule="100 * (exp(sessions * slope of ln value) - 1) * r^2",
    source="Andreas Clenow, Stocks on the Move, 2015",
    family="momentum",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("clenow", "percent a year", "Null where a value is not positive."),),
    undefined_at_times=True,
)
def clenow(
    on: Array,
    *,
    period: Period = 90,
    sessions: Annotated[int, number("Bars in a year: 252 sessions, 52 weeks, 12 months.", 1, 366)] = 252,
) -> Array:
    """Return the adjusted growth; a flat window has none."""
    logs = np.log(on)
    times = (period - 1) / 2 - np.arange(period, dtype=np.float64)
    spread = (times**2).sum()
    slope = weighted(logs, times) / spread
    middle = weighted(logs, np.full(period, 1 / period))
    squares = np.zeros(len(on))
    for back in range(period):
        squares += (later(logs, back) - middle) ** 2
    fit = np.minimum(patched(slope * slope * spread / squares, period - 1), 1)
    return 100 * np.expm1(sessions * slope) * fit


@formula(
    "TTM Trend",
    "Whether the close is above the mean of the last bars' middles.",
    rule="1 if close > SMA((high + low) / 2), else -1",
    source="John Carter, Mastering the Trade, 2005",
    family="trend",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("ttm_trend", "direction", "1 above, else -1.", minimum=-1, maximum=1),),
)
def ttm_trend(high: Array, low: Array, close: Array, *, period: Period = 6) -> Array:
    """Return the direction."""
    return np.where(close > sma((high + low) / 2, period), 1.0, -1.0)


@formula(
    "Market Thermometer",
    "How far the bar sticks out of the one before, and the average of that.",
    rule="max(high - last high, last low - low, 0); signal = its EMA",
    source="Alexander Elder, Come Into My Trading Room, 2002",
    family="volatility",
    memory="convergent",
    warm_up=lambda p: p.period,
    outputs=(
        Output("thermo", "price", "0 for a bar inside of the one before.", minimum=0),
        Output("signal", "price", "EMA of it.", minimum=0),
    ),
)
def thermo(high: Array, low: Array, *, period: Annotated[int, bars("Bars of the signal's average.")] = 22) -> Columns:
    """Return the temperature and its average."""
    heat = np.maximum(np.maximum(high - later(high, 1), later(low, 1) - low), 0)
    return heat, ema(heat, period)


@formula(
    "Comparative Relative Strength",
    "By how much the value grew more than another symbol's, in percent.",
    rule="100 * ((value / value `period` bars ago) / (other / other `period` bars ago) - 1)",
    source="Robert Levy, The Relative Strength Concept of Common Stock Price Forecasting, 1968",
    family="momentum",
    memory="window",
    warm_up=lambda p: p.period,
    outputs=(Output("relstrength", "percent", "Null where an earlier value is zero.", minimum=-100),),
    undefined_at_times=True,
)
def relstrength(on: Array, against: Array, *, period: Annotated[int, bars("Bars of both growths.", 1)] = 252) -> Array:
    """Return the difference in growth."""
    return 100 * ((on / later(on, period)) / (against / later(against, period)) - 1)


FORMULAS = (bias, psl, brar, pgo, inertia, lrsi, clenow, ttm_trend, thermo, relstrength)
