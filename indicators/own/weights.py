"""Moving averages with fixed weights, and a ribbon and a filter of exponential ones."""

from math import comb, cos, exp, pi, sqrt
from typing import Annotated

import numpy as np
from msgspec import Meta

from indicators.bars import Array
from indicators.formulas import Columns, bars, formula, number
from indicators.indicator import Output
from indicators.own.steps import change, ema, weighted

COMMON = "common practice"
Period = Annotated[int, bars("Bars looked at.")]
_GUPPY = (3, 5, 8, 10, 12, 15, 30, 35, 40, 45, 50, 60)


def _mean(values: Array, weights: Array) -> Array:
    return weighted(values, weights / weights.sum())


@formula(
    "Symmetric Weighted Moving Average",
    "Mean whose weights rise by equal steps to the middle of the window and fall.",
    rule="weights 1, 2, ... 2, 1",
    source=COMMON,
    family="trend",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("swma", "price", "Weighted mean."),),
)
def swma(on: Array, *, period: Period = 10) -> Array:
    """Return the mean."""
    places = np.arange(period)
    return _mean(on, np.minimum(places, places[::-1]) + 1.0)


@formula(
    "Sine Weighted Moving Average",
    "Mean whose weights rise to the middle of the window and fall as half a sine wave.",
    rule="weight of value i of n, counted from 1: sin(pi i / (n + 1))",
    source="Everget, 2018",
    family="trend",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("sinwma", "price", "Weighted mean."),),
)
def sinwma(on: Array, *, period: Period = 14) -> Array:
    """Return the mean."""
    return _mean(on, np.sin(np.arange(1, period + 1) * pi / (period + 1)))


@formula(
    "Pascal Weighted Moving Average",
    "Mean whose weights are a row of Pascal's triangle.",
    rule="weight of value i of n, counted from 0: n - 1 over i",
    source=COMMON,
    family="trend",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("pwma", "price", "Weighted mean."),),
)
def pwma(on: Array, *, period: Annotated[int, Meta(ge=2, le=200, description="Bars looked at.")] = 10) -> Array:
    """Return the mean; beyond 200 bars the weights would leave the range of numbers."""
    return _mean(on, np.array([float(comb(period - 1, place)) for place in range(period)]))


@formula(
    "Fibonacci Weighted Moving Average",
    "Mean whose weights fall from the newest value on as Fibonacci's numbers do.",
    rule="weights 1, 1, 2, 3, 5, ..., the largest on the newest value",
    source=COMMON,
    family="trend",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("fwma", "price", "Weighted mean."),),
)
def fwma(on: Array, *, period: Annotated[int, Meta(ge=2, le=200, description="Bars looked at.")] = 10) -> Array:
    """Return the mean."""
    numbers = [1.0, 1.0]
    while len(numbers) < period:
        numbers.append(numbers[-1] + numbers[-2])
    return _mean(on, np.array(numbers[::-1]))


@formula(
    "Super Smoother",
    "Two-pole filter that takes out waves shorter than the period, with little lag.",
    rule="(1 - b + a^2) value + b filter[1] - a^2 filter[2]; w = sqrt(2) pi / n, a = exp(-w), b = 2 a cos(w)",
    source="John Ehlers, Cybernetic Analysis for Stocks and Futures, 2004",
    family="trend",
    memory="convergent",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("ssf", "price", "Filtered value, begun with the first two."),),
)
def ssf(on: Array, *, period: Annotated[int, bars("Bars of the shortest wave kept.")] = 10) -> Array:
    """Return the filtered values."""
    a, angle = exp(-sqrt(2) * pi / period), sqrt(2) * pi / period
    b, c = 2 * a * cos(angle), -a * a
    given = ((1 - b - c) * on).tolist()
    values = on[:2].tolist()
    before, last = values[0], values[-1]
    for one in given[2:]:
        before, last = last, one + b * last + c * before
        values.append(last)
    return np.array(values)


@formula(
    "Guppy Multiple Moving Average",
    "Six fast and six slow EMAs: what traders do, and what investors do.",
    rule="EMA of 3, 5, 8, 10, 12, 15 and of 30, 35, 40, 45, 50, 60 bars",
    source="Daryl Guppy, Trend Trading, 2004",
    family="trend",
    memory="convergent",
    warm_up=lambda _: max(_GUPPY) - 1,
    outputs=tuple(Output(f"ema{period}", "price", f"EMA of {period} bars.") for period in _GUPPY),
)
def gmma(on: Array) -> Columns:
    """Return the twelve averages."""
    return tuple(ema(on, period) for period in _GUPPY)


@formula(
    "Moving Average Ribbon",
    "Six EMAs, each of some bars more than the one before.",
    rule="EMA of period, period + step, ... period + 5 step bars",
    source=COMMON,
    family="trend",
    memory="convergent",
    warm_up=lambda p: p.period + 5 * p.step - 1,
    outputs=tuple(Output(f"line{line}", "price", f"EMA {line} of six, the first the fastest.") for line in range(1, 7)),
)
def mmar(
    on: Array,
    *,
    period: Annotated[int, bars("Bars of the fastest average.", least=1)] = 10,
    step: Annotated[int, bars("Bars between one average and the next.", least=1)] = 5,
) -> Columns:
    """Return the six averages."""
    return tuple(ema(on, period + step * line) for line in range(6))


Share = Annotated[float, number("Weight of what is new.", 0.01, 0.5)]


@formula(
    "Holt-Winters Moving Average",
    "Smoothed level with a smoothed speed and a smoothed acceleration, a bar ahead.",
    rule="F = (1 - a) (F + V + A / 2) + a value, V = (1 - b) (V + A) + b change of F, A = (1 - c) A + c change of V;"
    " F + V + A / 2",
    source="Charles Holt, 1957; Peter Winters, Management Science, 1960",
    family="trend",
    memory="convergent",
    warm_up=lambda _: 0,
    outputs=(Output("hwma", "price", "Level, speed and half the acceleration, begun at rest."),),
)
def hwma(on: Array, *, level: Share = 0.2, speed: Share = 0.1, acceleration: Share = 0.1) -> Array:
    """Return the smoothed values."""
    f, v, a = float(on[0]), 0.0, 0.0
    values = []
    for value in on.tolist():
        last_f, last_v = f, v
        f = (1 - level) * (f + v + a / 2) + level * value
        v = (1 - speed) * (v + a) + speed * (f - last_f)
        a = (1 - acceleration) * a + acceleration * (v - last_v)
        values.append(f + v + a / 2)
    return np.array(values)


@formula(
    "Archer Moving Averages Trends",
    "Whether the fast EMA is above the slow one while both rise, or below it while both fall.",
    rule="1 if fast > slow and both above their values `lag` bars ago, -1 if fast < slow and both below them, else 0",
    source="Tom Joseph",
    family="trend",
    memory="convergent",
    warm_up=lambda p: p.slow + p.lag - 1,
    outputs=(Output("amat", "direction", "1, 0 or -1.", minimum=-1, maximum=1),),
    ascending=(("fast", "slow"),),
)
def amat(
    on: Array,
    *,
    fast: Annotated[int, bars("Bars of the fast average.")] = 8,
    slow: Annotated[int, bars("Bars of the slow average.")] = 21,
    lag: Annotated[int, bars("Bars over which both must have risen or fallen.", least=1)] = 2,
) -> Array:
    """Return the direction."""
    quick, calm = ema(on, fast), ema(on, slow)
    signs = np.sign(np.stack((quick - calm, change(quick, lag), change(calm, lag)))).sum(axis=0)
    return (signs == 3) * 1.0 - (signs == -3) * 1.0  # noqa: PLR2004 - all three say so


FORMULAS = (swma, sinwma, pwma, fwma, ssf, gmma, mmar, hwma, amat)
