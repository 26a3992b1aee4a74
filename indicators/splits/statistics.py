"""Spread and slope by other definitions."""

from typing import Annotated, Literal

from indicators import library
from indicators.bars import Array
from indicators.kernels import convention
from indicators.own.conventions import Ddof
from indicators.own.steps import deviation, patched
from indicators.splitting import split

_variance, _correlation = library.function("VAR"), library.function("CORREL")


@split(warm_up=lambda p: p.period - 1, memory="window")
def stddev(on: Array, *, period: int, multiplier: float, ddof: Ddof = 0) -> Array:
    """Return the deviation times the multiplier."""
    return multiplier * (period / (period - ddof)) ** 0.5 * deviation(on, period)


@split(warm_up=lambda p: p.period - 1, memory="window")
def var(on: Array, *, period: int, ddof: Ddof = 0) -> Array:
    """Return the variance."""
    return period / (period - ddof) * _variance(on, period)


@split(warm_up=lambda p: p.period - 1, memory="window")
def beta(
    against: Array,
    on: Array,
    *,
    period: int,
    of: Annotated[  # noqa: ARG001 - of two words, one is TA-Lib's
        Literal["returns", "prices"], convention("Whether relative changes are compared, or the values themselves.")
    ] = "returns",
) -> Array:
    """Return the slope of the values against the other's: their correlation times the ratio of deviations."""
    slope = _correlation(against, on, period) * deviation(on, period) / deviation(against, period)
    return patched(slope, period - 1)


SPLITS = (stddev, var, beta)
