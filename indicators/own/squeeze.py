"""The squeeze: Bollinger's bands inside of Keltner's channel, and the momentum that it releases."""

from typing import Annotated

import numpy as np

from indicators.bars import Array
from indicators.formulas import Columns, bars, formula, number
from indicators.indicator import Output
from indicators.own.steps import deviation, highest, lowest, regression, sma, true_range

CARTER = "John Carter, Mastering the Trade, 2005; with the momentum as LazyBear computes it, 2014"
MOMENTUM = Output("momentum", "price", "End of the regression line of the distances from the mean of middle and mean.")
Period = Annotated[int, bars("Bars of the bands, the channel and the momentum.")]
Deviations = Annotated[float, number("Distance of the bands, in standard deviations (population).", 0.01, 100.0)]


def _pressure(high: Array, low: Array, close: Array, period: int, deviations: float) -> Array:
    """Return the bands' distance from the mean in the channel's: mean true ranges."""
    return deviations * deviation(close, period) / sma(true_range(high, low, close), period)


def _momentum(high: Array, low: Array, close: Array, period: int) -> Array:
    middle = (highest(high, period) + lowest(low, period)) / 2
    return regression(close - (middle + sma(close, period)) / 2, period)


@formula(
    "TTM Squeeze",
    "Whether the Bollinger bands lie inside of the Keltner channel, and the momentum.",
    rule="on = deviations * sigma < ranges * mean TR; momentum = LINEARREG(close - (middle of range + SMA) / 2)",
    source=CARTER,
    family="momentum",
    memory="window",
    warm_up=lambda p: 2 * p.period - 2,
    outputs=(Output("on", "flag", "1 while the bands are inside, else 0.", minimum=0, maximum=1), MOMENTUM),
)
def squeeze(
    high: Array,
    low: Array,
    close: Array,
    *,
    period: Period = 20,
    deviations: Deviations = 2.0,
    ranges: Annotated[float, number("Distance of the channel, in mean true ranges.", 0.01, 100.0)] = 1.5,
) -> Columns:
    """Return the flag and the momentum; nothing that moves is squeezed into nothing."""
    inside = _pressure(high, low, close, period, deviations) < ranges
    return inside.astype(float), _momentum(high, low, close, period)


@formula(
    "Squeeze Pro",
    "How many of three Keltner channels the Bollinger bands lie inside of, and the momentum.",
    rule="count of channels with deviations * sigma < ranges * mean true range; momentum as of the squeeze",
    source=CARTER,
    family="momentum",
    memory="window",
    warm_up=lambda p: 2 * p.period - 2,
    outputs=(
        Output("level", "channels", "0: no squeeze, 1: wide, 2: normal, 3: narrow.", minimum=0, maximum=3),
        MOMENTUM,
    ),
    ascending=(("narrow", "normal", "wide"),),
)
def squeeze_pro(
    high: Array,
    low: Array,
    close: Array,
    *,
    period: Period = 20,
    deviations: Deviations = 2.0,
    wide: Annotated[float, number("Distance of the wide channel, in mean true ranges.", 0.01, 100.0)] = 2.0,
    normal: Annotated[float, number("Distance of the normal channel, in mean true ranges.", 0.01, 100.0)] = 1.5,
    narrow: Annotated[float, number("Distance of the narrow channel, in mean true ranges.", 0.01, 100.0)] = 1.0,
) -> Columns:
    """Return the level and the momentum."""
    pressure = _pressure(high, low, close, period, deviations)
    level = np.zeros(len(close))
    for ranges in (wide, normal, narrow):
        level += pressure < ranges
    return level, _momentum(high, low, close, period)


FORMULAS = (squeeze, squeeze_pro)
