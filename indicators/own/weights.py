"""Moving averages with fixed weights, and a ribbon and a filter of exponential ones."""

from math import comb, cos, exp, pi, sqrt
from typing import Annotated

import numpy as np
from msgspec import Meta

from indicators.bars import Array
from indicators.formulas import Columns, bars, formula
from indicators.indicator import Output
from indicators.own.steps import ema, weighted

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


FORMULAS = (swma, sinwma, pwma, fwma, ssf, gmma)
