"""Stops that follow the price and turn with it, turns once they are certain, and counts of bars in a row."""

from typing import Annotated

import numpy as np

from indicators.bars import Array
from indicators.formulas import Columns, bars, formula, number
from indicators.indicator import Output
from indicators.own.conventions import RangeAverage
from indicators.own.hindsight import ZIGZAG, turning_points
from indicators.own.steps import average_true_range, later, run_lengths

STOP = Output("stop", "price", "The stop: below the close in a rising trend, above it in a falling one.")
TREND = Output("trend", "direction", "1 in a rising trend, -1 in a falling one.", minimum=-1, maximum=1)
Ranges = Annotated[float, number("Distance of the stop, in average true ranges.", 0.01, 100.0)]


@formula(
    "ATR Trailing Stop",
    "Stop average true ranges away from the close, which only moves towards it until it is crossed.",
    rule="rising: highest of close - multiplier * ATR since the turn; falling: lowest of close + multiplier * ATR",
    source="Sylvain Vervoort, Technical Analysis of Stocks & Commodities, 2009",
    family="trend",
    memory="convergent",
    warm_up=lambda p: p.period,
    outputs=(STOP, TREND),
)
def atrts(
    high: Array,
    low: Array,
    close: Array,
    *,
    period: Annotated[int, bars("Bars of the average true range.", least=1)] = 21,
    multiplier: Ranges = 3.0,
    atr_type: RangeAverage = "rma",
) -> Columns:
    """Return the stop and the trend, which is a rising one at first."""
    distances = (multiplier * average_true_range(high, low, close, period, kind=atr_type))[period:].tolist()
    stops, trends = np.zeros(len(close)), np.zeros(len(close))
    stop, rising = -np.inf, True
    for at, (value, distance) in enumerate(zip(close[period:].tolist(), distances, strict=True), period):
        turned = value <= stop if rising else value >= stop
        rising = rising != turned
        fresh = value - distance if rising else value + distance
        stop = fresh if turned or stop == -np.inf else max(stop, fresh) if rising else min(stop, fresh)
        stops[at], trends[at] = stop, 1.0 if rising else -1.0
    return stops, trends


@formula(
    "Volatility Stop",
    "Stop average true ranges away from the most favourable close since the trend turned.",
    rule="rising: highest close since the turn - multiplier * ATR; falling: lowest close + multiplier * ATR",
    source="J. Welles Wilder, New Concepts in Technical Trading Systems, 1978",
    family="trend",
    memory="convergent",
    warm_up=lambda p: p.period,
    outputs=(STOP, TREND),
)
def vstop(
    high: Array,
    low: Array,
    close: Array,
    *,
    period: Annotated[int, bars("Bars of the average true range.", least=1)] = 7,
    multiplier: Ranges = 3.0,
    atr_type: RangeAverage = "rma",
) -> Columns:
    """Return the stop and the trend, which is a rising one at first."""
    distances = (multiplier * average_true_range(high, low, close, period, kind=atr_type))[period:].tolist()
    stops, trends = np.zeros(len(close)), np.zeros(len(close))
    best, stop, trend = close[period], -np.inf, 1.0
    for at, (value, distance) in enumerate(zip(close[period:].tolist(), distances, strict=True), period):
        if (value - stop) * trend < 0:
            best, trend = value, -trend
        best = max(best, value) if trend > 0 else min(best, value)
        stop = best - trend * distance
        stops[at], trends[at] = stop, trend
    return stops, trends


@formula(
    "Zigzag",
    "The last turn that is certain: where the value has gone back from an extreme by a percentage since.",
    rule="a high is a turn once the value is `percent` below it, a low once it is `percent` above it",
    source="Arthur Merrill, Filtered Waves, 1977",
    family="trend",
    memory="anchored",
    warm_up=lambda _: 0,
    hindsight=ZIGZAG,
    outputs=(
        Output("turn", "price", "Value at the last certain turn; the first bar's before there is one."),
        Output("trend", "direction", "1 since a low, -1 since a high, 0 before the first turn.", minimum=-1, maximum=1),
    ),
)
def zigzag(
    on: Array, *, percent: Annotated[float, number("Way back that makes a turn certain, in percent.", 0.01, 99.0)] = 5.0
) -> Columns:
    """Return the last turn and the trend since, told on the bar that makes it certain: nothing is drawn again."""
    turns, trends = np.full(len(on), on[0]), np.zeros(len(on))
    for turn in turning_points(on.tolist(), percent):
        turns[turn.told :], trends[turn.told :] = turn.value, turn.trend
    return turns, trends


@formula(
    "TD Sequential Setup",
    "How many bars in a row the value has been above, or below, the one some bars earlier; nine complete a setup.",
    rule="count of bars in a row with value > (<) value `lag` bars ago",
    source="Tom DeMark, The New Science of Technical Analysis, 1994",
    family="momentum",
    memory="convergent",
    warm_up=lambda p: p.lag,
    outputs=(
        Output("up", "bars", "Bars in a row above: a sell setup.", minimum=0),
        Output("down", "bars", "Bars in a row below: a buy setup.", minimum=0),
    ),
)
def td_seq(on: Array, *, lag: Annotated[int, bars("Bars back to the value compared with.", least=1)] = 4) -> Columns:
    """Return both counts; the countdown to thirteen that follows a setup is left out."""
    signs = np.sign(on - later(on, lag))
    lengths = run_lengths(signs)
    return lengths * (signs > 0), lengths * (signs < 0)


FORMULAS = (atrts, vstop, zigzag, td_seq)
