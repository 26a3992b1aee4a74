"""More channels around averages, and the average that changes sides."""

from typing import Annotated

import numpy as np

from indicators.bars import Array
from indicators.formulas import Columns, bars, formula, number
from indicators.indicator import Output
from indicators.own.steps import average_range, held, later, sma

BANDS = tuple(Output(name, "price", f"{name.title()} line.") for name in ("upper", "middle", "lower"))
Mean = Annotated[int, bars("Bars of the middle line.", least=1)]
Ranges = Annotated[int, bars("Bars of the average true range.", least=1)]
Distance = Annotated[float, number("Distance of both bands from the middle, in average true ranges.", 0.01, 100.0)]


@formula(
    "STARC Bands",
    "Mean of the closes, and bands average true ranges away.",
    rule="SMA(close, period) +- multiplier * ATR",
    source="Manning Stoller, 1980s",
    family="trend",
    memory="convergent",
    warm_up=lambda p: max(p.period - 1, p.atr),
    outputs=BANDS,
)
def starc(
    high: Array, low: Array, close: Array, *, period: Mean = 6, atr: Ranges = 15, multiplier: Distance = 2.0
) -> Columns:
    """Return upper, middle and lower line."""
    middle, distance = sma(close, period), multiplier * average_range(high, low, close, atr)
    return middle + distance, middle, middle - distance


@formula(
    "Aberration",
    "Mean of the typical prices, and bands one average true range away.",
    rule="SMA((high + low + close) / 3, period) +- ATR",
    source="Keith Fitschen, 1993; with true ranges, common practice",
    family="volatility",
    memory="convergent",
    warm_up=lambda p: max(p.period - 1, p.atr),
    outputs=BANDS,
)
def aberration(high: Array, low: Array, close: Array, *, period: Mean = 5, atr: Ranges = 15) -> Columns:
    """Return upper, middle and lower line."""
    middle, distance = sma((high + low + close) / 3, period), average_range(high, low, close, atr)
    return middle + distance, middle, middle - distance


@formula(
    "Gann HiLo Activator",
    "Mean of the lows while the close has last left the means upwards, else the mean of the highs.",
    rule="SMA(low, low) once close > SMA(high, high) a bar ago, SMA(high, high) once close < SMA(low, low) a bar ago",
    source="Robert Krausz, W. D. Gann Treasure Discovered, 1998",
    family="trend",
    memory="convergent",
    warm_up=lambda p: max(p.highs, p.lows),
    outputs=(
        Output("hilo", "price", "The line: a stop for the trend."),
        Output("trend", "direction", "1 in a rising trend, as at first, -1 in a falling one.", minimum=-1, maximum=1),
    ),
)
def hilo(
    high: Array,
    low: Array,
    close: Array,
    *,
    highs: Annotated[int, bars("Bars that highs are averaged over.", least=1)] = 13,
    lows: Annotated[int, bars("Bars that lows are averaged over.", least=1)] = 21,
) -> Columns:
    """Return the line and the trend."""
    above, below = sma(high, highs), sma(low, lows)
    signs = np.where(close > later(above, 1), 1.0, np.where(close < later(below, 1), -1.0, np.nan))
    trend = held(signs, max(highs, lows), first=1.0)
    return np.where(trend > 0, below, above), trend


FORMULAS = (starc, aberration, hilo)
