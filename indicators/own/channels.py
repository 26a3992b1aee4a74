"""More channels, and lines that change sides."""

from typing import Annotated

import numpy as np

from indicators import library
from indicators.bars import Array
from indicators.formulas import Columns, bars, formula, number
from indicators.indicator import Output
from indicators.memories import by_average
from indicators.own.conventions import RangeAverage
from indicators.own.steps import average_true_range, ema, held, later, sma

_fractals = library.function("FRACTAL")
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
    memory=by_average("atr_type"),
    warm_up=lambda p: max(p.period - 1, p.atr),
    outputs=BANDS,
)
def starc(
    high: Array,
    low: Array,
    close: Array,
    *,
    period: Mean = 6,
    atr: Ranges = 15,
    multiplier: Distance = 2.0,
    atr_type: RangeAverage = "rma",
) -> Columns:
    """Return upper, middle and lower line."""
    middle, distance = sma(close, period), multiplier * average_true_range(high, low, close, atr, kind=atr_type)
    return middle + distance, middle, middle - distance


@formula(
    "Aberration",
    "Mean of the typical prices, and bands one average true range away.",
    rule="SMA((high + low + close) / 3, period) +- ATR",
    source="Keith Fitschen, 1993; with true ranges, common practice",
    family="volatility",
    memory=by_average("atr_type"),
    warm_up=lambda p: max(p.period - 1, p.atr),
    outputs=BANDS,
)
def aberration(
    high: Array, low: Array, close: Array, *, period: Mean = 5, atr: Ranges = 15, atr_type: RangeAverage = "rma"
) -> Columns:
    """Return upper, middle and lower line."""
    middle, distance = sma((high + low + close) / 3, period), average_true_range(high, low, close, atr, kind=atr_type)
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


@formula(
    "Profit Maximizer",
    "Stop average true ranges away from an EMA of the close, on the side of the trend.",
    rule="EMA - multiplier * ATR, which only rises while the EMA is above it; EMA + multiplier * ATR, alike",
    source="Kivanc Ozbilgic, 2020",
    family="trend",
    memory="convergent",
    warm_up=lambda p: p.period,
    outputs=(
        Output("pmax", "price", "The stop."),
        Output("trend", "direction", "1 in a rising trend, as at first, -1 in a falling one.", minimum=-1, maximum=1),
    ),
)
def pmax(
    high: Array,
    low: Array,
    close: Array,
    *,
    period: Annotated[int, bars("Bars of the average and of the average true range.")] = 10,
    multiplier: Distance = 3.0,
    atr_type: RangeAverage = "rma",
) -> Columns:
    """Return the stop and the trend, which turns when the average crosses the stop of the bar before."""
    middle, distance = ema(close, period), multiplier * average_true_range(high, low, close, period, kind=atr_type)
    stops, trends = np.zeros(len(close)), np.zeros(len(close))
    below, above, trend = -np.inf, np.inf, 1.0
    for at, (value, reach) in enumerate(zip(middle[period:].tolist(), distance[period:].tolist(), strict=True), period):
        trend = 1.0 if value > above else -1.0 if value < below else trend
        below = max(below, value - reach) if value > below else value - reach
        above = min(above, value + reach) if value < above else value + reach
        stops[at], trends[at] = below if trend > 0 else above, trend
    return stops, trends


@formula(
    "Fractal Chaos Bands",
    "The last high and the last low that stood out from their neighbours, from the bar on that confirms them.",
    rule="highest of 2 n + 1 bars in their middle, told n bars later; the lows alike",
    source="after Bill Williams, Trading Chaos, 1995",
    family="trend",
    memory="anchored",
    warm_up=lambda p: 2 * p.neighbours,
    outputs=(
        Output("upper", "price", "Last confirmed high; the first window's highest before there is one."),
        Output("lower", "price", "Last confirmed low; the first window's lowest before there is one."),
    ),
)
def fcb(
    high: Array,
    low: Array,
    *,
    neighbours: Annotated[int, bars("Lower highs, or higher lows, needed on either side.", least=1)] = 2,
) -> Columns:
    """Return both bands."""
    peaks, troughs = _fractals(high, low, neighbours, neighbours)
    start = 2 * neighbours
    upper = np.where(peaks != 0, later(high, neighbours), np.nan)
    lower = np.where(troughs != 0, later(low, neighbours), np.nan)
    return (
        held(upper, start, first=float(high[: start + 1].max())),
        held(lower, start, first=float(low[: start + 1].min())),
    )


FORMULAS = (starc, aberration, hilo, pmax, fcb)
