"""Bands around an average, and where the price stands between them."""

from typing import Annotated

import numpy as np

from indicators.bars import Array
from indicators.formulas import bars, formula, number
from indicators.indicator import Output
from indicators.memories import ByParameters, of_ranges
from indicators.own.conventions import Ddof, FirstBar, RangeAverage
from indicators.own.steps import (
    average_true_range,
    deviation,
    highest,
    lowest,
    range_lookback,
    regression,
    residuals,
    sma,
)

BOLLINGER = "John Bollinger, Bollinger on Bollinger Bands, 2001"
MIDDLE, UPPER, LOWER = (Output(name, "price", f"{name.title()} line.") for name in ("middle", "upper", "lower"))
Distance = Annotated[float, number("Distance of both bands from the middle, in standard deviations.", 0.01, 100.0)]
Ranges = Annotated[float, number("Distance from the extreme, in average true ranges.", 0.01, 100.0)]


@formula(
    "Bollinger %B",
    "Place of the value between the Bollinger bands: 0 on the lower, 1 on the upper.",
    rule="(value - lower) / (upper - lower), with upper, lower = mean +- deviations * population deviation",
    source=BOLLINGER,
    family="trend",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("percentb", "ratio", "0 on the lower band, 1 on the upper; null where the window is flat."),),
    undefined_at_times=True,
)
def percentb(
    on: Array,
    *,
    period: Annotated[int, bars("Bars looked at.")] = 20,
    deviations: Distance = 2.0,
    ddof: Ddof = 0,
) -> Array:
    """Return the place between the bands."""
    return 0.5 + (on - sma(on, period)) / (2 * deviations * deviation(on, period, (period / (period - ddof)) ** 0.5))


@formula(
    "Bollinger BandWidth",
    "Distance between the Bollinger bands in percent of their middle.",
    rule="100 * (upper - lower) / mean, with upper, lower = mean +- deviations * population deviation",
    source=BOLLINGER,
    family="volatility",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("bbw", "percent", "Distance between the bands in percent of the mean.", minimum=0),),
    undefined_at_times=True,
)
def bbw(
    on: Array,
    *,
    period: Annotated[int, bars("Bars looked at.")] = 20,
    deviations: Distance = 2.0,
    ddof: Ddof = 0,
) -> Array:
    """Return the bands' width."""
    return 100 * 2 * deviations * deviation(on, period, (period / (period - ddof)) ** 0.5) / sma(on, period)


@formula(
    "Moving Average Envelopes",
    "Mean of the last values, and bands a fixed percentage away.",
    rule="mean * (1 +- percent / 100)",
    source="common practice",
    family="trend",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(UPPER, MIDDLE, LOWER),
)
def maenv(
    on: Array,
    *,
    period: Annotated[int, bars("Bars looked at.", least=1)] = 20,
    percent: Annotated[float, number("Distance of both bands from the middle, in percent.", 0.01, 99.0)] = 2.5,
) -> tuple[Array, ...]:
    """Return upper, middle and lower line."""
    middle = sma(on, period)
    return middle * (1 + percent / 100), middle, middle * (1 - percent / 100)


@formula(
    "Regression Channel",
    "End of the least-squares line, and bands standard deviations of the distances from it away.",
    rule="line +- deviations * sqrt(mean of (value - line)^2 over the window)",
    source="Gilbert Raff, Technical Analysis of Stocks & Commodities, 1991; with standard deviations, common practice",
    family="trend",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(UPPER, MIDDLE, LOWER),
)
def regchannel(
    on: Array, *, period: Annotated[int, bars("Bars looked at.")] = 20, deviations: Distance = 2.0
) -> tuple[Array, ...]:
    """Return upper, middle and lower line."""
    end, distance = regression(on, period), deviations * np.sqrt(residuals(on, period) / period)
    return end + distance, end, end - distance


@formula(
    "Chandelier Exit",
    "Stops that hang average true ranges below the highest high and above the lowest low.",
    rule="long = highest high - multiplier * ATR, short = lowest low + multiplier * ATR, all over the period",
    source="Charles Le Beau; Alexander Elder, Come Into My Trading Room, 2002",
    family="trend",
    memory=ByParameters(lambda p: of_ranges(p.atr_type, p.first_bar)),
    warm_up=lambda p: range_lookback(p.period, p.first_bar),
    outputs=(
        Output("long", "price", "Stop of a long position."),
        Output("short", "price", "Stop of a short position."),
    ),
)
def ce(
    high: Array,
    low: Array,
    close: Array,
    *,
    period: Annotated[int, bars("Bars of the extremes and of the average true range.")] = 22,
    multiplier: Ranges = 3.0,
    atr_type: RangeAverage = "rma",
    first_bar: FirstBar = "skip",
) -> tuple[Array, ...]:
    """Return both stops."""
    distance = multiplier * average_true_range(high, low, close, period, kind=atr_type, first_bar=first_bar)
    return highest(high, period) - distance, lowest(low, period) + distance


@formula(
    "Chande Kroll Stop",
    "Highest and lowest of the stops that hang average true ranges away from the extremes.",
    rule="highest over stop of (highest high - multiplier * ATR), lowest over stop of (lowest low + multiplier * ATR)",
    source="Tushar Chande and Stanley Kroll, The New Technical Trader, 1994",
    family="trend",
    memory=ByParameters(lambda p: of_ranges(p.atr_type, p.first_bar)),
    warm_up=lambda p: range_lookback(p.period, p.first_bar) + p.stop - 1,
    outputs=(
        Output("long", "price", "Stop of a long position."),
        Output("short", "price", "Stop of a short position."),
    ),
)
def cksp(
    high: Array,
    low: Array,
    close: Array,
    *,
    period: Annotated[int, bars("Bars of the extremes and of the average true range.")] = 10,
    multiplier: Ranges = 1.0,
    stop: Annotated[int, bars("Bars that the first stops' extremes are taken over.")] = 9,
    atr_type: RangeAverage = "rma",
    first_bar: FirstBar = "skip",
) -> tuple[Array, ...]:
    """Return both stops."""
    distance = multiplier * average_true_range(high, low, close, period, kind=atr_type, first_bar=first_bar)
    return highest(highest(high, period) - distance, stop), lowest(lowest(low, period) + distance, stop)


FORMULAS = (percentb, bbw, maenv, regchannel, ce, cksp)
