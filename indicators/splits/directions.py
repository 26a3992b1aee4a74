"""Directional movement smoothed by averages that begin with a mean, where TA-Lib's begin with a sum."""

from typing import Annotated, Literal

import numpy as np

from indicators.bars import Array
from indicators.kernels import convention
from indicators.own.steps import change, patched, rma, true_range
from indicators.splitting import split

Seed = Annotated[
    Literal["sum", "mean"],
    convention("How the smoothing begins: with the sum of all moves but one, as Wilder's, or with a mean of them all."),
]


def _shares(high: Array, low: Array, close: Array, period: int) -> tuple[Array, Array]:
    """Return the movements up and down in percent of the true range; 0 where there is none."""
    up, down = change(high), -change(low)
    plus, minus = np.where((up > down) & (up > 0), up, 0.0), np.where((down > up) & (down > 0), down, 0.0)
    plus[0] = minus[0] = np.nan
    reach = rma(true_range(high, low, close), period)
    return (
        patched(100 * rma(plus, period) / reach, period),
        patched(100 * rma(minus, period) / reach, period),
    )


@split(warm_up=lambda p: p.period, memory="convergent")
def plus_di(high: Array, low: Array, close: Array, *, period: int, seed: Seed = "sum") -> Array:  # noqa: ARG001
    """Return the upward movement."""
    return _shares(high, low, close, period)[0]


@split(warm_up=lambda p: p.period, memory="convergent")
def minus_di(high: Array, low: Array, close: Array, *, period: int, seed: Seed = "sum") -> Array:  # noqa: ARG001
    """Return the downward movement."""
    return _shares(high, low, close, period)[1]


@split(warm_up=lambda p: 2 * p.period - 1, memory="convergent")
def adx(high: Array, low: Array, close: Array, *, period: int, seed: Seed = "sum") -> Array:  # noqa: ARG001
    """Return the smoothed difference of both as a share of their sum."""
    plus, minus = _shares(high, low, close, period)
    return rma(patched(100 * abs(plus - minus) / (plus + minus), period), period)


SPLITS = (plus_di, minus_di, adx)
