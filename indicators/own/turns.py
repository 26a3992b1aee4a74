"""Oscillators made to show turns early: places in a range, stretched, smoothed and trailed."""

from math import atanh, copysign, cos, exp, pi, radians, sin, sqrt
from typing import Annotated

import numpy as np

from indicators.bars import Array
from indicators.formulas import Columns, bars, formula, number
from indicators.indicator import Output
from indicators.own.steps import change, ema, held, highest, lowest, patched, rsi


def _place(values: Array, period: int, start: int) -> Array:
    """Return the values' place in their own range, 0 to 100; a flat range keeps the place before it."""
    low = lowest(values, period)
    return held(100 * (values - low) / (highest(values, period) - low), start, first=0.0)


@formula(
    "Schaff Trend Cycle",
    "Stochastic of the smoothed stochastic of the MACD, smoothed again.",
    rule="EMA(%K(EMA(%K(EMA fast - EMA slow))); an EMA of 3 bars is Schaff's factor 1/2; a flat range keeps its %K",
    source="Doug Schaff, 1999",
    family="momentum",
    memory="convergent",
    warm_up=lambda p: p.slow + 2 * p.cycle + 2 * p.smoothing - 5,
    outputs=(Output("stc", "index", "0 to 100.", minimum=0, maximum=100),),
    ascending=(("fast", "slow"),),
)
def stc(
    on: Array,
    *,
    cycle: Annotated[int, bars("Bars of the ranges.")] = 10,
    fast: Annotated[int, bars("Bars of the fast average.")] = 23,
    slow: Annotated[int, bars("Bars of the slow average.")] = 50,
    smoothing: Annotated[int, bars("Bars of both smoothings.")] = 3,
) -> Array:
    """Return the cycle."""
    first = slow + cycle - 2
    once = ema(_place(ema(on, fast) - ema(on, slow), cycle, first), smoothing)
    return ema(_place(once, cycle, first + cycle + smoothing - 2), smoothing)


@formula(
    "Fisher Transform",
    "Place of the bars' middle in its range, stretched so that turns stand out.",
    rule="v = 0.66 (place - 0.5) + 0.67 v, at most 0.999 beyond 0.99; fisher = ln((1 + v) / (1 - v)) / 2 + fisher / 2",
    source="John Ehlers, Technical Analysis of Stocks & Commodities, 2002",
    family="momentum",
    memory="convergent",
    warm_up=lambda p: p.period,
    outputs=(Output("fisher", "index", "The transform."), Output("signal", "index", "The transform a bar ago.")),
)
def fisher(high: Array, low: Array, *, period: Annotated[int, bars("Bars of the range.")] = 9) -> Columns:
    """Return the transform and its value a bar ago; a flat range counts as its middle."""
    middle = (high + low) / 2
    bottom = lowest(middle, period)
    place = patched((middle - bottom) / (highest(middle, period) - bottom), period - 1, 0.5)
    steps = 0.66 * (place - 0.5)
    steps[: period - 1] = 0
    lines, value, line = [], 0.0, 0.0
    for step in steps.tolist():
        value = step + 0.67 * value
        if not -0.99 <= value <= 0.99:  # noqa: PLR2004 - Ehlers's bounds
            value = copysign(0.999, value)
        line = atanh(value) + 0.5 * line
        lines.append(line)
    return np.array(lines), np.array([0.0, *lines[:-1]])


def _trailing(values: Array, distances: Array, start: int) -> tuple[Array, Array]:
    """Return the line below a rising trend or above a falling one, and the trend; lines only move towards the value."""
    line, trend = np.zeros(len(values)), np.zeros(len(values))
    below, above, before, rising = -np.inf, np.inf, values[start], 1.0
    for at, (value, distance) in enumerate(
        zip(values[start:].tolist(), distances[start:].tolist(), strict=True), start
    ):
        rising = 1.0 if value > above else -1.0 if value < below else rising
        below = max(below, value - distance) if min(value, before) > below else value - distance
        above = min(above, value + distance) if max(value, before) < above else value + distance
        line[at], trend[at], before = below if rising > 0 else above, rising, value
    return line, trend


@formula(
    "Quantitative Qualitative Estimation",
    "Smoothed RSI, and a line that trails it at a multiple of its own smoothed moves.",
    rule="band = multiplier * EMA(EMA(|change of RSI's EMA|)), both of 2 period - 1 bars, ratcheted along the trend",
    source="Roman Ignatov, 2006",
    family="momentum",
    memory="convergent",
    warm_up=lambda p: 5 * p.period + p.smoothing - 4,
    outputs=(
        Output("rsi", "index", "EMA of the RSI.", minimum=0, maximum=100),
        Output("line", "index", "The trailing line."),
        Output("trend", "direction", "1 while the RSI is above its line, -1 below.", minimum=-1, maximum=1),
    ),
)
def qqe(
    on: Array,
    *,
    period: Annotated[int, bars("Bars of the RSI.")] = 14,
    smoothing: Annotated[int, bars("Bars of the RSI's average.", least=1)] = 5,
    multiplier: Annotated[float, number("Distance of the line, in smoothed moves.", 0.01, 100.0)] = 4.236,
) -> Columns:
    """Return the smoothed RSI, its line and the trend."""
    smooth = ema(rsi(on, period), smoothing)
    moves = ema(ema(np.abs(change(smooth)), 2 * period - 1), 2 * period - 1)
    line, trend = _trailing(smooth, multiplier * moves, 5 * period + smoothing - 4)
    return smooth, line, trend


@formula(
    "Even Better Sinewave",
    "Wave of the filtered values, scaled by its own power: near 1 in a rising trend, -1 in a falling one.",
    rule="high pass of `duration` bars, super smoother of `smoothing`; mean of the last three over their RMS",
    source="John Ehlers, Cycle Analytics for Traders, 2013",
    family="cycle",
    memory="convergent",
    warm_up=lambda p: p.duration,
    ascending=(("smoothing", "duration"),),
    outputs=(Output("ebsw", "ratio", "Null where nothing ever moved.", minimum=-1, maximum=1),),
    undefined_at_times=True,
)
def ebsw(
    on: Array,
    *,
    duration: Annotated[int, bars("Bars of the longest wave let through.", least=5)] = 40,
    smoothing: Annotated[int, bars("Bars of the shortest wave let through.")] = 10,
) -> Array:
    """Return the wave; angles are Ehlers's degrees."""
    turn = radians(360 / duration)
    keep = (1 - sin(turn)) / cos(turn)
    root, angle = exp(-sqrt(2) * pi / smoothing), sqrt(2) * pi / smoothing
    b, c = 2 * root * cos(angle), -root * root
    high = last_high = before = last = 0.0
    values = []
    for moved in (np.diff(on, prepend=on[0]) * (1 + keep) / 2).tolist():
        high, last_high = moved + keep * high, high
        before, last, older = last, (1 - b - c) * (high + last_high) / 2 + b * last + c * before, before
        values.append((last, before, older))
    three = np.array(values)
    return three.mean(axis=1) / np.sqrt((three**2).mean(axis=1))


FORMULAS = (stc, fisher, qqe, ebsw)
